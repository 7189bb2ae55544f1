"""Markov chains: closed forms against textbook formulas, sampled paths against closed forms."""

import math
import subprocess
import sys
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from capexlib.models import markov as mk
from capexlib.models.markov import chains, paths, step_passage, structure

LEAVE, RETURN = 0.7, 2.3
FIVE = ["open", "discouraged", "conditional", "rationed", "blocked"]


def two_states(leave=LEAVE, back=RETURN):
    return mk.Generator(["closed", "open"], {("closed", "open"): leave, ("open", "closed"): back})


def five_states(seed=5, count=5):
    rates = np.random.default_rng(seed).gamma(0.7, 1.0, (count, count))
    moves = {(FIVE[i], FIVE[j]): float(rates[i, j]) for i in range(count) for j in range(count) if i != j}
    return mk.Generator(FIVE[:count], moves)


def exactly(expected):
    return pytest.approx(expected, rel=0.0, abs=1e-10)


def stayed(years, leave=LEAVE, back=RETURN):
    """Return P(closed at t, closed at 0): Norris (1997), example 2.1.2."""
    return back / (leave + back) + leave / (leave + back) * math.exp(-(leave + back) * years)


# ---------------------------------------------------------------- continuous time


@pytest.mark.parametrize("years", [0.0, 1e-12, 1 / 12, 1.0, 7.3, 1e3])
def test_two_states_have_the_textbook_transition_law(years):
    found = mk.transition_matrix(two_states(), years)
    swapped = stayed(years, RETURN, LEAVE)
    expected = [[stayed(years), 1 - stayed(years)], [1 - swapped, swapped]]
    assert found.ravel().tolist() == exactly(np.ravel(expected).tolist())


@pytest.mark.parametrize("years", [1e-6, 1 / 12, 3.0, 500.0])
def test_two_states_have_the_textbook_occupancy(years):
    total = LEAVE + RETURN
    closed = RETURN / total * years + LEAVE / total**2 * -math.expm1(-total * years)
    assert mk.occupancy_years(two_states(), years)[0].tolist() == exactly([closed, years - closed])


def test_two_states_stationary_holding_and_passage():
    gate = two_states()
    assert mk.stationary_law(gate).tolist() == exactly([RETURN / 3, LEAVE / 3])
    assert mk.holding_years(gate).tolist() == exactly([1 / LEAVE, 1 / RETURN])
    assert mk.passage_years(gate, ["open"]).tolist() == exactly([1 / LEAVE, 0.0])
    by_then = mk.passage_probabilities(gate, "open", [0.0, 2.0, np.inf])[:, 0]
    assert by_then.tolist() == exactly([0.0, 1 - math.exp(-2 * LEAVE), 1.0])


@given(seed=st.integers(0, 10_000), count=st.integers(2, 5), years=st.floats(0.0, 20.0))
def test_the_exponential_agrees_with_scipy_and_stays_stochastic(seed, count, years):
    from scipy.linalg import expm

    chain = five_states(seed, count)
    found = mk.transition_matrix(chain, years)
    np.testing.assert_allclose(found, expm(chain.matrix * years), rtol=0.0, atol=1e-12)
    assert (found >= 0.0).all()
    np.testing.assert_allclose(found.sum(axis=1), 1.0, rtol=0.0, atol=1e-14)


def test_occupancy_is_the_integral_of_the_transition_law():
    nodes, weights = np.polynomial.legendre.leggauss(40)
    chain = five_states()
    integral = np.tensordot(weights, mk.transition_matrix(chain, 1.5 * (nodes + 1)), axes=1) * 1.5
    np.testing.assert_allclose(mk.occupancy_years(chain, 3.0), integral, rtol=0.0, atol=1e-10)


def test_the_stationary_law_is_where_the_transition_law_ends():
    chain = five_states()
    law = mk.stationary_law(chain)
    np.testing.assert_allclose(law @ chain.matrix, 0.0, atol=1e-14)
    np.testing.assert_allclose(mk.transition_matrix(chain, 1e4), np.tile(law, (5, 1)), rtol=0.0, atol=1e-12)


def test_a_fork_ends_in_proportion_to_its_rates():
    fork = mk.Generator(["wait", "yes", "no"], {("wait", "yes"): 0.3, ("wait", "no"): 0.9})
    ends, chance = mk.absorption_probabilities(fork)
    assert ends == (("yes",), ("no",))
    assert chance[0].tolist() == exactly([0.25, 0.75])
    assert mk.absorption_years(fork).tolist() == exactly([1 / 1.2, 0.0, 0.0])
    assert mk.passage_years(fork, ["yes"]).tolist() == [math.inf, 0.0, math.inf]
    assert mk.passage_probabilities(fork, ["yes"]).tolist() == exactly([0.25, 1.0, 0.0])
    assert mk.holding_years(fork).tolist()[1:] == [math.inf, math.inf]
    with pytest.raises(ValueError, match="depends on the start"):
        mk.stationary_law(fork)


