"""Windmark with a watch-list, at few draws."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

from capexlib.models.watch import Watched
from capexlib.study import Study, open_study

MONEY = Path(__file__).resolve().parent / "params" / "windmark-money.yml"
DRAWS = 128
LICENCE = {"gate": "wm_licence", "states": ["closed"]}
BARRED = {"title": "Compute abroad alone is barred", "why": "Only for tests.",
          "gates": {"wm_abroad": [{"month": 1, "state": "barred"}]}}  # fmt: skip


def trigger(**more: Any) -> dict[str, Any]:
    """Write a trigger as a params file would; by default the licence is looked at, and all gates close."""
    return {"title": "The licence is taken away", "who": "The first capital", "indicator": LICENCE,
            "action": "Stop prepaying.", **({} if "inputs" in more else {"scenario": "shut"}), **more}  # fmt: skip


@cache
def _opened(given: str) -> Study:
    overrides = {"sampling.draws": DRAWS, "scenarios.barred": BARRED, **json.loads(given)}
    return open_study(MONEY, overrides, brief="briefing")


def watching(triggers: dict[str, Any] | None = None, **overrides: Any) -> Study:
    """Open Windmark once a test run; double underscores in names stand for dots."""
    given = {**overrides, **({"watch": triggers} if triggers is not None else {})}
    return _opened(json.dumps({key.replace("__", "."): value for key, value in given.items()}))


def row(study: Study, key: str = "one") -> Watched:
    """The one line of the watch-list."""
    return next(each for each in study.watch.rows if each.key == key)
