"""Scenario discovery: boxes known beforehand, counts by hand, and what must hold for any runs."""

import itertools
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from capexlib.models import decisions as de
from capexlib.models.decisions.boxes import Runs
from capexlib.models.decisions.peeling import between, paste

ample = settings(deadline=None, max_examples=60, derandomize=True, database=None)


def cube(n, seed=1, noise=0.0):
    """Six inputs of which two and a word matter: the plan breaks at high fee and low quota unless the gate is open."""
    rng = np.random.default_rng(seed)
    inputs = {name: rng.random(n) for name in ("fee", "quota", "delay", "price", "yield")}
    inputs["gate"] = rng.choice(["open", "rationed", "blocked"], n)
    breaks = (inputs["fee"] > 0.7) & (inputs["quota"] < 0.4) & (inputs["gate"] != "open")
    return inputs, breaks ^ (rng.random(n) < noise)


def restrictions(box):
    return {one.name: one for one in box.restrictions}


def test_a_known_box_is_found():
    inputs, breaks = cube(8_000)
    found = de.discover(inputs, breaks)
    box = restrictions(found.chosen)
    assert set(box) == {"fee", "quota", "gate"}
    assert box["fee"].low == pytest.approx(0.7, abs=0.02)
    assert box["fee"].high == math.inf
    assert box["quota"].high == pytest.approx(0.4, abs=0.02)
    assert box["gate"].kept == {"rationed", "blocked"}
    assert found.chosen.density > 0.97
    assert found.chosen.coverage > 0.93
    assert all(test.value < 1e-6 for test in found.tests)


def test_a_known_box_is_found_in_noise():
    inputs, breaks = cube(8_000, noise=0.05)
    box = restrictions(de.discover(inputs, breaks).chosen)
    assert set(box) == {"fee", "quota", "gate"}
    assert box["fee"].low == pytest.approx(0.7, abs=0.06)
    assert box["quota"].high == pytest.approx(0.4, abs=0.06)


def test_noise_alone_gives_no_box():
    rng = np.random.default_rng(6)
    inputs = {name: rng.random(2_000) for name in "abcdef"}
    found = de.discover(inputs, rng.random(2_000) < 0.3)
    # The densest box of a tenth of the runs looks better than all of them, and covers little.
    assert found.chosen.density < 0.5
    assert found.step < 3


def test_whole_numbers_end_on_whole_numbers_and_ties_go_together():
    licences = np.repeat([0, 1, 2, 3], 25)
    trajectory = de.peel({"licences": licences}, licences >= 2, share=0.05)
    assert [box.inside for box in trajectory] == [100, 75, 50]
    assert [restrictions(box)["licences"].low for box in trajectory[1:]] == [1.0, 2.0]
    assert trajectory[-1].density == trajectory[-1].coverage == 1.0


@pytest.mark.parametrize(
    "codes", [np.array(["a", "b", "c", "d"]), np.array([0, 1, 2, 3]), np.array([9.0, 4.0, 7.0, 5.0])]
)
def test_values_without_order_are_peeled_one_by_one(codes):
    values = np.tile(codes, 25)
    interest = np.isin(values, codes[[0, 2]])
    trajectory = de.peel({"chip": values}, interest, unordered=["chip"])
    assert trajectory[-1].restrictions[0].kept == set(codes[[0, 2]].tolist())
    assert trajectory[-1].density == trajectory[-1].coverage == 1.0


def test_truth_values_have_no_order():
    shut = np.arange(40) % 4 == 0
    found = de.discover({"shut": shut, "delay": np.arange(40.0)}, shut)
    assert [(one.name, one.kept) for one in found.chosen.restrictions] == [("shut", {True})]


def test_the_measures_by_hand():
    # Eight runs, three of interest; the box x >= 5 holds four, two of interest.
    x, interest = np.arange(1.0, 9.0), np.array([0, 1, 0, 0, 0, 1, 1, 0], bool)
    box = de.measure_box([de.Restriction("x", low=5.0)], {"x": x}, interest, outcome=x)
    assert (box.coverage, box.density, box.mass, box.mean, box.restricted) == (2 / 3, 0.5, 0.5, 6.5, 1)
    # Without the side: 3 of 8. Chance of at least two of four: 1 − (5/8)⁴ − 4·(3/8)(5/8)³.
    tests = de.quasi_p_values(box, {"x": x}, interest)
    assert [(test.name, test.side) for test in tests] == [("x", "low")]
    assert tests[0].value == pytest.approx(1 - 0.625**4 - 4 * 0.375 * 0.625**3)


def test_quasi_p_is_the_binomial_tail():
    from scipy.stats import binom

    inputs, breaks = cube(600, noise=0.1)
    runs = Runs.of(inputs, breaks)
    box = de.peel(inputs, breaks, share=0.1)[12]
    for test in de.quasi_p_values(box, inputs, breaks):
        left = [
            rest for one in box.restrictions for rest in (one.sides()[test.side] if one.name == test.name else (one,))
        ]
        wider = runs.box(left)
        expected = binom.sf(box.interesting_inside - 1, box.inside, wider.density)
        assert test.value == pytest.approx(expected, rel=1e-9)


