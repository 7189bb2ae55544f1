"""Judged ranges, draws, summaries and sensitivities, on cases worked by hand or in print."""

import math

import numpy as np
import pytest

from capexlib.models import uncertainty as un
from capexlib.models.uncertainty.families import Lognormal, Normal

EVEN = np.linspace(0.0005, 0.9995, 1000)


# ---------------------------------------------------------------- laws


def test_pert_price_of_a_chip():
    # Beta-PERT closed forms (Vose, Risk Analysis, 3rd ed., 8.5); quantiles by scipy.stats.beta(2.2, 3.8).
    price = un.pert(20_000, 27_500, 45_000)
    assert price.mean == pytest.approx(175_000 / 6)
    assert price.variance == pytest.approx(20_734_126.984126985)
    assert price.ppf([0.05, 0.5, 0.95]) == pytest.approx(
        [22392.607088229972, 28774.98712372795, 37288.77544279066], rel=1e-11
    )


def test_pert_quantiles_are_those_of_the_beta_law():
    from scipy.stats import beta

    u = np.concatenate([EVEN, 10.0 ** -np.arange(4, 16), 1 - 10.0 ** -np.arange(4, 16)])
    for place in (0.0, 0.05, 0.37, 0.5, 0.99, 1.0):
        law = un.pert(0, place, 1)
        assert law.ppf(u) == pytest.approx(beta(law.alpha, law.beta).ppf(u), abs=2e-13)


def test_triangular_whose_five_percent_points_are_whole_numbers():
    # Ends 10 and 30, mode 14: F(12) = 2²/(20·4) = 0.05 and F(26) = 1 − 4²/(20·16) = 0.95. By hand.
    law = un.from_range(12, 14, 26, "triangular")
    assert law.support == pytest.approx((10, 30))
    assert law.mean == pytest.approx(18)
    assert law.variance == pytest.approx((20**2 - 4 * 16) / 18)
    assert float(law.ppf(0.5)) == pytest.approx(30 - math.sqrt(160))


@pytest.mark.parametrize(("p_low", "sd"), [(0.05, 1.8238704957353071), (0.25, 4.447806655516805)])
def test_normal_through_two_quantiles(p_low, sd):
    # 90 % and 50 % interval from −2 to 4: Squiggle's test suite, __tests__/library/sym_test.ts (MIT).
    law = un.normal_from_quantiles(-2, 4, p_low=p_low, p_high=1 - p_low)
    assert law.mean == pytest.approx(1.0)
    assert math.sqrt(law.variance) == pytest.approx(sd, rel=1e-12)


def test_lognormal_through_two_quantiles():
    # From 2 to 5 with 90 %: same source; the median is the geometric mean.
    law = un.lognormal_from_quantiles(2, 5)
    assert law.mu == pytest.approx(1.1512925464970227)
    assert law.sigma == pytest.approx(0.27853260523016377)
    assert float(law.ppf(0.5)) == pytest.approx(math.sqrt(10))
    assert Lognormal(1, 2).mean == pytest.approx(math.exp(3))
    assert math.sqrt(Lognormal(1, 2).variance) == pytest.approx(147.04773715128695)


def test_metalog_through_a_symmetric_triplet():
    # 10, 14, 30 at 10/50/90 %: Keelin (2016), closed form; the quartiles are exact eighths.
    law = un.metalog(10, 14, 30, alpha=0.1)
    assert (law.a1, law.a2, law.a3) == pytest.approx((14, 4.551196133134186, 6.826794199701279))
    assert law.ppf([0.1, 0.25, 0.5, 0.75, 0.9]) == pytest.approx([10, 10.875, 14, 20.875, 30])
    logistic = un.metalog(5 - math.log(3), 5, 5 + math.log(3), alpha=0.25)
    assert (logistic.mean, logistic.variance) == pytest.approx((5, math.pi**2 / 3))


@pytest.mark.parametrize(("lower", "upper"), [(-math.inf, math.inf), (0, math.inf), (-math.inf, 60), (0, 60), (9, 31)])
def test_metalog_keeps_its_bounds_quantiles_and_moments(lower, upper):
    law = un.from_range(10, 16, 30, "metalog", lower=lower, upper=upper)
    assert law.ppf([0.05, 0.5, 0.95]) == pytest.approx([10, 16, 30])
    assert law.ppf([0.0, 1.0]).tolist() == [lower, upper]
    assert law.cdf([lower, upper]).tolist() == [0.0, 1.0]
    fine = law.ppf((np.arange(2**17) + 0.5) / 2**17)
    assert law.mean == pytest.approx(fine.mean(), rel=1e-4)
    assert law.variance == pytest.approx(fine.var(), rel=2e-2)


