"""An edition as a message: a summary in plain text and HTML, the briefs attached.

Everything comes from the edition's manifest and files. A name, an address or a subject
with a line break in it would smuggle in headers: it is refused, never repaired.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from email.errors import HeaderParseError
from email.headerregistry import Address
from email.message import EmailMessage, MIMEPart
from email.policy import SMTP
from email.utils import format_datetime
from pathlib import Path
from typing import Any

from capexlib.errors import ParamsError, Problem
from capexlib.figures import Status

POLICY = SMTP.clone(cte_type="7bit", max_line_length=78)
"""Seven-bit lines of the usual length: what every server passes on unchanged."""

_TYPES = {".pdf": ("application", "pdf"), ".html": ("text", "html")}
_LONGEST = 200
_NAMED = re.compile(r"(?:(\"[^\"\\<>]*\"|[^\"\\<>]*)<([^<>\s,;:]+@[^<>\s,;:@]+)>|([^<>\s,;:]+@[^<>\s,;:@]+))")
_ENCODED = "=?"
"""How an encoded word begins: written by hand it could hide anything."""
_DIGEST = 24


@dataclass(frozen=True, slots=True)
class Envelope:
    """Who writes to whom about what.

    Parameters
    ----------
    sender : Address
    to, cc : tuple of Address
    subject : str
        Empty takes the edition's title.
    """

    sender: Address
    to: tuple[Address, ...]
    cc: tuple[Address, ...] = ()
    subject: str = ""

    @property
    def recipients(self) -> tuple[str, ...]:
        """Every address that gets the message, once."""
        return tuple(dict.fromkeys(each.addr_spec for each in (*self.to, *self.cc)))


def envelope(sender: str, to: Sequence[str], cc: Sequence[str] = (), subject: str = "") -> Envelope:
    """Check names, addresses and subject.

    Parameters
    ----------
    sender : str
        ``name@host`` or ``Name <name@host>``.
    to, cc : sequence of str
        One address each.
    subject : str

    Returns
    -------
    Envelope

    Raises
    ------
    ParamsError
        With everything that is no single address or holds a control character.

    Examples
    --------
    >>> envelope("Desk <desk@acme.example>", ["a@acme.example"]).sender.addr_spec
    'desk@acme.example'
    """
    problems: list[Problem] = []
    from_ = _address("--from", sender, problems)
    mains = [_address("--to", text, problems) for text in to]
    copies = [_address("--cc", text, problems) for text in cc]
    if not to:
        problems.append(Problem("--to", "nobody is named.", "Give at least one address."))
    if not _is_one_line(subject):
        problems.append(Problem("--subject", "holds a control character.", "Write it on one line."))
    elif len(subject) > _LONGEST:
        problems.append(Problem("--subject", f"is longer than {_LONGEST} characters.", "Shorten it."))
    if problems or from_ is None:
        raise ParamsError(problems)
    return Envelope(from_, tuple(each for each in mains if each), tuple(each for each in copies if each), subject)


def _is_one_line(text: str) -> bool:
    """Tell whether a text is plain words on one line."""
    return _ENCODED not in text and not any(
        unicodedata.category(char) in {"Cc", "Cf", "Zl", "Zp", "Cs"} for char in text
    )


def _address(where: str, text: str, problems: list[Problem]) -> Address | None:
    cure = "Write one address: name@host or Name <name@host>."
    if not text.strip():
        problems.append(Problem(where, "no address is given.", cure))
    elif not _is_one_line(text):
        problems.append(Problem(where, f"{text!r} holds a control character.", cure))
    elif match := _NAMED.fullmatch(text.strip()):
        name, spec = (match[1] or "").strip().strip('"'), match[2] or match[3]
        try:
            return Address(name, addr_spec=spec)
        except (ValueError, IndexError, HeaderParseError):
            problems.append(Problem(where, f"{text!r} is not one address that every server passes on.", cure))
    else:
        problems.append(Problem(where, f"{text!r} is not one address.", cure))
    return None


def compose(edition: Path, manifest: Mapping[str, Any], letter: Envelope, when: datetime) -> EmailMessage:
    """Build the message.

    Parameters
    ----------
    edition : Path
        The edition's folder, already verified.
    manifest : Mapping
        Its manifest.
    letter : Envelope
    when : datetime
        Aware; the ``Date`` header. Equal arguments give equal bytes.

    Returns
    -------
    EmailMessage

    Raises
    ------
    ParamsError
        If the edition's own title would break a header, or no brief is there to attach.
    """
    fronts = {name: manifest["briefs"][name] for name in _reading_order(manifest["briefs"])}
    if not fronts:
        raise ParamsError([Problem(str(edition), "holds no brief to send.", "Run the case again.")])
    subject = letter.subject or _title(manifest, fronts)
    if not _is_one_line(subject):
        raise ParamsError([Problem("subject", "the edition's title holds a control character.", "Use --subject.")])
    attachments = [(name, path) for name in fronts for path in (edition / f"{name}.pdf", edition / f"{name}.html")
                   if path.is_file()]  # fmt: skip
    if not attachments:
        cure = "Run the case with --to html,pdf first."
        raise ParamsError([Problem(str(edition), "has neither PDF nor HTML to attach.", cure)])
    summary = _summary(manifest, fronts, [path.suffix for _, path in attachments])
    seed = repr((letter, subject, when.isoformat(), manifest["files"]))
    digest = hashlib.sha256(seed.encode()).hexdigest()[:_DIGEST]
    message = EmailMessage(policy=POLICY)
    message["From"] = letter.sender
    message["To"] = letter.to
    if letter.cc:
        message["Cc"] = letter.cc
    message["Subject"] = subject
    message["Date"] = format_datetime(when)
    message["Message-ID"] = f"<capex.{digest}@{letter.sender.domain}>"
    message.set_content(_as_text(summary))
    message.add_alternative(_as_html(summary), subtype="html")
    for name, path in attachments:
        kind, subtype = _TYPES[path.suffix]
        file = f"{manifest['case']}-{manifest['as_of']}-{name}{path.suffix}"
        message.add_attachment(path.read_bytes(), maintype=kind, subtype=subtype, filename=file)
    _fix_boundaries(message, digest)
    return message


def _fix_boundaries(message: MIMEPart, digest: str) -> None:
    for number, part in enumerate(part for part in message.walk() if part.is_multipart()):
        part.set_boundary(f"=_capex_{number}_{digest}")


def _reading_order(briefs: Mapping[str, Any]) -> list[str]:
    """List the briefs, the one called briefing first: it sums the others up."""
    return sorted(briefs, key=lambda name: (name != "briefing", name))


def _title(manifest: Mapping[str, Any], fronts: Mapping[str, Mapping[str, Any]]) -> str:
    first = next(iter(fronts.values()))
    entity = first.get("entity", manifest.get("entity", manifest["case"]))
    title = str(first.get("title", "briefs"))
    about = title if title.startswith(entity) else f"{entity}: {title}"
    return f"{about} ({first.get('as_of_text', manifest['as_of'])})"


def _summary(
    manifest: Mapping[str, Any], fronts: Mapping[str, Mapping[str, Any]], suffixes: Sequence[str]
) -> dict[str, Any]:
    briefs = []
    for front in fronts.values():
        figures = [{**figure, "badge": _badge(figure)} for figure in front.get("key_figures", [])]
        briefs.append({"kicker": "", "title": "", "headline": "", "status_line": "", **front, "key_figures": figures})
    first = briefs[0]
    kinds = " and ".join(word for suffix, word in ((".pdf", "PDF"), (".html", "HTML")) if suffix in suffixes)
    return {
        "entity": first.get("entity", manifest["entity"]), "case": manifest["case"], "briefs": briefs, "kinds": kinds,
        "as_of": first.get("as_of_text", manifest["as_of"]),
    }  # fmt: skip


def _badge(figure: Mapping[str, Any]) -> str:
    words = [Status(figure["status"]).badge] if figure.get("status") else []
    return ", ".join([*words, *(["modelled"] if figure.get("modelled") else [])])


def _as_text(summary: Mapping[str, Any]) -> str:
    lines: list[str] = []
    for brief in summary["briefs"]:
        lines += [f"{brief['kicker']}: {brief['title']}".removeprefix(": "), ""]
        lines += [text for text in (brief["headline"], brief["status_line"]) if text]
        lines.append("")
        for figure in brief["key_figures"]:
            period = f", {figure['period']}" if figure.get("period") else ""
            more = [figure.get(key) for key in ("interval", "badge", "change")]
            lines.append(f"- {figure['label']}{period}: {figure['value']} ({'; '.join(m for m in more if m)})")
        lines.append("")
    lines.append(f"{summary['entity']}, as of {summary['as_of']}. The whole is attached as {summary['kinds']}.")
    lines.append("This brief informs; it is not investment advice.")
    return "\n".join(lines) + "\n"


def _as_html(summary: Mapping[str, Any]) -> str:
    from jinja2 import Environment, PackageLoader, StrictUndefined

    environment = Environment(
        loader=PackageLoader("capexlib.publish"), autoescape=True, undefined=StrictUndefined, trim_blocks=True
    )
    return environment.get_template("mail.html.j2").render(summary)