def test_rates_of_zero_leave_everything_as_it_is():
    still = two_states(0.0, 0.0)
    assert mk.transition_matrix(still, [0.0, 50.0]).tolist() == [np.eye(2).tolist()] * 2
    assert mk.occupancy_years(still, 50.0).tolist() == [[50.0, 0.0], [0.0, 50.0]]
    assert mk.passage_years(still, ["open"]).tolist() == [math.inf, 0.0]


def test_a_chain_of_one_state_stays_there():
    only = mk.Generator(["only"], {})
    assert mk.transition_matrix(only, 3.0).tolist() == [[1.0]]
    assert mk.stationary_law(only).tolist() == [1.0]
    assert not mk.simulate_states([[1.0]], 0, 3, months=2, seed=1, name="gate").any()


@pytest.mark.parametrize(("leave", "back"), [(1e6, 1e-6), (1e-6, 1e6), (1e6, 1e6), (1e-9, 1e-9), (1e6, 0.0)])
def test_rates_far_apart_keep_their_digits(leave, back):
    gate = two_states(leave, back)

    def close(expected):
        return pytest.approx(expected, rel=1e-12, abs=1e-300)

    assert mk.stationary_law(gate).tolist() == close([back / (leave + back), leave / (leave + back)])
    assert mk.passage_years(gate, ["closed"])[1] == close(1 / back if back else math.inf)
    opened = leave / (leave + back) * -math.expm1(-(leave + back) * 1.5)
    assert mk.transition_matrix(gate, 1.5)[0, 1] == close(opened)


def test_a_long_horizon_of_fast_moves_stays_stochastic():
    busy = mk.Generator(["a", "b", "out"], {("a", "b"): 1e6, ("b", "a"): 2.3e6, ("b", "out"): 1.0})
    np.testing.assert_allclose(mk.transition_matrix(busy, 1000.0).sum(axis=1), 1.0, rtol=0.0, atol=1e-14)
    np.testing.assert_allclose(mk.occupancy_years(busy, 1000.0).sum(axis=1), 1000.0, rtol=1e-13)


def test_what_the_moves_decide_is_exactly_one_or_zero():
    for seed in range(20):
        assert mk.passage_probabilities(five_states(seed), ["blocked"]).tolist() == [1.0] * 5


def test_a_slow_way_out_of_fast_states_keeps_its_digits():
    trap = mk.Generator(["a", "b", "out"], {("a", "b"): 1e6, ("b", "a"): 1e6, ("b", "out"): 1e-6})
    assert mk.passage_years(trap, ["out"])[1] == pytest.approx(2e6 + 1e-12, rel=1e-12)


@pytest.mark.parametrize(
    ("states", "rates", "says"),
    [
        ([], {}, "different states"),
        (["a", "a"], {}, "different states"),
        (["open", "shut"], {("opne", "shut"): 1.0}, "Did you mean 'open'"),
        (["a", "b"], {("a", "a"): 1.0}, "another state"),
        (["a", "b"], {("a", "b"): -1.0}, "not negative"),
        (["a", "b"], {("a", "b"): math.nan}, "finite"),
    ],
)
def test_an_impossible_chain_is_refused(states, rates, says):
    with pytest.raises(ValueError, match=says):
        mk.Generator(states, rates)


@pytest.mark.parametrize(
    "call",
    [
        lambda gate: mk.transition_matrix(gate, -1.0),
        lambda gate: mk.occupancy_years(gate, math.inf),
        lambda gate: mk.passage_probabilities(gate, ["open"], math.nan),
        lambda gate: mk.passage_years(gate, []),
        lambda gate: mk.passage_years(gate, ["shut"]),
    ],
)
def test_impossible_questions_are_refused(call):
    with pytest.raises(ValueError, match=r"years from now|name at least one|no state"):
        call(two_states())


# ---------------------------------------------------------------- discrete time


def test_monthly_steps_of_a_continuous_chain_compose():
    chain = five_states()
    monthly = mk.transition_matrix(chain, 1 / 12)
    laws = chains.n_step_laws(monthly, np.eye(5)[2], 36)
    np.testing.assert_allclose(laws[36], mk.transition_matrix(chain, 3.0)[2], rtol=0.0, atol=1e-13)
    np.testing.assert_allclose(chains.stationary_laws(monthly)[0], mk.stationary_law(chain), rtol=0.0, atol=1e-12)


