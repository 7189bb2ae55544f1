"""The edition that a run compares with: chosen, checked, handed to the kernel, recorded, found again."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Callable
from functools import cached_property
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from acme_briefs import AS_OF, displayed, masthead_block, show, study_of, table_block, write_template
from acme_evidence import TESTS, params_of
from acme_evidence import study_of as acme_study

import capexlib.study
from capexlib.errors import ParamsError
from capexlib.previous import ENVIRONMENT, FIRST, UNASKED, Previous, previous_of_environment, read_previous
from capexlib.publish import manifest, press
from capexlib.publish.kernel import kernel_environment
from capexlib.publish.press import Printed, PrintJob, print_edition
from capexlib.study import Study

EARLIER = "2025-12-31"
FIGURE = {"id": "plan.usd", "value": 16.0, "unit": "USD bn", "claims": ["acme_plan"]}
CHANCE = {"id": "delivered", "value": 0.5, "unit": "fraction", "claims": []}
STEP = {"id": "step", "value": 2.0, "unit": "ratio", "claims": []}


@pytest.fixture
def told(no_kernel: None, text_format: None, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Run without a kernel; list what each run would have told it."""
    del no_kernel, text_format
    inner, heard = press.execute, []

    def execute(*args: Any, environment: dict[str, str], **more: Any) -> Any:
        heard.append(environment[ENVIRONMENT])
        return inner(*args, **more)

    monkeypatch.setattr(press, "execute", execute)
    return heard


def print_acme(project: Path, as_of: str = AS_OF, against: str = "", **study: Any) -> Printed:
    write_template(project / "notebooks" / "scale.ipynb", displayed(study_of(as_of=as_of, **study)))
    notebooks = tuple(sorted((project / "notebooks").glob("*.ipynb")))
    return print_edition(PrintJob(
        project / "params" / "acme.yml", "acme", as_of, project, project / "reports", notebooks, formats=("txt",),
        against=against,
    ))  # fmt: skip


# ------------------------------------------------------------------ which edition


def test_the_newest_older_edition_is_taken(project: Path, told: list[str]) -> None:
    for day in ("2026-09-30", EARLIER, "2025-06-30", AS_OF):
        print_acme(project, day)
    shelf = (project / "reports" / "acme").resolve()
    assert told == [FIRST, FIRST, FIRST, str(shelf / EARLIER / "manifest.json")]


def test_against_names_another_or_nothing(project: Path, told: list[str]) -> None:
    other = print_acme(project, "2025-06-30").edition
    print_acme(project, EARLIER)
    print_acme(project, against=str(other))
    print_acme(project, against="none")
    assert told[2:] == [str(other.resolve() / "manifest.json"), UNASKED]


@pytest.mark.parametrize("as_of", [AS_OF, "2026-09-30"])
def test_against_must_be_older(project: Path, told: list[str], as_of: str) -> None:
    other = print_acme(project, as_of).edition
    with pytest.raises(ParamsError, match="needs an older one of its own"):
        print_acme(project, against=str(other))
    assert len(told) == 1


def test_no_such_edition(project: Path, told: list[str]) -> None:
    with pytest.raises(ParamsError, match=r"no readable manifest\.json"):
        print_acme(project, against=str(project / "nowhere"))
    assert told == []


def test_a_folder_without_manifest_is_no_edition(project: Path, told: list[str]) -> None:
    (project / "reports" / "acme" / EARLIER).mkdir(parents=True)
    print_acme(project)
    assert told == [FIRST]


@pytest.mark.parametrize("harm", ["file", "manifest", "shape"])
def test_an_altered_edition_is_refused_and_nothing_is_touched(project: Path, told: list[str], harm: str) -> None:
    earlier = print_acme(project, EARLIER).edition
    record = earlier / "manifest.json"
    if harm == "file":
        (earlier / "scale.txt").write_text("forged", encoding="utf-8")
    elif harm == "manifest":
        record.write_text(record.read_text("utf-8").replace("16.0", "17.0").replace(" ", ""), encoding="utf-8")
    else:
        record.write_text("{", encoding="utf-8")
    with pytest.raises(ParamsError):
        print_acme(project)
    assert told == [FIRST]
    assert not (project / "reports" / "acme" / AS_OF).exists()


