"""Sending, against a real mail server on this machine with a certificate of its own."""

from __future__ import annotations

import asyncio
import email
import json
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import trustme
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult
from edition_specimen import edition, sealed
from hypothesis import example, given
from hypothesis import strategies as st
from typer.testing import CliRunner, Result

from capexlib.cli.app import app
from capexlib.errors import DeliveryError, ParamsError
from capexlib.publish.gate import check_edition
from capexlib.publish.mail_delivery import PASSWORD, USER, Server, server
from capexlib.publish.mail_message import compose, envelope
from capexlib.publish.verify import read_manifest

pytestmark = [
    pytest.mark.filterwarnings("ignore:.*AUTH mechanism:UserWarning"),
    pytest.mark.filterwarnings("ignore:Requiring AUTH while not requiring TLS:UserWarning"),
    pytest.mark.filterwarnings("ignore:ssl.*:ResourceWarning"),
]
SENDER, READER = "Desk <desk@acme.example>", "reader@acme.example"
NOON = datetime(2026, 1, 2, 12, tzinfo=UTC)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return edition(tmp_path_factory.mktemp("send"))


class Mailbox:
    """What the server received, and how it behaves."""

    def __init__(self) -> None:
        self.letters: list[Any] = []
        self.seen: list[str] = []
        self.refuse: dict[str, str] = {}
        self.after_data = "250 taken"
        self.delay_s = 0.0

    async def handle_RCPT(self, server, session, envelope, address, options):  # noqa: N802
        self.seen.append(address)
        if address in self.refuse:
            return self.refuse[address]
        envelope.rcpt_tos.append(address)
        return "250 ok"

    async def handle_DATA(self, server, session, envelope):  # noqa: N802
        await asyncio.sleep(self.delay_s)
        if self.after_data.startswith("250"):
            self.letters.append(envelope)
        return self.after_data


def _authenticate(server, session, envelope, mechanism, data):
    good = (data.login, data.password) == (b"desk", b"right horse")
    return AuthResult(success=good, handled=False)


class Plain(Controller):
    def factory(self):
        return SMTP(self.handler, hostname="mail.test")


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


@contextmanager
def serving(mailbox: Mailbox, context: ssl.SSLContext | None, *, first: bool = False) -> Iterator[int]:
    """Run a server: STARTTLS and a login with `context`, TLS from the first byte with `first`, else neither."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    options = (
        {}
        if context is None or first
        else {"tls_context": context, "require_starttls": True, "authenticator": _authenticate}
    )
    kind = type("Kind", (Controller,), {"factory": lambda self: SMTP(self.handler, hostname="mail.test", **options)})
    controller = kind(mailbox, hostname="127.0.0.1", port=port, ssl_context=context if first else None)
    controller.start()
    try:
        yield port
    finally:
        controller.stop()


@pytest.fixture
def tls(authority: trustme.CA, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ssl.SSLContext:
    """Give the server's TLS; clients of this process trust its authority."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1", "localhost").configure_cert(context)
    authority.cert_pem.write_to_path(str(tmp_path / "authority.pem"))
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "authority.pem"))
    return context


@pytest.fixture
def send(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Result]:
    for name in (USER, PASSWORD, "SOURCE_DATE_EPOCH"):
        monkeypatch.delenv(name, raising=False)

    def run(*arguments: str, to: tuple[str, ...] = (READER,), login: tuple[str, str] | None = None) -> Result:
        for name, value in zip((USER, PASSWORD), login or ("", ""), strict=True):
            monkeypatch.setenv(name, value)
        named = [word for address in to for word in ("--to", address)]
        return CliRunner().invoke(app, ["send", str(folder), "--from", SENDER, *named, *arguments])

    return run


def letter_of(content: bytes) -> EmailMessage:
    message = email.message_from_bytes(content, policy=default)
    assert isinstance(message, EmailMessage)
    return message


def whole(content: bytes, folder: Path) -> None:
    message = letter_of(content)
    assert message["Subject"].startswith("Acme’s planned US$23bn")
    assert message["From"] == SENDER
    assert message["MIME-Version"] == "1.0"
    assert not message.defects
    text, page = message.get_body(("plain",)), message.get_body(("html",))
    assert text is not None
    assert page is not None
    for part in (text.get_content(), page.get_content()):
        assert "Acme is said to plan CNY 160bn" in part
        assert "The headline rests on one unverified press report." in part
        assert "US$22.6–23.0bn" in part
    assert "http" not in page.get_content()
    attached = {part.get_filename(): part for part in message.iter_attachments()}
    assert set(attached) == {"acme-2025-12-23-scale.pdf", "acme-2025-12-23-scale.html"}
    for name, part in attached.items():
        assert name is not None
        suffix = Path(name).suffix
        assert part.get_content_type() == {".pdf": "application/pdf", ".html": "text/html"}[suffix]
        assert part.get_payload(decode=True) == (folder / f"scale{suffix}").read_bytes()
    assert max(map(len, content.splitlines())) <= 998
    assert content.isascii()