def test_a_tail_without_moments_says_infinite():
    wild = un.metalog(1, 100, 10_000, lower=0)
    assert wild.mean == math.inf
    assert wild.variance == math.inf
    assert un.metalog(-10_000, -100, -1, upper=0).mean == -math.inf


def test_rates_and_observed_values():
    rate = un.gamma(5, 5)
    assert (rate.mean, rate.variance, rate.support) == (25, 125, (0.0, math.inf))
    assert rate.cdf(rate.ppf(EVEN)) == pytest.approx(EVEN)
    seen = un.empirical([3, 1, 3, 2])
    assert seen.ppf([0, 0.25, 0.26, 0.5, 0.51, 1]).tolist() == [1, 1, 2, 2, 3, 3]
    assert seen.cdf([0, 1, 2.5, 3]).tolist() == [0, 0.25, 0.5, 1]
    assert (seen.mean, seen.variance, seen.support) == (2.25, 0.6875, (1, 3))


def test_every_law_knows_its_own_numbers():
    laws = [
        un.fixed(3),
        un.uniform_from_range(1, 2),
        un.triangular(1, 1, 4),
        un.triangular(1, 4, 4),
        un.pert(0, 1, 5, lamb=2),
        Normal(1, 2),
        Lognormal(0, 0.5),
        un.gamma(3, 2),
        un.empirical([1, 5], [3, 1]),
        un.metalog(1, 2, 4),
    ]
    fine = (np.arange(2**13) + 0.5) / 2**13
    for law in [*laws, un.mixture(laws, range(1, len(laws) + 1))]:
        drawn = law.ppf(fine)
        assert law.mean == pytest.approx(drawn.mean(), rel=1e-3), law.family
        assert law.variance == pytest.approx(drawn.var(), rel=2e-2), law.family
        assert law.ppf([0.0, 1.0]) == pytest.approx(np.array(law.support)), law.family
        assert law.ppf(0.5).shape == ()
        assert law.ppf(np.full((2, 3), 0.5)).shape == (2, 3)
        assert hash(law) == hash(law)


# ---------------------------------------------------------------- judged ranges


@pytest.mark.parametrize("family", ["pert", "triangular"])
@pytest.mark.parametrize("value", [10, 11, 20, 30])
def test_a_lopsided_range_is_met_at_both_ends_and_at_the_mode(family, value):
    law = un.from_range(10, value, 30, family)
    assert law.ppf([0.05, 0.95]) == pytest.approx([10, 30])
    grid = np.linspace(*law.support, 2001)
    assert grid[np.argmax(np.diff(law.cdf(grid)))] == pytest.approx(value, abs=0.05)


def test_a_range_without_width_is_a_fixed_value():
    for family in un.FAMILIES:
        law = un.from_range(7, 7, 7, family)
        assert (law.family, law.mean) == ("fixed", 7.0)
    assert un.from_range(1, 7, 9, "fixed").ppf([0.05, 0.95]).tolist() == [7, 7]


def test_a_rounded_median_is_accepted():
    assert un.from_range(1.70, 2.35, 3.25, "lognormal").family == "lognormal"
    assert un.from_range(0.5, 0.651, 0.8, "normal").mean == pytest.approx(0.65)


@pytest.mark.parametrize(
    ("judged", "says"),
    [
        ((1, 2, 3, "perth"), "Did you mean 'pert'"),
        ((3, 2, 1, "pert"), "low <= value <= high"),
        ((1, 1, 3, "normal"), "write 2, or use pert or metalog"),
        ((1, 2.5, 3, "uniform"), "median at 2, not 2.5"),
        ((20, 27.5, 45, "lognormal"), "median at 30, not 27.5"),
        ((-1, 1, 3, "lognormal"), "cannot be -1; use pert or normal"),
        ((1, 1, 3, "metalog"), "use pert for a range that starts or ends at its value"),
        ((1, 1.1, 3, "metalog"), "use pert or triangular, or state a bound"),
        ((1, math.nan, 3, "pert"), "finite"),
    ],
)
def test_an_impossible_range_is_refused_with_the_cure(judged, says):
    with pytest.raises(ValueError, match=says):
        un.from_range(*judged)