# ------------------------------------------------------------------ what the kernel reads


def test_the_kernel_hears_only_what_the_run_says(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv(ENVIRONMENT, "/from/a/shell/manifest.json")
    assert kernel_environment(tmp_path)[ENVIRONMENT] == UNASKED
    assert kernel_environment(tmp_path, {ENVIRONMENT: FIRST})[ENVIRONMENT] == FIRST


def test_environment_is_read(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv(ENVIRONMENT, raising=False)
    assert previous_of_environment().record == {"state": UNASKED}
    monkeypatch.setenv(ENVIRONMENT, FIRST)
    assert previous_of_environment().record == {"state": FIRST}
    path = tmp_path / "manifest.json"
    path.write_text(json.dumps(study_of()), encoding="utf-8")
    monkeypatch.setenv(ENVIRONMENT, str(path))
    found = previous_of_environment()
    assert found.manifest == study_of()
    assert found.record == {**found.record, "state": "found", "case": "acme", "as_of": AS_OF}


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"results": 1}', '{"results": [1]}', '{"results": [{"id": "x"}]}'])
def test_what_is_no_manifest_is_said(tmp_path: Path, text: str) -> None:
    path = tmp_path / "manifest.json"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ParamsError, match="cannot be compared with"):
        read_previous(path)


# ------------------------------------------------------------------ several briefs of one edition


def two_briefs(project: Path) -> Printed:
    own = study_of(results=[CHANCE], figures=[FIGURE], claims=["acme_plan", "acme_loan"])
    code = show({**masthead_block(), "title": "Half comes"}, table_block("gates"),
                {"block": "provenance", "id": "provenance", "study": own})  # fmt: skip
    write_template(project / "notebooks" / "policy.ipynb", code)
    return print_acme(project, results=[FIGURE], figures=[STEP])


def test_results_of_all_briefs_stand_once(project: Path, told: list[str]) -> None:
    record = two_briefs(project).manifest
    assert told == [FIRST, FIRST]
    assert [row["id"] for row in record["results"]] == ["delivered", "plan.usd"]
    assert [row["id"] for row in record["figures"]] == ["step"]
    assert record["claims"] == ["acme_loan", "acme_plan"]
    assert record["briefs"]["policy"]["title"] == "Half comes"
    assert record["briefs"]["policy"]["results"] == ["delivered"]
    policy, own = (manifest.brief_manifest(record, brief) for brief in ("policy", "scale"))
    assert (policy["results"], policy["figures"]) == ([CHANCE], [FIGURE])
    assert (own["results"], own["figures"]) == ([FIGURE], [STEP])


@pytest.mark.usefixtures("told")
def test_a_brief_that_is_kept_keeps_its_front(project: Path) -> None:
    before = two_briefs(project).manifest
    notebooks = (project / "notebooks" / "scale.ipynb",)
    job = PrintJob(project / "params" / "acme.yml", "acme", AS_OF, project, project / "reports", notebooks,
                   formats=("txt",))  # fmt: skip
    assert print_edition(job).manifest == before


