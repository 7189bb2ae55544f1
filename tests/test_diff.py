"""``capex diff``: two editions compared in a terminal, in Markdown and in JSON."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from acme_evidence import params_of, study_of
from typer.testing import CliRunner, Result

from capexlib.cli.app import app
from capexlib.publish.manifest import canonical_json
from capexlib.study import Study

Diff = Callable[..., Result]


def put(folder: Path, study: Study, **more: Any) -> Path:
    """Write an edition of a study, with no files but its manifest."""
    results = [figure.id for figure in study.scale.results]
    strip = [{"label": "Plan", "value": "x", "figure": name} for name in ("plan.stated", "plan.usd", "plan.growth")]
    manifest = {
        **study.manifest("scale"), "inputs": {"params_file": f"params/{params_of('acme').name}", "overrides": {}},
        "files": [], "briefs": {"scale": {"files": [], "results": results, "key_figures": strip}}, **more,
    }  # fmt: skip
    folder.mkdir(parents=True)
    (folder / "manifest.json").write_text(canonical_json(manifest), encoding="utf-8")
    return folder


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """Make a project whose evidence is Acme's."""
    (tmp_path / "notebooks").mkdir()
    (tmp_path / "params").mkdir()
    (tmp_path / "evidence").symlink_to(params_of("acme").parent.parent / "evidence")
    put(tmp_path / "reports" / "acme" / "2026-03-31", study_of("acme"))
    put(tmp_path / "reports" / "acme" / "2026-05-31",
        study_of("acme", as_of="2026-05-31", scale__guidance_outcome__value=1.05))  # fmt: skip
    return tmp_path


@pytest.fixture
def diff(project: Path) -> Diff:
    def run(*arguments: str, old: str = "2026-03-31", new: str = "2026-05-31") -> Result:
        acme = project / "reports" / "acme"
        return CliRunner().invoke(app, ["diff", str(acme / old), str(acme / new), *arguments])

    return run


def test_json_adds_up_and_gives_reasons(diff: Diff) -> None:
    said = json.loads(diff("--to", "json").stdout)
    assert (said["old"]["as_of"], said["new"]["as_of"]) == ("2026-03-31", "2026-05-31")
    assert said["note"] == ""
    for row in said["rows"]:
        assert sum(row["contributions"].values()) == pytest.approx(row["change"], rel=1e-9, abs=1e-9)
        assert row["causes"].keys() == row["contributions"].keys()
    heads = [row["headline"] for row in said["rows"]]
    assert heads == sorted(heads, reverse=True)
    growth = next(row for row in said["rows"] if row["id"] == "plan.growth")
    assert growth["causes"] == {"revision": ["acme_guidance_apr26"]}
    assert {"data", "revision", "assumption"} == said["moved"].keys()
    assert json.loads(diff("--json").stdout) == said


def test_markdown_is_a_table(diff: Diff) -> None:
    said = diff("--to", "md").stdout.splitlines()
    assert said[0] == "# acme: what changed by 2026-05-31"
    head = said.index("| Result | Before | Now | Change | Why |")
    rows = [line for line in said[head + 2 :] if line.startswith("|")]
    assert rows
    assert {line.replace("\\|", "").count("|") for line in rows} == {6}
    assert any("revision" in line and "Acme, 30 Apr 2026" in line for line in rows)
    assert "## New" in said


def test_terminal_and_pipe(diff: Diff) -> None:
    said = diff().stdout.splitlines()
    assert said[0].startswith("Since the edition of 31 Mar 2026, ")
    assert all(len(line.split("\t")) in (2, 5) for line in said[1:])


def test_nothing_changed(diff: Diff) -> None:
    assert diff(new="2026-03-31").stdout == "No change since 31 Mar 2026.\n"


def test_manifests_alone_will_do(project: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    """Copied out of their project, evidence and all: numbers without reasons, and why."""
    elsewhere = tmp_path_factory.mktemp("elsewhere")
    paths = []
    for day in ("2026-03-31", "2026-05-31"):
        paths.append(elsewhere / f"{day}.json")
        paths[-1].write_bytes((project / "reports" / "acme" / day / "manifest.json").read_bytes())
    (project / "evidence").unlink()
    (project / "params").rmdir()
    done = CliRunner().invoke(app, ["diff", *map(str, paths), "--json"])
    said = json.loads(done.stdout)
    assert "not at hand" in said["note"]
    assert said["rows"]
    assert all(row["contributions"] == {} for row in said["rows"])


def test_params_file_that_moved(diff: Diff, project: Path) -> None:
    assert not (project / "params" / "acme.yml").exists()
    assert json.loads(diff("--json").stdout)["note"] == ""


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["2026-05-31", "2026-03-31"], "Give the older edition first"),
        (["2026-03-31", "2026-01-01"], "cannot be compared with"),
        (["2026-03-31", "forged"], "was edited"),
        (["2026-03-31", "other"], "about one entity"),
        (["2026-03-31", "2026-05-31", "--to", "mdd"], "Did you mean 'md'?"),
    ],
)
def test_errors_are_clear(project: Path, arguments: list[str], said: str) -> None:
    acme = project / "reports" / "acme"
    put(acme / "other", study_of("umbra"))
    forged = put(acme / "forged", study_of("acme")) / "manifest.json"
    forged.write_text(forged.read_text("utf-8") + " ", encoding="utf-8")
    done = CliRunner().invoke(app, ["diff", *(str(acme / name) for name in arguments[:2]), *arguments[2:]])
    assert done.exit_code == 2
    assert said in done.stderr
