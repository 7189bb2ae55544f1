"""The draws of the models stand beside each other without copying each other."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from capexlib.models.funding.inputs import draw
from capexlib.models.policy.setting import PLAN, make_setting, plan_samples
from capexlib.models.policy.world import draw_world
from capexlib.models.roi import input_laws
from capexlib.study import open_study

PARAMS = Path(__file__).resolve().parents[1] / "params"


@pytest.fixture(scope="module")
def columns():
    study = open_study(PARAMS / "bytedance.yml", {"sampling.draws": 4096})
    setting = make_setting(study.facts, study.case, study.scale)
    world = draw_world(setting, plan_samples(study.scale, study.case.entity), study.case.sampling.seed)
    money = draw(input_laws(study.case), world.size, study.case.sampling.seed)
    found = {name: world.values[name] for name in setting.laws} | money
    return {name: column for name, column in found.items() if np.ptp(column) > 0}


@pytest.mark.parametrize("n", [256, 512, 1024, 4096])
def test_no_input_follows_another(columns, n):
    assert PLAN in columns
    assert len(columns) > 150
    ranks = np.array([column[:n].argsort().argsort() for column in columns.values()])
    found = np.corrcoef(ranks) - np.eye(len(ranks))
    assert np.abs(found).max() < 5.5 / np.sqrt(n)


def test_a_stream_depends_on_its_name_alone(columns):
    laws = input_laws(open_study(PARAMS / "bytedance.yml").case)
    some = dict(list(laws.items())[::3])
    drawn = draw(some, 4096, 20251223)
    for name, column in drawn.items():
        if name in columns:
            assert np.array_equal(column, columns[name])