def test_a_brief_runs_only_its_models(monkeypatch: pytest.MonkeyPatch) -> None:
    study = acme_study("acme")
    made = study.scale.results[0].renamed("slow.result", "Slow")
    ran: list[str] = []

    def slow(_: Any) -> SimpleNamespace:
        ran.append("slow")
        return SimpleNamespace(results=(made,))

    other = cached_property(slow)
    other.__set_name__(Study, "slow")
    monkeypatch.setattr(Study, "slow", other, raising=False)
    monkeypatch.setattr(capexlib.study, "MODELS", ("scale", "slow"))
    monkeypatch.setattr(capexlib.study, "BRIEFS", {"scale": ("scale",), "slow": ("slow",)})
    ids = lambda brief: [row["id"] for row in Study(study.loaded, study.ledger, brief).manifest()["results"]]  # noqa: E731
    assert "slow.result" not in ids("scale")
    assert ran == []
    assert ids("slow") == ["slow.result"]
    assert ids("")[-1] == "slow.result"
    notes = Study(study.loaded, study.ledger, "my-notes", Previous("found", study.manifest("scale")))
    assert notes.scale
    assert notes.changes.is_empty
    users_own = Study(study.loaded, study.ledger, "my-notes")
    assert users_own.manifest()["results"] == []
    assert users_own.slow  # type: ignore[attr-defined]
    assert [row["id"] for row in users_own.manifest()["results"]] == ["slow.result"]
    assert [row["id"] for row in users_own.manifest("slow")["results"]] == ["slow.result"]
    assert Study(study.loaded, study.ledger, "scale", Previous(FIRST)).manifest()["previous"] == {"state": FIRST}


# ------------------------------------------------------------------ with real kernels

Capex = Callable[..., subprocess.CompletedProcess[str]]


@pytest.mark.kernel
def test_two_editions_of_two_briefs_compared_verified_and_listed(tmp_path: Path) -> None:
    """Run Acme's two editions, the newer of two notebooks; rerun against the same, a changed and a missing edition."""
    from nbformat import reads

    for folder in ("evidence", "params"):
        shutil.copytree(TESTS / folder, tmp_path / "tests" / folder)
    shutil.copytree(params_of("bytedance").parent, tmp_path / "params")
    opened = "import capexlib as cx\nstudy = cx.open_study(params_file, overrides, brief={!r})\n"
    shown = "display(cx.exhibits.scale.masthead(study))\ndisplay(cx.exhibits.scale.key_figures(study))\n"
    ends = "display(cx.exhibits.scale.changes(study))\ndisplay(cx.exhibits.provenance(study))"
    for brief in ("scale", "mine"):
        write_template(tmp_path / "notebooks" / f"{brief}.ipynb", opened.format(brief) + shown + ends)
    case = tmp_path / "tests" / "params" / "acme.yml"

    def capex(*arguments: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "capexlib", *arguments]
        return subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)

    first = capex("run", str(case), "--to", "html", "--brief", "scale")
    assert first.returncode == 0, first.stderr
    second = capex("run", str(case), "--to", "html", "--set", "as_of=2026-05-31")
    assert second.returncode == 0, second.stderr
    older, newer = (tmp_path / "reports" / "acme" / day for day in ("2026-03-31", "2026-05-31"))
    record = json.loads((newer / "manifest.json").read_text("utf-8"))
    assert record["previous"] == {**record["previous"], "state": "found", "as_of": "2026-03-31"}
    assert record["briefs"]["mine"]["results"] == record["briefs"]["scale"]["results"]
    assert "revision +" in (newer / "mine.html").read_text("utf-8")
    assert record["briefs"]["scale"]["key_figures"][0]["change"].endswith("since 31 Mar 2026")
    assert "First edition: nothing to compare with." in (older / "scale.html").read_text("utf-8")
    assert "acme_guidance_apr26" in json.dumps(reads((newer / "scale.ipynb").read_text("utf-8"), 4))
    index = (tmp_path / "reports" / "index.html").read_text("utf-8")
    assert index.count('<th scope="row">') == 2
    assert "sparkline" in index

    said = capex("diff", str(older), str(newer), "--json")
    assert json.loads(said.stdout)["rows"], said.stderr

    moved = tmp_path / "archive"
    older.rename(moved)
    gone = capex("verify", str(newer), "--rerun")
    assert gone.returncode == 7
    assert "compared with is gone" in gone.stderr
    assert "reproduced to the byte" in capex("verify", str(newer), "--rerun", "--against", str(moved)).stdout
    forged = moved / "manifest.json"
    forged.write_text(forged.read_text("utf-8").replace('"value": 14.0', '"value": 14.5'), encoding="utf-8")
    changed = capex("verify", str(newer), "--rerun", "--against", str(moved))
    assert changed.returncode == 7
    assert "has changed since" in changed.stderr
