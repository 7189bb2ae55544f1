"""What an edition must be before it leaves: as its manifest says, and past the quality gate."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from capexlib.errors import Problem, QualityError

Unchecked = Annotated[bool, typer.Option("--unchecked", help="Pass it on even if it fails the quality gate.")]


def check_outgoing(edition: Path, *, unchecked: bool) -> None:
    """Refuse an edition that may not go out.

    Parameters
    ----------
    edition : Path
    unchecked : bool
        Leave the quality gate out; an altered edition is refused all the same.

    Raises
    ------
    ParamsError
        If the folder is not an edition.
    QualityError
        With everything found.
    """
    from capexlib.publish.gate import check_edition
    from capexlib.publish.verify import verify_edition

    if altered := verify_edition(edition):
        raise QualityError(altered)
    if not unchecked and (found := check_edition(edition)):
        cure = "Mend what is listed and run the case again, or pass it on regardless with --unchecked."
        raise QualityError([*found, Problem(str(edition), "fails the quality gate, so it was not passed on.", cure)])
