"""Broken params and evidence: each ends in a message with file, key and cure, never in a traceback."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from acme_evidence import PROJECT, TESTS

from capexlib.errors import CapexError, EvidenceError, ParamsError
from capexlib.study import open_study

pytestmark = pytest.mark.faults

PARAMS = """\
extends: base.yml
case: acme
entity: acme
as_of: 2026-03-31
coverage: Invented filings.
evidence: [evidence]
plan:
  quantity: capex_cash
  period: FY2026/06
  baseline: {quantity: capex_cash, period: FY2025/06, why: The year before.}
peers: [borealis, cindral]
users:
  acme: {entity: acme, quantity: mau, label: users, cadence: monthly}
parts:
  processors: {title: Processors, claim: acme_processors, of: acme_guidance_feb26}
orders:
  first: {title: First order, units: acme_order_units, price: acme_order_price, of: acme_processors}
chips:
  one: {title: Acme One, price: acme_order_price, performance: acme_one_speed, power: acme_one_power}
checks:
  order: {title: What is it worth, kind: product, of: [acme_order_units, acme_order_price], printed: acme_order_printed}
leases:
  hall:
    entity: acme
    title: A hall
    annual: {value: 2, unit: USD bn, low: 1, high: 3, basis: Invented., why: Only for tests.}
    term: {value: 5, unit: years, low: 4, high: 7, basis: Invented., why: Only for tests.}
"""
END = PARAMS.count("\n") + 1

CLAIM = {
    "id": "more", "entity": "acme", "quantity": "capex_cash", "period": "FY2026/06", "value": 14, "unit": "USD bn",
    "status": "media_report_unverified", "origin": "Daily Example", "stated_on": "2026-02-25", "source": "invented_press",
}  # fmt: skip


def claim(**changes: Any) -> str:
    """One claim as YAML; None leaves a key out."""
    row = {key: value for key, value in {**CLAIM, **changes}.items() if value is not None}
    return "claims:\n- " + "\n  ".join(f"{key}: {value}" for key, value in row.items()) + "\n"


def swap(old: str, new: str) -> str:
    """The good params with one place changed."""
    assert PARAMS.count(old) == 1, old
    return PARAMS.replace(old, new)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A case in a folder of its own, good until a test breaks it."""
    (tmp_path / "evidence").mkdir()
    for path in (TESTS / "evidence").glob("*.yml"):
        (tmp_path / "evidence" / path.name).write_bytes(path.read_bytes())
    for base in (PROJECT / "params").glob("base*.yml"):
        (tmp_path / base.name).write_bytes(base.read_bytes())
    (tmp_path / "acme.yml").write_text(PARAMS, encoding="utf-8")
    return tmp_path


def opened(folder: Path, overrides: dict[str, Any] | None = None) -> None:
    """Do what ``capex check`` does with one case."""
    open_study(folder / "acme.yml", overrides).check()


def refused(folder: Path, overrides: dict[str, Any] | None = None) -> CapexError:
    """Check that the case is refused as a user may expect; return the error."""
    with pytest.raises(CapexError) as caught:
        opened(folder, overrides)
    error = caught.value
    assert isinstance(error, ParamsError | EvidenceError)
    assert error.exit_code in (2, 3)
    assert error.problems
    for problem in error.problems:
        assert problem.where.strip(), problem
        assert problem.what.strip(), problem
        assert problem.cure.strip(), problem
        assert str(folder) not in str(problem), "no path of the machine"
        assert len(str(problem)) < 1000
    return error


def test_the_good_case_is_good(folder: Path) -> None:
    opened(folder)


# ---------------------------------------------------------------- params

