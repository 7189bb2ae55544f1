from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Callable
from datetime import date
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from acme_briefs import AS_OF, displayed, study_of, write_template
from typer.testing import CliRunner, Result

from capexlib import __version__
from capexlib.cli.app import app
from capexlib.cli.project import find_cases, find_notebooks, find_project, parse_settings
from capexlib.errors import (
    CapexError,
    EvidenceError,
    KernelDiedError,
    NotebookError,
    NotebookTimeoutError,
    ParamsError,
    Problem,
    QualityError,
)

InProcess = Callable[..., Result]
PROBLEM = Problem("acme.yml:3 unit", "is no unit.", "Write 'USD bn'.")


@pytest.fixture
def invoke(project: Path, monkeypatch: pytest.MonkeyPatch) -> InProcess:
    """Run the command in this process, inside the project."""
    monkeypatch.chdir(project)
    return lambda *arguments: CliRunner().invoke(app, arguments)


@pytest.fixture
def printing(acme_case: SimpleNamespace, no_kernel: None, text_format: None) -> None:
    """Let a run need neither schema, kernel nor exporter."""


def claim(claim_id: str, **more: Any) -> SimpleNamespace:
    given = {"id": claim_id, "entity": "acme", "quantity": "capex", "period": "2026", "value": None, "low": None,
             "high": None, "unit": "USD bn", "text": None, "status": "guidance", "origin": "Acme", "source": "s",
             "known_on": date(2026, 1, 31), "flag": None, "repeats": None, "note": ""}  # fmt: skip
    return SimpleNamespace(**{**given, **more})