def test_a_share_may_not_pass_one():
    with pytest.raises(ValueError, match=r"past what is possible \(0 to 1\); narrow the range, or use metalog"):
        un.from_range(0.5, 0.9, 0.98, "pert", lower=0, upper=1)
    held = un.from_range(0.5, 0.85, 0.98, "metalog", lower=0, upper=1)
    assert held.ppf([0.05, 0.5, 0.95]) == pytest.approx([0.5, 0.85, 0.98])


@pytest.mark.parametrize(
    ("make", "says"),
    [
        (lambda: un.triangular(1, 1, 1), r"use fixed\(1\)"),
        (lambda: un.pert(1, 1, 1), r"use fixed\(1\)"),
        (lambda: un.pert(1, 2, 3, lamb=0), "positive"),
        (lambda: un.uniform_from_range(1, 1), r"use fixed\(1\)"),
        (lambda: un.normal_from_quantiles(1, 1), r"use fixed\(1\)"),
        (lambda: un.normal_from_quantiles(1, 2, p_low=0.99), "p_low < p_high"),
        (lambda: un.metalog(1, 2, 3, alpha=0.6), "between 0 and 0.5"),
        (lambda: un.gamma(0, 1), "positive"),
        (lambda: un.empirical([]), "at least one value"),
        (lambda: un.empirical([1, 2], [1]), "2 weights"),
        (lambda: un.mixture([], []), "at least one component"),
        (lambda: un.mixture([un.fixed(1)], [-1]), "none negative"),
        (lambda: un.mixture([un.fixed(1), un.fixed(2)], [1, 1], ["a", "a"]), "different labels"),
        (lambda: un.fixed(1).ppf(1.1), "between 0 and 1"),
        (lambda: un.fixed(1).ppf([0.5, math.nan]), "none missing"),
    ],
)
def test_an_impossible_law_is_refused_with_the_cure(make, says):
    with pytest.raises(ValueError, match=says):
        make()


# ---------------------------------------------------------------- rival claims


def rivals():
    december = un.from_range(150, 160, 170, "pert")
    may = un.from_range(190, 200, 240, "pert")
    return un.mixture([december, un.fixed(175), may], [5, 2, 3], ["december", "denied", "may"])


def test_pooled_claims_keep_a_point_and_a_gap():
    pooled = rivals()
    assert pooled.atoms == ((175, 0.2),)
    below, through = float(pooled.cdf(np.nextafter(175, 0))), float(pooled.cdf(175))
    assert through - below == pytest.approx(0.2)
    assert pooled.ppf([below + 1e-9, (below + through) / 2, through]).tolist() == [175, 175, 175]
    assert float(pooled.ppf(through + 1e-4)) > 175
    assert pooled.mean == pytest.approx(0.5 * pooled.components[0].mean + 35 + 0.3 * pooled.components[2].mean)


def test_a_claim_of_weight_zero_is_left_out():
    pooled = un.mixture([un.fixed(1), un.fixed(2)], [0, 3], ["a", "b"])
    assert (pooled.labels, pooled.weights, pooled.support) == (("b",), (1.0,), (2, 2))


def test_drawing_by_composition_has_the_same_law():
    u = un.uniforms(["capex"], 2**13, seed=5)["capex"]
    claim, value = rivals().choose(u)
    assert np.bincount(claim) / claim.size == pytest.approx([0.5, 0.2, 0.3], abs=1e-3)
    assert np.sort(value) == pytest.approx(np.sort(rivals().ppf(u)), rel=2e-2)
    assert (value[claim == 1] == 175).all()


def test_variance_by_claim_is_the_law_of_total_variance():
    pooled = rivals()
    found = un.variance_by_claim(lambda x: x["capex"] + x["noise"], {"capex": pooled, "noise": Normal(0, 5)}, seed=1)
    assert set(found) == {"capex"}
    means = np.array([component.mean for component in pooled.components])
    between = np.array(pooled.weights) * (means - pooled.mean) ** 2
    share = between / (pooled.variance + 25)
    assert found["capex"].labels == ("december", "denied", "may")
    assert found["capex"].means == pytest.approx(means, rel=2e-3)
    assert found["capex"].contributions == pytest.approx(share, abs=0.01)
    assert found["capex"].share == pytest.approx(share.sum(), abs=0.01)
    assert 0 < found["capex"].standard_error < 0.02


# ---------------------------------------------------------------- draws


