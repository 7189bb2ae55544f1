"""An edition copied to a store: a folder, S3 or any other address that fsspec knows, whole or not at all.

Files go under an unfinished name first and are read back; only then do they take their
place, the manifest last. A reader takes a folder without a manifest for no edition, so an
interruption at any point leaves the edition whole, the old one, or absent.
"""

from __future__ import annotations

import hashlib
import json
import posixpath
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from enum import StrEnum
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from capexlib.errors import CapexError, DeliveryError, ParamsError, Problem, QualityError
from capexlib.publish.manifest import MANIFEST, canonical_json
from capexlib.publish.verify import read_manifest, verify_edition

POINTER = "latest.json"
_UNFINISHED = ".unfinished-"
_EXTRAS = {"s3": "s3", "s3a": "s3"}
_DRIVERS = {"gs": "gcsfs", "gcs": "gcsfs", "az": "adlfs", "abfs": "adlfs", "adl": "adlfs", "sftp": "paramiko",
            "ssh": "paramiko", "smb": "smbprotocol"}  # fmt: skip
_WITHOUT_FOLDERS = frozenset({"s3", "s3a", "gs", "gcs", "az", "abfs", "adl"})
"""Stores of objects: there is no folder to make, and making one could make a bucket."""
_AGAIN = "Nothing half is readable there. Mend the cause and publish again."
_LONGEST = 300


class Placed(StrEnum):
    """What publishing did."""

    CREATED = "created"
    REPLACED = "replaced"
    THERE = "already there"


def shown_address(url: str) -> str:
    """Return an address without user, password and query, for messages.

    Examples
    --------
    >>> shown_address("ftp://me:secret@acme.example/reports?token=1")
    'ftp://acme.example/reports'
    """
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{parts.path}" if parts.scheme and "://" in url else url


def publish_edition(edition: Path, url: str, *, force: bool = False) -> tuple[Placed, str]:
    """Copy an edition to ``<url>/<case>/<as_of>``.

    Parameters
    ----------
    edition : Path
        Verified against its manifest before anything is copied.
    url : str
        A folder, or an address of a protocol that fsspec knows. Logins belong in the
        environment (``AWS_…``), where the driver finds them.
    force : bool
        Replace a different edition that is there.

    Returns
    -------
    tuple
        What was done, and where the edition is.

    Raises
    ------
    QualityError
        If the edition is not what its manifest says.
    ParamsError
        If the address cannot be used, or a different edition is there.
    DeliveryError
        If the store fails, or holds something else than what was written.
    """
    manifest = read_manifest(edition)
    if problems := verify_edition(edition):
        raise QualityError(problems)
    text = canonical_json(manifest).encode()
    store, root = _opened(url)
    case = posixpath.join(root, str(manifest["case"]))
    place = posixpath.join(case, str(manifest["as_of"]))
    where = f"{shown_address(url).rstrip('/')}/{manifest['case']}/{manifest['as_of']}"
    with _reported(url, where):
        store.invalidate_cache()
        before = _read(store, posixpath.join(place, MANIFEST))
        if before == text and _is_whole(store, place, manifest):
            _point(store, case, manifest)
            return Placed.THERE, where
        if before not in (None, text) and not force:
            cure = "Use --force to replace it."
            raise ParamsError([Problem(where, "holds another edition of this case and date.", cure)])
        unfinished = posixpath.join(case, f"{_UNFINISHED}{manifest['as_of']}")
        _remove(store, unfinished)
        try:
            _stage(store, edition, unfinished, manifest)
            _move_in(store, unfinished, place, manifest, text)
        finally:
            with suppress(Exception):
                _remove(store, unfinished)
        _point(store, case, manifest)
    return (Placed.CREATED if before is None else Placed.REPLACED), where


def _opened(url: str) -> tuple[Any, str]:
    """Open a store; say which package is missing where one is."""
    import fsspec

    protocol = urlsplit(url).scheme if "://" in url else "file"
    shown = shown_address(url)
    try:
        store, root = fsspec.url_to_fs(url)
    except ImportError as error:
        package = f"'capexlib[{_EXTRAS[protocol]}]'" if protocol in _EXTRAS else _DRIVERS.get(protocol, "its driver")
        cure = f"pip install {package}"
        raise ParamsError([Problem(shown, f"the driver for {protocol}:// is not installed.", cure)]) from error
    except ValueError as error:
        cure = "Give a folder, s3://bucket/path, or another address that fsspec knows."
        raise ParamsError([Problem(shown, f"no store is reached by {protocol}://.", cure)]) from error
    return store, root.rstrip("/")


