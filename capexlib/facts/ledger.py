"""Read the ledger's files, check them against each other, report everything at once."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from capexlib.documents import MAX_PROBLEMS, Document, DocumentError, KeyPath, read_document
from capexlib.errors import EvidenceError, Problem, did_you_mean
from capexlib.facts.records import Claim, Entity, Event, Quantity, Regime, Source
from capexlib.figures import Status
from capexlib.schemas import validate
from capexlib.units import parse_unit

_SECTIONS: dict[str, type[BaseModel]] = {
    "sources": Source,
    "entities": Entity,
    "quantities": Quantity,
    "claims": Claim,
    "events": Event,
    "regimes": Regime,
}


@dataclass(frozen=True, slots=True)
class Ledger:
    """Everything that sources say, by id, in file order.

    Parameters
    ----------
    sources, entities, quantities, claims, events : dict
    regimes : tuple of Regime
    """

    sources: dict[str, Source]
    entities: dict[str, Entity]
    quantities: dict[str, Quantity]
    claims: dict[str, Claim]
    events: dict[str, Event]
    regimes: tuple[Regime, ...]

    def about(self, entity: str) -> list[Claim]:
        """Claims about an entity and about what belongs to it, in file order."""
        family = {entity} | {e.id for e in self.entities.values() if e.parent == entity}
        return [claim for claim in self.claims.values() if claim.entity in family]


@dataclass(slots=True)
class _Reading:
    """What was read so far, and every problem met."""

    found: dict[str, dict[str, Any]] = field(default_factory=lambda: {name: {} for name in _SECTIONS})
    places: dict[tuple[str, str], str] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)

    def copy(self) -> _Reading:
        """Return a reading that can go on without changing this one."""
        found = {section: dict(items) for section, items in self.found.items()}
        return _Reading(found, dict(self.places), list(self.problems))

    def read_all(self, root: Path) -> None:
        """Read one file, or every YAML file below a folder."""
        files = [root] if root.is_file() else sorted(root.rglob("*.yml"))
        if not files:
            self.problems.append(Problem(root.name, "No evidence file (*.yml) is here.", "Check the path."))
        for path in files:
            self.read(path, str(path.relative_to(root.parent)))

    def read(self, path: Path, name: str) -> None:
        try:
            document = read_document(path, name)
        except DocumentError as error:
            self.problems += error.problems
            return
        for section, rows in document.content.items():
            if len(self.problems) >= MAX_PROBLEMS:
                break
            schema = _SECTIONS.get(section)
            if schema is None:
                cure = did_you_mean(section, _SECTIONS)
                self.problems.append(Problem(document.where((section,)), f"Unknown section {section!r}.", cure))
            elif not isinstance(rows, list):
                self.problems.append(
                    Problem(document.where((section,)), "A list is expected here.", "Start each item with '- '.")
                )
            else:
                for index, row in enumerate(rows):
                    if len(self.problems) >= MAX_PROBLEMS:
                        break
                    self._add(section, schema, row, document, (section, index))

    def _add(self, section: str, schema: type[BaseModel], row: Any, document: Document, path: KeyPath) -> None:
        item, problems = validate(schema, row, document, path)
        self.problems += problems
        if item is None:
            return
        key = getattr(item, "id", None) or f"{path[1]}@{document.name}"
        place = document.lines.get(path, document.name)
        if key in self.found[section]:
            first = self.places[section, key]
            self.problems.append(
                Problem(f"{place} {section}.{key}", f"The id stands already in {first}.", "Give it an id of its own.")
            )
            return
        self.found[section][key] = item
        self.places[section, key] = place


@lru_cache(maxsize=1)
def _package_reading() -> _Reading:
    """Read the ledger that comes with the package, once a process."""
    reading = _Reading()
    reading.read_all(Path(__file__).parent)
    return reading


def load_ledger(extra: Sequence[Path] = ()) -> Ledger:
    """Read the package's ledger and a case's own evidence.

    Parameters
    ----------
    extra : sequence of Path
        Folders (or single files) with more evidence in the same form: any YAML
        file with sections ``sources``, ``entities``, ``quantities``, ``claims``,
        ``events``, ``regimes``.

    Returns
    -------
    Ledger

    Raises
    ------
    EvidenceError
        With every problem of every file, each with file, line, key and cure.
    """
    reading = _package_reading().copy()
    for root in extra:
        reading.read_all(root)
    found = reading.found
    ledger = Ledger(
        found["sources"], found["entities"], found["quantities"],
        found["claims"], found["events"], tuple(found["regimes"].values()),
    )  # fmt: skip
    problems = reading.problems + list(_cross_check(ledger, reading.places)) + list(_spells(ledger, reading))
    if problems:
        raise EvidenceError(problems)
    return ledger


def _cross_check(ledger: Ledger, places: dict[tuple[str, str], str]) -> Iterable[Problem]:
    """Everything one file cannot know about another."""
    for claim in ledger.claims.values():
        place = places["claims", claim.id]

        def problem(key: str, what: str, cure: str, place: str = place, claim: Claim = claim) -> Problem:
            return Problem(f"{place} {claim.id}.{key}", what, cure)

        yield from _references(claim, ledger, problem)
        yield from _unit_fits(claim, ledger, problem)
        if claim.status is Status.REPORTED_FILING and claim.known_on < claim.span.end and not claim.flag:
            yield problem(
                "stated_on",
                f"A reported figure cannot be known on {claim.known_on} before its period ends.",
                "Give the first filing's date, or another status.",
            )
    for kind, items in (("events", ledger.events), ("entities", ledger.entities)):
        for item in items.values():
            place = f"{places[kind, item.id]} {item.id}"
            source, parent = getattr(item, "source", None), getattr(item, "parent", None)
            if source and source not in ledger.sources:
                cure = did_you_mean(source, ledger.sources)
                yield Problem(f"{place}.source", f"Unknown source {source!r}.", cure)
            if parent and parent not in ledger.entities:
                cure = did_you_mean(parent, ledger.entities)
                yield Problem(f"{place}.parent", f"Unknown entity {parent!r}.", cure)
            for basis in getattr(item, "capex_bases", ()):
                if basis not in ledger.quantities:
                    cure = did_you_mean(basis, ledger.quantities)
                    yield Problem(f"{place}.capex_bases", f"Unknown quantity {basis!r}.", cure)


def _spells(ledger: Ledger, reading: _Reading) -> Iterable[Problem]:
    """Spells of a gate follow each other; each began with a known event, or with words."""
    before: dict[str, Regime] = {}
    for key, spell in reading.found["regimes"].items():
        place = f"{reading.places['regimes', key]} {spell.gate}.{spell.state}"
        if spell.gate not in ledger.entities:
            yield Problem(f"{place}.gate", f"Unknown gate {spell.gate!r}.", did_you_mean(spell.gate, ledger.entities))
        event = spell.start_event_id
        if event and event not in ledger.events:
            yield Problem(f"{place}.start_event", f"Unknown event {event!r}.", did_you_mean(event, ledger.events))
        last = before.get(spell.gate)
        if last and (last.right_censored or last.last_day != spell.first_day):
            ends = "still lasts" if last.right_censored else f"ends on {last.end}"
            what = f"The spell before, {last.state!r}, {ends}, and this one starts on {spell.start}."
            yield Problem(f"{place}.start", what, "Write a gate's spells in order, each from the end of the last.")
        before[spell.gate] = spell


def _references(claim: Claim, ledger: Ledger, problem: Callable[[str, str, str], Problem]) -> Iterable[Problem]:
    tables: list[tuple[str, str, dict[str, Any]]] = [
        ("source", claim.source, ledger.sources),
        ("entity", claim.entity, ledger.entities),
        ("quantity", claim.quantity, ledger.quantities),
    ]
    tables += [
        (key, other, ledger.claims)
        for key in ("supersedes", "conflicts_with", "denies")
        for other in getattr(claim, key)
    ]
    if claim.repeats:
        tables.append(("repeats", claim.repeats, ledger.claims))
    for key, name, table in tables:
        if name not in table:
            yield problem(key, f"Unknown {key} {name!r}.", did_you_mean(name, table))
        elif table is ledger.claims and name == claim.id:
            yield problem(key, "A claim cannot point at itself.", "Name the other claim.")


def _unit_fits(claim: Claim, ledger: Ledger, problem: Callable[[str, str, str], Problem]) -> Iterable[Problem]:
    quantity = ledger.quantities.get(claim.quantity)
    if quantity is None or claim.is_statement:
        return
    given, wanted = parse_unit(claim.unit), parse_unit(quantity.dimension)
    if given.is_exchange_rate and wanted.is_exchange_rate:
        if claim.best <= 0:
            yield problem("value", f"An exchange rate of {claim.best:g} is impossible.", "Mend the number.")
        return
    currencies = given.currency is not None and wanted.currency is not None
    if given.dimension[1:] != wanted.dimension[1:] or not (currencies or given.dimension == wanted.dimension):
        yield problem(
            "unit",
            f"{claim.unit!r} does not fit {quantity.id}, which is in units like {quantity.dimension!r}.",
            "Mend the unit or the quantity.",
        )
