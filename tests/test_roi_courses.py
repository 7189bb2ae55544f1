"""What a named course of the gates does to the account, in which direction, and that its parts add up."""

from __future__ import annotations

import statistics
from functools import cache

import numpy as np
import pytest
from acme_evidence import params_of
from hypothesis import given
from hypothesis import strategies as st

from capexlib.figures import Figure
from capexlib.models.roi.averages import PARTS, averaged
from capexlib.models.roi.courses import MEASURES, middle_difference
from capexlib.models.roi.settings import value_quantiles
from capexlib.study import Study, open_study

BLOCKED, OPEN = "china_blocks", "reopening"


@cache
def study() -> Study:
    return open_study(params_of("bytedance"), {"sampling.draws": 256}, brief="roi")


@cache
def figures() -> dict[str, Figure]:
    return {figure.id: figure for figure in study().courses.results}


def change(course: str, name: str) -> Figure:
    return figures()[f"roi.courses.{course}.{name}.change"]


@pytest.mark.parametrize(
    ("name", "sign"),
    [("idle_money", 1), ("compute", -1), ("dscr_average", -1), ("breakeven_utilisation", 1), ("breakeven_price", 1),
     ("npv", -1)],
)  # fmt: skip
def test_a_blocked_gate_moves_the_account_the_right_way(name: str, sign: int) -> None:
    blocked, opened = change(BLOCKED, name), change(OPEN, name)
    assert blocked.low is not None
    assert blocked.high is not None
    assert sign * blocked.best > 0
    assert min(sign * blocked.low, sign * blocked.high) > 0, "beyond the sampling error"
    assert sign * opened.best < 0


def test_the_groups_cover_hardly_moves() -> None:
    before = float(np.median(study().courses.drawn.measures["company_dscr_min"]))
    assert abs(change(BLOCKED, "company_dscr_min").best) < 0.02 * before


def test_the_drawn_course_is_the_account_itself() -> None:
    drawn, roi, funding = study().courses.drawn, study().roi, study().funding
    np.testing.assert_allclose(drawn.measures["npv"], roi.returns.npv / 1e9, rtol=1e-9, atol=1e-9)
    np.testing.assert_array_equal(drawn.measures["breakeven_utilisation"], roi.break_even_use)
    np.testing.assert_array_equal(drawn.measures["breakeven_price"], roi.break_even_price)
    np.testing.assert_array_equal(drawn.measures["dscr_average"], funding.covered.dscr_average)
    idle = next(figure for figure in roi.results if figure.id == "roi.idle_money")
    assert np.median(drawn.measures["idle_money"]) == pytest.approx(idle.best)


@pytest.mark.parametrize("course", [None, BLOCKED, OPEN])
def test_parts_make_the_value_on_every_path(course: str | None) -> None:
    found = study().courses.named[course] if course else study().courses.drawn
    np.testing.assert_allclose(np.sum([found.parts[name] for name in PARTS], axis=0), found.measures["npv"], rtol=1e-12)
    assert (found.parts["spending"] <= 0).mean() > 0.99
    assert (found.parts["hours"] >= 0).all()


def test_published_parts_add_up() -> None:
    told = figures()
    for course in study().case.scenarios:
        parts = [told[f"roi.courses.{course}.value.{name}"].best for name in PARTS]
        assert sum(parts) == pytest.approx(told[f"roi.courses.{course}.value"].best, abs=1e-9)
    classes = [figure.best for name, figure in told.items() if name.startswith("roi.mean.capex.")]
    assert sum(classes) == pytest.approx(told["roi.mean.capex"].best)
    assert sum(told[f"roi.mean.value.{name}"].best for name in PARTS) == pytest.approx(told["roi.mean.value"].best)


def test_sources_equal_uses_in_every_year_shown() -> None:
    told = figures()
    years = {name.rsplit(".", 1)[1] for name in told if name.startswith("roi.mean.use.")}
    assert years
    for year in years:
        both = [
            sum(figure.best for name, figure in told.items() if name.startswith(f"roi.mean.{side}.")
                and name.endswith(f".{year}"))
            for side in ("source", "use")
        ]  # fmt: skip
        assert both[0] == pytest.approx(both[1], abs=1e-8)


def test_every_measure_of_every_course_is_published_once() -> None:
    told = [figure.id for figure in study().courses.results]
    assert len(told) == len(set(told))
    for course in study().case.scenarios:
        for name in MEASURES:
            assert {f"roi.courses.{course}.{name}", f"roi.courses.{course}.{name}.change"} <= set(told)


def test_quantiles_at_a_setting_agree_with_the_grid() -> None:
    grid, operations, plan = study().roi.grid, study().operations, study().funding.plan
    use, price = grid.utilisation[[2, 6]], grid.price[[0, 5]]
    found = value_quantiles(operations, plan, use, price, (0.05, 0.5, 0.95))
    np.testing.assert_allclose(found[:, :, 1], grid.median[np.ix_([2, 6], [0, 5])], rtol=1e-9)
    assert (np.diff(found, axis=2) >= 0).all()
    assert (np.diff(found[:, :, 1], axis=0) > 0).all(), "fuller compute is worth more"
    assert (np.diff(found[:, :, 1], axis=1) > 0).all(), "a dearer hour is worth more"


numbers = st.floats(-1e6, 1e6) | st.just(np.inf)


@given(st.lists(st.tuples(numbers, numbers), min_size=2, max_size=40))
def test_middle_difference(pairs: list[tuple[float, float]]) -> None:
    one, other = np.array(pairs).T
    known = sorted(a - b for a, b in pairs if not (np.isinf(a) and np.isinf(b)))
    found = middle_difference(one, other)
    if len(known) < 2 or np.isinf([known[(len(known) - 1) // 2], known[len(known) // 2]]).any():
        assert found is None
    else:
        assert found is not None
        middle, low, high = found
        assert middle == pytest.approx(statistics.median(known), rel=1e-12, abs=1e-300)
        assert low <= middle <= high
        assert {low, high} <= set(known)


def test_middle_difference_covers_the_truth_as_often_as_it_says() -> None:
    stream = np.random.default_rng(7)
    held = 0
    for _ in range(400):
        made = middle_difference(stream.exponential(size=200), np.zeros(200))
        assert made is not None
        held += made[1] <= np.log(2.0) <= made[2]
    assert 0.86 <= held / 400 <= 0.96


def test_averaged_gives_the_mean_and_its_error() -> None:
    figure = averaged("mean.of", "Mean", np.array([1.0, 2.0, 3.0]), "USD bn", (), "mean")
    assert (figure.value, figure.unit) == (2.0, "USD bn")
    assert figure.low is not None
    assert figure.high is not None
    assert figure.high - 2.0 == pytest.approx(1.6448536 / 3**0.5)
    assert 2.0 - figure.low == pytest.approx(1.6448536 / 3**0.5)
