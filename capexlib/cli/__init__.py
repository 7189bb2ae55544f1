"""The command ``capex``: thin, and quick to answer ``--help``."""


def main() -> None:
    """Run the command with the arguments of this process."""
    import sys

    # nbformat imports jsonschema, whose optional check of addresses builds a grammar for
    # most of a second. Notebooks hold no such field; without the module it is left out.
    sys.modules.setdefault("rfc3987_syntax", None)  # type: ignore[arg-type]

    from capexlib.cli.app import app

    app()