def _read(store: Any, path: str) -> bytes | None:
    try:
        return store.cat_file(path)
    except FileNotFoundError:
        return None


def _is_whole(store: Any, place: str, manifest: Mapping[str, Any]) -> bool:
    """Tell whether every file of an edition is there in its size."""
    sizes = {entry["name"]: entry["bytes"] for entry in manifest["files"]}
    with suppress(FileNotFoundError):
        return all(store.info(posixpath.join(place, name))["size"] == size for name, size in sizes.items())
    return False


def _remove(store: Any, path: str) -> None:
    with suppress(FileNotFoundError):
        if store.exists(path):
            store.rm(path, recursive=True)


def _make_room(store: Any, path: str) -> None:
    protocols = {store.protocol} if isinstance(store.protocol, str) else set(store.protocol)
    if not protocols & _WITHOUT_FOLDERS:
        store.makedirs(posixpath.dirname(path), exist_ok=True)


def _write(store: Any, path: str, content: bytes) -> None:
    _make_room(store, path)
    store.pipe_file(path, content)


def _stage(store: Any, edition: Path, unfinished: str, manifest: Mapping[str, Any]) -> None:
    """Write every file under the unfinished name, and read it back."""
    for entry in manifest["files"]:
        path = posixpath.join(unfinished, entry["name"])
        _write(store, path, (edition / entry["name"]).read_bytes())
        if hashlib.sha256(store.cat_file(path)).hexdigest() != entry["sha256"]:
            what = f"{entry['name']} came back changed."
            raise DeliveryError([Problem(entry["name"], what, _AGAIN)])


def _move_in(store: Any, unfinished: str, place: str, manifest: Mapping[str, Any], text: bytes) -> None:
    """Let the old edition vanish, manifest first; put the new one there, manifest last."""
    marker = posixpath.join(place, MANIFEST)
    if store.exists(marker):
        store.rm_file(marker)
    _remove(store, place)
    for entry in manifest["files"]:
        target = posixpath.join(place, entry["name"])
        _make_room(store, target)
        store.cp_file(posixpath.join(unfinished, entry["name"]), target)
    store.invalidate_cache()
    if not _is_whole(store, place, manifest):
        raise DeliveryError([Problem(MANIFEST, "some files did not arrive.", _AGAIN)])
    _write(store, marker, text)
    if _read(store, marker) != text:
        store.rm_file(marker)
        raise DeliveryError([Problem(MANIFEST, "came back changed, so it was removed.", _AGAIN)])


def _point(store: Any, case: str, manifest: Mapping[str, Any]) -> None:
    """Let the case's pointer name this edition, unless it names a newer one."""
    path = posixpath.join(case, POINTER)
    known = _read(store, path)
    record = {"as_of": manifest["as_of"], "manifest": hashlib.sha256(canonical_json(manifest).encode()).hexdigest()}
    with suppress(ValueError, KeyError, TypeError):
        if known and json.loads(known)["as_of"] > manifest["as_of"]:
            return
    content = canonical_json(record).encode()
    if known != content:
        _write(store, path, content)


@contextmanager
def _reported(url: str, where: str) -> Iterator[None]:
    """Turn whatever a driver raises into one kind of error that shows no login."""
    try:
        yield
    except CapexError:
        raise
    except Exception as error:  # each store's driver has exceptions of its own, few of them OSErrors
        detail = f"{type(error).__name__}: {' '.join(str(error).split())}"
        for secret in _secrets(url):
            detail = detail.replace(secret, "…")
        raise DeliveryError([Problem(where, f"the store failed ({detail[:_LONGEST]}).", _AGAIN)]) from error


def _secrets(url: str) -> list[str]:
    """List what must not be printed: the login and query of an address, and keys of the environment."""
    import os

    parts = urlsplit(url)
    login = parts.netloc.rpartition("@")[0]
    named = [value for name, value in os.environ.items() if re.search(r"SECRET|PASSWORD|TOKEN|ACCESS_KEY", name)]
    return [secret for secret in (login, *login.split(":"), parts.query, *named) if len(secret) > 3]
