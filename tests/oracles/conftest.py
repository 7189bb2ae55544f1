"""Cases that nobody here wrote: loaded from outside, run one by one, counted by file.

The environment variable CAPEX_ORACLES names the folder. A test module marks its test
``@pytest.mark.oracle("suite", absent={id or function: reason})`` and takes an argument
`case`; each case of ``suite.json`` then is one test. Cases in `absent` have no
counterpart here: they are skipped with the reason. A line a file is printed at the end.
"""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
from oracle_counts import ABSENT, UNSET, VARIABLE


def load_cases(suite: str) -> list[dict]:
    """Read the cases of one file of the folder."""
    path = Path(os.environ[VARIABLE]) / f"{suite}.json"
    return json.loads(path.read_text(encoding="utf-8"))["cases"]


@pytest.fixture
def oracle_cases():
    """Give the loader, for a test that needs a whole file at once."""
    if not os.environ.get(VARIABLE):
        pytest.skip(UNSET)
    return load_cases


def pytest_configure(config):
    config.addinivalue_line("markers", "oracle(suite, absent={}): run each case of an outside suite")


def pytest_generate_tests(metafunc):
    marker = metafunc.definition.get_closest_marker("oracle")
    if marker is None or "case" not in metafunc.fixturenames:
        return
    if not os.environ.get(VARIABLE):
        unset = pytest.param(None, marks=pytest.mark.skip(reason=UNSET), id="not run")
        metafunc.parametrize("case", [unset])
        return
    absent = marker.kwargs.get("absent", {})
    cases = load_cases(marker.args[0])
    unknown = set(absent) - {case[key] for case in cases for key in ("id", "function")}
    assert not unknown, f"{marker.args[0]} has no case or function {sorted(unknown)}"
    metafunc.parametrize("case", [_parameter(case, absent) for case in cases])


def _parameter(case, absent):
    """Return one case as a test parameter, skipped where it has no counterpart."""
    reason = absent.get(case["id"], absent.get(case["function"]))
    marks = [pytest.mark.skip(reason=ABSENT + reason)] if reason else []
    return pytest.param(case, marks=marks, id=case["id"])


def pytest_collection_modifyitems(items):
    for item in items:
        marker = item.get_closest_marker("oracle")
        if marker is not None and "case" in getattr(item, "fixturenames", ()):
            item.user_properties.append(("oracle", marker.args[0]))
