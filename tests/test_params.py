"""Params files: what they extend, how they merge, what overrides do, and the schema for editors."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml
from acme_evidence import INVENTED, PROJECT, REAL, TESTS, params_of
from hypothesis import given
from hypothesis import strategies as st

from capexlib.documents import parse_document
from capexlib.errors import ParamsError
from capexlib.params import assumptions_of, json_schema, load_case
from capexlib.params.load import _merge

CASE = """
extends: base.yml
case: acme
entity: acme
as_of: 2026-03-31
coverage: Invented filings.
plan: {quantity: capex_cash, period: 2026}
peers: []
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for base in (PROJECT / "params").glob("base*.yml"):
        (tmp_path / base.name).write_text(base.read_text("utf-8"), "utf-8")
    return tmp_path


def write(folder: Path, name: str, text: str) -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def told(path: Path, overrides: Any = None) -> list[str]:
    with pytest.raises(ParamsError) as caught:
        load_case(path, overrides)
    return [str(problem) for problem in caught.value.problems]


# ---------------------------------------------------------------- extends


def test_one_file_below(folder: Path) -> None:
    loaded = load_case(write(folder, "acme.yml", CASE))
    assert loaded.case.as_of == date(2026, 3, 31)
    assert loaded.case.sampling.draws == 4096
    assert loaded.case.plan.period == "2026"
    assert "extends" not in loaded.resolved
    assert loaded.overridden == ()


def test_several_files_below_later_over_earlier(folder: Path) -> None:
    write(folder, "low.yml", "sampling: {draws: 256}\nscale: {pue: {value: 1.3}}\n")
    write(folder, "lower.yml", "sampling: {draws: 128}\n")
    case = load_case(write(folder, "acme.yml", CASE.replace("base.yml", "[base.yml, low.yml, lower.yml]"))).case
    assert (case.sampling.draws, case.sampling.seed, case.scale.pue.value) == (128, 20251223, 1.3)


def test_the_case_itself_wins(folder: Path) -> None:
    write(folder, "acme.yml", CASE)
    case = load_case(write(folder, "worse.yml", "extends: acme.yml\nplan: {period: 2027}\n")).case
    assert (case.plan.period, case.plan.quantity) == ("2027", "capex_cash")


def test_null_removes(folder: Path) -> None:
    assert load_case(write(folder, "acme.yml", CASE)).case.users
    assert load_case(write(folder, "none.yml", "extends: acme.yml\nusers: null\n")).case.users == {}
    one = load_case(write(folder, "one.yml", "extends: acme.yml\nusers: {tiktok_daily: null}\n")).case.users
    assert "tiktok_daily" not in one
    assert "meta_daily" in one
    assert "The key 'pue' is missing" in told(write(folder, "pue.yml", "extends: acme.yml\nscale: {pue: ~}\n"))[0]


def test_lists_replace(folder: Path) -> None:
    write(folder, "acme.yml", CASE.replace("peers: []", "peers: [borealis, cindral]"))
    assert load_case(write(folder, "few.yml", "extends: acme.yml\npeers: [everhill]\n")).case.peers == ("everhill",)


def test_evidence_stays_where_it_was_written(folder: Path) -> None:
    (folder / "evidence").mkdir()
    write(folder, "acme.yml", CASE + "evidence: [evidence]\n")
    deep = write(folder, "scenarios/deep/worse.yml", "extends: ../../acme.yml\n")
    loaded = load_case(deep)
    assert loaded.case.evidence == ("../../evidence",)
    assert loaded.evidence == ((folder / "evidence").resolve(),)


