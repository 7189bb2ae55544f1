"""Tail portfolios and scenario discovery against other people's cases."""

from typing import Any

import numpy as np
import pytest

from capexlib.models.decisions import Restriction, measure_box, minimum_cvar, peel, quasi_p_values

NOT_A_TAIL = "a symmetric measure punishes more compute than expected as it does less"
NOT_A_PATH = "a drawdown follows the order of days in one series; our paths are draws without order"
ABSENT = {
    "dataset": "the data of the other cases",
    "min_variance_long_only": NOT_A_TAIL,
    "min MAD": NOT_A_TAIL,
    "min CDaR": NOT_A_PATH,
    "min MDD": NOT_A_PATH,
}


def data_of(cases):
    return next(case for case in cases("riskfolio_portfolios") if case["id"] == "data")["inputs"]


def best_ratio(returns, level):
    """Mean over CVaR has one peak along the frontier: search over the required mean."""
    from scipy.optimize import minimize_scalar

    def ratio(mean):
        found = minimum_cvar(returns, 1.0, level, mean_at_least=mean)
        return float(found.mean[0] / found.cvar[0])

    low, high = float(minimum_cvar(returns, 1.0, level).mean[0]), returns.mean(axis=0).max()
    best: Any = minimize_scalar(
        lambda mean: -ratio(mean), bounds=(low, high), method="bounded", options={"xatol": 1e-9}
    )
    return -best.fun


@pytest.mark.oracle("riskfolio_portfolios", absent=ABSENT)
def test_portfolio(case, oracle_cases):
    data, expected, tolerance = data_of(oracle_cases), case["expected"], case["tolerance"]
    returns = np.array(data["returns"])
    level = case["inputs"].get("beta", 1.0)
    if case["function"] == "max_mean_over_cvar":
        assert best_ratio(returns, level) == pytest.approx(expected["ratio"], rel=tolerance["ratio_rel"])
        return
    found = minimum_cvar(returns, 1.0, level)
    weights = [expected["weights"][name] for name in data["assets"]]
    assert found.shares[0] == pytest.approx(np.array(weights), abs=tolerance["weights_abs"])
    key = "cvar" if "cvar" in expected else "worst_loss"
    assert found.cvar[0] == pytest.approx(expected[key], abs=tolerance["cvar_abs" if key == "cvar" else "loss_abs"])
    assert found.gap[0] == pytest.approx(0.0, abs=1e-12)


def runs_of(cases):
    data = next(case for case in cases("prim_bryant_lempert") if case["id"] == "data")["inputs"]
    *inputs, interest = np.array(data["rows"]).T
    return dict(zip(data["columns"], inputs, strict=False)), interest == 1


def box_of(case, runs):
    """The source prints limits rounded to single precision: the slack widens them by that."""
    slack = case["tolerance"]["limit_slack"]
    limits = [Restriction(name, low - slack, high + slack) for name, (low, high) in case["inputs"]["box"].items()]
    return measure_box(limits, *runs)


def one_sided(case, runs):
    """Keep the ends that cut something, as the source tests them."""
    slack = case["tolerance"]["limit_slack"]
    kept = []
    for name, (low, high) in case["inputs"]["box"].items():
        values = runs[0][name]
        ends = {"low": low - slack} if low - slack > values.min() else {}
        ends |= {"high": high + slack} if high + slack < values.max() else {}
        kept.append(Restriction(name, **ends))
    return measure_box(kept, *runs)


def check_trajectory(case, runs):
    """Ours follows the same path, step by step, to the same box."""
    trajectory = peel(*runs, share=case["inputs"]["peel_alpha"])
    found = [[box.coverage, box.density, box.mass, box.restricted] for box in trajectory]
    expected = np.array(case["expected"]["rows"])
    assert np.shape(found) == expected.shape
    np.testing.assert_allclose(found, expected, rtol=0.0, atol=case["tolerance"]["abs"])
    for limit in trajectory[21].restrictions:
        values = runs[0][limit.name]
        ends = np.clip([limit.low, limit.high], values.min(), values.max())
        assert ends == pytest.approx(np.array(case["expected"]["box21_limits"][limit.name]), abs=1e-4)


@pytest.mark.oracle("prim_bryant_lempert", absent={"dataset": ABSENT["dataset"]})
def test_discovery(case, oracle_cases):
    runs, expected = runs_of(oracle_cases), case["expected"]
    if case["function"] == "prim_peeling":
        check_trajectory(case, runs)
        return
    same = next(one for one in oracle_cases("prim_bryant_lempert") if one["id"] == "box21 measures")
    if case["function"] == "box_coverage_density":
        box = box_of(case, runs)
        assert (box.inside, box.interesting_inside) == (expected["n_in_box"], expected["n_of_interest_in_box"])
        assert (box.interesting, box.n) == (expected["n_of_interest"], expected["n"])
        told = {"coverage": box.coverage, "density": box.density, "mass": box.mass}
        assert told == pytest.approx({key: expected[key] for key in told}, abs=case["tolerance"]["abs"])
        return
    sides = {"low": "min", "high": "max"}
    found = {f"{p.name} {sides[p.side]}": p.value for p in quasi_p_values(one_sided(same, runs), *runs)}
    assert found == pytest.approx(expected, rel=case["tolerance"]["rel"])
