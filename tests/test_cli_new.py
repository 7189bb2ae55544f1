from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml
from acme_evidence import PROJECT, TESTS
from typer.testing import CliRunner, Result

from capexlib.cli.app import app
from capexlib.study import open_study

AS_OF = ("--as-of", "2026-04-30")


@pytest.fixture
def desk(tmp_path: Path) -> Path:
    """Make a project with the bases, and Acme's case with its invented evidence."""
    (tmp_path / "notebooks").mkdir()
    shutil.copytree(TESTS / "evidence", tmp_path / "evidence")
    (tmp_path / "params").mkdir()
    for base in (PROJECT / "params").glob("base*.yml"):
        shutil.copy(base, tmp_path / "params")
    text = (TESTS / "params" / "acme.yml").read_text("utf-8").replace("../../params/base.yml", "base.yml")
    (tmp_path / "params" / "acme.yml").write_text(text, encoding="utf-8")
    return tmp_path


@pytest.fixture
def new(desk: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Result]:
    monkeypatch.chdir(desk)
    return lambda *arguments: CliRunner().invoke(app, ["new", *arguments])


def test_a_scenario_of_the_same_company_is_accepted(new: Callable[..., Result], desk: Path) -> None:
    done = new("acme-high", "--from", "params/acme.yml", *AS_OF)
    assert (done.exit_code, done.stderr) == (0, "")
    assert done.stdout == "ok: params/acme-high.yml: written; `capex check params/acme-high.yml` accepts it\n"
    study = open_study(desk / "params" / "acme-high.yml")
    assert (study.case.case, study.case.entity, str(study.case.as_of)) == ("acme-high", "acme", "2026-04-30")
    assert study.case.parts.keys() == {"processors"}
    assert CliRunner().invoke(app, ["check", "params/acme-high.yml"]).exit_code in {0, 2}  # 2: no notebook here


def test_another_company_starts_without_the_first_ones_claims(new: Callable[..., Result], desk: Path) -> None:
    done = new("borealis", "--from", "params/acme.yml", "--entity", "borealis", *AS_OF)
    assert done.exit_code == 3
    assert "written: params/borealis.yml: it still lacks what follows" in done.stdout
    assert "No usable claim about borealis/capex_cash/FY2026/06" in done.stderr
    content = yaml.safe_load((desk / "params" / "borealis.yml").read_text("utf-8"))
    assert content["entity"] == "borealis"
    assert {"parts", "orders", "users", "checks"} <= {key for key, value in content.items() if value is None}
    assert "borealis" not in content["peers"]
    assert content["plan"]["baseline"] is None


def test_from_a_base_it_says_what_is_missing_and_how_to_add_claims(new: Callable[..., Result], desk: Path) -> None:
    done = new("nova", "--from", "params/base.yml", *AS_OF, "--json")
    said = json.loads(done.stdout)
    assert (said["ok"], said["exit_code"], done.exit_code) == (False, 3, 3)
    assert any("nova" in problem["what"] for problem in said["problems"])
    text = (desk / "params" / "nova.yml").read_text("utf-8")
    assert "capexlib/facts/claims/nova.yml" in text
    assert yaml.safe_load(text)["extends"] == "base.yml"


def test_nothing_is_overwritten(new: Callable[..., Result], desk: Path) -> None:
    before = (desk / "params" / "acme.yml").read_bytes()
    done = new("acme", "--from", "params/base.yml")
    assert done.exit_code == 2
    assert "is already there" in done.stderr
    assert (desk / "params" / "acme.yml").read_bytes() == before


@pytest.mark.parametrize(
    "arguments",
    [
        ("../x", "--from", "params/base.yml"),
        ("Nova", "--from", "params/base.yml"),
        ("nova", "--from", "params/none.yml"),
        ("nova", "--from", "params/base.yml", "--as-of", "soon"),
        ("nova",),
    ],
)
def test_bad_usage_is_2_and_writes_nothing(new: Callable[..., Result], desk: Path, arguments: tuple[str, ...]) -> None:
    before = sorted(desk.rglob("*"))
    done = new(*arguments)
    assert done.exit_code == 2, done.output
    assert sorted(desk.rglob("*")) == before