BAD_PARAMS: dict[str, tuple[str, str, str]] = {
    # name: (params file, where, what)
    "misspelt key at the top": (PARAMS + "entitiy: x\n", f"acme.yml:{END} entitiy", "Did you mean 'entity'?"),
    "misspelt key in the plan": (swap("  quantity: capex_cash\n", "  quantity: capex_cash\n  poool: {}\n"), "plan.poool", "Did you mean 'pool'?"),
    "misspelt key in the baseline": (swap("why: The year before.", "wyh: The year before."), "plan.baseline.wyh", "Did you mean 'why'?"),
    "misspelt key in an assumption": (PARAMS + "scale: {pue: {vlaue: 1.2}}\n", "scale.pue.vlaue", "Did you mean 'value'?"),
    "misspelt assumption": (PARAMS + "scale: {peu: {value: 1.2}}\n", "scale.peu", "Did you mean 'pue'?"),
    "misspelt key in a user count": (swap("cadence: monthly", "cadance: monthly"), "users.acme.cadance", "Did you mean 'cadence'?"),
    "missing entity": (swap("entity: acme\nas_of", "as_of"), "entity", "is missing"),
    "missing why": (swap(", why: The year before.", ""), "plan.baseline.why", "is missing"),
    "why too short": (swap("The year before.", "so"), "plan.baseline.why", "at least 8 characters"),
    "partial as_of": (swap("2026-03-31", "2026-03"), "as_of", "full date is needed"),
    "as_of as a year": (swap("2026-03-31", "2026"), "as_of", "full date is needed"),
    "as_of with a time": (swap("2026-03-31", "2026-03-31T12:00:00Z"), "as_of", "full date is needed"),
    "as_of the other way round": (swap("2026-03-31", "31-03-2026"), "as_of", "full date is needed"),
    "impossible as_of": (swap("2026-03-31", "2026-02-30"), "as_of", "o such day"),
    "future as_of": (swap("2026-03-31", "2199-01-01"), "as_of", "lies in the future"),
    "as_of before everything": (swap("2026-03-31", "1900-01-01"), "reference", "was not public"),
    "as_of before the evidence": (swap("2026-03-31", "2025-12-23"), "parts.processors.claim", "was not public"),
    "low over high": (PARAMS + "scale: {pue: {low: 2, high: 1}}\n", "scale.pue", "ascending order"),
    "value outside": (PARAMS + "scale: {pue: {value: 9}}\n", "scale.pue", "ascending order"),
    "unknown unit": (PARAMS + "scale: {pue: {unit: ratoi}}\n", "scale.pue.unit", "Did you mean 'ratio'?"),
    "percent where a fraction is needed": (PARAMS + "scale: {lease_rate: {unit: percent, value: 6, low: 5, high: 9}}\n", "scale.lease_rate", "not a plain ratio"),
    "money where a ratio is needed": (PARAMS + "scale: {press_outcome: {unit: USD bn}}\n", "scale.press_outcome", "not a plain ratio"),
    "a share above one": (PARAMS + "scale: {processor_share: {value: 0.9, high: 1.2}}\n", "scale.processor_share", "past what is possible|leaves what is possible"),
    "a negative outcome": (PARAMS + "scale: {press_outcome: {low: -0.5}}\n", "scale.press_outcome", "leaves what is possible"),
    "an effectiveness below one": (PARAMS + "scale: {pue: {low: 0.5}}\n", "scale.pue", "leaves what is possible"),
    "a family that has no such law": (PARAMS + "scale: {pue: {family: normal}}\n", "scale.pue", "median"),
    "a lognormal law at zero": (PARAMS + "scale: {press_outcome: {family: lognormal, low: 0}}\n", "scale.press_outcome", "lognormal"),
    "an unknown family": (PARAMS + "scale: {pue: {family: prt}}\n", "scale.pue.family", "'pert'"),
    "NaN": (PARAMS + "scale: {pue: {value: .nan}}\n", f"acme.yml:{END}", "not a usable number"),
    "infinity": (PARAMS + "scale: {pue: {high: .inf}}\n", f"acme.yml:{END}", "not a usable number"),
    "1e400": (PARAMS + "scale: {pue: {high: 1e400}}\n", f"acme.yml:{END}", "too large"),
    "1e308": (PARAMS + "scale: {pue: {high: 1e308}}\n", "scale.pue.high", "too large"),
    "1e-308": (PARAMS + "scale: {press_outcome: {low: 1e-308}}\n", "scale.press_outcome.low", "too small"),
    "a number as a string": (PARAMS + "scale: {pue: {value: '1.2'}}\n", "scale.pue.value", "valid number"),
    "a boolean for a number": (PARAMS + "scale: {pue: {value: true}}\n", "scale.pue.value", "valid number"),
    "draws not a power of two": (PARAMS + "sampling: {draws: 1000}\n", "sampling.draws", "power of two"),
    "too few draws": (PARAMS + "sampling: {draws: 32}\n", "sampling.draws", "greater than or equal to 64"),
    "too many draws": (PARAMS + "sampling: {draws: 1073741824}\n", "sampling.draws", "less than or equal to"),
    "a negative seed": (PARAMS + "sampling: {seed: -1}\n", "sampling.seed", "greater than or equal to 0"),
    "a seed with a point": (PARAMS + "sampling: {seed: 1.0}\n", "sampling.seed", "integer"),
    "weights not summing to one": (swap("peers:", "  pool: {acme_guidance_feb26: {weight: 0.9, why: Only for tests.}}\npeers:"), "plan.pool", "sum to 0.9"),
    "a negative weight": (swap("peers:", "  pool: {acme_guidance_feb26: {weight: -1, why: Only for tests.}}\npeers:"), "plan.pool.acme_guidance_feb26.weight", "greater than 0"),
    "an unknown claim in the pool": (swap("peers:", "  pool: {acme_guidance_feb62: {weight: 1, why: Only for tests.}}\npeers:"), "plan.pool.acme_guidance_feb62", "Did you mean 'acme_guidance_feb26'?"),
    "a later claim in the pool": (swap("peers:", "  pool: {acme_guidance_apr26: {weight: 1, why: Only for tests.}}\npeers:"), "plan.pool.acme_guidance_apr26", "Not a usable claim"),
    "year 10000": (swap("period: FY2026/06", "period: 10000"), "plan.period", "nknown period"),
    "year 9999": (swap("period: FY2026/06", "period: 9999"), "plan.period", "ear 10000|between 1900"),
    "year 3000": (swap("period: FY2026/06", "period: 3000"), "plan.period", "between 1900 and 2200"),
    "a first year after the plan": (PARAMS + "scale: {first_year: 2050}\n", "scale.first_year", "comes after the plan"),
    "a plan for a quarter": (swap("period: FY2026/06", "period: FY2026Q1/06"), "plan", "one year"),
    "a plan without claims": (swap("period: FY2026/06", "period: FY2029/06"), "plan", "No usable claim"),
    "an unknown plan quantity": (swap("  quantity: capex_cash\n", "  quantity: capex_csh\n"), "plan.quantity", "Did you mean 'capex_cash'?"),
    "a plan that is not money": (swap("  quantity: capex_cash\n", "  quantity: mau\n"), "plan.quantity", "not money"),
    "an unknown baseline quantity": (swap("baseline: {quantity: capex_cash", "baseline: {quantity: capex_csah"), "plan.baseline.quantity", "Did you mean 'capex_cash'?"),
    "an unknown entity": (swap("entity: acme\nas_of", "entity: acmee\nas_of"), "entity", "Did you mean 'acme'?"),
    "an unknown peer": (swap("[borealis, cindral]", "[borealis, cindrall]"), "peers", "Did you mean 'cindral'?"),
    "a peer that is no company": (swap("[borealis, cindral]", "[borealis, acme_one]"), "acme_one", "no capex_bases"),
    "its own peer": (swap("[borealis, cindral]", "[borealis, acme]"), "peers", "its own peer"),
    "a peer twice": (swap("[borealis, cindral]", "[borealis, borealis]"), "peers", "Listed twice"),
    "peers that are no list": (swap("[borealis, cindral]", "borealis"), "peers", "list"),
    "an unknown claim in a part": (swap("claim: acme_processors", "claim: acme_procesors"), "parts.processors.claim", "Unknown claim"),
    "a later claim in a check": (swap("of: [acme_order_units, acme_order_price]", "of: [acme_order_units, acme_guidance_apr26]"), "checks.order.of", "was not public"),
    "a check of one claim": (swap("of: [acme_order_units, acme_order_price]", "of: [acme_order_units]"), "checks.order.of", "two claims"),
    "a check that cannot be computed": (swap("kind: product", "kind: growth"), "checks.order", "is not money"),
    "a check of an unknown kind": (swap("kind: product", "kind: produkt"), "checks.order.kind", "'product'"),
    "a sum without a printed floor": (swap("kind: product, of: [acme_order_units, acme_order_price], printed: acme_order_printed", "kind: at_least_sum, of: [borealis]"), "checks.order.printed", "printed floor"),
    "a sum of strangers": (swap("kind: product, of: [acme_order_units, acme_order_price]", "kind: at_least_sum, of: [nobody]"), "checks.order.of", "Unknown entity"),
    "a price that is not money": (swap("price: acme_order_price, performance", "price: acme_one_speed, performance"), "chips.one.price", "not a price"),
    "a price that is an amount": (swap("price: acme_order_price, performance", "price: acme_processors, performance"), "chips.one.price", "not a price"),
    "a speed that is a power": (swap("performance: acme_one_speed", "performance: acme_one_power"), "chips.one.performance", "not compute rate"),
    "a power that is a speed": (swap("power: acme_one_power", "power: acme_one_speed"), "chips.one.power", "not power"),
    "a chip per zero": (swap("power: acme_one_power", "power: acme_one_power, price_per: 0"), "chips.one.price_per", "greater than or equal to 1"),
    "an order in money": (swap("units: acme_order_units, price", "units: acme_processors, price"), "orders.first.units", "not a count"),
    "an order of power": (swap("units: acme_order_units, price", "units: acme_one_power, price"), "orders.first", "kw"),
    "a percentage where money is needed": (swap("of: acme_guidance_feb26", "of: bd_chips_2026_share_ft"), "parts.processors.of", "not money"),
    "users that do not count users": (swap("quantity: mau", "quantity: revenue"), "users.acme.quantity", "does not count users"),
    "an unknown user quantity": (swap("quantity: mau", "quantity: mauu"), "users.acme.quantity", "Did you mean 'mau'?"),
    "users of nobody": (swap("{entity: acme, quantity: mau", "{entity: acmee, quantity: mau"), "users.acme.entity", "Did you mean 'acme'?"),
    "an unknown cadence": (swap("cadence: monthly", "cadence: weekly"), "users.acme.cadence", "'monthly'"),
    "a lease of nobody": (swap("    entity: acme\n", "    entity: acmee\n"), "leases.hall.entity", "Did you mean 'acme'?"),
    "a lease paid in percent": (swap("{value: 2, unit: USD bn", "{value: 2, unit: percent"), "leases.hall.annual", "A payment is money"),
    "a lease with a term in money": (swap("{value: 5, unit: years", "{value: 5, unit: USD bn"), "leases.hall.term", "positive time"),
    "a lease without a term": (swap("low: 4, high: 7", "low: 0, high: 7"), "leases.hall.term", "positive time"),
    "a lease with both amounts": (swap("    title: A hall\n", "    title: A hall\n    total: acme_processors\n"), "leases.hall", "either 'annual' or 'total'"),
    "a reference to nothing": (PARAMS + "scale: {pue: {reference: [dc_pue_hypr]}}\n", "scale.pue.reference", "Did you mean 'dc_pue_hyper"),
    "a reference to a later claim": (PARAMS + "scale: {pue: {reference: [acme_guidance_apr26]}}\n", "scale.pue.reference", "was not public"),
    "a ruling on an unknown claim": (PARAMS + "adopt: {acme/capex_cash/FY2026/06: {claim: nothing, why: Only for tests.}}\n", "adopt.acme/capex_cash/FY2026/06", "Unknown claim"),
    "a ruling on a later claim": (PARAMS + "adopt: {acme/capex_cash/FY2026/06: {claim: acme_guidance_apr26, why: Only for tests.}}\n", "adopt.acme/capex_cash/FY2026/06", "was not public"),
    "a ruling on a flagged claim": (PARAMS + "adopt: {umbra/capex_unspecified/2026: {claim: umbra_2026_tenfold, why: Only for tests.}}\n", "adopt.umbra/capex_unspecified/2026", "flagged"),
    "a ruling without a period": (PARAMS + "adopt: {acme/capex_cash: {claim: acme_fy2025, why: Only for tests.}}\n", "adopt.acme/capex_cash", "pattern"),
    "evidence that is not there": (swap("[evidence]", "[evidense]"), "evidence[0]", "No such file"),
    "evidence from the root": (swap("[evidence]", "[/etc]"), "evidence[0]", "absolute path"),
    "evidence with a name too long": (swap("[evidence]", f"[{'x' * 300}]"), "evidence[0]", "No such file"),
    "the params as evidence": (swap("[evidence]", "[acme.yml]"), "acme.yml", "Unknown section"),
    "evidence twice": (swap("[evidence]", "[evidence, evidence]"), "sources", "stands already"),
    "a case in another folder": (swap("case: acme", "case: ../acme"), "case", "pattern"),
    "a case with a slash": (swap("case: acme", "case: a/b"), "case", "pattern"),
    "a case that is a dot": (swap("case: acme", "case: ."), "case", "pattern"),
    "a case of Windows": (swap("case: acme", "case: 'C:\\x'"), "case", "pattern"),
    "a case of 200 letters": (swap("case: acme", f"case: {'a' * 200}"), "case", "pattern"),
    "a case with accents": (swap("case: acme", "case: ácme"), "case", "pattern"),
    "a case with a line break": (swap("case: acme", 'case: "acme\\n"'), "case", "pattern"),
    "a case that is a number": (swap("case: acme", "case: 5"), "case", "string"),
    "an empty case": (swap("case: acme", 'case: ""'), "case", "pattern"),
    "a template as a case": (swap("case: acme", "case: '{{ 7*7 }}'"), "case", "pattern"),
    "a template as an entity": (swap("entity: acme\nas_of", "entity: '{{ 7*7 }}'\nas_of"), "entity", "pattern"),
    "extends in a circle": (swap("extends: base.yml", "extends: acme.yml"), "acme.yml:1 extends", "circle"),
    "extends nothing": (swap("extends: base.yml", "extends: none.yml"), "none.yml", "cannot be read"),
    "extends from the root": (swap("extends: base.yml", "extends: /etc/passwd"), "acme.yml:1 extends", "relative paths"),
    "extends a folder": (swap("extends: base.yml", "extends: evidence"), "evidence", "a folder"),
    "extends a text": (swap("extends: base.yml", "extends: evidence/notes.txt"), "notes.txt", "keys and values|Not valid YAML"),
    "a duplicate key": (PARAMS + "peers: []\n", f"acme.yml:{END}", "stands twice"),
    "a YAML bomb": ("a: &a [x, x]\nb: &b [*a, *a]\nc: [*b, *b]\n" + PARAMS, "acme.yml:1", "anchor"),
    "an alias": (PARAMS + "users: *nothing\n", f"acme.yml:{END}", "alias"),
    "a Python tag": (PARAMS + "users: !!python/object/apply:os.system ['touch owned']\n", f"acme.yml:{END}", "tag"),
    "deep nesting": (PARAMS + "users: " + "[" * 1000 + "]" * 1000 + "\n", f"acme.yml:{END}", "deeper"),
    "two documents": (PARAMS + "---\ncase: b\n", f"acme.yml:{END}", "second document"),
    "a tab": (PARAMS + "users:\n\tacme: x\n", f"acme.yml:{END + 1}", "Not valid YAML"),
    "a list at the top": ("- case: acme\n", "acme.yml:1", "keys and values"),
    "text at the top": ("case acme\n", "acme.yml:1", "keys and values"),
    "an empty file": ("", "acme.yml case", "is missing"),
    "a NUL byte": (PARAMS + "users: \x00\n", "acme.yml", "Not valid YAML"),
    "an escaped NUL": (swap("Invented filings.", '"a\\0b"'), "acme.yml:5", "control character"),
    "an escape sequence of terminals": (swap("Invented filings.", '"\\e[2J"'), "acme.yml:5", "control character"),
}  # fmt: skip