def test_the_law_of_a_first_passage_sums_to_its_chance_and_mean():
    ruin = [[1, 0, 0, 0], [0.5, 0, 0.5, 0], [0, 0.5, 0, 0.5], [0, 0, 0, 1]]
    law = step_passage.first_passage_probabilities(ruin, 1, [3], 200)
    assert law.sum() == pytest.approx(step_passage.hitting_probabilities(ruin, [3])[1], abs=1e-12)
    both = step_passage.first_passage_probabilities(ruin, 1, [0, 3], 200)
    assert both @ np.arange(1, 201) == pytest.approx(step_passage.mean_hitting_steps(ruin, [0, 3])[1], abs=1e-12)


def test_a_ring_has_its_length_as_period():
    ring = np.roll(np.eye(4), 1, axis=1)
    assert structure.period(ring, (0, 1, 2, 3)) == 4
    ring[0] = [0.0, 0.5, 0.5, 0.0]
    assert structure.period(ring, (0, 1, 2, 3)) == 1
    assert structure.period(np.array([[0.0, 1.0], [0.0, 1.0]]), (0,)) == 0


@pytest.mark.parametrize(
    ("call", "says"),
    [
        (lambda: chains.checked_transitions([[0.5, 0.4], [0, 1]]), "row 0"),
        (lambda: chains.checked_transitions([[1, 0], [-1, 2]]), "row 1"),
        (lambda: chains.checked_transitions([[math.nan, 1], [0, 1]]), "row 0"),
        (lambda: chains.checked_transitions([[0.5, 0.5]]), "square"),
        (lambda: chains.n_step_laws(np.eye(2), [0.5, 0.4], 1), "law"),
        (lambda: chains.n_step_laws(np.eye(2), [1, 0], -1), "steps"),
        (lambda: chains.expected_rewards(np.eye(2), [1], 1), "one reward a state"),
        (lambda: step_passage.mean_hitting_steps(np.eye(2), [2]), "from 0 to 1"),
        (lambda: step_passage.mean_hitting_steps(np.eye(2), []), "at least one"),
    ],
)
def test_impossible_discrete_questions_are_refused(call, says):
    with pytest.raises(ValueError, match=says):
        call()


# ---------------------------------------------------------------- sampled paths


@pytest.mark.parametrize("seed", range(12))
def test_simulated_shares_lie_within_four_standard_errors_of_the_exact_law(seed):
    n, months = 20_000, 24
    chain = five_states(seed)
    monthly = mk.transition_matrix(chain, 1 / 12)
    states = mk.simulate_states(monthly, 1, n, months=months, seed=seed, name="gate")
    exact = chains.n_step_laws(monthly, np.eye(5)[1], months)[1:]
    shares = np.stack([(states == state).mean(axis=0) for state in range(5)], axis=1)
    assert (np.abs(shares - exact) <= 4 * np.sqrt(exact * (1 - exact) / n) + 1e-12).all()
    served = (states == 0).sum(axis=1)
    error = served.std(ddof=1) / math.sqrt(n)
    assert abs(served.mean() - exact[:, 0].sum()) <= 4 * error


def test_simulated_first_passage_agrees_with_the_exact_one():
    n, monthly = 20_000, mk.transition_matrix(five_states(), 1 / 12)
    states = mk.simulate_states(monthly, 0, n, months=36, seed=3, name="gate")
    reached = (states == 4).any(axis=1).mean()
    exact = step_passage.first_passage_probabilities(monthly, 0, [4], 36).sum()
    assert abs(reached - exact) <= 4 * math.sqrt(exact * (1 - exact) / n)


def test_paths_depend_on_no_chunk_horizon_sample_size_or_worker():
    monthly = mk.transition_matrix(five_states(), 1 / 12)
    n = 2 * paths.PATHS_PER_BLOCK + 77

    def draw(count, first=0, months=6, workers=1):
        return mk.simulate_states(
            monthly, 0, count, months=months, seed=9, name="gate", first_path=first, workers=workers
        )

    whole = draw(n)
    assert whole.shape == (n, 6)
    cuts = [0, 1, 5000, paths.PATHS_PER_BLOCK, 2 * paths.PATHS_PER_BLOCK + 1, n]
    chunks = [draw(stop - start, start) for start, stop in pairwise(cuts)]
    assert np.array_equal(np.concatenate(chunks), whole)
    assert np.array_equal(draw(n, workers=2), whole)
    assert np.array_equal(draw(10, months=9)[:, :6], whole[:10])


def test_the_lookup_gives_the_states_of_plain_inversion():
    from capexlib.models.uncertainty import event_stream

    monthly = mk.transition_matrix(five_states(2), 1 / 2)
    states = mk.simulate_states(monthly, 3, paths.PATHS_PER_BLOCK, months=5, seed=4, name="gate")
    stream = event_stream(4, "gate", 0)
    stream.random(paths.PATHS_PER_BLOCK)
    now = np.full(paths.PATHS_PER_BLOCK, 3)
    bounds = np.cumsum(monthly, axis=1)
    for month in range(5):
        now = (stream.random(paths.PATHS_PER_BLOCK)[:, None] >= bounds[now][:, :-1]).sum(axis=1)
        assert np.array_equal(states[:, month], now)


