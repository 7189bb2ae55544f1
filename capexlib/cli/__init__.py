"""The command ``capex``: thin, and quick to answer ``--help``."""


def main() -> None:
    """Run the command with the arguments of this process."""
    from capexlib.cli.app import app

    app()
