"""Editions on disk: each appears whole or not at all, and no failure touches the last good one.

An edition is built in a hidden folder beside its place and moved in by renaming. One
lock for each case makes a second run wait. A run that was killed leaves hidden
folders; the next one puts back what it had moved aside and removes the rest.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

from capexlib.errors import CapexError, ParamsError, Problem
from capexlib.publish.folder_names import is_case, is_date
from capexlib.publish.manifest import MANIFEST
from capexlib.publish.verify import verify_edition

_BUILDING, _ASIDE, _NEW_LINK = ".building-", ".aside-", ".latest-new"
LATEST, FAILED, LOG, LOCK = "latest", "failed", "run.jsonl", ".lock"


class Outcome(StrEnum):
    """What a run did to the edition."""

    CREATED = "created"
    REPLACED = "replaced"
    UNCHANGED = "unchanged"


def case_folder(reports: Path, case: str) -> Path:
    """Name the folder of a case's editions, and refuse one outside the reports.

    Parameters
    ----------
    reports : Path
        The reports folder.
    case : str
        Lower-case letters, digits and hyphens.

    Returns
    -------
    Path

    Raises
    ------
    ParamsError
        If the name is not such a word, or leads elsewhere by a link.
    """
    if not is_case(case):
        cure = "Use lower-case letters, digits and hyphens, at most 63, for instance 'acme-2026'."
        raise ParamsError([Problem("case", f"{case!r} cannot name a folder.", cure)])
    folder = reports.resolve() / case
    if folder.resolve() != folder or (folder.exists() and not folder.is_dir()):
        raise ParamsError([Problem(str(folder), "is not a folder inside the reports.", "Remove the link or file.")])
    return folder


@dataclass(frozen=True, slots=True)
class Shelf:
    """A case's editions, while its lock is held.

    Parameters
    ----------
    folder : Path
        ``<reports>/<case>``.
    """

    folder: Path

    def edition(self, as_of: str) -> Path:
        """Name the edition of a date, which must be an ISO date and no link."""
        place = self.folder / as_of
        if not is_date(as_of) or place.is_symlink() or (place.exists() and not place.is_dir()):
            cure = "An edition is a folder named by a date such as 2026-06-30."
            raise ParamsError([Problem(str(place), "cannot hold an edition.", cure)])
        return place

    def previous(self, as_of: str) -> Path | None:
        """Find the newest edition of an earlier date; None if there is none."""
        dates = (entry.name for entry in self.folder.iterdir() if (entry / MANIFEST).is_file())
        older = [name for name in dates if is_date(name) and name < as_of]
        return self.folder / max(older) if older else None

    def failed(self, brief: str) -> Path:
        """Name the file that keeps a failed run's partial notebook."""
        return self.folder / FAILED / f"{brief}.ipynb"

    @contextmanager
    def building(self, as_of: str) -> Iterator[Path]:
        """Make an empty folder to build an edition in; it is gone afterwards, moved in or not."""
        folder = self.folder / f"{_BUILDING}{as_of}"
        self.edition(as_of)
        folder.mkdir()
        try:
            yield folder
        finally:
            shutil.rmtree(folder, ignore_errors=True)

    def commit(self, building: Path, as_of: str) -> Outcome:
        """Move a finished edition into its place, unless the one there is the same.

        Parameters
        ----------
        building : Path
            Complete, with its manifest.
        as_of : str
            ISO date.

        Returns
        -------
        Outcome
        """
        place, aside = self.edition(as_of), self.folder / f"{_ASIDE}{as_of}"
        outcome = Outcome.CREATED
        if place.exists():
            if _same(building, place):
                self.point_latest()
                return Outcome.UNCHANGED
            outcome = Outcome.REPLACED
            place.rename(aside)
        try:
            building.rename(place)
        except BaseException:
            if outcome is Outcome.REPLACED:
                aside.rename(place)
            raise
        shutil.rmtree(aside, ignore_errors=True)
        self.point_latest()
        return outcome

    def point_latest(self) -> None:
        """Let ``latest`` point to the newest edition, in one step."""
        newest = max(entry.name for entry in self.folder.iterdir() if entry.is_dir() and is_date(entry.name))
        link = self.folder / LATEST
        if link.is_symlink() and link.readlink().name == newest:
            return
        fresh = self.folder / _NEW_LINK
        fresh.unlink(missing_ok=True)
        fresh.symlink_to(newest, target_is_directory=True)
        fresh.replace(link)

    def tidy(self) -> None:
        """Undo what a killed run left behind."""
        for entry in sorted(self.folder.iterdir()):
            if entry.name.startswith(_ASIDE):
                place = self.folder / entry.name.removeprefix(_ASIDE)
                if place.exists():
                    shutil.rmtree(entry)
                else:
                    entry.rename(place)
            elif entry.name.startswith(_BUILDING):
                shutil.rmtree(entry)


def _same(building: Path, place: Path) -> bool:
    """Tell whether two editions are equal to the byte, the second unaltered since it was made."""
    manifest = place / MANIFEST
    if not manifest.is_file() or manifest.read_bytes() != (building / MANIFEST).read_bytes():
        return False
    return not verify_edition(place)


@contextmanager
def opened(reports: Path, case: str, *, wait_s: float = 600) -> Iterator[Shelf]:
    """Hold a case's lock and tidy its folder.

    Parameters
    ----------
    reports : Path
        Made if it is not there.
    case : str
        The case's name.
    wait_s : float
        How long to wait for another run of the same case, in seconds.

    Yields
    ------
    Shelf

    Raises
    ------
    ParamsError
        If the case's name or folder cannot be used.
    CapexError
        If the lock stays taken, or the disk refuses.
    """
    from filelock import FileLock, Timeout

    folder = case_folder(reports, case)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if (folder / LATEST).exists() and not (folder / LATEST).is_symlink():
            raise ParamsError([Problem(str(folder / LATEST), "is in the way of a link.", "Move it elsewhere.")])
        with FileLock(folder / LOCK, timeout=wait_s):
            shelf = Shelf(folder)
            shelf.tidy()
            yield shelf
    except Timeout as error:
        what = f"another run of this case has been going on for {wait_s:.0f} s."
        raise CapexError.single(str(folder), what, "Let it end, or stop it, then run again.") from error
    except OSError as error:
        what = f"{error.strerror or error}."
        cure = "Nothing was published; the edition that was there is untouched."
        raise CapexError.single(error.filename or str(folder), what, cure) from error


def log_run(reports: Path, case: str, entry: Mapping[str, Any]) -> None:
    """Append a line on a run; times belong here, never in an edition."""
    folder = case_folder(reports, case)
    if folder.is_dir():
        with suppress(OSError), (folder / LOG).open("a", encoding="utf-8") as stream:
            stream.write(json.dumps(entry, ensure_ascii=False, sort_keys=True) + "\n")
