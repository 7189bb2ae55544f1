"""Distributions and sensitivity indices against other people's cases."""

import math

import numpy as np
import pytest

from capexlib.models.uncertainty import (
    gamma,
    lognormal_from_quantiles,
    metalog,
    normal_from_quantiles,
    pert,
    sobol_indices,
    sobol_points,
    triangular,
    uniform_from_range,
    uniforms,
)
from capexlib.models.uncertainty.families import Lognormal, Normal


def approx(case, expected):
    return pytest.approx(expected, **{"rel": 0.0, "abs": 0.0, **case["tolerance"]})


def told(law, keys):
    """Return what a case may ask of a law, by the name it uses."""
    known = {
        "mean": lambda: law.mean,
        "variance": lambda: law.variance,
        "sd": lambda: math.sqrt(law.variance),
        "p05": lambda: float(law.ppf(0.05)),
        "p50": lambda: float(law.ppf(0.5)),
        "p95": lambda: float(law.ppf(0.95)),
    }
    return {key: known[key]() if key in known else getattr(law, key) for key in keys}


def through_quantiles(make, given):
    return make(given["low"], given["high"], p_low=given["p_low"], p_high=given["p_high"])


LAWS = {
    "normal_from_quantiles": lambda given: through_quantiles(normal_from_quantiles, given),
    "lognormal_from_quantiles": lambda given: through_quantiles(lognormal_from_quantiles, given),
    "lognormal_moments": lambda given: Lognormal(given["mu"], given["sigma"]),
    "gamma_moments": lambda given: gamma(**given),
    "triangular_moments": lambda given: triangular(**given),
    "triangular_quantiles": lambda given: triangular(**given),
    "pert": lambda given: pert(**given),
}


def logistic(loc, scale):
    """A metalog without skew is the logistic law: its quartiles are loc ± scale ln 3."""
    reach = scale * math.log(3)
    return metalog(loc - reach, loc, loc + reach, alpha=0.25)


def check_sum_of_normals(case):
    """Sums are made sample by sample here: exact only as the sample grows."""
    draws = uniforms(["a", "b"], 2**16, seed=7)
    one, other = (Normal(*case["inputs"][name]).ppf(draws[name]) for name in ("a", "b"))
    total = one + other
    assert total.mean() == pytest.approx(case["expected"]["mean"], abs=1e-4)
    assert total.std() == pytest.approx(case["expected"]["sd"], abs=1e-4)


@pytest.mark.oracle("distributions_elicitation")
def test_distribution(case):
    given, expected = case["inputs"], case["expected"]
    if case["function"] == "normal_sum":
        check_sum_of_normals(case)
    elif case["function"] == "metalog_3term_unbounded":
        law = metalog(given["q_low"], given["q50"], given["q_high"], alpha=given["alpha"])
        assert [law.a1, law.a2, law.a3] == approx(case, expected["a"])
        wanted = expected["quantiles"]
        assert law.ppf([float(p) for p in wanted]).tolist() == approx(case, list(wanted.values()))
    elif case["function"] == "logistic_moments":
        assert told(logistic(**given), expected) == approx(case, expected)
    else:
        assert told(LAWS[case["function"]](given), expected) == approx(case, expected)


def sobol_g(x, a):
    return np.prod([(abs(4 * xi - 2) + ai) / (1 + ai) for xi, ai in zip(x, a, strict=True)], axis=0)


def model_of(given):
    """Return the case's formula as a function of ``{"0": x1, "1": x2, …}``."""
    if given["model"].startswith("sin"):
        a, b = given["a"], given["b"]
        return lambda x: np.sin(x["0"]) + a * np.sin(x["1"]) ** 2 + b * x["2"] ** 4 * np.sin(x["0"])
    if given["model"].startswith("prod"):
        return lambda x: sobol_g(x.values(), given["a"])
    if given["model"] == "x1*x2":
        return lambda x: x["0"] * x["1"]
    return lambda x: x["0"] + 2 * x["1"] + 3 * x["2"]


def inputs_of(given):
    if given["dist"] == "normal":
        laws = [Normal(mean, sd) for mean, sd in zip(given["mean"], given["sd"], strict=True)]
    else:
        ends = given["bounds"]
        laws = [uniform_from_range(a + 0.05 * (b - a), b - 0.05 * (b - a)) for a, b in ends]
    return {str(place): law for place, law in enumerate(laws)}


def check_indices(case):
    given, expected, tolerance = case["inputs"], case["expected"], case["tolerance"]["abs_at_N_2e14"]
    found = sobol_indices(model_of(given), inputs_of(given), n=2**14, seed=3, resamples=20)
    assert found.mean == pytest.approx(expected["mean"], abs=tolerance)
    assert found.variance == pytest.approx(expected["variance"], rel=tolerance)
    assert found.first == pytest.approx(np.array(expected["S1"]), abs=tolerance)
    assert found.total == pytest.approx(np.array(expected["ST"]), abs=tolerance)
    if "partial_variance" in expected:
        partial = found.first * found.variance
        assert partial == pytest.approx(np.array(expected["partial_variance"]), abs=tolerance)
    for pair, share in expected.get("S2", {}).items():
        i = int(pair[0])
        others = [s for p, s in expected["S2"].items() if pair[0] in p and p != pair]
        assert found.total[i] - found.first[i] == pytest.approx(share + sum(others), abs=2 * tolerance)


@pytest.mark.oracle("sobol_sensitivity")
def test_sensitivity(case):
    given = case["inputs"]
    if case["function"] == "sobol_sequence":
        points = sobol_points(16, given["d"])[: given["n"]]
        assert points == pytest.approx(np.array(case["expected"]), abs=case["tolerance"]["abs"])
    elif case["function"] == "model_value":
        assert sobol_g(given["x"], given["a"]) == approx(case, case["expected"])
    else:
        check_indices(case)
