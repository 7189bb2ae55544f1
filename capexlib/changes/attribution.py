"""A change shared out among the groups of inputs that moved, so that the shares add up.

The order in which groups are switched matters: new evidence under old assumptions is
not old evidence under new ones. So every order is tried and the steps are averaged
(Shapley). Where a group cannot be switched before another, because a judgement
speaks of evidence that was not there yet, that order is left out.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from itertools import permutations

Values = Mapping[str, float]
State = frozenset[str]


def shares(groups: Sequence[str], value: Callable[[State], Values | None]) -> dict[str, dict[str, float]]:
    """Share out each quantity's change from no group switched to all switched.

    Parameters
    ----------
    groups : sequence of str
        Groups of inputs that moved.
    value : callable
        Quantities by name when these groups are new and the others old; None where
        that cannot be computed. Called once for each state that an order needs.

    Returns
    -------
    dict
        Quantity to group to share. Shares of a quantity sum to its change. Quantities
        that no order carries from start to end are absent.

    References
    ----------
    L. S. Shapley, A value for n-person games (1953): the mean over orders of a
    player's marginal contribution.

    Examples
    --------
    A product, with price and amount both doubled:

    >>> game = lambda on: {"cost": (2 if "price" in on else 1) * (2 if "amount" in on else 1)}
    >>> shares(["price", "amount"], game)
    {'cost': {'price': 1.5, 'amount': 1.5}}
    """
    known: dict[State, Values | None] = {}

    def at(state: State) -> Values | None:
        if state not in known:
            known[state] = value(state)
        return known[state]

    sums: dict[str, dict[str, float]] = {}
    counts: dict[str, int] = {}
    for order in permutations(groups):
        path: list[Values] = []
        for length in range(len(order) + 1):
            values = at(frozenset(order[:length]))
            if values is None:
                break
            path.append(values)
        else:
            for name in path[0]:
                if all(name in values for values in path):
                    counts[name] = counts.get(name, 0) + 1
                    mine = sums.setdefault(name, dict.fromkeys(groups, 0.0))
                    for group, before, after in zip(order, path, path[1:], strict=False):
                        mine[group] += after[name] - before[name]
    return {name: {group: total / counts[name] for group, total in mine.items()} for name, mine in sums.items()}