@pytest.mark.parametrize("name", BAD_PARAMS)
def test_bad_params(folder: Path, name: str) -> None:
    import re

    text, where, what = BAD_PARAMS[name]
    (folder / "evidence" / "notes.txt").write_text("not: [yaml\n", encoding="utf-8")
    (folder / "acme.yml").write_text(text, encoding="utf-8")
    error = refused(folder)
    told = [problem for problem in error.problems if where in problem.where]
    assert told, f"{where} is not named in {error}"
    assert any(re.search(what, f"{problem.what} {problem.cure}") for problem in told), str(error)


RAW: dict[str, tuple[bytes, str]] = {
    "not UTF-8": (b"case: acm\xe9\n", "Not UTF-8"),
    "UTF-16": (PARAMS.encode("utf-16"), "Not UTF-8"),
    "huge": (b"# " + b"x" * 4_100_000, "limit is"),
    "fifty thousand keys": (b"".join(b"k%d: 1\n" % n for n in range(50_000)), "Unknown key"),
    "fifty thousand duplicates": (b"k: 1\n" * 50_000, "stands twice"),
}


@pytest.mark.parametrize("name", RAW)
def test_bad_bytes(folder: Path, name: str) -> None:
    content, what = RAW[name]
    (folder / "acme.yml").write_bytes(content)
    error = refused(folder)
    assert what in str(error)
    assert len(error.problems) <= 101


