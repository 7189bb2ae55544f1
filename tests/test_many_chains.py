"""Chains with rates of their own on each path: matrices, and paths drawn in any chunks."""

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from capexlib.models import markov as mk
from capexlib.models.markov.many_chains import transition_laws
from capexlib.models.markov.path_chains import boundaries, simulate_path_states, states_from_uniforms
from capexlib.models.markov.paths import PATHS_PER_BLOCK

PAIR = [(0, 1), (1, 0)]


def all_moves(count):
    return [(i, j) for i in range(count) for j in range(count) if i != j]


@given(seed=st.integers(0, 10_000), count=st.integers(1, 5), pace=st.floats(-4, 3))
def test_each_path_has_the_matrix_of_its_own_chain(seed, count, pace):
    moves = all_moves(count)
    rates = np.random.default_rng(seed).gamma(0.7, 10.0**pace, (3, len(moves)))
    laws = transition_laws(rates, moves, count, 1 / 12)
    for path, row in enumerate(rates):
        chain = mk.Generator(
            [str(state) for state in range(count)],
            {(str(i), str(j)): float(r) for (i, j), r in zip(moves, row, strict=True)},
        )
        np.testing.assert_allclose(laws[:, :, path], mk.transition_matrix(chain, 1 / 12), rtol=0.0, atol=1e-13)
    assert (laws >= 0.0).all()
    np.testing.assert_allclose(laws.sum(axis=1), 1.0, rtol=0.0, atol=1e-14)


@pytest.mark.parametrize("years", [0.0, 1e-9, 1 / 12, 1.0, 7.3])
@pytest.mark.parametrize(("leave", "back"), [(0.7, 2.3), (0.0, 0.0), (1e6, 0.0), (1e6, 1e6), (1e-6, 1e6)])
def test_two_states_have_the_textbook_law(leave, back, years):
    total = leave + back
    opened = leave / total * -math.expm1(-total * years) if total else 0.0
    found = transition_laws([[leave, back]], PAIR, 2, years)[:, :, 0]
    assert found[0].tolist() == pytest.approx([1.0 - opened, opened], rel=1e-10, abs=1e-10)
    assert found[0, 1] == pytest.approx(opened, rel=1e-9, abs=1e-300)


def test_a_path_does_not_depend_on_those_beside_it():
    rates = np.random.default_rng(1).gamma(0.5, 3.0, (9000, 12)) * 10.0 ** np.random.default_rng(2).uniform(
        -3, 5, (9000, 1)
    )
    together = transition_laws(rates, all_moves(4), 4, 0.3)
    for low, high in ((0, 1), (4095, 4097), (37, 8999)):
        assert np.array_equal(transition_laws(rates[low:high], all_moves(4), 4, 0.3), together[:, :, low:high])


def test_no_rounding_opens_a_state_of_probability_zero():
    bounds = boundaries(np.array([[0.1, 0.2, 0.7, 0.0]] * 4)[:, :, None])
    assert bounds.shape == (3, 4, 1)
    assert (bounds[2] == 1.0).all()
    assert states_from_uniforms([[np.nextafter(1.0, 0.0)]], [np.array([[0.1, 0.2, 0.7, 0.0]] * 4)[:, :, None]], 0) == 2


def drawn(laws, n, months=5, first=0, workers=1):
    def laws_of(low, high):
        return [laws[:, :, first + low : first + high]] * months

    return simulate_path_states(laws_of, 0, n, months, seed=3, name="acme gate", first_path=first, workers=workers)


def test_a_path_is_the_same_in_any_chunk_horizon_and_number_of_workers():
    n = PATHS_PER_BLOCK + 1000
    laws = transition_laws(np.random.default_rng(4).gamma(1.0, 2.0, (n, 6)), all_moves(3), 3, 1 / 12)
    whole = drawn(laws, n)
    assert np.array_equal(whole, drawn(laws, n, workers=2))
    assert np.array_equal(whole[:, :2], drawn(laws, n, months=2))
    for low, high in ((0, 7), (8190, 8195), (5, n)):
        assert np.array_equal(whole[low:high], drawn(laws, high - low, first=low))


def test_paths_that_share_a_chain_are_those_of_the_shared_kernel():
    law = transition_laws([[1.0, 0.5, 3.0, 0.0, 2.0, 7.0]], all_moves(3), 3, 1 / 12)
    shared = mk.simulate_states(law[:, :, 0], 0, 20_000, months=36, seed=3, name="acme gate")
    own = drawn(np.broadcast_to(law, (3, 3, 20_000)), 20_000, months=36)
    assert np.array_equal(shared, own)


def by_clocks(matrix, start, n, months, rng):
    """Draw month-end states of a chain without traps by exponential clocks: an independent way."""
    states = np.full((n, months), -1)
    for path in range(n):
        now, state = 0.0, start
        while now < months / 12:
            then = now + rng.exponential(-1.0 / matrix[state, state])
            states[path, max(math.ceil(now * 12) - 1, 0) : math.ceil(then * 12) - 1] = state
            jumps = np.maximum(matrix[state], 0.0)
            now, state = then, int(rng.choice(len(matrix), p=jumps / jumps.sum()))
    return states


def test_exponential_clocks_give_the_same_law():
    from scipy.stats import chi2_contingency

    chain = mk.Generator(list("abc"), {("a", "b"): 4.0, ("b", "c"): 6.0, ("c", "a"): 3.0, ("b", "a"): 1.0})
    n, months = 3000, 6
    clocks = by_clocks(chain.matrix, 0, n, months, np.random.default_rng(11))
    monthly = mk.simulate_states(mk.transition_matrix(chain, 1 / 12), 0, n, months=months, seed=11, name="clocks")
    assert clocks.min() == 0
    for one, other in ((0, 5), (2, 3)):
        pairs = [
            np.bincount(drawn[:, one] * 3 + drawn[:, other].astype(int), minlength=9)
            for drawn in (clocks, monthly.astype(int))
        ]
        found: Any = chi2_contingency(np.array(pairs))
        assert found.pvalue > 1e-4


@pytest.mark.parametrize(
    "call",
    [
        lambda: transition_laws([[1.0]], PAIR, 2, 1.0),
        lambda: transition_laws([[1.0, -1.0]], PAIR, 2, 1.0),
        lambda: transition_laws([[1.0, math.inf]], PAIR, 2, 1.0),
        lambda: transition_laws([[1.0]], [(0, 2)], 2, 1.0),
        lambda: transition_laws([[1.0, 1.0]], [(0, 1), (0, 1)], 2, 1.0),
        lambda: transition_laws([[1.0, 1.0]], PAIR, 2, -1.0),
        lambda: states_from_uniforms([[0.5]], [], 0),
        lambda: states_from_uniforms([[0.5]], [np.ones((1, 1, 1))], 1),
        lambda: drawn(np.ones((1, 1, 1)), 0),
    ],
)
def test_impossible_chains_and_samples_are_refused(call):
    with pytest.raises(ValueError, match=r"rates|move|time|uniform numbers|start|at least one"):
        call()
