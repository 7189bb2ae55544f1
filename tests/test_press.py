"""The press with nothing faked: a real kernel and the real formats."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from acme_briefs import AS_OF

from capexlib.publish.formats import DEFAULT_FORMATS
from capexlib.publish.manifest import brief_manifest
from capexlib.publish.press import PrintJob, print_edition

pytestmark = pytest.mark.kernel


def test_two_runs_are_equal_to_the_byte_and_carry_their_manifest(project: Path) -> None:
    editions = []
    steps: list[str] = []
    for reports in ("one", "two"):
        job = PrintJob(
            project / "params" / "acme.yml", "acme", AS_OF, project, project / reports,
            (project / "notebooks" / "scale.ipynb",), overrides={"plan.year": "2026"}, formats=DEFAULT_FORMATS,
        )  # fmt: skip
        editions.append(print_edition(job, lambda _brief, step, _number, _of: steps.append(step)))
    first, second = (
        {path.relative_to(each.edition): path.read_bytes() for path in each.edition.rglob("*") if path.is_file()}
        for each in editions
    )
    assert sorted(map(str, first)) == [
        "exhibits/scale/peers.csv",
        "manifest.json",
        "scale.html",
        "scale.ipynb",
        "scale.pdf",
        "tables.xlsx",
    ]
    assert first == second
    assert steps[-1] == "setting"
    for path in ("scale.html", "scale.ipynb", "manifest.json"):
        assert str(project).encode() not in first[Path(path)]
    page = first[Path("scale.html")].decode()
    carried = re.search(r'<script type="application/json" id="manifest">(.*?)</script>', page, re.DOTALL)
    assert carried
    assert json.loads(carried.group(1)) == brief_manifest(editions[0].manifest, "scale")