# ---------------------------------------------------------------- evidence

BAD_EVIDENCE: dict[str, tuple[str, str, str]] = {
    "unknown section": ("claism: []\n", "extra.yml:1 claism", "Did you mean 'claims'?"),
    "section that is no list": ("claims: {a: b}\n", "extra.yml:1 claims", "A list is expected"),
    "claim that is text": ("claims: [text]\n", "extra.yml:1 claims[0]", "Keys and values are expected"),
    "misspelt key": (claim(statsu="guidance"), "claims[0].statsu", "Did you mean 'status'?"),
    "missing source key": (claim(source=None), "claims[0].source", "is missing"),
    "unknown source": (claim(source="invented_pres"), "more.source", "Did you mean 'invented_press'?"),
    "unknown entity": (claim(entity="acmee"), "more.entity", "Did you mean 'acme'?"),
    "unknown quantity": (claim(quantity="capex_csh"), "more.quantity", "Did you mean 'capex_cash'?"),
    "unknown status": (claim(status="media_report"), "claims[0].status", "Did you mean 'media_report_unverified'?"),
    "supersedes nothing": (claim(supersedes="[acme_guidance_feb62]"), "more.supersedes", "Did you mean"),
    "repeats itself": (claim(repeats="more"), "more.repeats", "point at itself"),
    "duplicate id in another file": (claim(id="acme_fy2025"), "claims.acme_fy2025", "stands already in evidence/acme.yml"),
    "duplicate id in the package": (claim(id="bd_capex_2026_ft_dec25"), "claims.bd_capex_2026_ft_dec25", "stands already in facts/claims"),
    "duplicate key": (claim() + "  value: 3\n", "extra.yml:12", "stands twice"),
    "id with a path": (claim(id="../more"), "claims[0].id", "pattern"),
    "id with capitals": (claim(id="More"), "claims[0].id", "pattern"),
    "no number": (claim(value=None), "extra.yml:2 claims[0]", "no number"),
    "low over high": (claim(value=None, low=5, high=4), "claims[0]", "ascending order"),
    "value outside": (claim(value=9, low=4, high=5), "claims[0]", "ascending order"),
    "a statement with a number": (claim(unit="text", text="Words."), "claims[0]", "no number"),
    "a statement without words": (claim(unit="text", value=None), "claims[0]", "has words"),
    "a denial with a number": (claim(status="company_denied"), "claims[0]", "denial gives no figure"),
    "unknown unit": (claim(unit="USD bln"), "claims[0].unit", "Did you mean 'USD bn'?"),
    "unit of another kind": (claim(unit="percent"), "more.unit", "does not fit capex_cash"),
    "unit of a price": (claim(unit="USD/unit"), "more.unit", "does not fit capex_cash"),
    "users in money": (claim(quantity="mau", period='"2025-12-31"'), "more.unit", "does not fit mau"),
    "a boolean for a number": (claim(value="true"), "claims[0].value", "valid number"),
    "a number as a string": (claim(value='"14"'), "claims[0].value", "valid number"),
    "a number with a comma": (claim(value="14,5"), "claims[0].value", "valid number"),
    "NaN": (claim(value=".nan"), "extra.yml:6", "not a usable number"),
    "1e400": (claim(value="1e400"), "extra.yml:6", "too large"),
    "1e308": (claim(value="1e308"), "claims[0].value", "too large"),
    "unknown period": (claim(period="FY26"), "claims[0].period", "nknown period"),
    "period of thousands of years": (claim(period='"2025..9999"'), "claims[0].period", "ear 10000|between 1900"),
    "period as a bomb": (claim(period="2026" + "..2026" * 3000), "claims[0].period", "nknown period"),
    "stated on no day": (claim(stated_on="2026-02-31"), "claims[0].stated_on", "o such day"),
    "stated at a time": (claim(stated_on="2026-02-25T10:00"), "claims[0].stated_on", "ot a date"),
    "filed before the period ends": (claim(status="reported_filing"), "more.stated_on", "before its period ends"),
    "a flag without a reason": (claim(flag="{kind: error}"), "claims[0].flag.reason", "is missing"),
    "an unknown flag": (claim(flag="{kind: eror, reason: Misread.}"), "claims[0].flag.kind", "'error'"),
    "a tie without a ruling": (claim(status="guidance", value=20, stated_on="2026-02-01"), "adopt.acme/capex_cash/FY2026/06", "differ by more than 5"),
    "a zero plan": (claim(status="official", value=0), "plan", "nothing can be set beside it"),
    "a negative plan": (claim(status="official", value=-3), "plan", "nothing can be set beside it"),
    "no users at all": (claim(quantity="mau", period='"2026-01-31"', value=0, unit="million users", status="official"), "per_user.acme", "would divide by"),
    "a rate of zero": (claim(entity="usd_cny", quantity="fx_daily_rate", period='"2026-02-25"', value=0, unit="CNY/USD", status="official"), "more.value", "impossible"),
    "a currency without a rate": (claim(unit="JPY bn", status="official", value=2000), "fx JPY/USD", "No exchange rate"),
    "an address that is none": ("sources: [{id: s, publisher: P, url: 'javascript:alert(1)', accessed: 2026-05-01, tier: note}]\n", "sources[0].url", "pattern"),
    "an address with markup": ("sources: [{id: s, publisher: P, url: 'https://x/<script>', accessed: 2026-05-01, tier: note}]\n", "sources[0].url", "pattern"),
    "an entity below nobody": ("entities: [{id: e, name: E, kind: company, parent: nobody}]\n", "e.parent", "Unknown entity"),
    "an entity on no basis": ("entities: [{id: e, name: E, kind: company, capex_bases: [capx]}]\n", "e.capex_bases", "Unknown quantity"),
    "a nameless entity": ("entities: [{id: e, name: '', kind: company}]\n", "entities[0].name", "at least 1 character"),
    "a month 13": ("entities: [{id: e, name: E, kind: company, fiscal_year_end: 13}]\n", "entities[0].fiscal_year_end", "less than or equal to 12"),
    "a judgement without its other side": ("entities: [{id: acme_gate, name: G, kind: gate}]\nregimes:\n- {gate: acme_gate, state: open, start: 2024-01-01, end: 2025-01-01, right_censored: false, ambiguous: true}\n", "regimes[0]", "how else it could be coded"),
    "a judgement that is none": ("entities: [{id: acme_gate, name: G, kind: gate}]\nregimes:\n- {gate: acme_gate, state: open, start: 2024-01-01, end: 2025-01-01, right_censored: false, ambiguous: true, otherwise: open}\n", "regimes[0]", "Name another state"),
    "a spell that ends before it starts": ("entities: [{id: acme_gate, name: G, kind: gate}]\nregimes:\n- {gate: acme_gate, state: open, start: 2024-01-01, end: 2023-01-01, right_censored: false}\n", "regimes[0]", "before it starts"),
    "a spell that nothing began": ("entities: [{id: acme_gate, name: G, kind: gate}]\nregimes:\n- {gate: acme_gate, state: open, start: 2024-01-01, end: 2025-01-01, right_censored: false, start_event: nothing}\n", "acme_gate.open.start_event", "Unknown event"),
    "a spell of no gate": ("entities: [{id: acme_gate, name: G, kind: gate}]\nregimes:\n- {gate: acme_gat, state: open, start: 2024-01-01, end: 2025-01-01, right_censored: false}\n", "acme_gat.open.gate", "Did you mean 'acme_gate'"),
    "spells with a gap": ("entities: [{id: acme_gate, name: G, kind: gate}]\nregimes:\n- {gate: acme_gate, state: open, start: 2024-01-01, end: 2025-01-01, right_censored: false}\n- {gate: acme_gate, state: shut, start: 2025-02-01, right_censored: true}\n", "acme_gate.shut.start", "'open', ends on 2025-01-01"),
    "a spell after the last": ("entities: [{id: acme_gate, name: G, kind: gate}]\nregimes:\n- {gate: acme_gate, state: open, start: 2024-01-01, end: 2025-01-01, right_censored: true}\n- {gate: acme_gate, state: shut, start: 2025-01-01, right_censored: true}\n", "acme_gate.shut.start", "still lasts"),
    "a quantity in nothing": ("quantities: [{id: q, title: Q, kind: flow, dimension: '', definition: D}]\n", "quantities[0].dimension", "nknown unit"),
    "an alias": ("claims: &all []\nevents: *all\n", "extra.yml:1", "anchor"),
    "a tag": ("claims: !!python/name:os.system []\n", "extra.yml:1", "tag"),
    "a list at the top": ("- a\n", "extra.yml:1", "keys and values"),
    "broken": ("claims: [\n", "extra.yml:2", "Not valid YAML"),
}  # fmt: skip