def test_an_empty_or_hopeless_box_is_told():
    box = de.measure_box([de.Restriction("x", low=9.0)], {"x": [1.0, 2.0]}, [True, False])
    assert (box.inside, box.coverage, box.mass) == (0, 0.0, 0.0)
    assert math.isnan(box.density)
    assert math.isnan(box.mean)
    assert de.quasi_p_values(box, {"x": [1.0, 2.0]}, [True, False])[0].value == 1.0


def test_the_rules_of_choice():
    inputs, breaks = cube(2_000, noise=0.05)
    trajectory = de.peel(inputs, breaks)
    step = de.choose_box(trajectory)
    harmonic = [2 * box.coverage * box.density / (box.coverage + box.density) for box in trajectory]
    assert harmonic[step] == pytest.approx(max(harmonic))
    for coverage in (0.3, 0.6, 0.9, 1.0):
        place = de.choose_box(trajectory, coverage)
        assert trajectory[place].coverage >= coverage
        assert all(box.density <= trajectory[place].density for box in trajectory if box.coverage >= coverage)


def test_pasting_gives_back_what_patience_cut_too_much():
    inputs, breaks = cube(4_000)
    runs = Runs.of(inputs, breaks)
    tight = runs.box(
        [
            de.Restriction("fee", low=0.8, high=0.9),
            de.Restriction("quota", high=0.45),
            de.Restriction("gate", kept=frozenset({"rationed"})),
        ]
    )
    pasted = paste(tight, runs, 0.05)
    assert pasted.density >= tight.density
    assert pasted.coverage > tight.coverage
    assert paste(pasted, runs, 0.05) == pasted


def test_the_mean_objective_peels_for_density_alone():
    inputs, breaks = cube(1_000)
    first = de.peel(inputs, breaks, objective="mean")[1]
    assert restrictions(first) == {"gate": de.Restriction("gate", kept=frozenset({"rationed", "blocked"}))}


@ample
@given(st.integers(2, 60), st.floats(0.02, 0.5), st.floats(0, 0.5), st.integers(0, 1_000))
def test_any_trajectory(n, share, smallest, seed):
    rng = np.random.default_rng(seed)
    inputs = {"real": rng.normal(size=n).round(1), "whole": rng.integers(0, 4, n), "word": rng.choice(list("ab"), n)}
    interest = rng.random(n) < 0.4
    interest[0] = True
    trajectory = de.peel(inputs, interest, share=share, smallest=smallest)
    assert (trajectory[0].mass, trajectory[0].coverage, trajectory[0].restricted) == (1.0, 1.0, 0)
    for wide, narrow in itertools.pairwise(trajectory):
        assert narrow.inside < wide.inside
        assert narrow.density > wide.density
        assert narrow.coverage <= wide.coverage
        assert narrow.mass >= smallest
    for box in trajectory:
        assert de.measure_box(box.restrictions, inputs, interest) == box
        assert box.mean == pytest.approx(box.density)
    found = de.discover(inputs, interest, share=share, smallest=smallest, paste_share=0.1)
    assert all(test.value <= 0.05 for test in found.tests)


@pytest.mark.parametrize(
    ("below", "above", "ends"),
    [
        (1.0, 2.0, (1.5, 1.5)),
        (np.int64(1), np.int64(5), (1.0, 5.0)),
        (1.0, np.nextafter(1.0, 2.0), (1.0, np.nextafter(1.0, 2.0))),
    ],
)
def test_ends_between_neighbours(below, above, ends):
    assert between(below, above) == ends


@pytest.mark.parametrize(
    ("inputs", "interest", "more", "words"),
    [
        ({"x": [1.0, 2.0]}, [1, 0], {}, "one truth value"),
        ({"x": [1.0, 2.0]}, [False, False], {}, "no run is of interest"),
        ({"x": [1.0]}, [True, False], {}, "see x"),
        ({}, [True, False], {}, "see inputs"),
        ({"x": [1.0, math.nan]}, [True, False], {}, "1 of 2 values of x"),
        ({"x": [1.0, 2.0]}, [True, False], {"share": 0.0}, "share is between"),
        ({"x": [1.0, 2.0]}, [True, False], {"objective": "luck"}, "gain or mean"),
        ({"x": [1.0, 2.0]}, [True, False], {"unordered": ["y"]}, "no input is called y"),
    ],
)
def test_what_cannot_be_peeled(inputs, interest, more, words):
    with pytest.raises(ValueError, match=words):
        de.peel(inputs, interest, **more)


def test_what_cannot_be_chosen():
    with pytest.raises(ValueError, match="at least one box"):
        de.choose_box([])
    with pytest.raises(ValueError, match="no input is called z"):
        de.measure_box([de.Restriction("z")], {"x": [1.0]}, [True])
