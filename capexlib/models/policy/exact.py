"""What linear algebra knows of the gates without drawing a path, to stand beside the simulated means.

Arrays of laws run (state, state, path). Each path keeps its own rates and shares, so that
an exact expectation and a simulated figure differ by the luck of that path alone.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import reduce

import numpy as np
from numpy.typing import ArrayLike

from capexlib.models.policy.gate_draws import Draws
from capexlib.models.policy.gates import GateModel
from capexlib.models.uncertainty.families import Floats

_ROWS = 1024
_ROUNDING = 1e-9


@dataclass(frozen=True, slots=True, eq=False)
class GateLaws:
    """A gate's chain as drawn: where it starts, how it moves, what it lets through.

    Parameters
    ----------
    start : int
    laws : sequence of ndarray, shape (S, S, n)
        Each month's transition probabilities.
    passes : ndarray, shape (S, n) or (S, 1)
        Part of the goods waiting that each state lets through in a month.
    """

    start: int
    laws: Sequence[Floats]
    passes: Floats

    @property
    def paths(self) -> int:
        """Number of paths."""
        return max(self.laws[0].shape[2], self.passes.shape[1])


def gate_laws(gate: GateModel, draws: Draws) -> GateLaws:
    """Return a gate's laws on the paths whose inputs are drawn."""
    return GateLaws(gate.start, gate.month_laws(gate.rates(draws), gate.chances(draws)), gate.pass_table(draws))


def occupancy(gate: GateLaws) -> Floats:
    """Return the law of the state at each month's end.

    Returns
    -------
    ndarray, shape (n, months, S)
        Summed over months: the expected months that end in each state.

    Examples
    --------
    >>> half = np.array([[0.5, 0.5], [0.0, 1.0]])[:, :, None]
    >>> occupancy(GateLaws(0, [half, half], np.ones((2, 1)))).tolist()
    [[[0.5, 0.5], [0.25, 0.75]]]
    """
    laws = []
    law = _unit(gate)
    for step in gate.laws:
        law = _moved(law, step, 0)
        laws.append(law)
    return np.stack(laws).transpose(2, 0, 1)


def passage_by_month(gate: GateLaws, targets: Iterable[int]) -> Floats:
    """Return how likely some month up to each one has ended in a set of states.

    Parameters
    ----------
    gate : GateLaws
    targets : iterable of int
        States by number.

    Returns
    -------
    ndarray, shape (n, months)
        A state entered and left within a month does not count, as in the simulated months; a gate
        that starts in the set counts once a month ends there.

    Examples
    --------
    >>> half = np.array([[0.5, 0.5], [1.0, 0.0]])[:, :, None]
    >>> passage_by_month(GateLaws(0, [half, half], np.ones((2, 1))), [1]).tolist()
    [[0.5, 0.75]]
    """
    aims = list(targets)
    reached = []
    law = _unit(gate)
    for step in gate.laws:
        law = _moved(law, step, 0)
        law[aims] = 0.0
        reached.append(1.0 - law.sum(axis=0))
    return np.stack(reached, axis=1)


def expected_deliveries(gates: Sequence[GateLaws], ready: ArrayLike, patience: ArrayLike | None = None) -> Floats:
    """Return the units expected to have been delivered by each month, without quota or cap.

    Parameters
    ----------
    gates : sequence of GateLaws
        Independent gates that the goods pass, all of them; none lets everything through.
    ready : array_like, shape (n, months) or (months,)
        Units that reach the gates in each month (orders `lead` months earlier).
    patience : array_like of int, shape (n,) or (), optional
        Months in which goods are offered, the one in which they become ready included; what
        then still waits is cancelled. Without it goods wait for ever.

    Returns
    -------
    ndarray, shape (n, months)

    Raises
    ------
    ValueError
        If shapes do not fit or the patience is less than a month.

    Notes
    -----
    In a month that ends in states x the part p(x) = Π p_g(x_g) of what waits is delivered.
    With W the goods waiting, w_t(x) = E[W_t; X_t = x] obeys w_t = (w_{t−1} P + r_t π_t)(1 − p),
    P the Kronecker product of the gates' laws (applied gate by gate), which is the Feynman-Kac
    formula for E[Π (1 − p)].

    References
    ----------
    Del Moral (2004), Feynman-Kac Formulae, Springer, section 1.4.

    Examples
    --------
    >>> shut = GateLaws(0, [np.array([[0.5, 0.5], [0.0, 1.0]])[:, :, None]] * 2, np.array([[0.0], [1.0]]))
    >>> expected_deliveries([shut], [8, 0]).tolist()
    [[4.0, 6.0]]
    """
    arrivals = np.atleast_2d(np.asarray(ready, dtype=np.float64))
    months = arrivals.shape[1]
    waits = None if patience is None else np.atleast_1d(np.asarray(patience)).astype(np.int64)
    sizes = {len(arrivals), *(gate.paths for gate in gates), *(() if waits is None else (len(waits),))}
    n = max(sizes)
    if not sizes <= {1, n} or any(len(gate.laws) != months for gate in gates):
        msg = f"gates, goods and patience are of different sizes: paths {sorted(sizes)}, {months} months of goods"
        raise ValueError(msg)
    if waits is not None and waits.min() < 1:
        msg = f"goods wait for at least the month in which they are ready, not {waits.min()}"
        raise ValueError(msg)
    delivered = np.empty((n, months))
    for low in range(0, n, _ROWS):
        part = slice(low, min(low + _ROWS, n))
        cuts = [GateLaws(g.start, [_cut(law, part) for law in g.laws], _cut(g.passes, part)) for g in gates]
        offered = waits if waits is None or len(waits) == 1 else waits[part]
        delivered[part] = _served(cuts, arrivals if len(arrivals) == 1 else arrivals[part], offered, part)
    return delivered


