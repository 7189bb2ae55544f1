"""Efficient mixes: the published example, another solver, and what must hold for any payoffs."""

import importlib
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from capexlib.models import decisions as de
from capexlib.models.uncertainty import uniforms
from capexlib.models.uncertainty.families import Normal

ample = settings(deadline=None, max_examples=40, derandomize=True, database=None)

# Rockafellar & Uryasev (2000), Optimization of conditional value-at-risk, Journal of Risk 2, section 3:
# monthly returns of the S&P 500, long-term government bonds and small caps, jointly normal (tables 1 and 2);
# mean at least 0.011; the optimum in closed form (table 3) and its VaR and CVaR (table 4).
MEANS = np.array([0.0101110, 0.0043532, 0.0137058])
COVARIANCE = np.array([
    [0.00324625, 0.00022983, 0.00420395],
    [0.00022983, 0.00049937, 0.00019247],
    [0.00420395, 0.00019247, 0.00764097],
])  # fmt: skip
REQUIRED = 0.011
OPTIMUM = np.array([0.452013, 0.115573, 0.432414])
TAILS = {0.9: (0.067847, 0.096975), 0.95: (0.090200, 0.115908), 0.99: (0.132128, 0.152977)}


def published_returns(n):
    """Draw the example's returns from Sobol' points; the sample's means are made exact."""
    draws = uniforms(["stocks", "bonds", "small"], n, seed=1)
    z = np.stack([Normal(0, 1).ppf(u) for u in draws.values()], axis=1)
    return MEANS + (z - z.mean(axis=0)) @ np.linalg.cholesky(COVARIANCE).T


def test_the_published_optimum_is_the_closed_form():
    # Normal returns with the mean required: least CVaR is least variance, three linear equations.
    ones = np.ones(3)
    kkt = np.block([
        [COVARIANCE, ones[:, None], MEANS[:, None]],
        [ones[None], np.zeros((1, 2))],
        [MEANS[None], np.zeros((1, 2))],
    ])  # fmt: skip
    mix = np.linalg.solve(kkt, [0, 0, 0, 1, REQUIRED])[:3]
    assert mix == pytest.approx(OPTIMUM, abs=2e-6)
    spread = math.sqrt(mix @ COVARIANCE @ mix)
    for level, (threshold, tail) in TAILS.items():
        at = float(Normal(0, 1).ppf(level))
        assert spread * at - REQUIRED == pytest.approx(threshold, abs=1e-6)
        density = math.exp(-(at**2) / 2) / math.sqrt(2 * math.pi)
        assert spread * density / (1 - level) - REQUIRED == pytest.approx(tail, abs=1e-6)


@pytest.mark.parametrize("level", TAILS)
def test_the_published_example(level):
    returns = published_returns(2**15)
    found = de.minimum_cvar(returns, 1.0, level, mean_at_least=REQUIRED)
    threshold, tail = TAILS[level]
    assert found.mean[0] == pytest.approx(REQUIRED, abs=1e-9)
    assert abs(found.cvar[0] - tail) < 4 * found.cvar_error[0]
    assert found.cvar[0] == pytest.approx(tail, rel=0.01)
    assert found.shares[0] == pytest.approx(OPTIMUM, abs=0.04 if level > 0.95 else 0.02)
    assert de.value_at_risk(-returns @ found.shares[0], level) == pytest.approx(threshold, rel=0.02)
    assert found.gap[0] == pytest.approx(0.0, abs=1e-9)
    # The published mix, whose six figures miss the mean by 5e-9, is as good within the error.
    published = de.assess_mixes(returns, OPTIMUM, level)
    assert -1e-6 <= published.cvar[0] - found.cvar[0] < found.cvar_error[0]


# ---------------------------------------------------------------- another solver


