"""Every exhibit of the scale brief, for invented and real cases, and at the edges."""

from __future__ import annotations

import inspect
import json
import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from acme_evidence import INVENTED, REAL, params_of, study_of

from capexlib import exhibits
from capexlib.exhibits import scale
from capexlib.exhibits.block import BLOCK_MIME, LIVE_CHART_MIME, Exhibit, words
from capexlib.figures import Status
from capexlib.study import Study, open_study

SCALE: dict[str, Callable[[Study], Exhibit]] = {name: getattr(scale, name) for name in scale.__all__}
SHARED: dict[str, Callable[[Study], Exhibit]] = {
    "assumptions": exhibits.assumptions,
    "sources": exhibits.sources,
    "provenance": exhibits.provenance,
}
ALL = {**SCALE, **SHARED}
CASES = [*INVENTED, *REAL]
BADGES = {status.value for status in Status}
_shown: dict[tuple[str, str], Exhibit] = {}


def shown(case: str, name: str) -> Exhibit:
    """Build an exhibit once."""
    if (case, name) not in _shown:
        _shown[case, name] = ALL[name](study_of(case, "scale"))
    return _shown[case, name]


def spans(value: Any) -> Iterator[dict[str, Any]]:
    """Every span of rich text inside a block."""
    if isinstance(value, dict):
        if "t" in value:
            yield value
        for key, inner in value.items():
            if key not in ("spec", "study"):
                yield from spans(inner)
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from spans(inner)


def is_fit_to_print(exhibit: Exhibit) -> None:
    """What holds for every exhibit of every case."""
    block = exhibit.block
    text = json.dumps(block, allow_nan=False, ensure_ascii=False)
    assert json.loads(text) == json.loads(json.dumps(block))
    plain = exhibit.plain()
    assert not re.search(r"\b(None|nan|NaN|inf|True|False)\b", plain), plain
    assert not re.search(r"\{\w*\}|<\w+\.|  ,|\.\.(?!\d)", plain.replace("…", "")), plain
    assert (
        "-" not in re.sub(r"[A-Za-z0-9]-[A-Za-z0-9]|--", "", plain.replace("Chart -", ""))
        or block["block"] == "bottom_line"
    )
    if block["block"] in ("chart", "table"):
        assert len(block["title"].replace("\u00a0", " ").split()) <= 10 + block["title"].count("\u00a0%"), block[
            "title"
        ]
        assert len(words(block["source"])) > 10
        assert "Sources" in words(block["source"])
    if block["block"] == "chart":
        assert len(block["alt"]) >= 20
        assert not re.search(r"\b(None|nan|NaN)\b", block["alt"] + block["subtitle"])
        assert block["svg"].startswith("<svg")
        assert "NaN" not in block["svg"]
        assert "undefined" not in block["svg"]
    for row in block.get("rows", []):
        assert len(row) == len(block["columns"])
        assert all(words(cell).strip() for cell in row), row
    for span in spans(block):
        assert isinstance(span["t"], str)
        assert span["t"].strip("\u00a0 ")
        assert span.get("badge", "guidance") in BADGES
        assert span.get("url", "https://").startswith(("https://", "http://"))


def its_figures_exist(study: Study, exhibit: Exhibit) -> None:
    """A number that traces to a figure traces to a figure or a claim that the manifest carries."""
    manifest = study.manifest("scale")
    known = {row["id"] for part in ("results", "figures", "claim_details") for row in manifest[part]}
    for span in spans(exhibit.block):
        if "figure" in span:
            assert span["figure"] in known, span


# ---------------------------------------------------------------- every exhibit of every case


@pytest.mark.parametrize("name", ALL)
@pytest.mark.parametrize("case", CASES)
def test_every_exhibit(case: str, name: str) -> None:
    exhibit = shown(case, name)
    is_fit_to_print(exhibit)
    its_figures_exist(study_of(case, "scale"), exhibit)