def test_points_are_joe_and_kuos():
    # First rows of the sequence as printed with the direction numbers, and in SALib's test suite (MIT).
    assert un.sobol_points(8, 3)[[3, 4, 7]].tolist() == [
        [0.25, 0.75, 0.75],
        [0.375, 0.375, 0.625],
        [0.125, 0.625, 0.375],
    ]


def test_streams_are_the_same_for_ever():
    draws = un.uniforms(["price", "volume"], 4, seed=20251223)
    assert draws["price"] == pytest.approx(GOLDEN_PRICE, abs=1e-15)
    assert un.event_stream(20251223, "licence gate", 3).random(2) == pytest.approx(GOLDEN_EVENTS, abs=1e-15)


GOLDEN_PRICE = [0.9914093664478337, 0.2606454403130031, 0.03923060029745706, 0.7089794607438221]
GOLDEN_EVENTS = [0.40925641881227703, 0.5737859290170979]


def test_a_stream_depends_on_seed_name_and_place_only():
    one = un.uniforms(["a", "b"], 64, seed=1)
    assert (un.uniforms(["a", "b", "c"], 64, seed=1)["b"] == one["b"]).all()
    assert (un.uniforms(["a", "b"], 128, seed=1)["b"][:64] == one["b"]).all()
    assert (un.uniforms(["b"], 64, seed=1)["b"] != one["b"]).any()
    assert (un.uniforms(["a", "x"], 64, seed=1)["x"] != one["b"]).all()
    assert (un.uniforms(["a", "b"], 64, seed=2)["b"] != one["b"]).all()
    assert un.uniforms([], 64, seed=1) == {}


@pytest.mark.parametrize("n", [0, -4, 3, 1000])
def test_sizes_that_are_not_powers_of_two_are_refused(n):
    with pytest.raises(ValueError, match="powers of two"):
        un.uniforms(["a"], n, seed=1)


def test_the_nearest_powers_are_offered():
    with pytest.raises(ValueError, match="draw 512 or 1024, not 1000"):
        un.uniforms(["a"], 1000, seed=1)


def test_names_must_differ():
    with pytest.raises(ValueError, match="different names"):
        un.uniforms(["a", "a"], 4, seed=1)
    with pytest.raises(ValueError, match="different names"):
        un.uniforms("ab", 4, seed=1)


def test_event_blocks_are_separate_and_repeatable():
    first = un.event_stream(1, "gate", 0).random(100)
    assert (first == un.event_stream(1, "gate", 0).random(100)).all()
    assert not np.intersect1d(first, un.event_stream(1, "gate", 1).random(100)).size
    assert not np.intersect1d(first, un.event_stream(1, "other", 0).random(100)).size
    with pytest.raises(ValueError, match="from 0"):
        un.event_stream(1, "gate", -1)


def test_rank_correlation_is_what_was_asked():
    from scipy.stats import rankdata

    free = un.uniforms(["a", "b", "c", "d"], 2**12, seed=4)
    tied = un.correlate(free, {("b", "c"): 0.7, ("c", "d"): -0.4})
    ranks = np.corrcoef(rankdata(np.stack(list(tied.values())), axis=1))
    expected = np.eye(4)
    expected[1, 2] = expected[2, 1] = 0.7
    expected[2, 3] = expected[3, 2] = -0.4
    assert ranks == pytest.approx(expected, abs=0.02)
    assert (tied["a"] == free["a"]).all()
    assert (tied["b"] == free["b"]).all()
    assert list(tied) == list(free)


def test_perfect_rank_correlations_work():
    free = un.uniforms(["a", "b", "c"], 64, seed=4)
    tied = un.correlate(free, {("a", "b"): 1, ("a", "c"): -1, ("b", "c"): -1})
    assert tied["b"] == pytest.approx(free["a"])
    assert tied["c"] == pytest.approx(1 - free["a"])


@pytest.mark.parametrize(
    ("pairs", "says"),
    [
        ({("a", "b"): 0.9, ("b", "c"): 0.9, ("a", "c"): -0.9}, "a, b, c contradict each other"),
        ({("a", "z"): 0.5}, r"not drawn: \['z'\]"),
        ({("a", "a"): 0.5}, "each pair once"),
        ({("a", "b"): 0.5, ("b", "a"): 0.5}, "each pair once"),
        ({("a", "b"): 1.5}, "from -1 to 1"),
    ],
)
def test_impossible_correlations_are_refused(pairs, says):
    with pytest.raises(ValueError, match=says):
        un.correlate(un.uniforms(["a", "b", "c"], 4, seed=1), pairs)


