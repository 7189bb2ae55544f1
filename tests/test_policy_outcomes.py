"""Shares, months and costs of known paths, with their Monte-Carlo errors."""

import numpy as np
import pytest
from policy_worlds import doors_of, lone, plain_terms

from capexlib.models.policy.outcomes import Outcome, outcome


def made(compute, planned, gone=0.0, budget=100.0):
    compute, planned = np.array(compute, dtype=float), np.array(planned, dtype=float)
    n = len(compute)
    spent = np.full(n, gone)
    zero = np.zeros(n)
    planned = np.broadcast_to(planned, compute.shape)
    share = np.divide(compute[:, -1], planned[:, -1], out=np.ones(n), where=planned[:, -1] > 0)
    return Outcome(compute, planned, np.full(n, budget), spent, zero, zero, np.full(n, budget) - spent, share)


def test_a_shut_gate_against_the_plan():
    door = doors_of(0, 0, 1, 1, n=3)
    paths, plan = (lone(1000.0, plain_terms(3), *d, months=4).run() for d in ((door,), ()))
    found = outcome(paths, plan)
    assert found.share.tolist() == [1, 1, 1]
    assert found.share_by_month[0].tolist() == [0, 0, 1, 1]
    assert found.months_to(0.5).tolist() == [3, 3, 3]
    assert found.delay(0.5).tolist() == [2, 2, 2]
    assert found.cost() == (100, 0)
    assert found.chance_of(1.0)[0] == 1


def test_never_is_infinite_and_counted():
    found = made([[0, 4, 9], [0, 0, 0], [5, 9, 10], [0, 4, 6]], [5, 10, 10])
    assert found.months_to(0.9).tolist() == [3, np.inf, 2, np.inf]
    assert found.delay(0.9).tolist() == [1, np.inf, 0, np.inf]
    reach = found.reach(0.5)
    assert (reach.low, reach.median, reach.high, reach.never) == (1, 3, np.inf, 0.25)
    assert 0 < reach.standard_error < 0.25
    assert found.chance_of(0.6)[0] == 0.75
    assert found.shortfall == pytest.approx([0.1, 1.0, 0.0, 0.4])


def test_more_than_the_plan_is_no_negative_shortfall():
    assert made([[15.0]], [10.0]).shortfall.tolist() == [0]


def test_the_tail_is_the_mean_of_the_worst():
    found = made([[float(k)] for k in range(1, 101)], [100.0])
    worst = found.tail(0.95)
    assert worst.cvar == pytest.approx(np.mean([0.95, 0.96, 0.97, 0.98, 0.99]))
    assert worst.standard_error > 0


def test_cost_counts_paths_without_compute():
    found = made([[10.0], [0.0]], [10.0], gone=50.0)
    assert found.cost()[0] == 10
    assert made([[0.0], [0.0]], [10.0], gone=50.0).cost() == (np.inf, np.inf)


def test_the_error_of_the_cost_is_that_of_repeated_samples():
    rng = np.random.default_rng(7)
    compute, gone = rng.uniform(1, 3, (400, 500)), rng.uniform(10, 20, (400, 500))
    found = []
    for one, money in zip(compute, gone, strict=True):
        each = made(one[:, None], [3.0])
        found.append(
            Outcome(each.compute, each.planned, each.budget, money, each.lost, each.lost, each.held, each.share).cost()
        )
    values, errors = np.array(found).T
    assert values.std(ddof=1) == pytest.approx(errors.mean(), rel=0.15)


def test_the_fan_summarises_each_month():
    fan = made([[0.0, 10.0], [2.0, 30.0], [4.0, 20.0]], [1.0, 30.0]).fan((0.5, 0.9))
    assert [interval.median for interval in fan[0.5]] == [2, 20]
    assert fan[0.9][1].low < fan[0.5][1].low


def test_nothing_planned_is_all_of_the_plan():
    found = made([[0.0, 0.0]], [0.0, 0.0])
    assert found.share.tolist() == [1]
    assert found.share_by_month.tolist() == [[1, 1]]
    assert found.months_to(0.9).tolist() == [1]


def test_paths_and_plan_are_of_the_same_draws():
    with pytest.raises(ValueError, match="same draws"):
        outcome(lone(1.0, plain_terms(), months=2).run(), lone(1.0, plain_terms(), months=3).run())
