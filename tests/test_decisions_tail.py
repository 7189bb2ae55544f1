"""Tails, differences on common paths and regret: by hand, in print, and for any sample."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from capexlib.models import decisions as de
from capexlib.models.uncertainty.families import Normal

ample = settings(deadline=None, max_examples=80, derandomize=True, database=None)
number = st.floats(-1e6, 1e6).map(lambda x: round(x, 2))
samples = st.lists(number, min_size=1, max_size=30)
levels = st.floats(0, 1)


def worst_share(losses, level, weights=None):
    """Another way to CVaR: fill the tail from the worst path down, the last one in part."""
    weights = np.ones(len(losses)) if weights is None else np.asarray(weights, float)
    room, total = 1.0 - level, 0.0
    if room <= 0:
        return max(losses)
    for place in np.argsort(losses)[::-1]:
        taken = min(weights[place] / weights.sum(), room)
        total, room = total + taken * losses[place], room - taken
    return total / (1.0 - level)


# ---------------------------------------------------------------- tails


def test_an_atom_at_the_level_counts_in_part():
    # Ten paths, losses 0 (nine times) and 10: of the worst 20 % half is the loss of 10, half is nothing.
    losses = [0] * 9 + [10]
    assert float(de.value_at_risk(losses, 0.8)) == 0.0
    assert float(de.cvar(losses, 0.8)) == pytest.approx(5.0)
    assert np.mean([loss for loss in losses if loss >= 0]) == 1.0  # what "at or above VaR" would say
    # The level inside the atom of losses of 10, which has a probability of 0.1.
    assert float(de.value_at_risk(losses, 0.93)) == 10.0
    assert float(de.cvar(losses, 0.93)) == pytest.approx(10.0)
    # Weights 0.5, 0.3, 0.2 on losses 1, 2, 4, level 0.6: 0.2 of the worst 0.4 are at 4, 0.2 at 2.
    assert float(de.cvar([1, 2, 4], 0.6, weights=[5, 3, 2])) == pytest.approx(3.0)
    assert float(de.value_at_risk([1, 2, 4], 0.6, weights=[5, 3, 2])) == 2.0


@pytest.mark.parametrize("level", [0.1, 0.57, 0.7, 0.9, 0.95, 0.99])
def test_the_value_at_risk_of_a_hundred_paths_is_a_whole_number(level):
    assert float(de.value_at_risk(range(1, 101), level)) == round(100 * level)


@pytest.mark.parametrize("level", [0.5, 0.9, 0.95, 0.99])
def test_known_laws(level):
    rng, at = np.random.default_rng(5), Normal(0, 1).ppf(level)
    density = math.exp(-(at**2) / 2) / math.sqrt(2 * math.pi)
    laws = {
        "exponential": (rng.exponential(size=200_000), -math.log(1 - level), 1 - math.log(1 - level)),
        "normal": (rng.normal(size=200_000), at, density / (1 - level)),
        "uniform": (rng.random(200_000), level, (1 + level) / 2),
    }
    for losses, threshold, mean in laws.values():
        found = de.tail(losses, level)
        assert abs(found.cvar - mean) < 4 * found.standard_error
        assert found.value_at_risk == pytest.approx(threshold, abs=0.05)


@pytest.mark.parametrize("level", [0.5, 0.9, 0.975])
def test_the_standard_error_is_the_spread_of_many_estimates(level):
    losses = np.random.default_rng(11).exponential(size=(2_000, 1_000))
    found = de.tail(losses, level)
    assert found.standard_error.mean() == pytest.approx(found.cvar.std(), rel=0.06)
    truth = 1 - math.log(1 - level)
    covered = np.abs(found.cvar - truth) < 1.96 * found.standard_error
    assert 0.90 < covered.mean() < 0.97  # short where few paths are in the tail: 0.907 with 25 of them


def test_a_tail_of_less_than_a_path_has_no_known_error():
    found = de.tail(range(100), 0.995)
    assert float(found.cvar) == 99.0
    assert found.standard_error == math.inf
    assert found.paths == pytest.approx(0.5)
    assert np.isfinite(de.tail(range(100), 0.99).standard_error)


@ample
@given(samples, levels, st.data())
def test_any_sample_agrees_with_filling_the_tail(losses, level, data):
    weights = data.draw(st.lists(st.floats(0.1, 9), min_size=len(losses), max_size=len(losses)))
    size = 1 + max(map(abs, losses))
    for given_weights in (None, weights):
        found = float(de.cvar(losses, level, weights=given_weights))
        if level < 1 - 1e-9:
            assert found == pytest.approx(worst_share(losses, level, given_weights), abs=1e-7 * size)
        threshold = float(de.value_at_risk(losses, level, weights=given_weights))
        assert min(losses) - 1e-9 * size <= threshold <= found + 1e-9 * size
        assert found <= max(losses) + 1e-9 * size


@ample
@given(samples, levels, levels, st.floats(0, 100), number)
def test_cvar_is_coherent(losses, one, other, times, more):
    losses = np.array(losses)
    size = 1e-9 * (1 + np.abs(losses).max()) * (1 + times) + 1e-9 * abs(more)
    low, high = sorted((one, other))
    assert de.cvar(losses, low) <= de.cvar(losses, high) + size
    assert de.cvar(times * losses + more, one) == pytest.approx(times * de.cvar(losses, one) + more, abs=size)
    turned = losses[::-1]
    assert de.cvar(losses + turned, one) <= de.cvar(losses, one) + de.cvar(turned, one) + 2 * size


@ample
@given(st.lists(st.tuples(number, st.integers(1, 4)), min_size=1, max_size=8), st.floats(0, 0.999))
def test_a_whole_weight_is_a_repeated_path(pairs, level):
    losses, times = map(list, zip(*pairs, strict=True))
    many = np.repeat(losses, times)
    assert de.cvar(losses, level, weights=times) == pytest.approx(de.cvar(many, level), rel=1e-7, abs=1e-6)


def test_a_batch_is_its_rows():
    losses = np.random.default_rng(2).normal(size=(4, 3, 50))
    weights = np.arange(50.0)
    for given_weights in (None, weights):
        one_by_one = [[float(de.cvar(row, 0.9, weights=given_weights)) for row in block] for block in losses]
        np.testing.assert_allclose(de.cvar(losses, 0.9, weights=given_weights), one_by_one)
        first = np.moveaxis(losses, -1, 0)
        np.testing.assert_allclose(de.cvar(first, 0.9, weights=given_weights, axis=0), one_by_one)
        found = de.tail(losses, 0.9, weights=given_weights)
        assert found.standard_error.shape == found.value_at_risk.shape == (4, 3)
    assert de.tail(losses, 0.9, weights=np.ones(50)).standard_error == pytest.approx(
        de.tail(losses, 0.9).standard_error
    )


@pytest.mark.parametrize(
    ("losses", "level", "weights", "words"),
    [
        ([1.0], 1.5, None, "from 0 to 1"),
        ([1.0], math.nan, None, "from 0 to 1"),
        ([], 0.9, None, "at least one path"),
        ([1.0, math.nan], 0.9, None, "1 of 2 losses"),
        ([1.0, 2.0], 0.9, [1.0, -1.0], "none negative"),
        ([1.0, 2.0], 0.9, [1.0], "give 2 weights"),
    ],
)
def test_what_has_no_tail(losses, level, weights, words):
    with pytest.raises(ValueError, match=words):
        de.cvar(losses, level, weights=weights)


def test_what_has_no_error():
    for losses, level in (([1.0], 0.9), ([1.0, 2.0], 1.0)):
        with pytest.raises(ValueError, match="two paths and a level below 1"):
            de.tail(losses, level)


# ---------------------------------------------------------------- differences


def test_common_paths_take_the_noise_out_of_a_difference():
    rng = np.random.default_rng(3)
    common = rng.normal(size=(20_000, 2))
    one, other = common + 0.1, common + 0.05 * rng.normal(size=common.shape)
    found = de.paired_difference(one, other)
    assert np.all(np.abs(found.difference - 0.1) < 4 * found.standard_error)
    assert np.all(found.standard_error < 0.05 * found.unpaired_standard_error)
    tails = de.paired_cvar_difference(one[:, 0], other[:, 0], 0.95)
    assert tails.difference == pytest.approx(de.cvar(one[:, 0], 0.95) - de.cvar(other[:, 0], 0.95))
    assert tails.standard_error < 0.2 * tails.unpaired_standard_error


def test_the_error_of_a_tail_difference_is_the_spread_of_many():
    rng = np.random.default_rng(8)
    one = rng.exponential(size=(1_000, 1_500))
    other = 0.5 * one + 0.5 * rng.exponential(size=one.shape)
    found = de.paired_cvar_difference(one, other, 0.9)
    assert found.standard_error.mean() == pytest.approx(found.difference.std(), rel=0.08)


def test_what_cannot_be_paired():
    with pytest.raises(ValueError, match="same two or more paths"):
        de.paired_difference([1.0, 2.0], [1.0, 2.0, 3.0])
    with pytest.raises(ValueError, match="less than one path"):
        de.paired_cvar_difference([1.0, 2.0], [1.0, 3.0], 0.95)


# ---------------------------------------------------------------- regret

# Profit of a small, medium and large block of flats under strong and weak demand: Anderson, Sweeney, Williams
# et al., An Introduction to Management Science, chapter 13, pages 545 to 548: tables 13.4 and 13.5 of regret, figure
# 13.3 with the expected values 7.8, 12.2 and 14.2; the best of each demand is worth 0.8·20 + 0.2·7 = 17.4.
COMPLEX = [[8.0, 7.0], [14.0, 5.0], [20.0, -9.0]]


def test_the_textbook_of_regret():
    table = de.regret_table(COMPLEX, weights=[0.8, 0.2])
    assert table.regret.tolist() == [[12.0, 0.0], [6.0, 2.0], [0.0, 16.0]]
    assert table.largest_regret.tolist() == [12.0, 6.0, 16.0]
    assert table.expected == pytest.approx([7.8, 12.2, 14.2])
    assert table.perfect_information == pytest.approx(3.2)
    assert table.choices == {"expected": 2, "tail mean": 0, "maximin": 0, "minimax regret": 1}
    assert table.expected_error.tolist() == [0.0, 0.0, 0.0]


def test_regret_needs_no_weights_and_expectation_does():
    even, heavy = de.regret_table(COMPLEX), de.regret_table(COMPLEX, weights=[0.0, 1.0])
    assert even.largest_regret.tolist() == heavy.largest_regret.tolist()
    assert even.expected.tolist() == [7.5, 9.5, 5.5]
    assert heavy.choices["expected"] == 0


def test_regret_over_paths():
    rng = np.random.default_rng(4)
    outcomes = np.array(COMPLEX)[..., None] + rng.normal(size=(3, 2, 4_000))
    table = de.regret_table(outcomes, level=0.9, threshold=5.0, weights=[0.8, 0.2])
    assert table.regret == pytest.approx(np.array([[12, 0], [6, 2], [0, 16]]), abs=0.1)
    assert np.all(np.abs(table.expected - [7.8, 12.2, 14.2]) < 4 * table.expected_error)
    pooled = -np.concatenate([outcomes[1, 0], outcomes[1, 1]])
    assert -table.tail_mean[1] == pytest.approx(worst_share(pooled, 0.9, np.repeat([0.8, 0.2], 4_000)), rel=1e-9)
    assert table.satisficing[2] == pytest.approx(0.8, abs=0.01)
    assert table.satisficing_worst.argmax() == 0
    assert table.choices["satisficing"] == 0
    # Whoever knows the path regrets at least as much as whoever knows the scenario.
    assert np.all(table.foresight_regret >= table.regret @ table.weights - 1e-12)


@ample
@given(st.integers(1, 4), st.integers(1, 4), st.integers(1, 5), st.data())
def test_any_regret_table(levers, scenarios, paths, data):
    flat = data.draw(st.lists(number, min_size=levers * scenarios * paths, max_size=levers * scenarios * paths))
    outcomes = np.reshape(flat, (levers, scenarios, paths))
    size = 1e-9 * (1 + np.abs(outcomes).max())
    table = de.regret_table(outcomes, threshold=0.0)
    assert np.all(table.regret >= -size)
    assert np.all(table.regret.min(axis=0) <= size)
    assert table.perfect_information >= -size
    assert np.all(table.tail_mean <= table.expected + size)
    shifted = de.regret_table(outcomes + 7.0)
    np.testing.assert_allclose(shifted.regret, table.regret, atol=1e-8 * (1 + np.abs(outcomes).max()))


def test_what_has_no_regret():
    for outcomes, words in (([1.0], "levers × scenarios"), ([[math.inf]], "1 of 1 outcomes")):
        with pytest.raises(ValueError, match=words):
            de.regret_table(outcomes)
    with pytest.raises(ValueError, match="give 2 weights"):
        de.regret_table(COMPLEX, weights=[1.0])
