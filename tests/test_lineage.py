from __future__ import annotations

import json
import math
from copy import deepcopy
from typing import Any

import pytest
from acme_evidence import REAL, study_of
from hypothesis import given
from hypothesis import strategies as st
from publish_specimen import notebook

from capexlib.figures import Figure, Status, agree, evaluate, recipe_operands, result
from capexlib.publish.brief import read_brief
from capexlib.publish.lineage import Lineage

Manifest = dict[str, Any]


def fact(name: str, value: float) -> Figure:
    return Figure(name, name, value, "USD bn", "fact", Status.OFFICIAL)


def specimen() -> Manifest:
    return deepcopy(read_brief(notebook(), "scale").manifest)


# ---------------------------------------------------------------- recipes


@pytest.mark.parametrize(
    ("recipe", "value"),
    [
        (7.0, 7.0), ("a", 6.0), (("+", "a", "b", 1.0), 10.0), (("-", "a", "b", 1.0), 2.0), (("*", "a", "b", 2.0), 36.0),
        (("/", "a", "b", 2.0), 1.0), (("-", ("/", ("*", "a", 2.0), "b"), 1.0), 3.0), (("rank", "a", "b"), 1.0),
        (("rank", "b", "a", "a"), 3.0), (("rank", "a", "a"), 1.0), (["+", "a", ["*", "b", -1.0]], 3.0),
    ],
)  # fmt: skip
def test_arithmetic(recipe: Any, value: float) -> None:
    assert evaluate(recipe, {"a": 6.0, "b": 3.0}.__getitem__) == value


def test_dividing_by_zero_agrees_with_nothing() -> None:
    assert math.isnan(evaluate(("/", "a", 0.0), {"a": 1.0}.__getitem__))
    assert not agree(math.nan, math.nan)


@pytest.mark.parametrize("recipe", [("^", "a", "b"), ("+", "a"), ("rank",), ("-",)])
def test_what_is_no_arithmetic_is_refused(recipe: Any) -> None:
    with pytest.raises(ValueError, match="no arithmetic"):
        evaluate(recipe, {"a": 1.0, "b": 1.0}.__getitem__)


def test_a_recipe_must_give_the_number() -> None:
    made = {"unit": "USD bn", "operands": [fact("a", 2.0), fact("b", 3.0)], "formula": "a × b"}
    assert result("r", "r", 6.0, recipe=("*", "a", "b"), **made).recipe == ("*", "a", "b")
    with pytest.raises(ValueError, match=r"gives 6\.0, not 6\.1"):
        result("r", "r", 6.1, recipe=("*", "a", "b"), **made)
    with pytest.raises(ValueError, match="names c, which"):
        result("r", "r", 6.0, recipe=("*", "a", "b", "c"), **made)


numbers = st.floats(-1e6, 1e6).map(float)
terms = st.recursive(
    st.sampled_from(["a", "b"]) | numbers,
    lambda inner: st.tuples(st.sampled_from("+-*/"), inner, inner),
    max_leaves=12,
)


@given(terms, numbers, numbers)
def test_recipes_survive_json_and_follow_python(recipe: Any, a: float, b: float) -> None:
    values = {"a": a, "b": b}
    again = json.loads(json.dumps(recipe))
    one, other = (evaluate(term, values.__getitem__) for term in (recipe, again))
    assert one == other or (math.isnan(one) and math.isnan(other))
    assert set(recipe_operands(recipe)) <= {"a", "b"}

    def spelt(term: Any) -> str:
        return (
            f"({spelt(term[1])} {term[0]} {spelt(term[2])})"
            if isinstance(term, tuple)
            else repr(values.get(term, term))
        )

    try:
        python = eval(spelt(recipe), {"inf": math.inf, "nan": math.nan})  # noqa: S307 - numbers and signs only
    except ZeroDivisionError:
        return
    assert one == python or math.isnan(one)


# ---------------------------------------------------------------- real cases


@pytest.mark.parametrize("case", [*REAL, "acme", "umbra", "gallia"])
def test_every_case_is_closed_and_agrees(case: str) -> None:
    study = study_of(case)
    manifest = json.loads(json.dumps(study.manifest("scale")))
    lineage = Lineage(manifest)
    assert lineage.disagreements == ()
    assert len(lineage.recomputed) > len(manifest["results"]) / 2
    for row in lineage.rows.values():
        assert set(row.get("operands", [])) <= lineage.rows.keys()
        assert set(row["claims"]) <= lineage.claims.keys()
    for claim in lineage.claims.values():
        assert claim["source"] in lineage.sources
        assert study.ledger.claims[claim["id"]].known_on <= study.case.as_of
    for name in lineage.ids:
        assert all(isinstance(word, str) for word in lineage.words(name))
        json.dumps(lineage.tree(name))


def test_pages_of_later_days_are_not_named() -> None:
    sources = study_of("bytedance-2025-12-23").manifest("scale")["source_details"]
    later = [row for row in sources if row.get("later")]
    assert later
    assert all(row.keys() == {"id", "tier", "later"} for row in later)
    assert all(row.get("published", "2025") < "2026" for row in sources)


# ---------------------------------------------------------------- a small manifest


def test_facts_are_held_against_their_claims() -> None:
    manifest = specimen()
    assert Lineage(manifest).disagreements == ()
    manifest["claim_details"][0]["value"] = 161.0
    assert Lineage(manifest).disagreements == ("capex.acme.2026", "plan")


def test_an_altered_result_stands_alone() -> None:
    manifest = specimen()
    manifest["results"][0]["value"] = 22.9
    assert Lineage(manifest).disagreements == ("capex.acme.2026",)


def test_a_missing_operand_agrees_with_nothing() -> None:
    manifest = specimen()
    manifest["figures"] = manifest["figures"][:1]
    assert Lineage(manifest).disagreements == ("capex.acme.2026",)


def test_circles_end() -> None:
    manifest = specimen()
    manifest["figures"][0] |= {"recipe": ["*", "capex.acme.2026", 1.0], "operands": ["capex.acme.2026"]}
    lineage = Lineage(manifest)
    assert set(lineage.disagreements) == {"capex.acme.2026", "plan"}
    assert lineage.tree("capex.acme.2026")["operands"][0]["operands"][0]["again"]


def test_a_tree_leads_to_the_source() -> None:
    tree = Lineage(specimen()).tree("capex.acme.2026")
    assert (tree["shown"], tree["agrees"]) == ("US$22.8bn", True)
    assert [operand["id"] for operand in tree["operands"]] == ["plan", "rate"]
    assert tree["operands"][0]["claims"][0]["source"]["url"] == "https://daily.example/plan"


@pytest.mark.parametrize(
    ("name", "anchors", "found"),
    [("plan", ["claim.c1", "claim.c2"], "claim.c1"), ("rate", ["claim.c1", "claim.c2"], "claim.c2"),
     ("capex.acme.2026", ["claim.c2"], "claim.c2"), ("c2", ["claim.c2"], "claim.c2"), ("plan", [], None)],
)  # fmt: skip
def test_where_a_number_leads(name: str, anchors: list[str], found: str | None) -> None:
    assert Lineage(specimen()).anchor(name, anchors) == found


def test_an_empty_manifest_has_no_lineage() -> None:
    assert Lineage({"results": [{"id": "bare", "value": 1.0}]}).ids == []
