"""``python -m capexlib`` is the command ``capex``."""

from capexlib.cli import main

if __name__ == "__main__":
    main()
