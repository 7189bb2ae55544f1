"""``capex publish``: an edition to a folder or a store."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from capexlib.cli.outgoing import Unchecked, check_outgoing
from capexlib.cli.reporting import print_json, reported
from capexlib.errors import ParamsError, Problem


@reported
def publish(
    edition: Annotated[Path, typer.Argument(help="Folder of an edition, for instance reports/acme/latest.")],
    url: Annotated[str, typer.Argument(help="Folder, s3://bucket/path, or another address that fsspec knows.")],
    *,
    force: Annotated[bool, typer.Option(help="Replace a different edition of the same case and date.")] = False,
    unchecked: Unchecked = False,
    as_json: Annotated[bool, typer.Option("--json", help="Answer in JSON.")] = False,
) -> None:
    """Copy an edition to URL/<case>/<as_of>, whole or not at all.

    It must pass the quality gate (`capex check EDITION`) first.
    """
    from capexlib.publish.upload import publish_edition

    if not url.strip():
        raise ParamsError([Problem("URL", "is empty.", "Give a folder, or s3://bucket/path.")])
    check_outgoing(edition, unchecked=unchecked)
    done, where = publish_edition(edition, url, force=force)
    if as_json:
        print_json({"ok": True, "exit_code": 0, "outcome": str(done), "url": where})
    else:
        typer.echo(f"ok: {where}: {done}")
