"""``capex send``: an edition by mail, or as a message file."""

from __future__ import annotations

import os
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from capexlib.cli.outgoing import Unchecked, check_outgoing
from capexlib.cli.reporting import print_json, reported
from capexlib.errors import DeliveryError, ParamsError, Problem

EPOCH = "SOURCE_DATE_EPOCH"


@reported
def send(
    edition: Annotated[Path, typer.Argument(help="Folder of an edition, for instance reports/acme/latest.")],
    *,
    to: Annotated[list[str], typer.Option(metavar="ADDR", help="Recipient; may be repeated.")],
    cc: Annotated[list[str] | None, typer.Option(metavar="ADDR", help="Copy to; may be repeated.")] = None,
    smtp: Annotated[str | None, typer.Option(metavar="HOST[:PORT]", help="Server to hand it to.")] = None,
    eml: Annotated[Path | None, typer.Option(metavar="FILE", help="Write the message here instead.")] = None,
    sender: Annotated[str, typer.Option("--from", metavar="ADDR", help="Sender; CAPEX_SMTP_USER if not given.")] = "",
    subject: Annotated[str, typer.Option(help="Subject; the edition's title if not given.")] = "",
    no_tls: Annotated[bool, typer.Option("--no-tls", help="Allow an unencrypted server; never with a login.")] = False,
    timeout: Annotated[int, typer.Option(min=1, help="Longest time for the conversation, in seconds.")] = 60,
    unchecked: Unchecked = False,
    as_json: Annotated[bool, typer.Option("--json", help="Answer in JSON.")] = False,
) -> None:
    """Send an edition: summary in the message, PDF and HTML attached, to all recipients or none.

    It must pass the quality gate (`capex check EDITION`) first.

    The login comes from CAPEX_SMTP_USER and CAPEX_SMTP_PASSWORD, or the password from the
    system's keyring (service capex-smtp); never from params or the command line.
    """
    from capexlib.publish.mail_delivery import USER, deliver, server
    from capexlib.publish.mail_message import compose, envelope
    from capexlib.publish.verify import read_manifest

    if (smtp is None) == (eml is None):
        raise ParamsError([Problem("--smtp, --eml", "exactly one of them is needed.", "Give a server, or a file.")])
    letter = envelope(sender or os.environ.get(USER, ""), to, cc or [], subject)
    manifest = read_manifest(edition)
    check_outgoing(edition, unchecked=unchecked)
    message = compose(edition, manifest, letter, _now())
    if smtp is not None:
        deliver(message, letter.sender.addr_spec, letter.recipients, server(smtp, no_tls=no_tls, timeout_s=timeout))
        done = f"sent to {', '.join(letter.recipients)}"
    else:
        assert eml is not None  # noqa: S101 - one of the two is there
        _write(eml, message.as_bytes())
        done = f"written to {eml}"
    if as_json:
        print_json({"ok": True, "exit_code": 0, "recipients": letter.recipients, "subject": str(message["Subject"])})
    else:
        typer.echo(f"ok: {edition}: {done}")


def _now() -> datetime:
    text = os.environ.get(EPOCH)
    if text is None:
        return datetime.now(UTC)
    try:
        return datetime.fromtimestamp(int(text), UTC)
    except (ValueError, OverflowError, OSError) as error:
        raise ParamsError([Problem(EPOCH, f"{text!r} is no time in seconds.", "Unset it.")]) from error


def _write(path: Path, content: bytes) -> None:
    """Write a file whole or not at all."""
    beside = path.with_name(f".{path.name}.part") if path.name else path
    try:
        beside.write_bytes(content)
        beside.replace(path)
    except OSError as error:
        with suppress(OSError):
            beside.unlink()
        what, cure = f"cannot be written ({error.strerror}).", "Name a file in a folder that can be written to."
        raise DeliveryError([Problem(f"--eml {path}", what, cure)]) from error