@pytest.mark.parametrize("case", CASES)
def test_ids_are_unique_and_links_lead_somewhere(case: str) -> None:
    ids = [shown(case, name).id for name in ALL]
    assert len(set(ids)) == len(ids)
    for name in ALL:
        block = shown(case, name).block
        refs = {span["ref"] for span in spans(block) if "ref" in span}
        refs |= {item["exhibit"] for item in block.get("judgements", []) if item["exhibit"]}
        assert refs <= set(ids), name


def test_the_notebook_shows_every_exhibit_by_its_public_name() -> None:
    for name, function in SCALE.items():
        assert list(inspect.signature(function).parameters) == ["study"], name
        assert inspect.getdoc(function), name


@pytest.mark.parametrize("name", ["peers", "chips", "headline"])
def test_forms_for_every_reader(name: str) -> None:
    bundle = shown("acme", name)._repr_mimebundle_()
    assert bundle[BLOCK_MIME] == shown("acme", name).block
    assert bundle["text/plain"]
    if name == "peers":
        assert bundle[LIVE_CHART_MIME]["title"]["text"]
        assert bundle["image/svg+xml"].startswith("<svg")
    else:
        assert bundle["text/html"].startswith("<")


def test_names_with_markup_are_escaped_in_html_and_svg() -> None:
    assert "Umbra &amp; Sons &lt;Holding&gt;" in shown("umbra", "headline").html()
    for name in SCALE:
        block = shown("umbra", name).block
        assert "<Holding>" not in block.get("svg", "")
    assert "Umbra & Sons <Holding>" in shown("umbra", "masthead").block["title"], "a block holds plain text"


# ---------------------------------------------------------------- what each must say


def test_unverified_plans_say_so() -> None:
    for case, line in [("umbra", True), ("bytedance", True), ("acme", False), ("gallia", False)]:
        masthead = shown(case, "masthead").block
        assert bool(masthead["status_line"]) is line
        assert ("is reported to plan" in masthead["title"]) is line


def test_the_timeline_shows_denials_errors_and_reprints() -> None:
    rows = shown("umbra", "timeline").block["rows"]
    standing = [words(row[3]) for row in rows]
    assert standing == [
        "rival", "denial", "adopted", "a reprint, not counted again", "kept out (error): Ten times the figure that it quotes.",
    ]  # fmt: skip


def test_badges_stand_with_every_unverified_key_figure() -> None:
    for case in CASES:
        for item in shown(case, "key_figures").block["items"]:
            assert item["status"] in BADGES
            assert item["interval"]
            assert item["period"]


def test_overrides_are_marked() -> None:
    study = study_of("acme", "scale", sampling__draws=256, scale__pue__value=1.3)
    table = exhibits.overrides(study)
    assert table is not None
    assert [[words(cell) for cell in row] for row in table.block["rows"]] == [
        ["sampling.draws", "256"],
        ["scale.pue.value", "1.3"],
    ]
    marked = [words(row[0]) for row in exhibits.assumptions(study).block["rows"] if "overridden" in words(row[0])]
    assert marked == ["scale.pue (overridden)"]
    assert exhibits.overrides(study_of("acme", "scale")) is None
    removed = exhibits.overrides(open_study(params_of("acme"), {"users": None}, brief="scale"))
    assert removed is not None


# ---------------------------------------------------------------- no hindsight


def test_the_first_edition_names_nothing_later() -> None:
    study = study_of("bytedance-2025-12-23", "scale")
    later = {claim.id for claim in study.ledger.claims.values() if claim.known_on > study.case.as_of}
    months = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split()
    day = re.compile(
        rf"\b2026-(0[1-9]|1[0-2])-|\b\d{{1,2}} ({'|'.join(months)})[a-z]* 2026\b|\b({'|'.join(months)}) 2026\b"
    )
    awaited = re.compile(r'"on": "[\d-]{10}", "to": |"next": "[\d-]{10}", "due": ')  # days announced in advance
    for name in ALL:
        block = shown("bytedance-2025-12-23", name).block
        text = json.dumps(
            {key: value for key, value in block.items() if key not in ("spec", "svg")}, ensure_ascii=False
        )
        text = awaited.sub("", text)
        assert not later & set(re.findall(r"[a-z0-9_]+", text)), name
        found = [text[max(0, match.start() - 40) : match.end() + 20] for match in day.finditer(text)]
        assert [
            f for f in found if not re.search(r"FY2026|–(Feb|May|Jun|Mar) 2026|2026–Feb|year to May 2026", f)
        ] == [], name


