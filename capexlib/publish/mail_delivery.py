"""Handing a message to a mail server: encrypted, within a time, to all recipients or to none."""

from __future__ import annotations

import ipaddress
import os
import re
import smtplib
import socket
import ssl
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from email.message import EmailMessage

from capexlib.errors import DeliveryError, ParamsError, Problem

USER, PASSWORD = "CAPEX_SMTP_USER", "CAPEX_SMTP_PASSWORD"
KEYRING_SERVICE = "capex-smtp"
_SUBMISSION, _SUBMISSIONS = 587, 465
_SERVER = re.compile(r"(?:(smtps?)://)?(\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9._-]+)(?::(\d{1,5}))?")
_UNTOUCHED = "Nothing was sent."
_LONGEST_REPLY = 200


@dataclass(frozen=True, slots=True)
class Server:
    """A mail server and how to speak to it.

    Parameters
    ----------
    host : str
    port : int
    is_tls_first : bool
        Encrypted from the first byte (port 465, ``smtps://``); else STARTTLS.
    is_plain_allowed : bool
        The user said ``--no-tls``.
    user, password : str
        Empty for a server that asks for none.
    timeout_s : float
        For the whole conversation, in seconds.
    """

    host: str
    port: int
    is_tls_first: bool = False
    is_plain_allowed: bool = False
    user: str = ""
    password: str = field(default="", repr=False)
    timeout_s: float = 60

    @property
    def name(self) -> str:
        """The server as messages name it."""
        return f"{self.host}:{self.port}"

    @property
    def is_here(self) -> bool:
        """Whether it is on this machine, by address or as ``localhost``."""
        if self.host == "localhost":
            return True
        try:
            return ipaddress.ip_address(self.host).is_loopback
        except ValueError:
            return False


def server(text: str, *, no_tls: bool = False, timeout_s: float = 60) -> Server:
    """Read ``HOST[:PORT]``, and take the login from the environment or the keyring.

    Parameters
    ----------
    text : str
        ``smtps://`` before it asks for TLS from the first byte.
    no_tls : bool
        Allow an unencrypted conversation.
    timeout_s : float
        For the whole conversation, in seconds.

    Returns
    -------
    Server

    Raises
    ------
    ParamsError
        If it is no server's name, or a login would travel unencrypted.
    """
    match = _SERVER.fullmatch(text)
    if match is None or not 0 < int(match[3] or 1) < 2**16:
        raise ParamsError([Problem("--smtp", f"{text!r} is not HOST or HOST:PORT.", "Write mail.acme.example:587.")])
    scheme, host, port = match[1], match[2].strip("[]"), int(match[3]) if match[3] else 0
    port = port or (_SUBMISSIONS if scheme == "smtps" else _SUBMISSION)
    is_tls_first = scheme == "smtps" or (scheme is None and port == _SUBMISSIONS)
    user, password = credentials(host)
    if user and no_tls:
        what = "a login would travel unencrypted."
        raise ParamsError([Problem("--no-tls", what, f"Leave --no-tls out, or unset {USER}.")])
    return Server(host, port, is_tls_first, no_tls, user, password, timeout_s)


def credentials(host: str) -> tuple[str, str]:
    """Take user and password from the environment; the password else from the keyring.

    Raises
    ------
    ParamsError
        If there is a user and no password anywhere.
    """
    user, password = os.environ.get(USER, ""), os.environ.get(PASSWORD, "")
    if user and not password:
        password = _from_keyring(user) or ""
    if user and not password:
        what = f"{USER} is set, and there is no password for {host}."
        cure = f"Set {PASSWORD}, or store one: pip install 'capexlib[send]'; keyring set {KEYRING_SERVICE} {user}"
        raise ParamsError([Problem(PASSWORD, what, cure)])
    return user, password


def _from_keyring(user: str) -> str | None:
    from importlib import import_module

    try:
        keyring = import_module("keyring")
    except ImportError:
        return None
    try:
        return keyring.get_password(KEYRING_SERVICE, user)
    except Exception as error:  # backends let their own through: D-Bus, the system's vault, a password file
        what = f"the keyring cannot be read ({type(error).__name__})."
        raise ParamsError([Problem("keyring", what, f"Unlock it, or set {PASSWORD}.")]) from error


def deliver(message: EmailMessage, sender: str, recipients: Sequence[str], to: Server) -> None:
    """Hand a message over, to all recipients or to none.

    Parameters
    ----------
    message : EmailMessage
    sender : str
        Address of the sender.
    recipients : sequence of str
        Addresses.
    to : Server

    Raises
    ------
    DeliveryError
        Saying what failed, and whether anything can have been sent.
    """
    with _translated(to), _conversation(to) as smtp:
        _secure(smtp, to)
        if to.user:
            smtp.login(to.user, to.password)
        _address_all(smtp, sender, recipients, to)
        code, reply = _handed_over(smtp, message.as_bytes(), to)
        if code != 250:
            raise _failed(to, f"refused the message ({_said(code, reply)}).", _UNTOUCHED)


def _handed_over(smtp: smtplib.SMTP, content: bytes, to: Server) -> tuple[int, bytes]:
    """Send the message itself; a line that breaks from here on leaves open whether it was taken."""
    try:
        return smtp.data(content)
    except (smtplib.SMTPServerDisconnected, ConnectionError) as error:
        cure = "Look in the sent folder before you try again: the server may have taken the message."
        raise _failed(to, "hung up after the message had been handed over.", cure) from error


