from __future__ import annotations

import json
from pathlib import Path

import pytest
from publish_specimen import notebook
from typer.testing import CliRunner

from capexlib.cli.app import app
from capexlib.publish.brief import read_brief
from capexlib.publish.verify import write_manifest


@pytest.fixture
def edition(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return an edition that holds a manifest only, in a project of its own."""
    place = tmp_path / "reports" / "acme" / "2025-12-23"
    place.mkdir(parents=True)
    (tmp_path / "notebooks").mkdir()
    write_manifest(place, {**read_brief(notebook(), "scale").manifest, "files": []})
    (place.parent / "latest").symlink_to("2025-12-23")
    monkeypatch.chdir(tmp_path)
    return place


def cite(*arguments: str) -> tuple[int, str]:
    done = CliRunner().invoke(app, ["cite", *arguments])
    return done.exit_code, done.output


def test_prints_the_tree_of_a_result(edition: Path) -> None:
    code, text = cite("capex.acme.2026", str(edition))
    assert code == 0
    for part in (
        "US$22.8bn",
        "= plan × rate",
        "recomputed: agrees",
        "RMB\u00a0160bn",
        "said by Daily",
        "https://daily.example/plan",
    ):
        assert part in text


def test_finds_the_newest_edition_by_itself(edition: Path) -> None:
    code, text = cite("plan")
    assert code == 0
    assert "acme, edition of 2025-12-23" in text


def test_answers_in_json(edition: Path) -> None:
    code, text = cite("capex.acme.2026", str(edition), "--json")
    answer = json.loads(text)
    assert (code, answer["ok"]) == (0, True)
    assert answer["lineage"]["operands"][1]["claims"][0]["id"] == "c2"


def test_a_claim_of_the_ledger_needs_no_edition(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    code, text = cite("amzn_capex_2019")
    assert code == 0
    assert "as in the ledger" in text


def test_says_when_the_arithmetic_does_not_agree(edition: Path) -> None:
    manifest = json.loads((edition / "manifest.json").read_text("utf-8"))
    manifest["results"][0]["value"] = 23.4
    write_manifest(edition, manifest)
    assert "DOES NOT AGREE" in cite("capex.acme.2026", str(edition))[1]
    done = CliRunner().invoke(app, ["verify", str(edition)])
    assert done.exit_code == 7
    assert "does not follow from its operands" in done.output


@pytest.mark.parametrize("more", [(), ("EDITION",)])
def test_an_unknown_id_is_refused_with_the_nearest(edition: Path, more: tuple[str, ...]) -> None:
    code, text = cite("capex.acme.2062", *(str(edition) for _ in more))
    assert code == 2
    assert "capex.acme.2026" in text


def test_a_folder_without_a_manifest_is_refused(tmp_path: Path) -> None:
    assert cite("plan", str(tmp_path))[0] == 2