# ---------------------------------------------------------------- summaries


def test_interval_of_a_normal_sample_knows_its_error():
    # Standard error of a quantile: √(p(1−p)/n)/f(x_p); for the normal P5 2.1134 σ/√n. Textbook.
    n = 2**14
    figure = un.interval(Normal(10, 2).ppf(un.uniforms(["x"], n, seed=1)["x"]))
    assert (figure.low, figure.median, figure.high) == pytest.approx((6.7103, 10, 13.2897), abs=1e-2)
    assert figure.mean == pytest.approx(10, abs=1e-3)
    assert figure.standard_error_mean == pytest.approx(2 / math.sqrt(n), rel=1e-2)
    assert figure.standard_error_low == pytest.approx(2.1134 * 2 / math.sqrt(n), rel=3e-2)
    assert figure.standard_error_high == pytest.approx(figure.standard_error_low, rel=3e-2)
    assert (figure.level, figure.n) == (0.9, n)


def test_columns_are_summed_up_one_by_one():
    sample = np.arange(202.0).reshape(101, 2)
    assert un.intervals(sample, 0.8) == (un.interval(sample[:, 0], 0.8), un.interval(sample[:, 1], 0.8))
    assert un.intervals(sample, 0.8)[0].low == pytest.approx(20)


@pytest.mark.parametrize(
    ("sample", "level", "says"),
    [
        ([1.0, math.nan, math.inf], 0.9, "2 of 3 samples are not finite"),
        ([1.0], 0.9, "single run"),
        ([], 0.9, "at least two"),
        ([[1.0, 2.0]], 0.9, "1 dimension"),
        ([1.0, 2.0], 1.0, "level"),
    ],
)
def test_a_sample_that_cannot_be_summed_up_is_refused(sample, level, says):
    with pytest.raises(ValueError, match=says):
        un.interval(sample, level)


def test_probability_is_never_certain_of_itself():
    p, error = un.probability(np.arange(1000) < 200)
    assert p == 0.2
    assert error == pytest.approx(math.sqrt(0.2 * 0.8 / 1000), rel=5e-3)
    assert un.probability(np.zeros(1000, dtype=bool)) == (0.0, pytest.approx(math.sqrt(0.5) / 1001, rel=1e-3))
    with pytest.raises(ValueError, match="truth value"):
        un.probability([0.2, 0.8])


def test_ranks_share_ties():
    assert un.ranks([[1, 5, 5, 5]]) == pytest.approx(
        np.array([[0, 0, 0, 1], [1 / 3, 1 / 3, 1 / 3, 0], [1 / 3, 1 / 3, 1 / 3, 0], [1 / 3, 1 / 3, 1 / 3, 0]])
    )
    with pytest.raises(ValueError, match="finite"):
        un.ranks([[1, math.nan]])


# ---------------------------------------------------------------- sensitivity


def unit(count):
    return {f"x{place}": un.uniform_from_range(0.05, 0.95) for place in range(count)}


def ishigami(x):
    x0, x1, x2 = (2 * math.pi * x[name] - math.pi for name in ("x0", "x1", "x2"))
    return np.sin(x0) + 7 * np.sin(x1) ** 2 + 0.1 * x2**4 * np.sin(x0)


def test_ishigami():
    # Ishigami and Homma (1990), a = 7, b = 0.1: variance 13.8446, x2 acts only together with x0.
    found = un.sobol_indices(ishigami, unit(3), n=2**13, seed=1)
    assert found.names == ("x0", "x1", "x2")
    assert found.first == pytest.approx([0.3139, 0.4424, 0.0], abs=0.01)
    assert found.total == pytest.approx([0.5576, 0.4424, 0.2437], abs=0.01)
    assert (found.mean, found.variance) == pytest.approx((3.5, 13.8446), rel=5e-3)
    assert found.evaluations == 5 * 2**13
    assert (found.first_low <= [0.3139, 0.4424, 0.0]).all()
    assert (found.first_high >= [0.3139, 0.4424, 0.0]).all()
    assert (found.total_low <= [0.5576, 0.4424, 0.2437]).all()
    assert (found.total_high >= [0.5576, 0.4424, 0.2437]).all()
    assert (found.first_high - found.first_low < 0.1).all()


