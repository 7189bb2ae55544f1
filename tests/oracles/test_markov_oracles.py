"""Discrete Markov chains against PyDTMC's own test cases."""

import math

import numpy as np
import pytest

from capexlib.models.markov import chains, step_passage, structure

ABSENT = {
    "entropy_rate": "no brief prints the entropy of a gate",
    "kemeny_constant": "a mean over targets drawn from the stationary law; a brief asks for named targets",
    "fit_transition_matrix": "gates are fitted in continuous time, by Gamma posteriors of dated events",
}


def everywhere(given):
    """Return the targets of a case as a list; none named means every state."""
    targets = given["targets"]
    if targets is None:
        return list(range(len(given["P"])))
    return [targets] if isinstance(targets, int) else targets


def first_passage(given):
    """For a set the source adds up the law of each target, which may exceed one; ours is the set's own."""
    laws = np.stack(
        [
            step_passage.first_passage_probabilities(given["P"], given["initial_state"], [target], given["steps"])
            for target in everywhere(given)
        ],
        axis=1,
    )
    return laws if given["targets"] is None else laws.sum(axis=1)


def mean_first_passage(given):
    if given["targets"] is None:
        return np.stack([step_passage.mean_hitting_steps(given["P"], [to]) for to in everywhere(given)], axis=1)
    return step_passage.mean_hitting_steps(given["P"], everywhere(given))


def transient(transitions):
    ends = {place for group in structure.closed_classes(np.array(transitions)) for place in group}
    return [state for state in range(len(transitions)) if state not in ends]


def redistributed(given):
    laws = chains.n_step_laws(given["P"], given["initial"], given["steps"])
    return laws[-1] if given["last_only"] else laws


def sequence(given):
    """Numbers are states from 0, words their names from 1."""
    states = [int(state) - 1 if isinstance(state, str) else state for state in given["sequence"]]
    return chains.sequence_probability(given["P"], states)


def flags(given):
    """The rank is numpy's; the rest is ours."""
    moves = np.array(given["P"])
    closed = structure.closed_classes(moves)
    periods = [structure.period(moves, group) for group in closed]
    return {
        "is_absorbing": all(len(group) == 1 for group in closed),
        "is_ergodic": len(structure.communicating_classes(moves)) == 1 and periods == [1],
        "period": math.lcm(*periods),
        "rank": int(np.linalg.matrix_rank(moves)),
    }


OURS = {
    "stationary_distributions": lambda given: chains.stationary_laws(given["P"]),
    "chain_properties": flags,
    "hitting_probabilities": lambda given: step_passage.hitting_probabilities(given["P"], everywhere(given)),
    "hitting_times": lambda given: step_passage.mean_hitting_steps(given["P"], everywhere(given)),
    "expected_rewards": lambda given: chains.expected_rewards(given["P"], given["rewards"], given["steps"]),
    "expected_transitions": lambda given: chains.expected_transitions(given["P"], given["initial"], given["steps"]),
    "first_passage_probabilities": first_passage,
    "mean_recurrence_times": lambda given: step_passage.mean_recurrence_steps(given["P"]),
    "mean_first_passage_times_to": mean_first_passage,
    "absorption_probabilities": lambda given: (
        step_passage.absorption_probabilities(given["P"])[transient(given["P"])].T
    ),
    "mean_absorption_times": lambda given: step_passage.mean_absorption_steps(given["P"])[transient(given["P"])],
    "n_step_distribution": redistributed,
    "sequence_probability": sequence,
}


def rows(expected):
    """Laws of several classes have no order of their own."""
    return sorted(np.asarray(expected, dtype=float).tolist(), reverse=True)


@pytest.mark.oracle("markov_pydtmc", absent=ABSENT)
def test_chain(case):
    found, expected = OURS[case["function"]](case["inputs"]), case["expected"]
    if isinstance(expected, dict):
        assert found == expected
        return
    if case["function"] == "stationary_distributions":
        found, expected = rows(found), rows(expected)
    expected = np.asarray(expected, dtype=float)
    assert np.shape(found) == expected.shape
    np.testing.assert_allclose(found, expected, rtol=0.0, atol=case["tolerance"]["abs"])
