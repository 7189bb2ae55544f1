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


def test_briefs_without_python(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "capexlib", "run", *(str(params_of(case)) for case in INVENTED)]
    done = subprocess.run(
        [*command, "--brief", "scale", "--to", "html", "--out", str(tmp_path)],
        cwd=PROJECT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    for case in INVENTED:
        edition = tmp_path / case / study_of(case).case.as_of.isoformat()
        page = (edition / "scale.html").read_text("utf-8")
        assert NAMES[case] in page
        assert not re.search(r">\s*(None|nan|NaN)\s*<", page)
        assert "<Holding>" not in page
        manifest = json.loads((edition / "manifest.json").read_text("utf-8"))
        ours = json.loads(json.dumps(study_of(case, "scale").manifest()))
        assert manifest["claims"] == ours["claims"]
        for part in ("results", "figures"):
            assert sorted(manifest[part], key=lambda row: row["id"]) == sorted(ours[part], key=lambda row: row["id"])
        assert (tmp_path / case / "latest").resolve() == edition
