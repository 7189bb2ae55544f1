from __future__ import annotations

import contextlib
import errno
import json
import os
from pathlib import Path
from typing import Any

import pytest
from acme_briefs import AS_OF, displayed, study_of, table_block, write_template

from capexlib.errors import CapexError, NotebookError, ParamsError
from capexlib.publish import editions, manifest, verify
from capexlib.publish.editions import Outcome, case_folder, log_run, opened
from capexlib.publish.exhibit_files import write_exhibits
from capexlib.publish.press import Printed, PrintJob, notebook_parameters, print_edition

pytestmark = pytest.mark.usefixtures("no_kernel", "text_format")


def job(project: Path, **more: Any) -> PrintJob:
    notebooks = tuple(sorted((project / "notebooks").glob("*.ipynb")))
    given = {"params": project / "params" / "acme.yml", "case": "acme", "as_of": AS_OF, "project": project,
             "reports": project / "reports", "notebooks": notebooks, "formats": ("txt",)}  # fmt: skip
    return PrintJob(**{**given, **more})


def print_scale(project: Path, **more: Any) -> Printed:
    return print_edition(job(project, **more))


def contents(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def hidden(project: Path) -> list[str]:
    return [
        p.name
        for p in (project / "reports" / "acme").iterdir()
        if p.name.startswith((".building", ".aside", ".latest"))
    ]


def change_brief(project: Path, brief: str = "scale", **study: Any) -> None:
    write_template(project / "notebooks" / f"{brief}.ipynb", displayed(study_of(**study)))


# ------------------------------------------------------------------ what an edition holds


def test_edition_holds_every_file_and_its_manifest(project: Path) -> None:
    printed = print_scale(project)
    assert printed.outcome is Outcome.CREATED
    assert printed.edition == project / "reports" / "acme" / AS_OF
    names = {"scale.ipynb", "scale.txt", "exhibits/scale/peers.csv"}
    assert set(contents(printed.edition)) == names | {"manifest.json"}
    record = json.loads((printed.edition / "manifest.json").read_text("utf-8"))
    assert {entry["name"] for entry in record["files"]} == names
    assert record["inputs"] == {"params_file": "params/acme.yml", "overrides": {}}
    assert record["schema"] == manifest.SCHEMA
    assert record["revision"] is None
    assert record["versions"]["packages"]["papermill"]
    assert record["briefs"]["scale"]["results"] == ["capex"]
    assert str(project) not in json.dumps(record)
    assert str((project / "reports" / "acme" / "latest").readlink()) == AS_OF
    assert verify.verify_edition(printed.edition) == []
    assert hidden(project) == []


def test_second_run_leaves_an_equal_edition_untouched(project: Path) -> None:
    first = print_scale(project)
    before = {path: path.stat().st_mtime_ns for path in first.edition.rglob("*")}
    assert print_scale(project).outcome is Outcome.UNCHANGED
    assert {path: path.stat().st_mtime_ns for path in first.edition.rglob("*")} == before


def test_changed_study_replaces_the_edition(project: Path) -> None:
    print_scale(project)
    change_brief(project, seed=2)
    printed = print_scale(project)
    assert printed.outcome is Outcome.REPLACED
    assert json.loads((printed.edition / "manifest.json").read_text("utf-8"))["seed"] == 2
    assert hidden(project) == []


def test_altered_edition_is_repaired(project: Path) -> None:
    edition = print_scale(project).edition
    good = contents(edition)
    (edition / "scale.txt").write_text("forged", encoding="utf-8")
    assert print_scale(project).outcome is Outcome.REPLACED
    assert contents(edition) == good


def test_latest_points_to_the_newest_date(project: Path) -> None:
    for as_of in ("2026-06-30", "2025-12-23"):
        change_brief(project, as_of=as_of)
        print_scale(project, as_of=as_of)
    assert str((project / "reports" / "acme" / "latest").readlink()) == "2026-06-30"


def test_csv_holds_text_not_formulas(tmp_path: Path) -> None:
    assert write_exhibits([table_block()], tmp_path, "scale") == ["exhibits/scale/peers.csv"]
    lines = (tmp_path / "exhibits" / "scale" / "peers.csv").read_text("utf-8").splitlines()
    assert lines == ["Company,Capex (US$bn)", "Acme,16", "'=Borealis,12 to 14"]


def test_params_outside_the_project_leave_no_path(project: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    outside = tmp_path_factory.mktemp("elsewhere") / "cases" / "acme.yml"
    directory, parameters = notebook_parameters(job(project, params=outside))
    assert directory == outside.parent.parent
    assert parameters["params_file"] == "cases/acme.yml"


def test_run_log(project: Path) -> None:
    edition = print_scale(project).edition
    before = contents(edition)
    log_run(project / "reports", "acme", {"seconds": 1.5})
    assert json.loads((project / "reports" / "acme" / "run.jsonl").read_text("utf-8")) == {"seconds": 1.5}
    assert contents(edition) == before


# ------------------------------------------------------------------ several briefs


def test_one_brief_keeps_the_others_of_the_same_study(project: Path) -> None:
    write_template(project / "notebooks" / "roi.ipynb", displayed(study_of(claims=["acme_loan"]), table="costs"))
    both = print_scale(project)
    assert [entry["id"] for entry in both.manifest["results"]] == ["capex"]
    assert both.manifest["claims"] == ["acme_loan", "acme_plan"]
    again = print_scale(project, notebooks=(project / "notebooks" / "roi.ipynb",))
    assert again.outcome is Outcome.UNCHANGED


def test_one_brief_of_another_study_is_refused_unless_forced(project: Path) -> None:
    write_template(project / "notebooks" / "roi.ipynb", displayed(table="costs"))
    before = contents(print_scale(project).edition)
    change_brief(project, "roi", seed=2)
    only = (project / "notebooks" / "roi.ipynb",)
    with pytest.raises(ParamsError, match="holds scale, made from another study"):
        print_scale(project, notebooks=only)
    assert contents(project / "reports" / "acme" / AS_OF) == before
    assert set(print_scale(project, notebooks=only, force=True).manifest["briefs"]) == {"roi"}


def test_briefs_that_contradict_each_other_are_refused(project: Path) -> None:
    results = [{"id": "capex", "value": 17.0}]
    write_template(project / "notebooks" / "roi.ipynb", displayed(study_of(results=results)))
    with pytest.raises(CapexError, match="result 'capex' differs"):
        print_scale(project)
    assert not (project / "reports" / "acme" / AS_OF).exists()


def test_notebook_that_ran_another_case_is_refused(project: Path) -> None:
    change_brief(project, case="borealis")
    with pytest.raises(NotebookError, match="ran the case 'borealis'"):
        print_scale(project)
    kept = project / "reports" / "acme" / "failed" / "scale.ipynb"
    assert "borealis" in kept.read_text("utf-8")
    change_brief(project)
    print_scale(project)
    assert not kept.exists()


def test_notebook_without_provenance_is_refused(project: Path) -> None:
    write_template(project / "notebooks" / "scale.ipynb", "display = None")
    with pytest.raises(NotebookError, match="displays 0 provenance blocks"):
        print_scale(project)


# ------------------------------------------------------------------ hostile names


@pytest.mark.parametrize(
    "case", ["", ".", "..", "../x", "a/b", "/etc", "a\\b", "A", "-a", "a" * 64, "a\n", "a\0", "é", "~", "con.", "{x}"]
)
def test_case_names_that_are_no_folder(tmp_path: Path, case: str) -> None:
    with pytest.raises(ParamsError, match="cannot name a folder"):
        case_folder(tmp_path, case)


def test_case_folder_that_leads_elsewhere(tmp_path: Path) -> None:
    (tmp_path / "reports").mkdir()
    (tmp_path / "reports" / "acme").symlink_to(tmp_path)
    with pytest.raises(ParamsError, match="not a folder inside the reports"):
        case_folder(tmp_path / "reports", "acme")


@pytest.mark.parametrize("as_of", ["latest", "..", "2026-6-1", "2026-13-01", "20260630", "2026-06-30/x", ""])
def test_dates_that_are_none(project: Path, as_of: str) -> None:
    with pytest.raises(ParamsError, match="cannot hold an edition"):
        print_scale(project, as_of=as_of)


def test_edition_that_is_a_link(project: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    outside = tmp_path_factory.mktemp("outside")
    (project / "reports" / "acme").mkdir(parents=True)
    (project / "reports" / "acme" / AS_OF).symlink_to(outside)
    with pytest.raises(ParamsError):
        print_scale(project)
    assert list(outside.iterdir()) == []


def test_latest_that_is_no_link_is_left_alone(project: Path) -> None:
    mine = project / "reports" / "acme" / "latest"
    mine.mkdir(parents=True)
    with pytest.raises(ParamsError, match="in the way"):
        print_scale(project)
    assert mine.is_dir()


# ------------------------------------------------------------------ verification


@pytest.mark.parametrize(
    ("harm", "said"),
    [
        (lambda edition: (edition / "scale.txt").unlink(), "scale.txt: is missing"),
        (lambda edition: (edition / "scale.txt").write_text("x"), "scale.txt: was altered"),
        (lambda edition: (edition / "extra.txt").write_text("x"), "extra.txt: does not belong"),
        (
            lambda edition: (edition / "manifest.json").write_text(
                json.dumps(json.loads((edition / "manifest.json").read_text()))
            ),
            "manifest.json: is not in its canonical form",
        ),
    ],
)
def test_verify_names_what_is_wrong(project: Path, harm: Any, said: str) -> None:
    edition = print_scale(project).edition
    harm(edition)
    problems = [str(problem) for problem in verify.verify_edition(edition)]
    assert len(problems) == 1
    assert problems[0].startswith(said)


def test_verify_follows_no_link_and_reads_nothing_outside(project: Path) -> None:
    edition = print_scale(project).edition
    content = (edition / "scale.txt").read_bytes()
    (project / "copy.txt").write_bytes(content)
    (edition / "scale.txt").unlink()
    (edition / "scale.txt").symlink_to(project / "copy.txt")
    assert "is a link" in str(verify.verify_edition(edition)[0])
    record = json.loads((edition / "manifest.json").read_text("utf-8"))
    record["files"][0]["name"] = "../../../../etc/passwd"
    (edition / "manifest.json").write_text(json.dumps(record), encoding="utf-8")
    with pytest.raises(ParamsError, match="outside the edition"):
        verify.verify_edition(edition)


@pytest.mark.parametrize("content", [None, "", "[]", "{}", '{"files": [1]}'])
def test_what_is_no_edition(tmp_path: Path, content: str | None) -> None:
    if content is not None:
        (tmp_path / "manifest.json").write_text(content, encoding="utf-8")
    with pytest.raises(ParamsError, match=r"no readable manifest\.json"):
        verify.verify_edition(tmp_path)


# ------------------------------------------------------------------ failures at every step


def steps_of_a_run(project: Path, monkeypatch: pytest.MonkeyPatch, fail_at: int) -> list[str]:
    """Run once; the step numbered `fail_at` finds the disk full. Return the steps taken."""
    taken: list[str] = []

    def guarded(name: str, original: Any) -> Any:
        def step(*args: Any, **kwargs: Any) -> Any:
            taken.append(name)
            if len(taken) == fail_at:
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(args[0]))
            return original(*args, **kwargs)

        return step

    with monkeypatch.context() as patch:
        for name in ("rename", "mkdir", "write_text", "write_bytes", "symlink_to", "replace"):
            patch.setattr(Path, name, guarded(name, getattr(Path, name)))
        print_scale(project)
    return taken


@pytest.mark.parametrize("fail_at", range(1, 13))
def test_full_disk_at_any_step_leaves_a_whole_edition(
    project: Path, monkeypatch: pytest.MonkeyPatch, fail_at: int
) -> None:
    edition = print_scale(project).edition
    before = contents(edition)
    change_brief(project, seed=2)
    with contextlib.suppress(CapexError):
        assert len(steps_of_a_run(project, monkeypatch, fail_at)) < fail_at
    assert verify.verify_edition(edition) == []
    new = contents(edition) != before
    assert new == (json.loads((edition / "manifest.json").read_text("utf-8"))["seed"] == 2)
    assert hidden(project) == []
    print_scale(project)
    assert json.loads((edition / "manifest.json").read_text("utf-8"))["seed"] == 2


def test_full_disk_is_named(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(CapexError, match=r"No space left on device.*Nothing was published") as caught:
        steps_of_a_run(project, monkeypatch, 3)
    assert caught.value.exit_code == 1


def test_every_step_of_a_run_was_made_to_fail(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    print_scale(project)
    change_brief(project, seed=2)
    taken = steps_of_a_run(project, monkeypatch, fail_at=0)
    assert taken.count("rename") == 2
    assert len(taken) < 13


@pytest.mark.parametrize("aside_only", [True, False])
def test_leftovers_of_a_killed_run_are_undone(project: Path, *, aside_only: bool) -> None:
    edition = print_scale(project).edition
    before = contents(edition)
    shelf = edition.parent
    (shelf / f".building-{AS_OF}").mkdir()
    (shelf / f".building-{AS_OF}" / "half.txt").write_text("half", encoding="utf-8")
    aside = shelf / f".aside-{AS_OF}"
    if aside_only:
        edition.rename(aside)
    else:
        aside.mkdir()
    with opened(project / "reports", "acme"):
        assert contents(edition) == before
    assert hidden(project) == []


def test_second_run_waits_and_gives_up_with_a_message(project: Path) -> None:
    with (
        opened(project / "reports", "acme"),
        pytest.raises(CapexError, match="another run of this case"),
        opened(project / "reports", "acme", wait_s=0.05),
    ):
        pytest.fail("two runs held one case")


def test_reports_that_cannot_be_written(project: Path) -> None:
    (project / "reports").write_text("a file", encoding="utf-8")
    with pytest.raises(CapexError, match="Nothing was published"):
        print_scale(project)


def test_names_of_hidden_folders_are_not_dates() -> None:
    assert not editions.is_date(f".building-{AS_OF}")