# ---------------------------------------------------------------- the edges

CERTAIN = "{value: 1, low: 1, high: 1, unit: ratio, family: fixed, basis: Invented., why: Only for tests.}"
WEIGHED = ("{umbra_2026_floor: {weight: 0.5, why: Only for tests.}, umbra_2026_ceiling: {weight: 0.5, why: Only for tests.}}",
           "{umbra_2026_ceiling: {weight: 1, why: Only for tests.}}")  # fmt: skip
PLAN = "masthead headline key_figures timeline pooled if_adopted sensitivity"
RANKED = "masthead headline peers ranks paths all_in"
EDGES: dict[str, tuple[str, dict[str, Any], str]] = {
    # name: (case, overrides, exhibits that could notice; empty for all)
    "no peers": ("acme", {"peers": "[]"}, RANKED + " intensity"),
    "one peer": ("acme", {"peers": "[borealis]"}, RANKED + " intensity"),
    "a peer without figures": ("acme", {"peers": "[fjordal]"}, RANKED + " intensity"),
    "no users": ("acme", {"users": "{}"}, "per_user chips"),
    "no leases": ("gallia", {"leases": "{}"}, "all_in headline assumptions"),
    "no orders": ("acme", {"orders": "{}"}, "composition"),
    "no parts": ("acme", {"parts": "{}"}, "composition chips headline"),
    "no checks": ("acme", {"checks": "{}"}, "checks"),
    "no chips": ("acme", {"chips": "{}"}, "chips"),
    "no baseline": ("acme", {"plan.baseline": "null"}, "headline key_figures"),
    "few draws": ("acme", {"sampling.draws": "64"}, "pooled ranks headline"),
    "nothing but the plan": ("acme", {"peers": "[]", "users": "{}", "orders": "{}", "parts": "{}", "checks": "{}", "chips": "{}",
                                      "plan.baseline": "null", "sampling.draws": "64"}, ""),
    "bounds and nothing else": ("umbra", {"peers": "[]", "plan.baseline": "null"}, PLAN),
    "a filed plan": ("gallia", {"plan.period": "2025", "plan.baseline.period": "2024"}, PLAN + " peers ranks"),
    "a late first year": ("acme", {"scale.first_year": "2026"}, "paths intensity"),
    "an early first year": ("umbra", {"scale.first_year": "1990"}, "paths"),
    "weighed rivals": ("umbra", {"plan.pool": WEIGHED[0]}, PLAN),
    "one weighed claim": ("umbra", {"plan.pool": WEIGHED[1]}, PLAN),
    "everything certain": ("gallia", {f"scale.{name}": CERTAIN for name in ("guidance_outcome", "rest_of_year_pace", "pue", "power_overhead")},
                           PLAN + " ranks chips assumptions"),
}  # fmt: skip


@pytest.fixture
def quick_charts(monkeypatch: pytest.MonkeyPatch) -> None:
    """Draw nothing: the forms have tests of their own for empty and odd data."""
    monkeypatch.setattr(
        "capexlib.exhibits.render.to_svg", lambda spec: f"<svg>{len(json.dumps(spec, allow_nan=False))}</svg>"
    )


@pytest.mark.parametrize("edge", EDGES)
@pytest.mark.usefixtures("quick_charts")
def test_edges(edge: str) -> None:
    case, overrides, names = EDGES[edge]
    study = open_study(params_of(case), overrides, brief="scale")
    for name in names.split() or ALL:
        exhibit = ALL[name](study)
        is_fit_to_print(exhibit)
        its_figures_exist(study, exhibit)


def test_the_barest_edge_is_drawn() -> None:
    case, overrides, _ = EDGES["nothing but the plan"]
    study = open_study(params_of(case), overrides, brief="scale")
    for function in SCALE.values():
        is_fit_to_print(function(study))
