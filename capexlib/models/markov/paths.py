"""Sampled paths of a chain: the state at each month's end, the same on any machine.

Paths come in blocks of fixed size, each with a stream of its own, and a block
draws its numbers month by month. So path 7 in month 3 is the same path whether
ten paths or a million are drawn, for one year or for five, in one chunk or in
many, by one worker or by several.
"""

from __future__ import annotations

import math
from concurrent.futures import ThreadPoolExecutor

import numpy as np
from numpy.typing import ArrayLike, NDArray

from capexlib.models.markov.chains import checked_law, checked_transitions
from capexlib.models.uncertainty import event_stream
from capexlib.models.uncertainty.families import Floats

States = NDArray[np.uint8]

PATHS_PER_BLOCK = 8192
_BUCKETS = 1024
_SPLIT = 255


def _bounds(laws: Floats) -> Floats:
    """Return the inner cumulative probabilities of each row; no rounding opens a state of probability zero."""
    count = laws.shape[1]
    bounds = np.cumsum(laws, axis=1)
    last = count - 1 - np.argmax(laws[:, ::-1] > 0, axis=1)
    bounds[np.arange(count) >= last[:, None]] = 1.0
    return bounds[:, :-1]


class _Step:
    """One month's law, laid out for looking up the next state of many paths.

    The unit interval is cut into equal buckets. In most of them every number leads
    to the same state, which the table holds; the few that hold a boundary are
    marked, and their numbers are compared with the exact boundaries.
    """

    def __init__(self, transitions: Floats) -> None:
        count = len(transitions)
        self.bounds = _bounds(transitions)
        edges = np.arange(_BUCKETS + 1) / _BUCKETS
        table = np.empty((count, _BUCKETS), dtype=np.uint8)
        for row, bound in zip(table, self.bounds, strict=True):
            lowest = np.searchsorted(bound, edges[:-1], side="right")
            highest = np.searchsorted(bound, edges[1:], side="left")
            row[:] = np.where(lowest == highest, lowest, _SPLIT)
        self.table = table.ravel()

    def advance(self, states: States, draws: Floats, places: NDArray[np.intp], out: States) -> None:
        """Write the next states to `out`; `places` is room for as many numbers."""
        np.multiply(draws, _BUCKETS, out=places, casting="unsafe")
        places += states.astype(np.intp) * _BUCKETS
        self.table.take(places, out=out, mode="clip")
        split = np.flatnonzero(out == _SPLIT)
        out[split] = np.count_nonzero(draws[split, None] >= self.bounds[states[split]], axis=1)


def simulate_states(
    transitions: ArrayLike,
    start: int | ArrayLike,
    n_paths: int,
    *,
    months: int | None = None,
    seed: int,
    name: str,
    first_path: int = 0,
    workers: int = 1,
) -> States:
    """Sample the state of a chain at the end of each month.

    Parameters
    ----------
    transitions : array_like, shape (n, n) or (months, n, n)
        Probabilities over one month: for a `Generator`, ``transition_matrix(chain, 1 / 12)``, which
        makes the month-end states exact. One matrix a month lets a scheduled event
        change the rates or move the state on a date.
    start : int or array_like, shape (n,)
        State at the first month's beginning, or its law.
    n_paths : int
    months : int, optional
        Needed with a single matrix.
    seed, name : int, str
        Of the random stream, for instance ``"licence gate"``; the same in every scenario, so that
        scenarios share their luck.
    first_path : int
        Number of the first path, for drawing a sample in chunks.
    workers : int
        Threads.

    Returns
    -------
    ndarray of uint8, shape (n_paths, months)
        States by number. Each month's column is contiguous in memory.

    Raises
    ------
    ValueError
        If a matrix, the start or a count is unusable.

    Notes
    -----
    Inversion: the next state is the number of cumulative probabilities at or below the draw, found
    by an indexed search (a guide table), exact for draws of 53 bits.

    References
    ----------
    Devroye (1986), Non-Uniform Random Variate Generation, section III.2.4.

    Examples
    --------
    >>> always = [[0.0, 1.0], [1.0, 0.0]]
    >>> simulate_states(always, 0, 2, months=3, seed=1, name="gate").tolist()
    [[1, 0, 1], [1, 0, 1]]
    """
    steps = _steps(transitions, months)
    count = len(steps[0].bounds) if steps else 0
    if n_paths < 1 or first_path < 0 or workers < 1 or not steps:
        msg = (
            "sample at least one path, month and worker, from path 0 on, not "
            f"{n_paths=}, months={len(steps)}, {workers=}, {first_path=}"
        )
        raise ValueError(msg)
    first = _bounds(_start_law(start, count)[None])[0]
    paths = np.empty((len(steps), n_paths), dtype=np.uint8)
    stop = first_path + n_paths

    def fill(block: int) -> None:
        begin = block * PATHS_PER_BLOCK
        rows = _block(steps, first, event_stream(seed, name, block))
        low, high = max(begin, first_path), min(begin + PATHS_PER_BLOCK, stop)
        for month, states in enumerate(rows):
            paths[month, low - first_path : high - first_path] = states[low - begin : high - begin]

    blocks = range(first_path // PATHS_PER_BLOCK, math.ceil(stop / PATHS_PER_BLOCK))
    if workers == 1:
        for block in blocks:
            fill(block)
    else:
        with ThreadPoolExecutor(workers) as pool:
            list(pool.map(fill, blocks))
    return paths.T


def _block(steps: list[_Step], first: Floats, stream: np.random.Generator) -> States:
    """Return the states of one whole block, (months, PATHS_PER_BLOCK)."""
    states = np.empty((len(steps) + 1, PATHS_PER_BLOCK), dtype=np.uint8)
    draws = np.empty(PATHS_PER_BLOCK)
    places = np.empty(PATHS_PER_BLOCK, dtype=np.intp)
    states[0] = np.searchsorted(first, stream.random(out=draws), side="right")
    for month, step in enumerate(steps):
        stream.random(out=draws)
        step.advance(states[month], draws, places, states[month + 1])
    return states[1:]


def _steps(transitions: ArrayLike, months: int | None) -> list[_Step]:
    """Return each month's step; months with equal laws share one."""
    given = np.asarray(transitions, dtype=np.float64)
    if given.ndim == 2:
        if months is None:
            msg = "with one matrix for all months, say how many months"
            raise ValueError(msg)
        given = np.broadcast_to(given, (max(months, 0), *given.shape))
    elif given.ndim != 3 or months not in (None, len(given)):
        msg = f"give one matrix, or one for each of {months} months, not shape {given.shape}"
        raise ValueError(msg)
    if given.shape[1] > _SPLIT:
        msg = f"a chain may have at most {_SPLIT} states here, not {given.shape[1]}"
        raise ValueError(msg)
    known: dict[bytes, _Step] = {}
    steps: list[_Step] = []
    for matrix in given:
        key = matrix.tobytes()
        if key not in known:
            known[key] = _Step(checked_transitions(matrix))
        steps.append(known[key])
    return steps


def _start_law(start: int | ArrayLike, count: int) -> Floats:
    """Return the law of the state in which the first month begins."""
    given = np.asarray(start)
    if given.ndim:
        return checked_law(given, count)
    if not (np.issubdtype(given.dtype, np.integer) and 0 <= given < count):
        msg = f"start is a state from 0 to {count - 1} or a law, not {start}"
        raise ValueError(msg)
    return np.eye(count)[given]