@pytest.mark.parametrize("name", BAD_EVIDENCE)
def test_bad_evidence(folder: Path, name: str) -> None:
    import re

    text, where, what = BAD_EVIDENCE[name]
    (folder / "evidence" / "extra.yml").write_text(text, encoding="utf-8")
    error = refused(folder)
    assert isinstance(error, EvidenceError)
    told = [problem for problem in error.problems if where in problem.where]
    assert told, f"{where} is not named in {error}"
    assert any(re.search(what, f"{problem.what} {problem.cure}") for problem in told), str(error)


def test_evidence_of_nothing_but_mistakes_is_bounded(folder: Path) -> None:
    (folder / "evidence" / "extra.yml").write_text("claims:\n" + "- {idd: x}\n" * 10_000, encoding="utf-8")
    assert len(refused(folder).problems) < 200


def test_evidence_in_bytes(folder: Path) -> None:
    (folder / "evidence" / "extra.yml").write_bytes(b"claims: []\n# \xff\n")
    assert "Not UTF-8" in str(refused(folder))


def test_an_evidence_folder_without_evidence(folder: Path) -> None:
    (folder / "empty").mkdir()
    (folder / "acme.yml").write_text(swap("[evidence]", "[evidence, empty]"), encoding="utf-8")
    assert "No evidence file" in str(refused(folder))