@contextmanager
def _conversation(to: Server) -> Iterator[smtplib.SMTP]:
    """Connect, and cut the line when the time is over, however slowly the server drips."""
    context = ssl.create_default_context()
    if to.is_tls_first:
        smtp: smtplib.SMTP = smtplib.SMTP_SSL(timeout=to.timeout_s, context=context)
    else:
        smtp = smtplib.SMTP(timeout=to.timeout_s)
    late = threading.Event()

    def cut() -> None:
        late.set()
        if line := smtp.sock:
            with suppress(OSError):
                line.shutdown(socket.SHUT_RDWR)

    watch = threading.Timer(to.timeout_s, cut)
    watch.daemon = True
    watch.start()
    smtp._host = to.host  # type: ignore[attr-defined]  # noqa: SLF001 - smtplib names the server to TLS by this
    is_spoken = False
    try:
        code, reply = smtp.connect(to.host, to.port)
        if code != 220:
            raise _failed(to, f"does not take mail now ({_said(code, reply)}).", "Try again later.")
        yield smtp
        is_spoken = True
    except (OSError, DeliveryError) as error:
        if late.is_set():
            raise TimeoutError from error
        raise
    finally:
        watch.cancel()
        if is_spoken:
            with suppress(OSError, smtplib.SMTPException):
                smtp.quit()
        smtp.close()


def _secure(smtp: smtplib.SMTP, to: Server) -> None:
    smtp.ehlo()
    if to.is_tls_first:
        return
    if smtp.has_extn("starttls"):
        smtp.starttls(context=ssl.create_default_context())
        smtp.ehlo()
    elif to.user or not (to.is_plain_allowed or to.is_here):
        cure = f"{_UNTOUCHED} Use a server with TLS" + ("." if to.user else ", or --no-tls if you accept that.")
        raise _failed(to, "offers no encryption (STARTTLS).", cure)


def _address_all(smtp: smtplib.SMTP, sender: str, recipients: Sequence[str], to: Server) -> None:
    """Name the sender and every recipient; if one is refused, take all back."""
    code, reply = smtp.mail(sender)
    if code != 250:
        smtp.rset()
        raise _failed(to, f"refused the sender {sender} ({_said(code, reply)}).", _UNTOUCHED)
    refused = []
    for address in recipients:
        code, reply = smtp.rcpt(address)
        if code not in (250, 251):
            later = "Try again later." if 400 <= code < 500 else "Correct the address."
            what = f"refused the recipient {address} ({_said(code, reply)})."
            refused.append(Problem(to.name, what, f"{later} {_UNTOUCHED}"))
    if refused:
        smtp.rset()
        raise DeliveryError(refused)


@contextmanager
def _translated(to: Server) -> Iterator[None]:
    """Turn what smtplib, ssl and the network raise into one kind of error."""
    try:
        yield
    except DeliveryError:
        raise
    except smtplib.SMTPAuthenticationError as error:
        what = f"refused the login of {to.user} ({_said(error.smtp_code, error.smtp_error)})."
        raise _failed(to, what, f"Check {USER} and {PASSWORD}. {_UNTOUCHED}") from error
    except smtplib.SMTPNotSupportedError as error:
        raise _failed(to, f"does not offer what is needed ({error}).", _UNTOUCHED) from error
    except smtplib.SMTPResponseException as error:
        raise _failed(to, f"answered {_said(error.smtp_code, error.smtp_error)}.", _UNTOUCHED) from error
    except ssl.SSLCertVerificationError as error:
        cure = f"Trust its authority (SSL_CERT_FILE), or check the name. {_UNTOUCHED}"
        raise _failed(to, f"its certificate is not accepted ({error.verify_message}).", cure) from error
    except ssl.SSLError as error:
        cure = f"Check port and encryption: smtps://HOST for TLS from the start. {_UNTOUCHED}"
        raise _failed(to, f"TLS failed ({error.reason or error}).", cure) from error
    except TimeoutError as error:
        cure = "Look in the sent folder before you try again: a slow server may have taken the message."
        raise _failed(to, f"did not finish within {to.timeout_s:g} s.", cure) from error
    except socket.gaierror as error:
        raise _failed(to, "no such server is known.", f"Check the name. {_UNTOUCHED}") from error
    except smtplib.SMTPServerDisconnected as error:
        raise _failed(to, "hung up in the middle of the conversation.", _UNTOUCHED) from error
    except smtplib.SMTPException as error:
        raise _failed(to, f"is no mail server that can be spoken to ({type(error).__name__}).", _UNTOUCHED) from error
    except OSError as error:
        what = f"cannot be reached ({error.strerror or error})."
        raise _failed(to, what, f"Check host and port. {_UNTOUCHED}") from error


def _failed(to: Server, what: str, cure: str) -> DeliveryError:
    return DeliveryError([Problem(to.name, what, cure)])


def _said(code: int, reply: bytes | str) -> str:
    text = reply.decode("utf-8", "replace") if isinstance(reply, bytes) else reply
    return f"{code} {' '.join(text.split())}"[:_LONGEST_REPLY]
