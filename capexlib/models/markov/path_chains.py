"""Sampled paths where each path has a chain of its own, drawn as in `paths`.

The numbers drawn for a path are those of `paths.simulate_states` under the same
name: a sample whose paths share one chain is the same by either.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor

import numpy as np
from numpy.typing import ArrayLike

from capexlib.models.markov.paths import PATHS_PER_BLOCK, States
from capexlib.models.uncertainty import event_stream
from capexlib.models.uncertainty.families import Floats

LawsOf = Callable[[int, int], Sequence[Floats]]
_MOST_STATES = 255


def boundaries(laws: Floats) -> Floats:
    """Return the inner cumulative probabilities of each state's followers.

    Parameters
    ----------
    laws : ndarray, shape (count, count, n)

    Returns
    -------
    ndarray, shape (count − 1, count, n)
        Boundary, state, path. No rounding opens a state of probability zero.
    """
    count = len(laws)
    scaled = laws / laws.sum(axis=1, keepdims=True)
    bounds = np.cumsum(scaled, axis=1)
    last = count - 1 - np.argmax(scaled[:, ::-1] > 0.0, axis=1)
    bounds[np.arange(count)[:, None] >= last[:, None]] = 1.0
    return np.ascontiguousarray(bounds[:, :-1].transpose(1, 0, 2))


def _advance(bounds: Floats, states: States, draws: Floats, out: States) -> None:
    """Write to `out` where the draws take each path: the number of boundaries at or below its draw."""
    _, count, n = bounds.shape
    places = states.astype(np.intp)
    places *= n
    places += np.arange(n)
    out[:] = 0
    reached = np.empty(n)
    for bound in bounds.reshape(-1, count * n):
        bound.take(places, out=reached, mode="clip")
        out += draws >= reached


def states_from_uniforms(uniforms: ArrayLike, laws: Sequence[Floats], start: int) -> States:
    """Return the month-end states that uniform numbers lead to.

    Parameters
    ----------
    uniforms : array_like, shape (n, months)
        In [0, 1).
    laws : sequence of ndarray, shape (count, count, n)
        Each month's transition probabilities, path by path; months may share an array.
    start : int
        State at the first month's beginning.

    Returns
    -------
    ndarray of uint8, shape (n, months)
        Each month's column is contiguous in memory.

    Raises
    ------
    ValueError
        If the numbers and the laws do not fit, or the start is no state.

    Examples
    --------
    >>> coin = np.full((2, 2, 2), 0.5)
    >>> states_from_uniforms([[0.1, 0.9], [0.5, 0.4]], [coin, coin], 0).tolist()
    [[0, 1], [1, 0]]
    """
    rows = np.asarray(uniforms, dtype=np.float64).T
    if rows.ndim != 2 or len(rows) != len(laws) or not len(rows):
        msg = f"give uniform numbers for each of {len(laws)} months, not an array of shape {np.shape(uniforms)}"
        raise ValueError(msg)
    _check_start(start, len(laws[0]))
    return _walk(list(rows), laws, start).T


def _walk(rows: Sequence[Floats], laws: Sequence[Floats], start: int) -> States:
    """Return states, (months, n)."""
    walked = np.empty((len(rows) + 1, len(rows[0])), dtype=np.uint8)
    walked[0] = start
    known: dict[int, Floats] = {}
    for month, (draws, law) in enumerate(zip(rows, laws, strict=True)):
        bounds = known.get(id(law))
        if bounds is None:
            known[id(law)] = bounds = boundaries(law)
        _advance(bounds, walked[month], draws, walked[month + 1])
    return walked[1:]


def _check_start(start: int, count: int) -> None:
    if not 0 <= start < count <= _MOST_STATES:
        msg = f"start is one of {count} states (at most {_MOST_STATES}), not {start}"
        raise ValueError(msg)


def simulate_path_states(
    laws_of: LawsOf,
    start: int,
    n_paths: int,
    months: int,
    *,
    seed: int,
    name: str,
    first_path: int = 0,
    workers: int = 1,
) -> States:
    """Sample month-end states where each path has transition probabilities of its own.

    Parameters
    ----------
    laws_of : callable
        From the first path and the one after the last, counted from `first_path`, to each month's
        probabilities, arrays of shape (count, count, paths). It is asked block by block.
    start : int
        State at the first month's beginning.
    n_paths, months : int
    seed, name : int, str
        Of the random stream.
    first_path : int
        Number of the first path, for drawing a sample in chunks.
    workers : int
        Threads.

    Returns
    -------
    ndarray of uint8, shape (n_paths, months)
        The same path whatever the chunk, the horizon or the number of workers. Each month's column
        is contiguous in memory.

    Raises
    ------
    ValueError
        If a count is unusable or the start is no state.

    Examples
    --------
    >>> swap = np.eye(2)[::-1, :, None]
    >>> laws = lambda low, high: [np.broadcast_to(swap, (2, 2, high - low))] * 3
    >>> simulate_path_states(laws, 0, 2, 3, seed=1, name="gate").tolist()
    [[1, 0, 1], [1, 0, 1]]
    """
    if n_paths < 1 or months < 1 or first_path < 0 or workers < 1:
        msg = (
            "sample at least one path, month and worker, from path 0 on, not "
            f"{n_paths=}, {months=}, {workers=}, {first_path=}"
        )
        raise ValueError(msg)
    paths = np.empty((months, n_paths), dtype=np.uint8)
    stop = first_path + n_paths

    def fill(block: int) -> None:
        begin = block * PATHS_PER_BLOCK
        low, high = max(begin, first_path), min(begin + PATHS_PER_BLOCK, stop)
        laws = laws_of(low - first_path, high - first_path)
        _check_start(start, len(laws[0]))
        stream = event_stream(seed, name, block)
        stream.random(PATHS_PER_BLOCK)  # where the start is drawn in `paths`
        rows = [stream.random(PATHS_PER_BLOCK)[low - begin : high - begin] for _ in range(months)]
        paths[:, low - first_path : high - first_path] = _walk(rows, laws, start)

    blocks = range(first_path // PATHS_PER_BLOCK, math.ceil(stop / PATHS_PER_BLOCK))
    if workers == 1:
        for block in blocks:
            fill(block)
    else:
        with ThreadPoolExecutor(workers) as pool:
            list(pool.map(fill, blocks))
    return paths.T