@pytest.fixture
def ledger(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make a ledger of four claims."""
    claims = [
        claim("point", value=16.0, low=15.0, high=17.5),
        claim("bound", low=14.0, known_on=date(2025, 1, 31)),
        claim("ceiling", high=20.0, entity="borealis"),
        claim("words", quantity="denial", unit="text", text="It is not so."),
    ]
    known = SimpleNamespace(claims={each.id: each for each in claims})
    monkeypatch.setattr("capexlib.facts.load_ledger", lambda *_: known)


# ------------------------------------------------------------------ help and usage


def test_help_names_commands_and_exit_codes(invoke: InProcess) -> None:
    said = invoke("--help").output
    for word in ("check", "run", "claims", "diff", "verify", "index", "130 interrupted"):
        assert word in said


def test_version(invoke: InProcess) -> None:
    assert invoke("--version").output == f"capex {__version__}\n"


@pytest.mark.parametrize("arguments", [["run"], ["run", "a.yml", "--timeout", "0"], ["nothing"], ["run", "--what"]])
def test_wrong_usage_is_2(invoke: InProcess, arguments: list[str]) -> None:
    assert invoke(*arguments).exit_code == 2


def test_help_imports_nothing_heavy() -> None:
    code = (
        "import sys; from typer.testing import CliRunner; from capexlib.cli.app import app; "
        "CliRunner().invoke(app, ['run', '--help']); "
        "print([m for m in ('numpy', 'pandas', 'scipy', 'papermill', 'nbformat', 'altair', 'yaml') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


# ------------------------------------------------------------------ run


@pytest.mark.usefixtures("printing")
def test_run_prints_one_line_a_brief(invoke: InProcess, project: Path) -> None:
    done = invoke("run", "params/acme.yml", "--to", "txt")
    assert done.exit_code == 0
    assert done.stdout == f"acme\t{AS_OF}\tscale\tcreated\treports/acme/{AS_OF}/scale.ipynb\n"
    log = json.loads((project / "reports" / "acme" / "run.jsonl").read_text("utf-8"))
    assert log["outcome"] == "created"
    assert log["seconds"] >= 0
    assert "unchanged" in invoke("run", "params/acme.yml", "--to", "txt").stdout


@pytest.mark.usefixtures("printing")
def test_run_speaks_json(invoke: InProcess) -> None:
    said = json.loads(invoke("run", "params/acme.yml", "--to", "txt", "--json").stdout)
    assert said["ok"] is True
    assert said["runs"][0]["briefs"] == {"scale": ["exhibits/scale/peers.csv", "scale.ipynb", "scale.txt"]}


@pytest.mark.usefixtures("printing")
def test_out_puts_editions_elsewhere(invoke: InProcess, tmp_path_factory: pytest.TempPathFactory) -> None:
    elsewhere = tmp_path_factory.mktemp("out")
    assert invoke("run", "params/acme.yml", "--to", "txt", "--out", str(elsewhere)).exit_code == 0
    assert (elsewhere / "acme" / AS_OF / "manifest.json").is_file()


@pytest.mark.usefixtures("printing")
@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--to", "pfd"], "no format is called 'pfd'"),
        (["--to", ""], "no format is called ''"),
        (["--brief", "scalle"], "Did you mean 'scale'?"),
        (["--set", "seed"], "is not a key with a value"),
        (["--set", "=1"], "is not a key with a value"),
    ],
)
def test_bad_options_are_2_and_touch_nothing(invoke: InProcess, project: Path, arguments: list[str], said: str) -> None:
    options = arguments if "--to" in arguments else [*arguments, "--to", "txt"]
    done = invoke("run", "params/acme.yml", *options)
    assert done.exit_code == 2
    assert said in done.stderr
    assert not (project / "reports").exists()


@pytest.mark.usefixtures("printing")
@pytest.mark.parametrize("case", ["../../tmp/x", "/etc", "a/../b", "Acme", "a" * 64, ""])
def test_hostile_case_names_are_2(invoke: InProcess, project: Path, acme_case: SimpleNamespace, case: str) -> None:
    acme_case.case.case = case
    done = invoke("run", "params/acme.yml", "--to", "txt")
    assert done.exit_code == 2
    assert "cannot name a folder" in done.stderr
    assert not (project / "reports").exists()


@pytest.mark.parametrize(
    ("kind", "code"),
    [
        (ParamsError, 2),
        (EvidenceError, 3),
        (NotebookError, 4),
        (NotebookTimeoutError, 5),
        (KernelDiedError, 6),
        (QualityError, 7),
        (CapexError, 1),
    ],
)
@pytest.mark.usefixtures("printing")
def test_exit_codes_of_a_run(
    invoke: InProcess, monkeypatch: pytest.MonkeyPatch, kind: type[CapexError], code: int
) -> None:
    def fail(*_: Any, **__: Any) -> None:
        raise kind([PROBLEM, Problem("b.yml", "is bad.", "")])

    monkeypatch.setattr("capexlib.publish.press.execute", fail)
    done = invoke("run", "params/acme.yml", "--to", "txt")
    assert done.exit_code == code
    assert done.stdout == ""
    for part in (PROBLEM.where, PROBLEM.what, PROBLEM.cure, "b.yml"):
        assert part in done.stderr
    assert "Traceback" not in done.stderr
    said = json.loads(invoke("run", "params/acme.yml", "--to", "txt", "--json").stdout)
    assert said["exit_code"] == code
    assert said["runs"][0]["problems"][0] == {"where": PROBLEM.where, "what": PROBLEM.what, "cure": PROBLEM.cure}


@pytest.mark.usefixtures("printing")
def test_one_failing_case_does_not_stop_the_others(
    invoke: InProcess, project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def load(path: Path, overrides: Any = None) -> SimpleNamespace:
        return SimpleNamespace(case=SimpleNamespace(case=path.stem, as_of=date.fromisoformat(AS_OF)), evidence=())

    monkeypatch.setattr("capexlib.params.load_case", load)
    done = invoke("run", "params/borealis.yml", "params/acme.yml", "--to", "txt")
    assert done.exit_code == 4
    assert "ran the case 'acme'" in done.stderr
    assert done.stdout.startswith("acme\t")
    assert not (project / "reports" / "borealis" / AS_OF).exists()


@pytest.mark.usefixtures("printing")
def test_interrupt_is_130(invoke: InProcess, project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(*_: Any, **__: Any) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("capexlib.publish.press.execute", interrupt)
    done = invoke("run", "params/acme.yml", "--to", "txt")
    assert done.exit_code == 130
    assert not (project / "reports" / "acme" / AS_OF).exists()


@pytest.mark.usefixtures("printing")
def test_bug_is_admitted_in_one_line(invoke: InProcess, monkeypatch: pytest.MonkeyPatch) -> None:
    def bug(*_: Any, **__: Any) -> None:
        msg = "a bug"
        raise ZeroDivisionError(msg)

    monkeypatch.setattr("capexlib.publish.press.execute", bug)
    done = invoke("run", "params/acme.yml", "--to", "txt")
    assert done.exit_code == 1
    assert done.stderr.count("\n") == 1
    log = Path(re.search(r"report it with (\S+)", done.stderr).group(1))  # type: ignore[union-attr]
    assert "ZeroDivisionError: a bug" in log.read_text("utf-8")
    log.unlink()


@pytest.mark.usefixtures("printing")
def test_control_characters_of_input_do_not_reach_the_terminal(
    invoke: InProcess, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: Any, **__: Any) -> None:
        raise ParamsError([Problem("\x1b[2Ja.yml", "is\nbad\x07.", "")])

    monkeypatch.setattr("capexlib.publish.press.execute", fail)
    said = invoke("run", "params/acme.yml", "--to", "txt").stderr
    assert "\x1b[2J" not in said
    assert "\x07" not in said


# ------------------------------------------------------------------ check


def opened(check: Any = None) -> SimpleNamespace:
    return SimpleNamespace(ledger=SimpleNamespace(claims={"a": 1}), check=check or dict)


@pytest.fixture
def sound(monkeypatch: pytest.MonkeyPatch, project: Path, ledger: None) -> None:
    """Let every case open, and the notebook be in form."""
    monkeypatch.setattr("capexlib.study.open_study", lambda path: opened())
    monkeypatch.setattr("capexlib.publish.notebook_form.check_notebook", lambda path: [])


@pytest.mark.usefixtures("sound")
def test_check_says_what_is_well(invoke: InProcess) -> None:
    assert invoke("check").stdout == "ok: 1 params files, 1 claims, 1 notebooks\n"
    assert json.loads(invoke("check", "params/acme.yml", "--json").stdout)["claims"] == 1


@pytest.mark.usefixtures("sound")
def test_check_reports_everything_at_once(invoke: InProcess, project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(path: Path) -> None:
        if path.stem == "acme":
            raise EvidenceError([Problem("claims.yml:4", "has no source.", "Name one.")])
        raise ParamsError([Problem("b.yml:2", "is misspelt.", "Mend it.")])

    monkeypatch.setattr("capexlib.study.open_study", fail)
    monkeypatch.setattr("capexlib.publish.notebook_form.check_notebook", lambda path: [PROBLEM])
    done = invoke("check", "params/acme.yml", "b.yml")
    assert done.exit_code == 2
    for part in ("claims.yml:4", "b.yml:2", PROBLEM.where):
        assert part in done.stderr


@pytest.mark.usefixtures("sound")
@pytest.mark.parametrize(("kind", "code"), [(EvidenceError, 3), (ParamsError, 2)])
def test_exit_codes_of_check(
    invoke: InProcess, monkeypatch: pytest.MonkeyPatch, kind: type[CapexError], code: int
) -> None:
    def fail() -> None:
        raise kind([PROBLEM])

    monkeypatch.setattr("capexlib.study.open_study", lambda path: opened(fail))
    assert invoke("check").exit_code == code


@pytest.mark.usefixtures("sound")
def test_form_of_notebooks_is_4(invoke: InProcess, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("capexlib.publish.notebook_form.check_notebook", lambda path: [PROBLEM])
    assert invoke("check").exit_code == 4


def test_schema_is_json(invoke: InProcess) -> None:
    assert json.loads(invoke("check", "--schema").stdout)["properties"]["as_of"]


# ------------------------------------------------------------------ claims


@pytest.mark.usefixtures("ledger")
def test_claims_are_lines_in_a_pipe(invoke: InProcess) -> None:
    lines = [line.split("\t") for line in invoke("claims").stdout.splitlines()]
    assert {line[0]: line[4] for line in lines} == {
        "point": "16 (15–17.5)",
        "bound": "at least 14",
        "ceiling": "up to 20",
        "words": "It is not so.",
    }


@pytest.mark.usefixtures("ledger")
@pytest.mark.parametrize(
    ("arguments", "ids"),
    [
        (["--entity", "borealis"], ["ceiling"]),
        (["--quantity", "denial"], ["words"]),
        (["--as-of", "2025-06-30"], ["bound"]),
        (["--as-of", "2025-01-30"], []),
    ],
)
def test_claims_are_chosen(invoke: InProcess, arguments: list[str], ids: list[str]) -> None:
    said = json.loads(invoke("claims", *arguments, "--json").stdout)
    assert [row["id"] for row in said["claims"]] == ids


@pytest.mark.usefixtures("ledger")
@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--entity", "borealiss"], "Did you mean 'borealis'?"),
        (["--quantity", "capx"], "Did you mean 'capex'?"),
        (["--as-of", "June"], "is not a date"),
    ],
)
def test_claims_of_nothing_known(invoke: InProcess, arguments: list[str], said: str) -> None:
    done = invoke("claims", *arguments)
    assert done.exit_code == 2
    assert said in done.stderr


@pytest.mark.usefixtures("ledger", "acme_case")
def test_claims_of_a_case_stop_at_its_date(invoke: InProcess, acme_case: SimpleNamespace) -> None:
    acme_case.case.as_of = date(2025, 6, 30)
    assert [line.split("\t")[0] for line in invoke("claims", "--params", "params/acme.yml").stdout.splitlines()] == [
        "bound"
    ]


# ------------------------------------------------------------------ verify


@pytest.mark.usefixtures("printing")
def test_verify(invoke: InProcess, project: Path) -> None:
    invoke("run", "params/acme.yml", "--to", "txt")
    assert invoke("verify", "reports/acme/latest").stdout == "ok: reports/acme/latest: 3 files, as the manifest says\n"
    (project / "reports" / "acme" / AS_OF / "scale.txt").write_text("forged", encoding="utf-8")
    done = invoke("verify", "reports/acme/latest")
    assert done.exit_code == 7
    assert "was altered" in done.stderr
    assert invoke("verify", "reports").exit_code == 2


@pytest.mark.usefixtures("printing")
def test_verify_by_running_again(invoke: InProcess, project: Path) -> None:
    invoke("run", "params/acme.yml", "--to", "txt")
    assert "reproduced to the byte" in invoke("verify", "reports/acme/latest", "--rerun").stdout
    write_template(project / "notebooks" / "scale.ipynb", displayed(study_of(seed=2)))
    done = invoke("verify", "reports/acme/latest", "--rerun")
    assert done.exit_code == 7
    for part in ("manifest.json seed", "scale.ipynb", "scale.txt"):
        assert part in done.stderr
    assert json.loads((project / "reports" / "acme" / AS_OF / "manifest.json").read_text("utf-8"))["seed"] == 1


# ------------------------------------------------------------------ projects


def test_project_is_found_from_params_or_from_here(
    project: Path, monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory
) -> None:
    assert find_project(project / "params" / "acme.yml") == project
    outside = tmp_path_factory.mktemp("outside")
    monkeypatch.chdir(project / "params")
    assert find_project(outside / "acme.yml") == project
    monkeypatch.chdir(outside)
    with pytest.raises(ParamsError, match="holds notebooks/"):
        find_project(outside / "acme.yml")


def test_notebooks_are_found_by_glob(project: Path) -> None:
    write_template(project / "notebooks" / "roi.ipynb")
    assert [path.stem for path in find_notebooks(project)] == ["roi", "scale"]
    assert [path.stem for path in find_notebooks(project, ["scale"])] == ["scale"]
    for path in (project / "notebooks").iterdir():
        path.unlink()
    with pytest.raises(ParamsError, match="holds no notebook"):
        find_notebooks(project)


def test_files_without_a_case_are_there_to_be_extended(project: Path) -> None:
    files = {
        "base": "assumptions: {}",
        "base-low": "extends: base.yml",
        "acme-low": "extends: acme.yml",
        "acme-both": "extends: [base.yml, acme.yml]",
        "broken": "a: [",
        "loop": "extends: loop.yml",
    }
    for name, text in files.items():
        (project / "params" / f"{name}.yml").write_text(f"{text}\n", encoding="utf-8")
    found = sorted(path.stem for path in find_cases(project))
    assert found == ["acme", "acme-both", "acme-low", "broken", "loop"]


def test_settings_keep_everything_after_the_first_sign() -> None:
    assert parse_settings(["a.b=c=d", "e= "]) == {"a.b": "c=d", "e": " "}