def test_sobol_g():
    # Saltelli and Sobol (1995): V_i = 1/(3 (1 + a_i)²), V = Π(1 + V_i) − 1.
    a = np.array([0, 0.5, 3, 9, 99, 99])
    part = 1 / (3 * (1 + a) ** 2)
    whole = np.prod(1 + part) - 1

    def g(x):
        return np.prod([(abs(4 * x[f"x{i}"] - 2) + a[i]) / (1 + a[i]) for i in range(6)], axis=0)

    found = un.sobol_indices(g, unit(6), n=2**13, seed=1)
    assert found.first == pytest.approx(part / whole, abs=0.01)
    assert found.total == pytest.approx(part / (1 + part) * (whole + 1) / whole, abs=0.01)


def test_indices_are_scipys_on_the_same_runs():
    from scipy.stats import sobol_indices

    runs = []

    def watched(x):
        runs.append(ishigami(x))
        return runs[-1]

    found = un.sobol_indices(watched, unit(3), n=256, seed=2)
    first, second, *mixed = runs[0].reshape(5, 256)
    blocks = {"f_A": first[None], "f_B": second[None], "f_AB": np.stack(mixed)[:, None]}
    theirs = sobol_indices(func=blocks, n=256)
    assert len(runs) == 1
    assert found.first == pytest.approx(theirs.first_order.ravel(), abs=1e-12)
    assert found.total == pytest.approx(theirs.total_order.ravel(), abs=1e-12)


def test_total_indices_are_salibs_on_the_same_runs():
    from SALib.analyze import sobol
    from SALib.test_functions import Sobol_G

    runs = []

    def watched(x):
        runs.append(Sobol_G.evaluate(np.stack(list(x.values()), axis=1), a=np.array([0.0, 1.0, 9.0])))
        return runs[-1]

    found = un.sobol_indices(watched, unit(3), n=512, seed=2)
    first, second, *mixed = runs[0].reshape(5, 512)
    problem = {"num_vars": 3, "names": ["a", "b", "c"], "bounds": [[0, 1]] * 3}
    stacked = np.stack([first, *mixed, second], axis=1).ravel()
    theirs = sobol.analyze(problem, stacked, calc_second_order=False, num_resamples=100, seed=1)
    assert found.total == pytest.approx(theirs["ST"], abs=1e-12)
    assert found.first == pytest.approx(theirs["S1"], abs=5e-3)
    spread = (found.total_high - found.total_low) / 2
    assert spread == pytest.approx(theirs["ST_conf"], rel=0.5)


def test_tornado_by_hand():
    inputs = {
        "price": un.from_range(2, 3, 4, "normal"),
        "units": un.from_range(10, 20, 30, "normal"),
        "one": un.fixed(1),
    }
    widest, next_, last = un.tornado(lambda x: x["price"] * x["units"] * x["one"], inputs)
    assert (widest.name, next_.name, last.name) == ("units", "price", "one")
    assert (widest.outcome_low, widest.outcome_base, widest.outcome_high) == pytest.approx((30, 60, 90))
    assert (widest.input_low, widest.input_high) == pytest.approx((10, 30))
    assert (widest.width, next_.width, last.width) == pytest.approx((60, 40, 0))


@pytest.mark.parametrize(
    ("model", "says"),
    [
        (lambda x: np.log(x["x0"] - 2), "not finite"),
        (lambda x: x["x0"][:3], "one outcome a run"),
        (lambda x: np.ones_like(x["x0"]), "the same in every run"),
    ],
)
@pytest.mark.parametrize("analysis", [un.sobol_indices, un.variance_by_claim])
@pytest.mark.filterwarnings("ignore:invalid value:RuntimeWarning")
def test_a_model_without_a_usable_outcome_is_refused(model, says, analysis):
    with pytest.raises(ValueError, match=says):
        analysis(model, unit(2), n=64)


def test_scipy_is_not_loaded_before_it_is_needed():
    import subprocess
    import sys

    code = "import sys, capexlib.models.uncertainty; print([m for m in sys.modules if m.startswith('scipy')])"
    printed = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert printed.stdout.strip() == "[]"


@pytest.mark.parametrize(("dimensions", "n"), [(1, 8), (7, 64), (256, 1024)])
def test_sobol_points_equal_those_of_scipy(dimensions: int, n: int) -> None:
    from scipy.stats import qmc

    assert np.array_equal(un.sobol_points(n, dimensions), qmc.Sobol(dimensions, scramble=False).random(n))


def test_the_table_of_direction_numbers_ends_clearly() -> None:
    with pytest.raises(ValueError, match="256 dimensions, not 257"):
        un.sobol_points(2, 257)