@pytest.mark.parametrize(
    ("files", "what"),
    [
        ({"acme": "extends: acme.yml\n"}, "circle: acme.yml → acme.yml"),
        ({"acme": "extends: b.yml\n", "b": "extends: c.yml\n", "c": "extends: b.yml\n"}, "circle: acme.yml → b.yml → c.yml → b.yml"),
        ({"acme": "extends: [base.yml, b.yml]\n", "b": "extends: acme.yml\n"}, "circle"),
        ({"acme": "extends: none.yml\n"}, "none.yml: The file cannot be read: No such file"),
        ({"acme": "extends: /base.yml\n"}, "must name relative paths"),
        ({"acme": "extends: 5\n"}, "must name relative paths"),
        ({"acme": "extends: []\n"}, "must name relative paths"),
        ({"acme": "extends: [base.yml, {a: b}]\n"}, "must name relative paths"),
        ({"acme": "extends: .\n"}, "a folder"),
        ({"acme": 'extends: ""\n'}, "a folder"),
        ({"acme": f"extends: {'x' * 300}.yml\n"}, "cannot be read"),
        ({"acme": "extends: ../../../../../../../../../../dev/zero\n"}, "a device"),
        ({"acme": "extends: n0.yml\n", **{f"n{n}": f"extends: n{n + 1}.yml\n" for n in range(12)}}, "at most 10 deep"),
        ({"acme": "extends: [n0.yml, n0.yml, n0.yml, n0.yml]\n",
          **{f"n{n}": f"extends: [n{n + 1}.yml, n{n + 1}.yml, n{n + 1}.yml, n{n + 1}.yml]\n" for n in range(8)},
          "n8": "case: acme\n"}, "more than 50 files"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)  # fmt: skip
def test_extends_that_leads_nowhere(folder: Path, files: dict[str, str], what: str) -> None:
    for name, text in files.items():
        write(folder, f"{name}.yml", text)
    assert what in told(folder / "acme.yml")[0]


def test_a_diamond_is_no_circle(folder: Path) -> None:
    write(folder, "left.yml", "extends: base.yml\n")
    write(folder, "right.yml", "extends: base.yml\nsampling: {draws: 64}\n")
    case = load_case(write(folder, "acme.yml", CASE.replace("base.yml", "[left.yml, right.yml]"))).case
    assert case.sampling.draws == 64


LEAVES = st.dictionaries(st.sampled_from("abc"), st.integers(0, 99))
TREES = st.recursive(
    LEAVES,
    lambda inner: st.builds(dict.__or__, LEAVES, st.dictionaries(st.sampled_from("xyz"), inner)),
    max_leaves=8,
)


def laid(*trees: dict[str, Any]) -> dict[str, Any]:
    layers = [parse_document(yaml.safe_dump(tree), "acme.yml") for tree in trees]
    for layer in layers[1:]:
        _merge(layers[0], layer.content, layer, ())
    return layers[0].content


@given(TREES, TREES, TREES)
def test_merging_is_associative_and_idempotent(one: Any, two: Any, three: Any) -> None:
    assert laid(laid(one, two), three) == laid(one, laid(two, three))
    assert laid(one, one) == one
    assert laid({}, one) == one == laid(one, {})


# ---------------------------------------------------------------- overrides


@pytest.mark.parametrize(
    ("key", "given", "value"),
    [
        ("sampling.draws", "256", 256),
        ("sampling.draws", 256, 256),
        ("scale.pue.value", "1.3", 1.3),
        ("peers", "[borealis, cindral]", ["borealis", "cindral"]),
        ("peers", ["borealis"], ["borealis"]),
        ("plan.period", "2027", 2027),
        ("coverage", "'text: with a colon'", "text: with a colon"),
        ("coverage", "no", "no"),
        ("plan", "{quantity: capex_cash, period: 2028}", {"quantity": "capex_cash", "period": 2028}),
        ("plan.baseline", {"quantity": "revenue", "period": "2025", "why": "Only a test."}, None),
    ],
)
def test_overrides_are_typed(folder: Path, key: str, given: Any, value: Any) -> None:
    loaded = load_case(write(folder, "acme.yml", CASE), {key: given})
    found: Any = loaded.resolved
    for part in key.split("."):
        found = found[part]
    assert found == (given if value is None else value)
    assert loaded.overridden == (key,)


def test_an_override_of_null_removes(folder: Path) -> None:
    path = write(folder, "acme.yml", CASE)
    assert load_case(path, {"users": "null"}).case.users == {}
    assert load_case(path, {"users": None}).case.users == {}
    assert len(load_case(path, {"users.tiktok_daily": ""}).case.users) == len(load_case(path).case.users) - 1


@pytest.mark.parametrize(
    ("overrides", "where", "what"),
    [
        ({"scael.pue.value": "1"}, "--set scael.pue.value", "Did you mean 'scale'?"),
        ({"scale.peu.value": "1"}, "--set scale.peu.value", "Did you mean 'pue'?"),
        ({"scale.pue.valeu": "1"}, "--set scale.pue.valeu", "Did you mean 'value'?"),
        ({"scael": None}, "--set scael", "Did you mean 'scale'?"),
        ({"sampling.draws": "100"}, "--set sampling.draws", "not a power of two"),
        ({"scale.pue.value": "9"}, "--set scale.pue.value (scale.pue)", "not in ascending order"),
        ({"sampling.draws": "many"}, "--set sampling.draws", "valid integer"),
        ({"sampling.draws": "1024.0"}, "--set sampling.draws", "valid integer"),
        ({"sampling.seed": "-1"}, "--set sampling.seed", "greater than or equal to 0"),
        ({"scale.pue.value": "nan"}, "--set scale.pue.value", "valid number"),
        ({"scale.pue.value": ".nan"}, "--set scale.pue.value", "not a usable number"),
        ({"scale.pue.value": float("nan")}, "--set scale.pue.value", "finite number"),
        ({"scale.pue.value": "[1"}, "--set scale.pue.value", "Not valid YAML"),
        ({"coverage": "a: b"}, "--set coverage", "Not valid YAML"),
        ({"coverage": "x\ncase: y"}, "--set coverage", "one value"),
        ({"coverage": "&a x"}, "--set coverage", "anchor"),
        ({"peers.0": "acme"}, "--set peers.0", "Set the whole value above it."),
        ({"as_of": "2026-02-30"}, "--set as_of", "no such day"),
        ({"as_of": date(2026, 3, 31)}, "--set as_of", "full date"),
        ({"plan": {"quantity": "capex_cash", "period": "20266"}}, "--set plan plan.period", "nknown period"),
        ({"": "x"}, "--set ", "Unknown key ''"),
        ({"plan..period": "x"}, "--set plan..period", "Nothing with keys"),
        ({1: 2}, "overrides", "dotted keys"),
        (["sampling.draws=1"], "overrides", "dotted keys"),
    ],
)  # fmt: skip
def test_bad_overrides(folder: Path, overrides: Any, where: str, what: str) -> None:
    found = told(write(folder, "acme.yml", CASE), overrides)
    assert found[0].lower().startswith(where.lower())
    assert what.lower() in found[0].lower()


def test_problems_of_several_overrides_come_together(folder: Path) -> None:
    assert len(told(write(folder, "acme.yml", CASE), {"scael.x": "1", "plna.y": "2", "peers.0": "z"})) == 3


def test_what_is_passed_in_is_not_changed(folder: Path) -> None:
    overrides = {"peers": ["borealis"], "users": {}}
    load_case(write(folder, "acme.yml", CASE), overrides)
    assert overrides == {"peers": ["borealis"], "users": {}}


# ---------------------------------------------------------------- the day


def test_the_future_is_refused(folder: Path) -> None:
    path = write(folder, "acme.yml", CASE)
    assert load_case(path, today=date(2026, 3, 31)).case.as_of == date(2026, 3, 31)
    with pytest.raises(ParamsError, match="lies in the future"):
        load_case(path, today=date(2026, 3, 30))


# ---------------------------------------------------------------- JSON Schema

FILES = sorted([*(PROJECT / "params").glob("*.yml"), *(TESTS / "params").glob("*.yml")])


@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.parent.name}-{path.stem}")
def test_the_json_schema_accepts_every_params_file(path: Path) -> None:
    import jsonschema

    content = parse_document(path.read_text("utf-8"), path.name).content
    jsonschema.Draft202012Validator(json_schema()).validate(content)


def test_null_takes_out_what_a_case_need_not_have() -> None:
    import jsonschema

    accepts = jsonschema.Draft202012Validator(json_schema()).is_valid
    assert accepts({"users": None, "policy": None, "gates": {"us_h20_class": {"scheduled": {"rule": None}}}})
    assert accepts({"plan": {"baseline": None, "pool": {"acme_plan": None}}})
    assert not accepts({"entity": None})
    assert not accepts({"plan": {"period": None}})
    assert not accepts({"gates": {"us_h20_class": {"scheduled": {"rule": {"to": None}}}}})


WRONG = [{"cse": "acme"}, {"peers": "acme"}, {"plan": {"priod": 2026}}, {"extends": []},
         {"gates": {"us_h20_class": {"stats": {}}}}, {"scale": {"pue": {"value": "much"}}}]  # fmt: skip


@pytest.mark.parametrize("wrong", WRONG)
def test_the_json_schema_refuses_what_the_loader_refuses(wrong: dict[str, Any]) -> None:
    import jsonschema

    assert not jsonschema.Draft202012Validator(json_schema()).is_valid(wrong)


@pytest.mark.parametrize("case", [*INVENTED, *REAL])
def test_every_assumption_says_why(case: str) -> None:
    from capexlib.params import assumptions_of

    found = dict(assumptions_of(load_case(params_of(case)).case))
    assert len(found) >= 11
    assert all(item.basis and len(item.why) >= 8 for item in found.values())
    assert "scale.pue" in found


@pytest.mark.parametrize("case", ["bytedance", "bytedance-2025-12-23"])
def test_a_number_in_a_reason_names_its_claim(case: str) -> None:
    loaded = load_case(PROJECT / "params" / f"{case}.yml")
    bare = [
        path for path, item in assumptions_of(loaded.case) if re.search(r"[0-9]", item.basis) and not item.reference
    ]
    assert bare == []