# ---------------------------------------------------------------- all at once


def test_all_problems_of_a_params_file_are_told_at_once(folder: Path) -> None:
    text = (
        PARAMS.replace("case: acme", "case: a/b")
        .replace("2026-03-31", "2026-02-30")
        .replace("cadence: monthly", "cadence: weekly")
        .replace("The year before.", "so")
        + "sampling: {draws: 1000, seed: -1}\nnonsense: 1\n"
    )
    (folder / "acme.yml").write_text(text, encoding="utf-8")
    named = {problem.where.split(" ")[-1] for problem in refused(folder).problems}
    assert named == {
        "case",
        "as_of",
        "users.acme.cadence",
        "plan.baseline.why",
        "sampling.draws",
        "sampling.seed",
        "nonsense",
    }


def test_all_names_that_the_evidence_lacks_are_told_at_once(folder: Path) -> None:
    text = (
        PARAMS.replace("[borealis, cindral]", "[borealis, nobody]")
        .replace("claim: acme_processors", "claim: nothing")
        .replace("performance: acme_one_speed", "performance: acme_one_power")
        .replace("quantity: mau", "quantity: revenue")
        .replace("printed: acme_order_printed", "printed: acme_guidance_apr26")
    )
    (folder / "acme.yml").write_text(text, encoding="utf-8")
    named = {problem.where for problem in refused(folder).problems}
    assert named == {
        "peers",
        "parts.processors.claim",
        "chips.one.performance",
        "users.acme.quantity",
        "checks.order.printed",
    }


