"""The real cases of the policy brief: variants without a line of Python differ as they should."""

from __future__ import annotations

import json
import subprocess
import sys
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from capexlib.models.policy.model import Policy
from capexlib.study import open_study

PROJECT = Path(__file__).resolve().parents[1]
DRAWS = {"sampling.draws": 256}


@cache
def policy_of(case: str, **overrides: Any) -> Policy:
    """Run a case on few paths; double underscores in names stand for dots."""
    changed = {key.replace("__", "."): value for key, value in overrides.items()}
    return open_study(PROJECT / "params" / f"{case}.yml", DRAWS | changed, brief="policy").policy


def units(policy: Policy, vendor: str) -> np.ndarray:
    """Units of a vendor delivered on each path."""
    return policy.paths.flows.delivered[list(policy.paths.vendors).index(vendor)].sum(axis=1)


def test_a_blocked_import_delivers_no_h200() -> None:
    default, blocked = policy_of("bytedance"), policy_of("bytedance-h200-blocked")
    assert units(default, "nvidia_h200").sum() > 0
    assert (units(blocked, "nvidia_h200") == 0).all()
    assert blocked.reported.share.mean() < default.reported.share.mean()
    assert blocked.reported.chance_of(0.5)[0] < default.reported.chance_of(0.5)[0]
    assert float(blocked.reported.tail(0.95).cvar) > float(default.reported.tail(0.95).cvar)
    assert blocked.worths["nvidia_h200"].mean.difference < 0, "money for a shut gate is idle"
    assert np.array_equal(blocked.planned.compute, default.planned.compute), "the plan is the same, drawn alike"


def test_overrides_say_the_same_as_a_file() -> None:
    by_file, by_hand = policy_of("bytedance-h200-blocked"), policy_of("bytedance", gates__cn_import__hold="blocked")
    assert [figure.row() for figure in by_hand.results] == [figure.row() for figure in by_file.results]
    free = policy_of("bytedance", gates__cn_import__hold="open", gates__us_h200_class__hold="open")
    assert free.reported.share.mean() > policy_of("bytedance").reported.share.mean() > by_file.reported.share.mean()
    short = policy_of("bytedance", policy__horizon_months=12)
    assert short.setting.months == 12
    assert short.reported.compute[:, -1].mean() < policy_of("bytedance").reported.compute[:, -1].mean()


@pytest.mark.parametrize("case", ["bytedance", "bytedance-2025-12-23", "bytedance-h200-blocked", "alibaba"])
def test_each_case_stands(case: str) -> None:
    made = policy_of(case)
    money = made.reported.spent + made.reported.stranded + made.reported.lost + made.reported.held
    assert np.allclose(money, made.reported.budget, rtol=1e-9, atol=1.0)
    if "cn_import" not in {key for key, gate in made.setting.gates.items() if gate.params.hold}:
        assert made.named["reopening"] == pytest.approx(np.ones(256))
    assert max(abs(one.beside.z) for one in made.agreements) < 4.5
    assert made.frontier.reported.mean_lost >= -1e-9


def test_a_second_company_needs_no_python() -> None:
    alibaba, bytedance = policy_of("alibaba"), policy_of("bytedance")
    assert alibaba.setting.case.entity == "alibaba"
    own, theirs = (
        float(made.paths.installed[made.paths.vendors.index("in_house")].mean() / made.paths.installed.sum(axis=0).mean())
        for made in (alibaba, bytedance)
    )  # fmt: skip
    assert own > theirs, "its own maker has shipped for years"


@pytest.mark.kernel
def test_policy_keys_on_the_command_line(tmp_path: Path) -> None:
    command = [
        sys.executable,
        "-m",
        "capexlib",
        "run",
        "tests/params/windmark.yml",
        "--brief",
        "policy",
        "--to",
        "html",
    ]
    held = ["--set", "gates.wm_licence.hold=closed", "--set", "policy.horizon_months=6", "--out", str(tmp_path)]
    held += ["--set", "sampling.draws=256"]
    done = subprocess.run([*command, *held], cwd=PROJECT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    edition = next((tmp_path / "windmark").glob("2026-04-15*"))
    manifest = json.loads((edition / "manifest.json").read_text("utf-8"))
    assert manifest["overridden"] == ["gates.wm_licence.hold", "policy.horizon_months", "sampling.draws"]
    delivered = next(row for row in manifest["results"] if row["id"] == "policy.vendors.corax.delivered")
    assert delivered["high"] == 0
    for wrong in ("policy=null", "levers=null", "gates.wm_licence.hold=ajar", "policy.horizon_months=0"):
        done = subprocess.run(
            [*command, "--set", wrong, "--out", str(tmp_path)], cwd=PROJECT, capture_output=True, text=True, check=False
        )
        assert done.returncode == 2, done.stderr
        assert "Traceback" not in done.stderr
