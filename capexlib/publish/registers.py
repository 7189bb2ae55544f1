"""The registers of an edition for its workbook: results, parameters, claims, sources."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from capexlib.figures import Status
from capexlib.publish.sheets import Cells, number_form

_ASSUMPTION = frozenset({"value", "why"})
_JOINER = "; "


@dataclass(frozen=True, slots=True)
class Register:
    """A sheet that lists what an edition rests on.

    Parameters
    ----------
    name, title, subtitle : str
        The sheet's name and the lines above its table.
    columns : list of str
    rows : list of rows
        Cells as :class:`capexlib.publish.sheets.Sheet` takes them.
    rights : list of bool
        Which columns are numbers.
    """

    name: str
    title: str
    subtitle: str
    columns: list[str]
    rows: list[list[Any]]
    rights: list[bool]


def _register(name: str, title: str, subtitle: str, columns: str, rows: list[list[Any]]) -> Register:
    heads = columns.split("|")
    rights = [any(not isinstance(row[n], str | Cells) for row in rows) for n in range(len(heads))]
    return Register(name, title, subtitle, heads, rows, rights)


def _united(manifests: Iterable[Mapping[str, Any]], part: str) -> dict[str, Mapping[str, Any]]:
    return {entry["id"]: entry for manifest in manifests for entry in manifest.get(part, [])}


def _number(value: Any, unit: str) -> Any:
    return "" if value is None else (value, number_form(value, unit))


def results_register(entries: Iterable[tuple[Mapping[str, Any], Sequence[str]]]) -> Register:
    """List every published number with its interval, status, formula, and the sheets that show it.

    Parameters
    ----------
    entries : iterable of (mapping, sequence of str)
        Rows of the manifest, and names of sheets.
    """
    rows = []
    for entry, sheets in entries:
        unit = entry.get("unit", "")
        numbers = [_number(entry.get(key), unit) for key in ("value", "low", "high")]
        status = Status(entry["status"]).badge if entry.get("status") else ""
        rested = [_JOINER.join(entry.get(key, [])) for key in ("claims", "assumptions")]
        rows.append([entry["id"], entry.get("title", ""), *numbers, unit, entry.get("period", ""), status,
                     entry.get("interval", ""), _JOINER.join(sheets), entry.get("formula", ""), *rested])  # fmt: skip
    columns = "Id|What it is|Value|Low|High|Unit|Period|Status|Interval|Shown in|Formula|Claims|Assumptions"
    return _register("Results", "Results", "Every published number, unrounded", columns, rows)


def parameters(manifest: Mapping[str, Any]) -> Register:
    """List the resolved parameters; assumptions with range, basis and reason, overridden ones marked.

    Examples
    --------
    >>> params = {"plan": {"pue": {"value": 1.3, "unit": "ratio", "low": 1.1, "high": 1.5, "why": "seen"}}}
    >>> parameters({"params": params, "overridden": ["plan.pue.value"]}).rows[0][0]
    'plan.pue'
    """
    changed = set(manifest.get("overridden", []))
    rows = []
    for key, value in _leaves(manifest.get("params", {}), ""):
        marked = "yes" if any(name == key or name.startswith(f"{key}.") for name in changed) else ""
        given = value if isinstance(value, Mapping) else {"value": value}
        unit = str(given.get("unit") or "")
        numbers = [_plain(given.get(name), unit) for name in ("value", "low", "high")]
        words = [_plain(given.get(name), "") for name in ("basis", "why", "family", "reference")]
        rows.append([key, numbers[0], unit, *numbers[1:], *words, marked])
    columns = "Key|Value|Unit|Low|High|Basis|Why|Family|Reference|Overridden"
    return _register("Parameters", "Parameters", "As resolved for this run", columns, rows)


def _leaves(value: Any, key: str) -> Iterator[tuple[str, Any]]:
    """Yield dotted keys: an assumption is one row, a list of plain values too."""
    if isinstance(value, Mapping) and not value.keys() >= _ASSUMPTION:
        for name in sorted(value):
            yield from _leaves(value[name], f"{key}.{name}" if key else name)
    elif isinstance(value, list) and any(isinstance(item, Mapping) for item in value):
        for number, item in enumerate(value):
            yield from _leaves(item, f"{key}.{number}")
    else:
        yield key, value


def _plain(value: Any, unit: str) -> Any:
    if isinstance(value, bool) or value is None:
        return "" if value is None else ("yes" if value else "no")
    if isinstance(value, int | float):
        return (value, number_form(value, unit)) if unit else value
    return _JOINER.join(map(str, value)) if isinstance(value, list) else str(value)


def claims_register(manifests: Sequence[Mapping[str, Any]]) -> Register:
    """List the claims used: who said what and when, how firmly, and which results rest on it."""
    results = _united(manifests, "results")
    rows = []
    for name, claim in sorted(_united(manifests, "claim_details").items()):
        unit = claim.get("unit", "")
        numbers = [_number(claim.get(key), unit) for key in ("value", "low", "high")]
        said = [claim.get(key) or "" for key in ("entity", "quantity", "period")]
        stands = [Status(claim["status"]).badge, claim.get("origin") or "", claim.get("stated_on") or ""]
        users = _JOINER.join(sorted(key for key, entry in results.items() if name in entry.get("claims", [])))
        rows.append([name, *said, *numbers, unit, *stands, claim.get("source") or "", claim.get("text") or "",
                     claim.get("flag") or "", users])  # fmt: skip
    columns = "Claim|About|Quantity|Period|Value|Low|High|Unit|Status|Said by|On|Source|Words|Flag|Results"
    return _register("Claims", "Claims used", "What sources said, as the ledger keeps it", columns, rows)


def sources_register(manifests: Sequence[Mapping[str, Any]]) -> Register:
    """List the sources of the claims used, each with its address and its claims."""
    readers: dict[str, list[str]] = {}
    for name, claim in sorted(_united(manifests, "claim_details").items()):
        readers.setdefault(str(claim.get("source", "")), []).append(name)
    rows = []
    for name, source in sorted(_united(manifests, "source_details").items()):
        address = source.get("url") or ""
        words = [source.get(key) or "" for key in ("publisher", "title", "published")]
        if source.get("later"):
            words[1] = "a later page; its address is in the ledger"
        claims = readers.get(name, [])
        rows.append([name, *words, Cells.link(address, address), len(claims), _JOINER.join(claims)])
    columns = "Source|Publisher|Title|Published|Address|Claims|Which"
    return _register("Sources", "Sources", "Where the claims were read", columns, rows)
