"""What went wrong, where, and the cure: every error capexlib raises on purpose.

An error carries *all* the problems found in one pass, so that a user mends a
file once. Each child has the exit code that the command documents.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """One thing that is wrong.

    Parameters
    ----------
    where : str
        ``file:line key``, as much of it as is known.
    what : str
        What is wrong there, in one sentence.
    cure : str
        What to do about it, in one sentence.
    """

    where: str
    what: str
    cure: str

    def __str__(self) -> str:
        return f"{self.where}: {self.what} {self.cure}".strip()


class CapexError(Exception):
    """Base of all errors meant for the user.

    Parameters
    ----------
    problems : Iterable[Problem]
        Everything found, reported at once.
    """

    exit_code = 1

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems: tuple[Problem, ...] = tuple(problems)
        super().__init__("\n".join(str(problem) for problem in self.problems))

    @classmethod
    def single(cls, where: str, what: str, cure: str) -> CapexError:
        """Build the error from one problem."""
        return cls([Problem(where, what, cure)])


class ParamsError(CapexError):
    """A params file, an override or a command's argument is unusable."""

    exit_code = 2


class EvidenceError(CapexError):
    """Sources, quantities or claims are unusable or contradict each other."""

    exit_code = 3


class NotebookError(CapexError):
    """A notebook cell raised."""

    exit_code = 4


class NotebookTimeoutError(CapexError):
    """A notebook cell ran longer than its limit."""

    exit_code = 5


class KernelDiedError(CapexError):
    """The kernel that ran a notebook ended before the notebook did."""

    exit_code = 6


class QualityError(CapexError):
    """An edition does not pass the quality gate."""

    exit_code = 7


class DeliveryError(CapexError):
    """An edition could not be sent or published: the network, a server, or a store refused."""

    exit_code = 8


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """Suggest the nearest known word.

    Parameters
    ----------
    word : str
        What was written.
    known : Iterable[str]
        The words that would be right.

    Returns
    -------
    str
        ``"Did you mean 'x'?"``, else the list of known words (at most twelve).

    Examples
    --------
    >>> did_you_mean("statsu", ["status", "unit"])
    "Did you mean 'status'?"
    """
    choices = sorted(known)
    by_letters = {choice.casefold(): choice for choice in reversed(choices)}
    near = difflib.get_close_matches(word.casefold(), by_letters, n=1, cutoff=0.6)
    if near:
        return f"Did you mean {by_letters[near[0]]!r}?"
    listed = ", ".join(choices[:12]) + (", …" if len(choices) > 12 else "")
    return f"Known: {listed}." if choices else ""
