"""The table of commands."""

from __future__ import annotations

from typing import Annotated

import typer

from capexlib import __version__
from capexlib.cli.check import check
from capexlib.cli.cite import cite
from capexlib.cli.claims import claims
from capexlib.cli.diff import diff
from capexlib.cli.index import index
from capexlib.cli.new import new
from capexlib.cli.publish import publish
from capexlib.cli.run import run
from capexlib.cli.send import send
from capexlib.cli.verify import verify

_EXIT_CODES = (
    "Exit codes: 0 done · 2 params or usage · 3 evidence · 4 a notebook raised · 5 timeout · "
    "6 kernel died · 7 quality gate · 8 delivery · 130 interrupted."
)

app = typer.Typer(
    name="capex",
    help="Briefs on a company's capital-expenditure plan, from one params file.",
    epilog=_EXIT_CODES,
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.command()(check)
app.command()(run)
app.command()(claims)
app.command()(cite)
app.command()(diff)
app.command()(verify)
app.command()(send)
app.command()(publish)
app.command()(new)
app.command()(index)


def _show_version(asked: bool) -> None:
    if asked:
        typer.echo(f"capex {__version__}")
        raise typer.Exit


@app.callback()
def capex(
    *,
    version: Annotated[
        bool, typer.Option("--version", callback=_show_version, is_eager=True, help="Show the version.")
    ] = False,
) -> None:
    """Briefs on a company's capital-expenditure plan, from one params file."""
    del version
