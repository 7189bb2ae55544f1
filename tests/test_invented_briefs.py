"""Companies that do not exist get their briefs from YAML alone."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest
from acme_evidence import INVENTED, PROJECT, params_of, study_of

pytestmark = pytest.mark.kernel

NAMES = {"acme": "Acme", "umbra": "Umbra &amp; Sons &lt;Holding&gt;", "gallia": "Gallia"}


@pytest.fixture(scope="module")
def editions(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("reports")
    command = [sys.executable, "-m", "capexlib", "run", *(str(params_of(case)) for case in INVENTED)]
    done = subprocess.run(
        [*command, "--to", "html", "--out", str(out)], cwd=PROJECT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return out


@pytest.mark.parametrize("case", INVENTED)
def test_a_brief_without_python(editions: Path, case: str) -> None:
    edition = editions / case / study_of(case).case.as_of.isoformat()
    page = (edition / "scale.html").read_text("utf-8")
    assert NAMES[case] in page
    assert not re.search(r">\s*(None|nan|NaN)\s*<", page)
    assert "<Holding>" not in page
    manifest = json.loads((edition / "manifest.json").read_text("utf-8"))
    ours = json.loads(json.dumps(study_of(case).manifest()))
    assert manifest["results"] == ours["results"]
    assert manifest["claims"] == ours["claims"]
    assert (editions / case / "latest").resolve() == edition