def test_all_problems_of_the_evidence_are_told_at_once(folder: Path) -> None:
    (folder / "evidence" / "one.yml").write_text(claim(source="nobody", unit="percent"), encoding="utf-8")
    (folder / "evidence" / "two.yml").write_text(claim(id="Other", value=".nan"), encoding="utf-8")
    (folder / "evidence" / "six.yml").write_text(
        claim(id="another", status="rumour", stated_on="soon"), encoding="utf-8"
    )
    found = str(refused(folder))
    assert all(
        word in found for word in ("more.source", "more.unit", "two.yml", "claims[0].status", "claims[0].stated_on")
    )


# ---------------------------------------------------------------- what is odd but right


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("[borealis, cindral]", "[]"),
        ("[borealis, cindral]", "[fjordal]"),
        ("period: FY2025/06", "period: FY2019/06"),
        ("  baseline: {quantity: capex_cash, period: FY2025/06, why: The year before.}\n", "  baseline: null\n"),
        ("case: acme", "case: 0-a"),
        ("coverage: Invented filings.", "coverage: no"),
        ("coverage: Invented filings.", "coverage: '2026-03-31'"),
    ],
)
def test_what_is_odd_but_right(folder: Path, old: str, new: str) -> None:
    (folder / "acme.yml").write_text(swap(old, new), encoding="utf-8")
    opened(folder)