# ------------------------------------------------------------------ it arrives


def test_starttls_with_a_login(send: Callable[..., Result], tls: ssl.SSLContext, folder: Path) -> None:
    box = Mailbox()
    with serving(box, tls) as port:
        done = send("--smtp", f"127.0.0.1:{port}", "--cc", "Ed <copy@acme.example>", login=("desk", "right horse"))
    assert done.exit_code == 0, done.stderr
    assert done.stdout == f"ok: {folder}: sent to {READER}, copy@acme.example\n"
    assert len(box.letters) == 1
    assert box.letters[0].rcpt_tos == [READER, "copy@acme.example"]
    assert box.letters[0].mail_from == "desk@acme.example"
    whole(box.letters[0].content, folder)


def test_tls_from_the_first_byte(send: Callable[..., Result], tls: ssl.SSLContext, folder: Path) -> None:
    box = Mailbox()
    with serving(box, tls, first=True) as port:
        done = send("--smtp", f"smtps://localhost:{port}", "--json")
    assert done.exit_code == 0, done.stderr
    assert json.loads(done.stdout)["recipients"] == [READER]
    whole(box.letters[0].content, folder)


def test_plain_only_on_this_machine(send: Callable[..., Result]) -> None:
    box = Mailbox()
    with serving(box, None) as port:
        assert send("--smtp", f"127.0.0.1:{port}").exit_code == 0
        assert len(box.letters) == 1
        refused = send("--smtp", f"127.0.0.1:{port}", login=("desk", "right horse"))
    assert refused.exit_code == 8
    assert "offers no encryption" in refused.stderr
    assert "right horse" not in refused.stderr
    assert len(box.letters) == 1
    assert not Server("mail.acme.example", 25).is_here
    assert Server("::1", 25).is_here