def clarabel_optimum(payoffs, level, upper, target, shortfall, mean_at_least, rows, row_upper):
    """The whole programme, one row a path, by an interior-point method: its optimum is unique."""
    from scipy import sparse

    clarabel = importlib.import_module("clarabel")

    n, columns = payoffs.shape
    slope = 1 / (n * (1 - level))
    objective = np.concatenate([np.zeros(columns), [1.0], np.full(n, slope)])
    eye = sparse.identity(n)
    loss = sparse.hstack([-payoffs, -np.ones((n, 1)), -eye])  # target − payoff − a <= y
    wide = lambda matrix: sparse.hstack([matrix, sparse.csr_matrix((len(matrix), n + 1))])  # noqa: E731
    blocks = [
        (sparse.hstack([np.ones((1, columns)), sparse.csr_matrix((1, n + 1))]), [1.0]),
        (loss, -np.broadcast_to(target, n)),
        (sparse.hstack([sparse.csr_matrix((n, columns + 1)), -eye]), np.zeros(n)),
        (wide(-np.eye(columns)), np.zeros(columns)),
        (wide(np.eye(columns)), np.broadcast_to(upper, columns)),
        (wide(-payoffs.mean(axis=0)[None]), [-mean_at_least]),
    ]
    if len(rows):
        blocks.append((wide(np.asarray(rows)), row_upper))
    if shortfall:
        blocks.append((sparse.csr_matrix(-np.eye(1, columns + 1 + n, columns)), [0.0]))
    matrix, bound = sparse.vstack([b[0] for b in blocks]).tocsc(), np.concatenate([b[1] for b in blocks])
    cones = [clarabel.ZeroConeT(1), clarabel.NonnegativeConeT(len(bound) - 1)]
    options = clarabel.DefaultSettings()
    options.verbose = False
    options.tol_gap_abs = options.tol_gap_rel = options.tol_feas = 1e-10
    quadratic = sparse.csc_matrix((len(objective), len(objective)))
    found = clarabel.DefaultSolver(quadratic, objective, matrix, bound, cones, options).solve()
    assert str(found.status) == "Solved"
    return found.obj_val, np.array(found.x[:columns])


def vendors(n, columns, seed):
    """Payoffs that fail now and then, together and alone."""
    rng = np.random.default_rng(seed)
    common = rng.normal(size=(n, 1))
    works = rng.random((n, columns)) > np.linspace(0.02, 0.3, columns)
    return np.exp(0.3 * common + 0.4 * rng.normal(size=(n, columns))) * works * np.linspace(0.8, 1.3, columns)


