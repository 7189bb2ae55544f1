"""The one composition root: params and ledger become facts, models and results."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from capexlib.documents import is_there
from capexlib.errors import EvidenceError, Problem, did_you_mean
from capexlib.facts.adopt import Facts, Ruling
from capexlib.facts.ledger import Ledger, load_ledger
from capexlib.figures import Figure, lineage
from capexlib.params import Case, LoadedCase, assumptions_of, load_case

if TYPE_CHECKING:
    from capexlib.models.scale import Scale

_ALWAYS = ("id", "kind", "title", "value", "unit", "low", "high", "status", "claims", "assumptions")


@dataclass(frozen=True)
class Study:
    """One case as of one date: facts, and models that run when asked for.

    Parameters
    ----------
    loaded : LoadedCase
    ledger : Ledger
    """

    loaded: LoadedCase
    ledger: Ledger

    @property
    def case(self) -> Case:
        """The checked params."""
        return self.loaded.case

    @cached_property
    def facts(self) -> Facts:
        """The ledger as of the case's date, with its rulings."""
        rulings = {key: Ruling(ruling.claim, ruling.why, ruling.on) for key, ruling in self.case.adopt.items()}
        return Facts(self.ledger, self.case.as_of, rulings)

    @cached_property
    def scale(self) -> Scale:
        """How big, compared with whom."""
        from capexlib.models.scale import assess

        return assess(self.facts, self.case)

    @property
    def results(self) -> tuple[Figure, ...]:
        """Every published number, in the order of the models."""
        return self.scale.results

    def manifest(self) -> dict[str, Any]:
        """Say what an edition's manifest says about the study itself.

        Returns
        -------
        dict
            Case, entity, as_of, resolved params with overrides named, seed, claims
            used, results, and the figures (facts, assumptions, steps) that they were
            computed from; nothing that depends on the clock or the machine.
        """
        results = [_row(figure) for figure in self.results]
        found, published = lineage(self.results), {figure.id for figure in self.results}
        used = dict.fromkeys(claim for row in results for claim in row["claims"])
        return {
            "case": self.case.case,
            "entity": self.case.entity,
            "as_of": self.case.as_of.isoformat(),
            "params": self.loaded.resolved,
            "overridden": list(self.loaded.overridden),
            "seed": self.case.sampling.seed,
            "claims": sorted(used),
            "results": results,
            "figures": [_row(figure) for name, figure in sorted(found.items()) if name not in published],
        }


def _row(figure: Figure) -> dict[str, Any]:
    """Return a result as the manifest writes it, without what is empty."""
    names = ("id", "kind", "title", "value", "unit", "low", "high", "interval", "bound", "status", "period",
             "claims", "assumptions", "operands", "formula", "note")  # fmt: skip
    values = {name: getattr(figure, name) for name in names}
    kept = {name: value for name, value in values.items() if name in _ALWAYS or value not in ("", ())}
    return {name: list(value) if isinstance(value, tuple) else value for name, value in kept.items()}


def open_study(params_file: str | Path, overrides: Mapping[str, Any] | None = None) -> Study:
    """Open a case for a notebook or a script.

    Parameters
    ----------
    params_file : str or Path
        A params file; a relative path is looked for from the working folder
        upwards, so that notebooks in a subfolder find ``params/…``.
    overrides : mapping, optional
        Dotted key to value.

    Returns
    -------
    Study

    Raises
    ------
    ParamsError, EvidenceError
        With every problem found.
    """
    loaded = load_case(_find(Path(params_file)), overrides)
    ledger = load_ledger(loaded.evidence)
    problems = list(_references(loaded.case, ledger))
    if problems:
        raise EvidenceError(problems)
    return Study(loaded, ledger)


def _references(case: Case, ledger: Ledger) -> Iterator[Problem]:
    """Claims that an assumption's reason names must exist and have been public."""
    for path, assumption in assumptions_of(case):
        for name in assumption.reference:
            if "://" in name:
                continue
            claim = ledger.claims.get(name)
            where = f"{path}.reference"
            if claim is None:
                yield Problem(where, f"Unknown claim {name!r}.", did_you_mean(name, ledger.claims))
            elif claim.known_on > case.as_of:
                what = f"Claim {name!r} was not public on {case.as_of} (surely only on {claim.known_on})."
                yield Problem(where, what, "Rest the assumption on what was known.")


def _find(path: Path) -> Path:
    if path.is_absolute() or is_there(path):
        return path
    here = Path.cwd()
    return next((folder / path for folder in (here, *here.parents) if is_there(folder / path)), path)