def test_message_file_is_the_same_bytes(
    send: Callable[..., Result], tmp_path: Path, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1767355200")
    for name in ("a.eml", "b.eml"):
        assert send("--eml", str(tmp_path / name)).exit_code == 0
    content = (tmp_path / "a.eml").read_bytes()
    assert content == (tmp_path / "b.eml").read_bytes()
    assert letter_of(content)["Date"] == "Fri, 02 Jan 2026 12:00:00 +0000"
    whole(content, folder)


# ------------------------------------------------------------------ it fails, clearly and whole


def test_one_refused_recipient_stops_all(send: Callable[..., Result], tls: ssl.SSLContext) -> None:
    box = Mailbox()
    box.refuse = {"gone@acme.example": "550 no such user", "busy@acme.example": "450 mailbox busy"}
    with serving(box, tls) as port:
        done = send("--smtp", f"127.0.0.1:{port}", to=(READER, *box.refuse), login=("desk", "right horse"))
    assert done.exit_code == 8
    assert "gone@acme.example (550 no such user)" in done.stderr
    assert "busy@acme.example (450 mailbox busy)" in done.stderr
    assert "Try again later." in done.stderr
    assert box.letters == []


def test_wrong_password(send: Callable[..., Result], tls: ssl.SSLContext) -> None:
    box = Mailbox()
    with serving(box, tls) as port:
        done = send("--smtp", f"127.0.0.1:{port}", login=("desk", "wrong horse"))
    assert done.exit_code == 8
    assert "refused the login of desk (535" in done.stderr
    assert "wrong horse" not in done.output
    assert box.seen == []


@pytest.mark.parametrize("answer", ["452 disk full", "554 spam"])
def test_refused_message(send: Callable[..., Result], tls: ssl.SSLContext, answer: str) -> None:
    box = Mailbox()
    box.after_data = answer
    with serving(box, tls) as port:
        done = send("--smtp", f"127.0.0.1:{port}", login=("desk", "right horse"))
    assert done.exit_code == 8
    assert answer in done.stderr


def test_unknown_certificate(
    send: Callable[..., Result], tls: ssl.SSLContext, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    other = tmp_path / "other.pem"
    trustme.CA().cert_pem.write_to_path(str(other))
    monkeypatch.setenv("SSL_CERT_FILE", str(other))
    box = Mailbox()
    with serving(box, tls) as port:
        done = send("--smtp", f"127.0.0.1:{port}", login=("desk", "right horse"))
    assert done.exit_code == 8
    assert "certificate is not accepted" in done.stderr
    assert box.seen == []


def test_tls_from_the_start_on_a_plain_port(send: Callable[..., Result], tls: ssl.SSLContext) -> None:
    with serving(Mailbox(), tls) as port:
        done = send("--smtp", f"smtps://127.0.0.1:{port}", "--timeout", "5")
    assert done.exit_code == 8
    assert "TLS failed" in done.stderr


def test_dead_server(send: Callable[..., Result]) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        done = send("--smtp", f"127.0.0.1:{probe.getsockname()[1]}")
    assert done.exit_code == 8
    assert "cannot be reached (Connection refused)" in done.stderr


def test_no_such_server(send: Callable[..., Result], monkeypatch: pytest.MonkeyPatch) -> None:
    def unknown(*_: Any, **__: Any) -> Any:
        raise socket.gaierror(-2, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    done = send("--smtp", "mail.acme.example")
    assert done.exit_code == 8
    assert "no such server is known" in done.stderr


@contextmanager
def talking(lines: Callable[[socket.socket], None]) -> Iterator[int]:
    """Answer one connection with a function of its socket."""
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def answer() -> None:
            line, _ = listener.accept()
            with line:
                try:
                    lines(line)
                except OSError:
                    return

        thread = threading.Thread(target=answer, daemon=True)
        thread.start()
        yield listener.getsockname()[1]
    thread.join(5)


def _drip(line: socket.socket) -> None:
    for _ in range(40):
        line.sendall(b"2")
        time.sleep(0.1)


def _hang_up(line: socket.socket) -> None:
    line.sendall(b"220 hello\r\n")
    line.recv(100)


@pytest.mark.parametrize(
    ("behaviour", "said"),
    [
        (lambda line: line.recv(100), "did not finish within 1 s"),
        (_drip, "did not finish within 1 s"),
        (_hang_up, "hung up"),
        (lambda line: line.sendall(b"421 busy\r\n"), "421 busy"),
        (lambda line: line.sendall(b"HTTP/1.1 400 Bad\r\n\r\n"), "127.0.0.1"),
    ],
)
def test_servers_that_do_not_speak(send: Callable[..., Result], behaviour: Any, said: str) -> None:
    started = time.monotonic()
    with talking(behaviour) as port:
        done = send("--smtp", f"127.0.0.1:{port}", "--timeout", "1")
    assert done.exit_code == 8, done.output
    assert said in done.stderr
    assert time.monotonic() - started < 8


def _take_and_hang_up(line: socket.socket) -> None:
    line.sendall(b"220 hello\r\n")
    for answer in (b"250 hello\r\n", b"250 from\r\n", b"250 to\r\n", b"354 go on\r\n"):
        line.recv(1000)
        line.sendall(answer)
    taken = b""
    while not taken.endswith(b"\r\n.\r\n"):
        taken += line.recv(65_536)


def test_a_line_that_breaks_after_the_message_may_have_taken_it(send: Callable[..., Result]) -> None:
    with talking(_take_and_hang_up) as port:
        done = send("--smtp", f"127.0.0.1:{port}", "--no-tls", "--timeout", "5")
    assert done.exit_code == 8, done.output
    assert "may have taken the message" in done.stderr
    assert "Nothing was sent" not in done.stderr


def test_slow_after_the_message(send: Callable[..., Result]) -> None:
    box = Mailbox()
    box.delay_s = 3
    with serving(box, None) as port:
        done = send("--smtp", f"127.0.0.1:{port}", "--timeout", "1")
    assert done.exit_code == 8
    assert "a slow server may have taken the message" in done.stderr


# ------------------------------------------------------------------ what is refused before anything is said


@pytest.mark.parametrize(
    ("arguments", "to"),
    [
        (["--subject", "Hi\r\nBcc: all@evil.example"], (READER,)),
        (["--subject", "Hi\nBcc: all@evil.example"], (READER,)),
        (["--subject", "x" * 201], (READER,)),
        ([], ("reader@acme.example\r\nBcc: all@evil.example",)),
        ([], ("Name\n <reader@acme.example>",)),
        ([], ("a@acme.example, b@acme.example",)),
        ([], ("reader",)),
        ([], ("",)),
        ([], ("r\u00e9ader@acme.example",)),
        (["--cc", "x@y\0.example"], (READER,)),
        (["--from", "Desk\u2028 <desk@acme.example>"], (READER,)),
        (["--from", ""], (READER,)),
    ],
)
def test_injection_is_2_and_touches_nothing(
    send: Callable[..., Result], tmp_path: Path, arguments: list[str], to: tuple[str, ...]
) -> None:
    target = tmp_path / "x.eml"
    done = send("--eml", str(target), *arguments, to=to)
    assert done.exit_code == 2, done.output
    assert done.stderr
    assert list(tmp_path.iterdir()) == []


@given(st.text(max_size=40), st.text(max_size=40))
@example("J. R., (desk)", "a: b")
@example(".", "=?utf-8?q?=0ABcc:_all@evil.example?=")
@example("a:b;", "字" * 40)
@example("x" * 300, "x " * 90)
def test_no_text_makes_a_header(folder: Path, name: str, subject: str) -> None:
    try:
        letter = envelope(SENDER, [f"{name} <{READER}>"], [], subject)
    except ParamsError:
        return
    message = compose(folder, read_manifest(folder), letter, NOON)
    head = message.as_bytes().split(b"\r\n\r\n", 1)[0]
    again = letter_of(head + b"\r\n\r\n")
    assert set(again.keys()) == {"From", "To", "Subject", "Date", "Message-ID", "MIME-Version", "Content-Type"}
    assert [each.addr_spec for each in again["To"].addresses] == [READER]
    if subject.strip():
        assert str(again["Subject"]).split() == subject.split()


@pytest.mark.parametrize("text", ["", "mail:99999", "mail acme:25", "http://mail", "mail:0", "a\nb", "user:pw@mail:25"])
def test_strange_servers_are_2(text: str) -> None:
    with pytest.raises(ParamsError):
        server(text)


@pytest.mark.parametrize(
    ("text", "host", "port", "first"),
    [("mail.acme.example", "mail.acme.example", 587, False), ("mail:465", "mail", 465, True),
     ("smtps://mail", "mail", 465, True), ("smtp://mail:465", "mail", 465, False), ("[::1]:25", "::1", 25, False)],
)  # fmt: skip
def test_servers_are_read(text: str, host: str, port: int, first: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(USER, raising=False)
    found = server(text)
    assert (found.host, found.port, found.is_tls_first) == (host, port, first)


def test_login_needs_a_password_and_tls(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(USER, "desk")
    monkeypatch.delenv(PASSWORD, raising=False)
    monkeypatch.setattr("capexlib.publish.mail_delivery._from_keyring", lambda user: None)
    with pytest.raises(ParamsError, match="there is no password"):
        server("mail")
    monkeypatch.setenv(PASSWORD, "right horse")
    with pytest.raises(ParamsError, match="unencrypted"):
        server("mail", no_tls=True)
    assert "right horse" not in repr(server("mail"))


def test_password_from_the_keyring(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(USER, "desk")
    monkeypatch.delenv(PASSWORD, raising=False)
    ring = SimpleNamespace(get_password=lambda service, user: f"{service}/{user}")
    monkeypatch.setitem(__import__("sys").modules, "keyring", ring)
    assert server("mail").password == "capex-smtp/desk"  # noqa: S105


@pytest.mark.parametrize("arguments", [[], ["--smtp", "mail", "--eml", "x.eml"]])
def test_one_way_out(send: Callable[..., Result], arguments: list[str]) -> None:
    assert send(*arguments).exit_code == 2


def test_altered_edition_is_not_sent(tmp_path: Path, send: Callable[..., Result]) -> None:
    broken = edition(tmp_path)
    (broken / "scale.html").write_text("forged", encoding="utf-8")
    done = CliRunner().invoke(
        app, ["send", str(broken), "--from", SENDER, "--to", READER, "--eml", str(tmp_path / "x.eml")]
    )
    assert done.exit_code == 7
    assert not (tmp_path / "x.eml").exists()


def test_what_fails_the_gate_is_not_sent_unless_told_otherwise(tmp_path: Path) -> None:
    weak, target = edition(tmp_path), tmp_path / "x.eml"
    page = weak / "scale.html"
    page.write_text(page.read_text("utf-8").replace("lang=", "language=", 1), encoding="utf-8")
    sealed(weak)
    command = ["send", str(weak), "--from", SENDER, "--to", READER, "--eml", str(target)]
    refused = CliRunner().invoke(app, command)
    assert refused.exit_code == 7
    found = check_edition(weak)
    assert found
    assert all(problem.what in refused.stderr for problem in found)
    assert "--unchecked" in refused.stderr
    assert not target.exists()
    assert CliRunner().invoke(app, [*command, "--unchecked"]).exit_code == 0
    assert target.exists()


@pytest.mark.parametrize("place", [".", "a-folder", "nowhere/x.eml", "a-file/x.eml", "x" * 300, "/proc/x"])
def test_a_message_file_that_cannot_be_written_is_8_and_says_where(
    send: Callable[..., Result], tmp_path: Path, place: str
) -> None:
    (tmp_path / "a-folder").mkdir()
    (tmp_path / "a-file").write_text("", encoding="utf-8")
    done = send("--eml", str(tmp_path / place))
    assert done.exit_code == 8, done.output
    assert f"--eml {tmp_path / place}" in done.stderr
    assert "Name a file" in done.stderr
    assert {path.name for path in tmp_path.iterdir()} == {"a-file", "a-folder"}


def test_delivery_has_its_own_exit_code() -> None:
    assert DeliveryError([]).exit_code == 8