CASES = [
    {"level": 0.95},
    {"level": 0.5, "upper": 0.4},
    {"level": 0.9, "upper": [0.1, 0.3, 0.5, 0.2, 0.9]},
    {"level": 0.95, "target": 0.9, "measure": "shortfall"},
    {"level": 0.6, "target": 0.4, "measure": "shortfall"},
    {"level": 0.9, "target": "paths", "measure": "shortfall", "mean": 0.88},
    {"level": 0.9, "target": "paths", "mean": 0.9},
    {"level": 0.95, "rows": [[1.0, 1.0, 0.0, 0.0, 0.0], [0.0, 0.0, 0.0, -1.0, -1.0]], "row_upper": [0.3, -0.25]},
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_another_solver_finds_the_same_optimum(case):
    payoffs = vendors(1_500, 5, seed=len(str(case)))
    reading = {key: case[key] for key in ("measure", "rows", "row_upper") if key in case}
    target = case.get("target", 0.0)
    target = 0.8 + 0.2 * np.random.default_rng(0).random(1_500) if target == "paths" else target
    upper, mean = case.get("upper", 1.0), case.get("mean", -1e3)
    found = de.minimum_cvar(payoffs, upper, case["level"], mean_at_least=mean, target=target, **reading)
    optimum, mix = clarabel_optimum(
        payoffs, case["level"], upper, target, case.get("measure") == "shortfall", mean,
        case.get("rows", ()), case.get("row_upper", ()),
    )  # fmt: skip
    assert found.cvar[0] == pytest.approx(optimum, abs=1e-7)
    assert found.bound[0] == pytest.approx(optimum, abs=1e-7)
    assert abs(found.gap[0]) < 1e-9
    assert found.shares[0] == pytest.approx(mix, abs=2e-4)


def test_the_worst_path_is_the_value_of_a_game():
    # Rock, paper, scissors: the mix of largest worst payoff is a third each, and brings nothing.
    found = de.minimum_cvar([[0, 1, -1], [-1, 0, 1], [1, -1, 0]], 1.0, 1.0)
    assert found.shares[0] == pytest.approx([1 / 3] * 3)
    assert found.cvar[0] == pytest.approx(0.0, abs=1e-12)
    assert found.cvar_error[0] == math.inf


def test_at_level_zero_only_the_mean_counts():
    payoffs = vendors(300, 4, seed=1)
    found = de.minimum_cvar(payoffs, 1.0, 0.0)
    assert found.cvar[0] == pytest.approx(-payoffs.mean(axis=0).max())


# ---------------------------------------------------------------- the line


@pytest.mark.parametrize("reading", [{}, {"target": 1.0, "measure": "shortfall"}, {"target": 1.0}], ids=str)
def test_the_frontier_rises_and_bends_up(reading):
    payoffs = vendors(4_000, 5, seed=9)
    line = de.cvar_frontier(payoffs, 0.6, 0.9, 12, **reading)
    assert line.shares.shape == (12, 5)
    assert line.shares.sum(axis=1) == pytest.approx(np.ones(12))
    assert line.shares.min() >= 0
    assert line.shares.max() <= 0.6 + 1e-9
    assert np.all(np.diff(line.mean) > 0)
    assert np.all(np.diff(line.cvar) > -1e-12)
    slopes = np.diff(line.cvar) / np.diff(line.mean)
    assert np.all(np.diff(slopes) > -1e-6)
    # The price is the slope, from the left: between the secants on both sides.
    assert np.all(line.price[1:] >= slopes - 1e-6)
    assert np.all(line.price[1:-1] <= slopes[1:] + 1e-6)
    assert np.abs(line.gap).max() < 1e-9
    assert line.cvar[0] == pytest.approx(de.minimum_cvar(payoffs, 0.6, 0.9, **reading).cvar[0], abs=1e-9)
    best = np.sort(payoffs.mean(axis=0))[::-1][:2] @ [0.6, 0.4]
    assert line.mean[-1] == pytest.approx(best, rel=1e-6)


def test_a_target_all_can_meet_leaves_only_the_richest_mix():
    # Both always bring the target: no shortfall anywhere, so the mean alone decides.
    line = de.cvar_frontier([[1.0, 2.0], [1.0, 3.0]], 1.0, 0.5, 4, target=1.0, measure="shortfall")
    assert line.shares == pytest.approx(np.array([[0.0, 1.0]] * 4))
    assert line.cvar == pytest.approx(np.zeros(4))


def test_a_frontier_starts_at_the_richest_of_the_safest():
    # Up to half on the second vendor nothing is missed; beyond it, the first path falls short.
    payoffs = [[2.0, 0.0], [2.0, 10.0]]
    line = de.cvar_frontier(payoffs, 1.0, 0.5, 3, target=1.0, measure="shortfall")
    assert line.shares[:, 1] == pytest.approx([0.5, 0.75, 1.0], abs=1e-6)
    assert line.cvar == pytest.approx([0.0, 0.5, 1.0], abs=1e-6)


@ample
@given(st.integers(1, 4), st.integers(1, 12), st.sampled_from([0.0, 0.3, 0.5, 0.9, 0.97, 1.0]), st.data())
def test_no_mix_beats_the_optimum(columns, n, level, data):
    flat = data.draw(st.lists(st.integers(-5, 9), min_size=n * columns, max_size=n * columns))
    payoffs = np.reshape(flat, (n, columns)).astype(float)
    reading = data.draw(st.sampled_from([{}, {"target": 2.0, "measure": "shortfall"}]))
    weights = data.draw(st.lists(st.integers(1, 4), min_size=n, max_size=n))
    line = de.cvar_frontier(payoffs, 1.0, level, 4, weights=weights, **reading)
    raw = np.array(data.draw(st.lists(st.integers(0, 5), min_size=columns, max_size=columns)), float)
    mix = raw / raw.sum() if raw.any() else np.full(columns, 1 / columns)
    other = de.assess_mixes(payoffs, mix, level, weights=weights, **reading)
    assert line.cvar[0] <= other.cvar[0] + 1e-7
    assert line.mean[-1] >= other.mean[0] - 1e-7
    assert np.all(line.gap <= 1e-7)
    assert np.all(line.gap >= 0)
    lost = de.frontier_distance(payoffs, mix, 1.0, level, weights=weights, **reading)
    assert lost.same_cvar.cvar[0] <= other.cvar[0] + 1e-6
    assert lost.same_mean.mean[0] >= other.mean[0] - 1e-6
    assert lost.cvar_excess == pytest.approx(other.cvar[0] - lost.same_mean.cvar[0], abs=1e-6)


@pytest.mark.parametrize("scale", [1e-9, 1e9])
def test_units_do_not_matter(scale):
    payoffs = vendors(800, 4, seed=6)
    line = de.cvar_frontier(payoffs, 1.0, 0.9, 5, target=1.0)
    scaled = de.cvar_frontier(scale * payoffs, 1.0, 0.9, 5, target=scale)
    np.testing.assert_allclose(scaled.cvar, scale * line.cvar, rtol=1e-6)
    np.testing.assert_allclose(scaled.mean, scale * line.mean, rtol=1e-6)
    np.testing.assert_allclose(scaled.shares, line.shares, atol=1e-4)


def test_a_large_constant_does_not_matter():
    payoffs = vendors(800, 4, seed=6)
    line = de.cvar_frontier(payoffs, 1.0, 0.9, 5)
    raised = de.cvar_frontier(payoffs + 1e5, 1.0, 0.9, 5, target=3e5)
    np.testing.assert_allclose(raised.cvar, line.cvar + 2e5, atol=1e-6)
    np.testing.assert_allclose(raised.shares, line.shares, atol=1e-4)


@pytest.mark.parametrize("payoffs", [np.zeros((5, 3)), np.ones((1, 1)), np.full((4, 2), -3.0)], ids=str)
def test_where_there_is_nothing_to_choose(payoffs):
    line = de.cvar_frontier(payoffs, 1.0, 0.9, 3)
    assert line.mean == pytest.approx(np.full(3, payoffs[0, 0]))
    assert line.cvar == pytest.approx(-np.full(3, payoffs[0, 0]))


def test_a_path_without_weight_never_happened():
    payoffs = vendors(400, 3, seed=2)
    weights = (np.arange(400) % 2).astype(float)
    half = de.minimum_cvar(payoffs[1::2], 1.0, 0.9)
    found = de.minimum_cvar(payoffs, 1.0, 0.9, weights=weights)
    assert found.cvar[0] == pytest.approx(half.cvar[0], abs=1e-9)
    assert found.cvar_error[0] == pytest.approx(half.cvar_error[0])


# ---------------------------------------------------------------- distances


def test_efficient_mixes_are_at_no_distance():
    payoffs = vendors(3_000, 5, seed=12)
    line = de.cvar_frontier(payoffs, 1.0, 0.95, 6)
    for mix, price in zip(line.shares, line.price, strict=True):
        lost = de.frontier_distance(payoffs, mix, 1.0, 0.95)
        assert lost.cvar_excess == pytest.approx(0.0, abs=1e-7)
        assert lost.mean_lost == pytest.approx(0.0, abs=1e-7 / max(price, 1e-4))


def test_the_distance_of_a_poor_mix():
    payoffs = vendors(6_000, 5, seed=12)
    held = np.array([0.0, 0.0, 0.0, 0.2, 0.8])
    lost = de.frontier_distance(payoffs, held, 1.0, 0.95)
    assert lost.mean_lost > 0
    assert lost.same_cvar.mean[0] - lost.given.mean[0] == pytest.approx(lost.mean_lost)
    assert lost.cvar_excess > 10 * lost.cvar_excess_error
    excess = de.paired_cvar_difference(-payoffs @ held, -payoffs @ lost.same_mean.shares[0], 0.95)
    assert lost.cvar_excess == pytest.approx(float(excess.difference))
    assert lost.cvar_excess_error == pytest.approx(float(excess.standard_error))
    gained = de.paired_difference(payoffs @ lost.same_cvar.shares[0], payoffs @ held)
    assert lost.mean_lost_error == pytest.approx(float(gained.standard_error))


def test_fresh_paths_are_less_kind():
    # Chosen on 200 paths, the safest mix looks safer there than it is.
    found = de.minimum_cvar(vendors(200, 5, seed=3), 1.0, 0.95)
    fresh = de.assess_mixes(vendors(200_000, 5, seed=4), found.shares, 0.95)
    assert fresh.cvar[0] > found.cvar[0]
    assert abs(fresh.cvar[0] - found.cvar[0]) < 4 * found.cvar_error[0]


# ---------------------------------------------------------------- segments


def falling(n, seed):
    """Three vendors whose supply runs out at a level of its own on each path."""
    limit = np.random.default_rng(seed).uniform(0.1, 0.9, size=(n, 3, 1))
    knots = np.array([0.0, 0.2, 0.5, 1.0])
    return np.minimum(knots, limit) * np.array([1.0, 1.2, 1.5])[:, None], knots


def test_segments_are_filled_in_order():
    totals, knots = falling(2_000, seed=1)
    cut = de.falling_segments(totals, knots)
    assert cut.rising == 0.0
    line = de.cvar_frontier(cut.payoffs, cut.upper, 0.9, 8)
    assert cut.out_of_order(line.shares) == pytest.approx(np.zeros(8), abs=1e-7)
    assert cut.by_owner(line.shares).sum(axis=1) == pytest.approx(np.ones(8))
    held = cut.split([0.1, 0.3, 0.6])
    assert held == pytest.approx([0.1, 0, 0, 0.2, 0.1, 0, 0.2, 0.3, 0.1])
    by_hand = np.stack(
        [[np.interp(s, knots, row) for s, row in zip([0.1, 0.3, 0.6], path, strict=True)] for path in totals]
    )
    assert cut.payoffs @ held == pytest.approx(by_hand.sum(axis=1))
    assert de.frontier_distance(cut.payoffs, held, cut.upper, 0.9).cvar_excess > 0


def test_a_rising_response_is_reported():
    cut = de.falling_segments([[[0.0, 1.0, 4.0]], [[0.0, 1.0, 2.0]]], [0.0, 0.5, 1.0])
    assert cut.rising == 0.5
    best = de.cvar_frontier(np.hstack([cut.payoffs, np.zeros((2, 1))]), [*cut.upper, 0.5], 0.0, 2).shares[-1, :2]
    assert best == pytest.approx([0.5, 0.5])
    assert float(cut.out_of_order([0.1, 0.5])) == pytest.approx(0.4)


@pytest.mark.parametrize(
    ("totals", "knots", "words"),
    [
        ([[[1.0, 2.0]]], [0.0, 1.0], "brings nothing"),
        ([[[0.0, 2.0]]], [0.5, 1.0], "ascend from 0"),
        ([[[0.0, 2.0]]], [0.0, 0.5, 1.0], "knots have shape"),
        ([[0.0, 2.0]], [0.0, 1.0], "paths × vendors"),
    ],
)
def test_what_cannot_be_cut(totals, knots, words):
    with pytest.raises(ValueError, match=words):
        de.falling_segments(totals, knots)


# ---------------------------------------------------------------- refusals

FLIP = [[1.0, 0.0], [0.0, 1.0]]


@pytest.mark.parametrize(
    ("arguments", "reading", "words"),
    [
        (([1.0, 2.0], 1.0, 0.9), {}, "one row a path"),
        ((FLIP, 0.4, 0.9), {}, "no mix meets the limits"),
        ((FLIP, [1.0, 1.0, 1.0], 0.9), {}, "one upper bound"),
        ((FLIP, -1.0, 0.9), {}, "not negative"),
        ((FLIP, 1.0, 1.1), {}, "from 0 to 1"),
        ((FLIP, 1.0, 0.9), {"target": [1.0]}, "one target"),
        ((FLIP, 1.0, 0.9), {"measure": "variance"}, "loss or shortfall"),
        ((FLIP, 1.0, 0.9), {"rows": [[1.0, 0.0]]}, "row_upper"),
        ((FLIP, 1.0, 0.9), {"rows": [[1.0, 1.0]], "row_upper": [0.5]}, "no mix meets the limits"),
        ((FLIP, 1.0, 0.9), {"mean_at_least": 0.9}, "no mix within the limits has a mean payoff of 0.9"),
        (([[1.0, math.inf]], 1.0, 0.9), {}, "1 of 2 payoffs"),
    ],
)
def test_what_has_no_optimum(arguments, reading, words):
    with pytest.raises(ValueError, match=words):
        de.minimum_cvar(*arguments, **reading)


def test_what_has_no_distance():
    with pytest.raises(ValueError, match="sum to one"):
        de.frontier_distance(FLIP, [0.5, 0.4], 1.0, 0.5)
    with pytest.raises(ValueError, match="outside the limits"):
        de.frontier_distance(FLIP, [0.9, 0.1], 0.8, 0.5)
    with pytest.raises(ValueError, match="at least two points"):
        de.cvar_frontier(FLIP, 1.0, 0.5, 1)