def _served(gates: Sequence[GateLaws], arrivals: Floats, patience: np.ndarray | None, part: slice) -> Floats:
    """Return what is delivered by each month on some paths; the first axis is how long goods have waited."""
    shape = tuple(len(gate.passes) for gate in gates)
    axes = range(len(gates))
    law = np.zeros((*shape, part.stop - part.start))
    law[tuple(gate.start for gate in gates)] = 1.0
    passing = reduce(
        np.multiply, (_along(gate.passes, axis, len(gates)) for axis, gate in enumerate(gates)), np.ones(1)
    )
    ages = 1 if patience is None else int(patience.max())
    waiting = np.zeros((ages, *law.shape))
    age = np.arange(ages).reshape(-1, *[1] * law.ndim)
    stays = (age > 0) & (age < (ages if patience is None else patience))
    sums = tuple(range(waiting.ndim - 1))
    delivered = []
    for month, arrived in enumerate(arrivals.T):
        for axis in axes:
            law = _moved(law, gates[axis].laws[month], axis)
            waiting = _moved(waiting, gates[axis].laws[month], axis + 1)
        waiting[0] += arrived * law
        delivered.append((waiting * passing).sum(axis=sums))
        waiting *= 1.0 - passing
        if patience is not None:
            waiting = np.roll(waiting, 1, axis=0)
            waiting *= stays
    return np.cumsum(delivered, axis=0).T


def _unit(gate: GateLaws) -> Floats:
    law = np.zeros((len(gate.passes), gate.laws[0].shape[2]))
    law[gate.start] = 1.0
    return law


def _moved(mass: Floats, law: Floats, axis: int) -> Floats:
    """Return mass over states (along `axis`) and paths (along the last) after one step."""
    before = np.moveaxis(mass, axis, 0)
    after = np.empty(np.broadcast_shapes(before.shape, (1,) * (before.ndim - 1) + law.shape[-1:]))
    for target in range(len(law)):
        np.multiply(before[0], law[0, target], out=after[target])
        for state in range(1, len(law)):
            after[target] += before[state] * law[state, target]
    return np.moveaxis(after, 0, axis)


def _along(passes: Floats, axis: int, count: int) -> Floats:
    """Lay a gate's shares along its axis among those of all gates."""
    shape = [1] * count + [passes.shape[1]]
    shape[axis] = len(passes)
    return passes.reshape(shape)


def _cut(array: Floats, part: slice) -> Floats:
    return array if array.shape[-1] == 1 else array[..., part]


@dataclass(frozen=True, slots=True)
class Beside:
    """An exact expectation beside its simulated mean.

    Parameters
    ----------
    exact, simulated : float
    standard_error : float
        Of the difference.
    z : float
        Difference in standard errors; zero where both agree to rounding.
    """

    exact: float
    simulated: float
    standard_error: float
    z: float


def beside(exact: ArrayLike, simulated: ArrayLike) -> Beside:
    """Compare exact expectations with what was simulated.

    Parameters
    ----------
    exact : array_like, shape (n,) or ()
        Expectation of each path given its own inputs, or one for all.
    simulated : array_like, shape (n,)
        At least two paths; truths or whole numbers where something is counted.

    Returns
    -------
    Beside
        The spread of the inputs is on both sides and cancels; what is left is the luck of the paths.

    Notes
    -----
    A count with mean m varies by at least f(1 − f), f = m − ⌊m⌋ (a truth by just that), so that a rare
    event that happened on no path does not pass for a certain one.

    Examples
    --------
    >>> beside(0.5, [0.0, 1.0, 1.0, 0.0]).z
    0.0
    """
    counted = np.asarray(simulated).dtype.kind in "biu"
    drawn = np.asarray(simulated, dtype=np.float64)
    expected = np.broadcast_to(np.asarray(exact, dtype=np.float64), drawn.shape)
    if drawn.ndim != 1 or drawn.size < 2:
        msg = f"compare one number a path, at least two, not an array of shape {drawn.shape}"
        raise ValueError(msg)
    luck = drawn - expected
    part = expected % 1.0
    least = float((part * (1.0 - part)).mean()) if counted else 0.0
    error = math.sqrt(max(float(luck.var(ddof=1)), least) / drawn.size)
    difference = float(luck.mean())
    close = abs(difference) <= _ROUNDING * max(1.0, float(np.abs(expected).max()))
    z = 0.0 if close else difference / error if error > 0.0 else math.copysign(math.inf, difference)
    return Beside(float(expected.mean()), float(drawn.mean()), error, z)