def test_a_scheduled_month_moves_the_state_on_its_date():
    shut = np.array([[1.0, 0.0], [1.0, 0.0]])
    months = np.stack([np.eye(2), np.eye(2), shut, np.eye(2)])
    states = mk.simulate_states(months, [0.5, 0.5], 1000, seed=1, name="gate")
    assert np.array_equal(states[:, 0], states[:, 1])
    assert 400 < states[:, 1].sum() < 600
    assert not states[:, 2:].any()


def test_a_state_of_probability_zero_is_never_entered():
    edge = [[0.1] * 3 + [0.7, 0.0], *np.eye(5)[1:].tolist()]
    states = mk.simulate_states(edge, 0, 50_000, months=4, seed=1, name="gate")
    assert set(np.unique(states)) == {0, 1, 2, 3}
    tenths = np.eye(11)
    tenths[0] = [0.1] * 10 + [0.0]
    assert np.cumsum(tenths[0])[-1] < 1.0
    assert paths._Step(tenths).bounds[0, 9] == 1.0


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"n_paths": 0}, "at least one path"),
        ({"months": 0}, "at least one path"),
        ({"months": None}, "how many months"),
        ({"workers": 0}, "worker"),
        ({"first_path": -1}, "from path 0"),
        ({"start": 2}, "start is a state"),
        ({"start": [0.5, 0.4]}, "law"),
        ({"transitions": np.stack([np.eye(2)] * 3)}, "one for each of 4"),
        ({"transitions": np.eye(300)}, "at most 255"),
        ({"transitions": [[0.5, 0.4], [0, 1]]}, "row 0"),
    ],
)
def test_an_impossible_sample_is_refused(change, says):
    usual = {"transitions": np.eye(2), "start": 0, "n_paths": 3, "months": 4, "seed": 1, "name": "gate"}
    with pytest.raises(ValueError, match=says):
        mk.simulate_states(**{**usual, **change})


# ---------------------------------------------------------------- posteriors


def test_a_posterior_weighs_prior_and_events():
    rate = mk.RatePosterior(events=3, exposure_years=4.0, prior_shape=2.0, prior_mean_per_year=0.5)
    assert (rate.shape, rate.years) == (5.0, 8.0)
    assert rate.law.mean == pytest.approx(5 / 8)
    assert rate.law.variance == pytest.approx(5 / 64)
    assert rate.law.cdf(rate.law.ppf([0.05, 0.5, 0.95])).tolist() == exactly([0.05, 0.5, 0.95])
    grid = (np.arange(20_000) + 0.5) / 20_000
    averaged = float(np.mean(-np.expm1(-rate.law.ppf(grid) * 1.5)))
    assert rate.chance_within(1.5) == pytest.approx(averaged, abs=1e-5)


def test_without_data_the_prior_stands_and_with_much_data_it_fades():
    assert mk.RatePosterior(0, 0.0, 2.0, 0.5).law.mean == pytest.approx(0.5)
    assert mk.RatePosterior(1000, 500.0, 2.0, 0.5).law.mean == pytest.approx(2.0, rel=0.01)
    assert mk.RatePosterior(0, 3.0, 1.0, 1.0).chance_within(0.0) == 0.0


def test_an_exponential_prior_gives_the_pareto_waiting_time():
    assert mk.RatePosterior(0, 0.0, 1.0, 1.0).chance_within(1.0) == exactly(0.5)


@pytest.mark.parametrize(
    ("numbers", "says"),
    [
        ((-1, 1.0, 1.0, 1.0), "counted from 0"),
        ((0.5, 1.0, 1.0, 1.0), "counted from 0"),
        ((1, math.inf, 1.0, 1.0), "exposure"),
        ((1, 1.0, 0.0, 1.0), "prior"),
        ((1, 1.0, 1.0, 0.0), "rate of zero in the chain"),
    ],
)
def test_an_unusable_posterior_is_refused(numbers, says):
    with pytest.raises(ValueError, match=says):
        mk.RatePosterior(*numbers)


def test_a_posterior_looks_only_forward():
    with pytest.raises(ValueError, match="not negative"):
        mk.RatePosterior(1, 1.0, 1.0, 1.0).chance_within(-1.0)


def test_scipy_is_not_loaded_for_chains_and_paths():
    code = "import sys, capexlib.models.markov; print([m for m in sys.modules if m.startswith('scipy')])"
    printed = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert printed.stdout.strip() == "[]"
