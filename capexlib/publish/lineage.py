"""The lineage of a brief's numbers, read from its manifest: words, rows to lead to, trees, arithmetic redone."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cached_property
from typing import Any

from capexlib.exhibits.prose import bounded, interval_words
from capexlib.figures import Figure, Status, agree, evaluate

Row = dict[str, Any]


class Lineage:
    """Every figure and claim of a manifest, by id.

    Parameters
    ----------
    manifest : mapping
        A study's part, a brief's or an edition's; what lacks the parts is empty.
    """

    def __init__(self, manifest: Mapping[str, Any]) -> None:
        rows = [*manifest.get("figures", []), *manifest.get("results", [])]
        self.rows: dict[str, Row] = {row["id"]: row for row in rows if "kind" in row and "status" in row}
        self.claims: dict[str, Row] = {row["id"]: row for row in manifest.get("claim_details", [])}
        self.sources: dict[str, Row] = {row["id"]: row for row in manifest.get("source_details", [])}
        self._params: Mapping[str, Any] = manifest.get("params") or {}

    @property
    def ids(self) -> list[str]:
        """Ids that can be cited: figures, then claims."""
        return list(dict.fromkeys([*self.rows, *self.claims]))

    def words(self, name: str) -> tuple[str, str]:
        """Return a figure or claim as it is printed, and its interval with what it covers.

        Raises
        ------
        KeyError
            If the manifest has neither.
        """
        if name in self.rows:
            figure = _figure(self.rows[name])
            return bounded(figure), interval_words(figure)
        claim = self.claims[name]
        return (bounded(_figure(claim)), "") if "bound" in claim else (claim.get("text", ""), "")

    def anchor(self, name: str, anchors: Iterable[str]) -> str | None:
        """Name the appendix row that a number leads to where nothing can be opened.

        A fact leads to its claim, an assumption to its own row, a result to the row of
        the first claim, else the first assumption, that it rests on.

        Parameters
        ----------
        name : str
            Of a figure or claim.
        anchors : iterable of str
            Rows that the brief has.
        """
        row = self.rows.get(name, {"claims": [name]})
        own = [name] if row.get("kind") == "assumption" else []
        known, wanted = set(anchors), [*own, *(f"claim.{claim}" for claim in row["claims"])]
        found = next((anchor for anchor in (*wanted, *row.get("assumptions", [])) if anchor in known), None)
        behind = (self.anchor(operand, known) for operand in row.get("operands", []))
        return found or next((anchor for anchor in behind if anchor), None)

    @cached_property
    def recomputed(self) -> dict[str, float]:
        """Numbers that follow from others: of recipes from operands, of facts from their claims.

        Each is computed from numbers that were recomputed themselves, so that a wrong
        input shows in everything that rests on it. NaN where an operand is missing.
        """
        done: dict[str, float] = {}
        for name in self.rows:
            self._value(name, done, frozenset())
        return {name: value for name, value in done.items() if self._follows(self.rows.get(name, {}))}

    @cached_property
    def disagreements(self) -> tuple[str, ...]:
        """Ids of the figures whose number does not follow from what they were computed from."""
        wrong = (name for name, value in self.recomputed.items() if not agree(value, _best(self.rows[name])))
        return tuple(sorted(wrong))

    def _follows(self, row: Row) -> bool:
        return bool(row.get("recipe")) or self._claim_of(row) is not None

    def _claim_of(self, row: Row) -> Row | None:
        """Return the claim that a fact repeats in the claim's own unit."""
        if row.get("kind") != "fact" or row.get("recipe") or len(row["claims"]) != 1:
            return None
        claim = self.claims.get(row["claims"][0])
        return claim if claim and claim["unit"] == row["unit"] and "bound" in claim else None

    def _value(self, name: str, done: dict[str, float], above: frozenset[str]) -> float:
        if name not in done:
            row = self.rows.get(name)
            if row is None or name in above:
                return float("nan")
            if row.get("recipe"):
                done[name] = evaluate(row["recipe"], lambda operand: self._value(operand, done, above | {name}))
            else:
                done[name] = _best(self._claim_of(row) or row)
        return done[name]

    def tree(self, name: str) -> Row:
        """Return all that a figure or claim rests on, nested; what was met before is only named.

        Raises
        ------
        KeyError
            If the manifest has neither.
        """
        return self._tree(name, set())

    def _tree(self, name: str, met: set[str]) -> Row:
        if name not in self.rows:
            return self._claim_tree(name)
        row = self.rows[name]
        shown, interval = self.words(name)
        head = {"id": name, "kind": row["kind"], "title": row["title"], "shown": shown, "status": row["status"]}
        if name in met:
            return head | {"again": True}
        met.add(name)
        kept = ("value", "low", "high", "unit", "period", "formula", "recipe", "note")
        made = head | {"interval": interval} | {key: row[key] for key in kept if row.get(key) not in (None, "", [])}
        if name in self.recomputed:
            made["recomputed"] = self.recomputed[name]
            made["agrees"] = name not in self.disagreements
        if row["kind"] == "assumption" and (reasons := self._reasons(name)):
            made = {key: value for key, value in made.items() if key != "note"} | reasons
        made["operands"] = [self._tree(operand, met) for operand in row.get("operands", [])]
        if not made["operands"]:
            made["claims"] = [self._claim_tree(claim) for claim in row["claims"] if claim in self.claims]
        return made

    def _claim_tree(self, name: str) -> Row:
        claim = self.claims[name]
        return claim | {"kind": "claim", "shown": self.words(name)[0], "source": self.sources.get(claim["source"], {})}

    def _reasons(self, name: str) -> Row:
        """Return the basis, reason, family and references of an assumption, from the resolved params."""
        found: Any = self._params
        for part in name.removeprefix("assumption.").split("."):
            found = found.get(part) if isinstance(found, Mapping) else None
        if not isinstance(found, Mapping):
            return {}
        reasons = {key: found[key] for key in ("basis", "why", "family") if found.get(key)}
        named = [ref for ref in found.get("reference") or [] if ref in self.claims]
        return reasons | ({"references": [self._claim_tree(ref) for ref in named]} if named else {})


def _best(row: Row) -> float:
    """Return the one number of a figure or claim: value, middle of a claim's range, or its bound."""
    value, low, high = row.get("value"), row.get("low"), row.get("high")
    if value is None and low is not None and high is not None and "kind" not in row:
        return (low + high) / 2
    return next((number for number in (value, low, high) if number is not None), float("nan"))


def _figure(row: Row) -> Figure:
    """Read a row of a manifest, a figure's or a claim's, back as a figure."""
    return Figure(
        id=row["id"], title=row.get("title", ""), value=row.get("value"), unit=row["unit"],
        kind=row.get("kind", "fact"), status=Status(row["status"]), low=row.get("low"), high=row.get("high"),
        bound=row.get("bound", "point"), interval=row.get("interval", ""),
    )  # fmt: skip