@pytest.mark.parametrize(
    "changes",
    [
        {"entity": "borealis", "period": '"2026"', "value": 0, "status": "official"},
        {"entity": "borealis", "period": '"2026"', "value": -1, "status": "official"},
        {"entity": "borealis", "period": '"2025"', "value": 0, "status": "official"},
        {"quantity": "revenue", "period": '"2025"', "value": 0, "status": "reported_filing"},
        {"quantity": "revenue", "period": '"2025"', "value": -5, "status": "reported_filing"},
        {"quantity": "operating_cash_flow", "period": '"2024"', "value": 0, "status": "reported_filing"},
        {"period": "FY2025/06", "value": 0, "status": "reported_filing", "supersedes": "[acme_fy2025]"},
        {"period": "FY2026/06", "value": 1e-6, "status": "official"},
        {"period": "FY2026/06", "value": 1e9, "status": "official"},
        {"unit": "CNY tn", "value": 0.1, "status": "official"},
    ],
)
def test_amounts_that_are_nothing_or_less(folder: Path, changes: dict[str, Any]) -> None:
    (folder / "evidence" / "extra.yml").write_text(claim(**changes), encoding="utf-8")
    opened(folder)


# ---------------------------------------------------------------- text is data

INJECTIONS = [
    "{{ 7*7 }}", "{% raw %}", "<script>alert(1)</script>", '"><img src=x onerror=alert(1)>', '#eval("1")', "$x$",
    '#import "@preview/x:1"', "*bold* _under_ `code`", "[link](javascript:alert(1))", "${jndi:ldap://x}", "a | b", "= Heading",
    "&amp; &lt;", "\\alert", "\u202ereversed", "=cmd|'/c calc'!A1",
]  # fmt: skip


@pytest.mark.parametrize("text", INJECTIONS)
def test_markup_in_names_is_text(folder: Path, text: str) -> None:
    from capexlib import exhibits

    quoted = "'" + text.replace("'", "''") + "'"
    entities = folder / "evidence" / "sources.yml"
    entities.write_text(entities.read_text("utf-8").replace("name: Acme,", f"name: {quoted},"), encoding="utf-8")
    claims = folder / "evidence" / "acme.yml"
    claims.write_text(claims.read_text("utf-8").replace("origin: Acme,", f"origin: {quoted},"), encoding="utf-8")
    changed = swap("Invented filings.", quoted).replace("title: First order", f"title: {quoted}")
    (folder / "acme.yml").write_text(changed.replace("label: users", f"label: {quoted}"), encoding="utf-8")
    study = open_study(folder / "acme.yml", brief="scale")
    shown = [exhibits.scale.masthead(study), exhibits.scale.headline(study), exhibits.scale.if_adopted(study),
             exhibits.scale.checks(study), exhibits.scale.chips(study), exhibits.sources(study), exhibits.assumptions(study)]  # fmt: skip
    assert text in shown[0].block["title"]
    assert any(text in exhibit.plain() for exhibit in shown[1:])
    for exhibit in shown:
        html = exhibit.html()
        for tag in ("<script", "<img", "onerror=alert(1)>"):
            assert tag not in html
        assert exhibit.block["id"].isidentifier()


# ---------------------------------------------------------------- through the command

Check = Callable[[Path], subprocess.CompletedProcess[str]]


@pytest.fixture
def check(folder: Path) -> Check:
    (folder / "notebooks").mkdir()
    (folder / "notebooks" / "scale.ipynb").write_bytes((PROJECT / "notebooks" / "scale.ipynb").read_bytes())

    def run(path: Path) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "capexlib", "check", path.name]
        environment = {**os.environ, "PYTHONPATH": str(PROJECT)}
        return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)

    return run


def test_the_command_passes_the_good_case(folder: Path, check: Check) -> None:
    done = check(folder / "acme.yml")
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("misspelt key at the top", 2),
        ("future as_of", 2),
        ("extends in a circle", 2),
        ("a Python tag", 2),
        ("a case in another folder", 2),
        ("a lognormal law at zero", 2),
        ("a later claim in a check", 3),
        ("a price that is not money", 3),
    ],
)
def test_the_command_says_it_plainly(folder: Path, check: Check, name: str, code: int) -> None:
    text, _, _ = BAD_PARAMS[name]
    (folder / "acme.yml").write_text(text, encoding="utf-8")
    done = check(folder / "acme.yml")
    assert done.returncode == code, done.stderr
    assert "Traceback" not in done.stderr + done.stdout
    assert done.stderr.strip()
    assert not (folder / "owned").exists()
    assert not (folder / "reports").exists()
