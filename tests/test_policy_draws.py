"""The draws of the models stand beside each other without copying each other."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from capexlib.models.policy.setting import PLAN, make_setting, plan_samples
from capexlib.models.policy.world import draw_world
from capexlib.study import open_study

PARAMS = Path(__file__).resolve().parents[1] / "params"


def test_no_input_of_the_policy_model_follows_the_plan():
    study = open_study(PARAMS / "bytedance.yml", {"sampling.draws": 4096})
    setting = make_setting(study.facts, study.case, study.scale)
    world = draw_world(setting, plan_samples(study.scale, study.case.entity), study.case.sampling.seed)
    plan = world.values[PLAN].argsort().argsort()
    names = [name for name, law in setting.laws.items() if name != PLAN and law.support[0] < law.support[1]]
    found = {name: np.corrcoef(plan, world.values[name].argsort().argsort())[0, 1] for name in names}
    worst = max(found, key=lambda name: abs(found[name]))
    assert abs(found[worst]) < 0.06, (worst, found[worst])
