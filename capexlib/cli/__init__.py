"""The command ``capex``: thin, and quick to answer ``--help``."""


def main() -> None:
    """Run the command with the arguments of this process."""
    import io
    import os
    import sys
    from pathlib import Path

    sys.stdout = sys.stdout or Path(os.devnull).open("w", encoding="utf-8")  # noqa: SIM115 - the shell closed it: `>&-`
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")  # a terminal that lacks a letter shows its code

    # nbformat imports jsonschema, whose optional check of addresses builds a grammar for
    # most of a second. Notebooks hold no such field; without the module it is left out.
    sys.modules.setdefault("rfc3987_syntax", None)  # type: ignore[arg-type]

    from capexlib.cli.app import app

    app()
