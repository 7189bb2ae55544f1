"""The kernels of the return model, each against arithmetic done another way."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from capexlib.models.finance import straight_line
from capexlib.models.roi.assets import sites_built, wear, worn_share
from capexlib.models.roi.demand import HOURS_PER_MONTH, capacity_hours, served_hours
from capexlib.models.roi.deployment import Deployment, VendorDeployment, by_year
from capexlib.models.roi.prices import one_luck, price_path, price_shocks
from capexlib.models.roi.returns import zero_of
from capexlib.models.roi.tax import tax_due

ONE = np.ones(1)
TERMS = {"now": 3.0, "level": 2.0, "decline": 0.1, "half_life": 0.75, "volatility": 0.5}


def one(value: float) -> np.ndarray:
    return np.array([value])


def stepped(installed, life, years, start, mature, ramp, lag, per_month=200):
    """Sum the used hours over small steps of time, delivery by delivery (months)."""
    added = np.diff(installed, prepend=0.0)
    time = (np.arange(12 * years * per_month) + 0.5) / per_month
    used = np.zeros_like(time)
    for month, amount in enumerate(added, start=1):
        age = time - month
        rate = start + (mature - start) * np.clip((age - lag) / max(ramp, 1e-9), 0, 1)
        used += np.where((age >= lag), amount * rate, 0.0) - np.where(age >= life, amount * mature, 0.0)
    return used.reshape(years, -1).sum(axis=1) / per_month * HOURS_PER_MONTH


@given(
    st.lists(st.floats(0, 100), min_size=1, max_size=30), st.floats(2, 7), st.floats(0, 1), st.floats(0, 1),
    st.floats(0, 20), st.floats(0, 4),
)  # fmt: skip
def test_served_hours_are_the_sum_of_small_steps(deliveries, life, low, rise, ramp, lag):
    installed = np.cumsum(deliveries)
    start, mature = low, low + rise * (1 - low)
    years = 8
    exact = served_hours(
        installed[None], one(life), years, start=one(start), mature=one(mature), ramp_years=one(ramp / 12),
        lag_years=one(lag / 12),
    )[0]  # fmt: skip
    assert exact == pytest.approx(
        np.maximum(stepped(installed, 12 * life, years, start, mature, ramp, lag), 0),
        abs=0.01 * installed[-1] * HOURS_PER_MONTH + 1e-6,
    )


def test_full_use_from_the_first_hour_is_capacity():
    installed = np.cumsum(np.random.default_rng(1).uniform(0, 9, (5, 20)), axis=1)
    life = np.linspace(2.2, 6.9, 5)
    full = np.ones(5)
    used = served_hours(installed, life, 9, start=full, mature=full, ramp_years=0 * full, lag_years=0 * full)
    assert used == pytest.approx(capacity_hours(installed, life, 9))
    total = installed[:, -1] * life * 12 * HOURS_PER_MONTH
    assert capacity_hours(installed, life, 12).sum(axis=1) == pytest.approx(total)


@given(st.floats(0.1, 0.8), st.floats(0.01, 0.15))
def test_more_use_serves_more(start, more):
    installed = np.arange(1.0, 25.0)[None]
    terms = {"ramp_years": one(0.8), "lag_years": one(0.2)}
    less = served_hours(installed, one(5), 8, start=one(start), mature=one(start + 0.1), **terms)
    greater = served_hours(installed, one(5), 8, start=one(start), mature=one(start + 0.1 + more), **terms)
    assert (greater >= less - 1e-9).all()
    assert greater.sum() > less.sum()


def test_years_are_twelve_months():
    assert by_year(np.arange(1.0, 15.0)[None], 2).tolist() == [[78.0, 27.0]]
    with pytest.raises(ValueError, match=r"25 months do not fit into 2 years"):
        by_year(np.ones((1, 25)), 2)


def log_moments(now, level, decline, half_life, volatility, years):
    """Mean and standard deviation of the log price at the middle of each year, in closed form."""
    time = np.arange(years) + 0.5
    reversion = (np.log(2.0) / half_life)[:, None]
    kept = np.exp(-reversion * time)
    mean = np.log(level)[:, None] + np.log1p(-decline)[:, None] * time + np.log(now / level)[:, None] * kept
    return mean, volatility[:, None] * np.sqrt((1 - kept**2) / (2 * reversion))


def test_price_paths_have_the_moments_of_the_closed_form():
    n, years = 16_384, 6
    terms = {name: np.full(n, value) for name, value in TERMS.items()}
    logs = np.log(price_path(**terms, shocks=price_shocks(n, years, seed=3)))
    mean, deviation = log_moments(**terms, years=years)
    assert np.abs(logs.mean(axis=0) - mean[0]).max() < 4 * deviation.max() / np.sqrt(n)
    assert logs.std(axis=0) == pytest.approx(deviation[0], rel=4 / np.sqrt(2 * n))
    lagged = np.corrcoef(logs[:, 3], logs[:, 4])[0, 1]
    assert lagged == pytest.approx(0.5 ** (1 / 0.75) * deviation[0, 3] / deviation[0, 4], abs=4 / np.sqrt(n))


def test_a_long_wait_brings_the_price_to_its_level():
    prices = price_path(8 * ONE, 2 * ONE, 0 * ONE, 0.5 * ONE, 0.4 * ONE, one_luck(0.5 * ONE, ONE, 30))
    assert np.log(prices[0, -1] / 2.0) == pytest.approx(0.4 / np.sqrt(2 * np.log(2) / 0.5))
    calm = price_path(8 * ONE, 2 * ONE, 0 * ONE, 0.5 * ONE, 0.4 * ONE, np.zeros((1, 30)))
    assert calm[0, -1] == pytest.approx(2.0)


@pytest.mark.parametrize("luck", [-1.6, 0.0, 2.0])
def test_one_luck_keeps_the_quantile(luck):
    terms = {name: value * ONE for name, value in TERMS.items()}
    mean, deviation = log_moments(**terms, years=7)
    path = price_path(**terms, shocks=one_luck(terms["half_life"], luck * ONE, 7))
    assert np.log(path) == pytest.approx(mean + luck * deviation)


def test_shocks_do_not_depend_on_how_many_paths_are_drawn():
    assert (price_shocks(9_000, 3, seed=5)[:100] == price_shocks(100, 3, seed=5)).all()
    assert (price_shocks(9_000, 4, seed=5)[:, :3] == price_shocks(9_000, 3, seed=5)).all()


def plain_tax(profits, rate, life):
    """The same rule, loss by loss."""
    losses, due = [], []
    for year, profit in enumerate(profits):
        left = max(profit, 0.0)
        for loss in losses:
            if year - loss[0] <= life:
                used = min(loss[1], left)
                loss[1] -= used
                left -= used
        if profit < 0:
            losses.append([year, -profit])
        due.append(left * rate)
    return due


@given(st.lists(st.floats(-100, 100), min_size=1, max_size=9), st.floats(0, 0.5), st.integers(0, 10))
def test_tax_sets_the_oldest_loss_off_first_and_is_never_negative(profits, rate, life):
    due = tax_due(np.array([profits]), one(rate), life)
    assert (due >= 0).all()
    assert due[0].tolist() == pytest.approx(plain_tax(profits, rate, life))


def test_tax_is_worked_out_path_by_path():
    profits = np.random.default_rng(2).normal(0, 50, (40, 8))
    together = tax_due(profits, np.full(40, 0.2), 5)
    assert together == pytest.approx(np.concatenate([tax_due(row[None], one(0.2), 5) for row in profits]))


@given(
    st.lists(st.floats(0, 100), min_size=3, max_size=3), st.floats(1.5, 12), st.floats(0, 0.5),
    st.sampled_from(["straight", "declining"]), st.floats(0.5, 1),
)  # fmt: skip
def test_every_dollar_spent_is_worn_off_got_back_or_still_there(spent, life, residual, method, comes):
    spending = np.zeros((1, 8))
    spending[0, :3] = spent
    assets = wear(spending, comes * spending, one(life), one(residual), method, 2)
    gone = np.cumsum(assets.depreciation + assets.write_off + assets.proceeds, axis=1)
    assert np.cumsum(spending, axis=1) == pytest.approx(gone + assets.book)
    assert assets.write_off.sum() == pytest.approx((1 - comes) * sum(spent))
    if comes == 1:
        assert (assets.book > -1e-9).all()


def test_straight_line_wear_is_the_textbooks_but_for_the_half_years():
    spending = np.zeros((1, 8))
    spending[0, 0] = 1_000.0
    charges = wear(spending, spending, one(4), one(0.2), "straight", 0).depreciation[0]
    textbook = straight_line(1_000, 4, salvage=200)
    assert charges[1:4] == pytest.approx(textbook[1:])
    assert charges[0] + charges[4] == pytest.approx(textbook[0])


def test_declining_wear_is_faster_and_ends_in_the_same_place():
    ages = np.linspace(0, 8, 33)
    straight, declining = (worn_share(ages, one(5), method)[0] for method in ("straight", "declining"))
    assert (declining[1:12] > straight[1:12]).all()
    assert (np.diff(declining) >= 0).all()
    assert declining[-1] == straight[-1] == 1.0


@given(st.floats(0, 1), st.floats(0.5, 3), st.lists(st.floats(0, 200), min_size=4, max_size=4))
def test_sites_hold_the_load_and_are_never_torn_down(committed, time, load):
    built = sites_built(np.array([load]), one(150.0), one(committed), one(time))
    assert (built >= 0).all()
    assert (np.cumsum(built) >= np.array(load) - 1e-9).all()
    assert built.sum() == pytest.approx(max(*load, 150.0 * committed * min(4 / time, 1.0)))


@given(st.lists(st.tuples(st.floats(0.1, 50), st.floats(0.1, 50)), min_size=1, max_size=20), st.floats(0, 1))
def test_zero_of_a_bent_function(lines, bend):
    slope, debt = np.array(lines).T

    def value(x):
        straight = slope * x - debt
        return straight - bend * 0.9 * np.maximum(straight + debt / 2, 0.0)

    roots = zero_of(value, len(slope))
    assert value(roots) == pytest.approx(np.zeros(len(slope)), abs=1e-6)


def test_zero_of_what_never_pays_is_infinite_and_of_what_always_does_zero():
    assert zero_of(lambda x: np.array([-1.0, 1.0]) + 0 * x, 2).tolist() == [np.inf, 0.0]


def test_a_deployment_refuses_what_does_not_fit():
    good = VendorDeployment("a", "A", np.ones((3, 2)), np.ones((3, 2)), np.ones((3, 2)), np.ones(3))
    with pytest.raises(ValueError, match="planned_load_h100e"):
        Deployment((good,), np.zeros(3), np.zeros(4), np.zeros((3, 2)), np.zeros((3, 2)))
    with pytest.raises(ValueError, match="not finite, or compute below zero: idle_usd"):
        Deployment((good,), np.zeros(3), np.zeros(3), np.full((3, 2), np.nan), np.zeros((3, 2)))
    with pytest.raises(ValueError, match="has vendors"):
        Deployment((), np.zeros(3), np.zeros(3), np.zeros((3, 2)), np.zeros((3, 2)))
