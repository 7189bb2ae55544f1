"""Random numbers that stay put: one stream a name, the same on any machine.

Few inputs are drawn from Sobol' points, many from stratified ones, event times from counter-based generators.
A stream depends on the seed, its name and (for Sobol') its place in the list,
on nothing else: adding a name at the end moves no other number, and two
scenarios that share names share their luck.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from capexlib.models.uncertainty.families import Floats
from capexlib.models.uncertainty.joe_kuo import direction_numbers

_BITS = 52
_NEAREST = 2.0**-53


def _sequence(seed: int, name: str) -> np.random.SeedSequence:
    """Return the seed sequence of a named stream."""
    digest = hashlib.blake2b(name.encode(), digest_size=16).digest()
    words = np.frombuffer(digest, dtype="<u4").tolist()
    return np.random.SeedSequence(entropy=seed, spawn_key=words)


def _check_size(n: int) -> None:
    if n < 1 or n & (n - 1):
        above = 1 << max(n, 1).bit_length()
        msg = f"Sobol' points are balanced only in powers of two; draw {above // 2} or {above}, not {n}"
        raise ValueError(msg)


def sobol_points(n: int, dimensions: int) -> Floats:
    """Return the first points of the Sobol' sequence, unshifted.

    Parameters
    ----------
    n : int
        A power of two.
    dimensions : int

    Returns
    -------
    ndarray, shape (n, dimensions)
        In [0, 1), starting at the origin, with Joe and Kuo's direction numbers.

    References
    ----------
    Joe and Kuo (2008), SIAM J. Sci. Comput. 30, 2635-2654.

    Examples
    --------
    >>> sobol_points(4, 2).tolist()
    [[0.0, 0.0], [0.5, 0.5], [0.75, 0.25], [0.25, 0.75]]
    """
    _check_size(n)
    bits = n.bit_length() - 1
    points = np.zeros((n, dimensions), dtype=np.uint64)
    for power, direction in enumerate(direction_numbers(dimensions, bits).T):
        points[1 << power : 2 << power] = points[: 1 << power][::-1] ^ direction
    return points.astype(np.float64) * 2.0**-bits


def uniforms(names: Sequence[str], n: int, seed: int) -> dict[str, Floats]:
    """Draw one low-discrepancy stream a name.

    Parameters
    ----------
    names : sequence of str
        All different; the place of a name is its Sobol' dimension, so add new ones at the end.
    n : int
        Number of draws, a power of two.
    seed : int
        Not negative.

    Returns
    -------
    dict of str to ndarray, shape (n,)
        Strictly between 0 and 1, in the order of `names`.

    Raises
    ------
    ValueError
        If `n` is not a power of two, or a name stands twice.

    Notes
    -----
    Each dimension is scrambled by a random linear map of its binary digits (unit lower
    triangular, so that later digits depend on earlier ones only) and a digital shift (XOR), both
    drawn for (seed, name). The points keep their balance, every draw is uniform, and doubling `n`
    keeps the first half.

    References
    ----------
    Matousek (1998), On the L2-discrepancy for anchored boxes, Journal of Complexity 14, 527-556.

    Examples
    --------
    >>> draws = uniforms(["price", "volume"], 8, seed=1)
    >>> sorted((draws["price"] * 8).astype(int).tolist())
    [0, 1, 2, 3, 4, 5, 6, 7]
    """
    if isinstance(names, str) or len(set(names)) != len(names):
        msg = f"give a list of different names, not {names!r}"
        raise ValueError(msg)
    _check_size(n)
    if not names:
        return {}
    directions = direction_numbers(len(names), n.bit_length() - 1)
    return {name: _scrambled(row, _sequence(seed, name)) for name, row in zip(names, directions, strict=True)}


def stratified(names: Iterable[str], n: int, seed: int) -> dict[str, Floats]:
    """Draw one stratified stream a name: one number in each n-th of the unit interval, in random order.

    For models with many inputs: a Sobol' sequence is only as good as its pairs of dimensions, and far dimensions
    are strongly correlated in small samples. Here every pair is independent, each input is still balanced, and a
    stream depends on its name alone, not on how many others there are.

    Parameters
    ----------
    names : iterable of str
    n : int
        At least 1.
    seed : int
        Not negative.

    Returns
    -------
    dict of str to ndarray, shape (n,)
        Strictly between 0 and 1.

    References
    ----------
    McKay, Beckman and Conover (1979), Technometrics 21, 239-245 (Latin hypercube sampling).

    Examples
    --------
    >>> draws = stratified(["price", "volume"], 8, seed=1)
    >>> sorted((draws["price"] * 8).astype(int).tolist())
    [0, 1, 2, 3, 4, 5, 6, 7]
    """
    found = {}
    for name in names:
        generator = event_stream(seed, f"stratified/{name}", 0)
        places = generator.permutation(n) + generator.random(n)
        found[name] = np.clip(places / n, _NEAREST, 1.0 - _NEAREST)
    return found


def _scrambled(directions: NDArray[np.uint64], sequence: np.random.SeedSequence) -> Floats:
    """Scramble one dimension, given by its direction numbers as whole multiples of 1/n.

    The map is linear: it is applied to the direction numbers, and the points follow in Gray-code
    order, each half the mirror of the one before with the next direction number added.
    """
    *words, shift = sequence.generate_state(_BITS + 1, np.uint64) >> np.uint64(64 - _BITS)
    count = directions.size
    mixed = np.zeros_like(directions)
    for place in range(count):
        top = 1 << (_BITS - 1 - place)
        column = np.uint64(top | (int(words[place]) & (top - 1)))
        mixed ^= (directions >> np.uint64(count - 1 - place) & np.uint64(1)) * column
    points = np.full(1 << count, shift)
    for power, direction in enumerate(mixed):
        points[1 << power : 2 << power] = points[: 1 << power][::-1] ^ direction
    return (points.astype(np.float64) + 0.5) * 2.0**-_BITS


def event_stream(seed: int, name: str, block: int) -> np.random.Generator:
    """Open the pseudo-random stream of one block of paths.

    Parameters
    ----------
    seed : int
    name : str
        What is drawn, for instance ``"licence gate"``.
    block : int
        Which block of paths, from 0.

    Returns
    -------
    numpy.random.Generator
        Philox with the key of (seed, name) and its counter at the block's own region of
        2**192 numbers: blocks never overlap and may be drawn in any order.

    Examples
    --------
    >>> bool(event_stream(1, "gate", 0).random() == event_stream(1, "gate", 0).random())
    True
    """
    if block < 0:
        msg = f"blocks are numbered from 0, not {block}"
        raise ValueError(msg)
    key = _sequence(seed, name).generate_state(2, np.uint64)
    return np.random.Generator(np.random.Philox(key=key, counter=[0, 0, 0, block]))


def correlate(draws: Mapping[str, Floats], correlations: Mapping[tuple[str, str], float]) -> dict[str, Floats]:
    """Give streams the stated rank correlations.

    Parameters
    ----------
    draws : mapping of str to ndarray
        Independent uniform streams.
    correlations : mapping of (str, str) to float
        Spearman's rank correlation of a pair; a pair not named is independent.

    Returns
    -------
    dict of str to ndarray
        Uniform streams in the same order. The earliest stream of each correlated group, and
        every stream in no pair, is unchanged.

    Raises
    ------
    ValueError
        If a name is unknown, a pair stands twice or with itself, a number is outside
        [−1, 1], or the numbers together are impossible.

    Notes
    -----
    Gaussian copula: with z = Φ⁻¹(u) and Pearson's r = 2 sin(π ρ/6), z becomes L z, where
    L Lᵀ is the matrix of the r.

    Examples
    --------
    >>> draws = correlate(uniforms(["a", "b"], 8, seed=1), {("a", "b"): 1.0})
    >>> bool(np.allclose(draws["a"], draws["b"]))
    True
    """
    from scipy.special import ndtr, ndtri

    linked = {name for pair in correlations for name in pair}
    if not linked <= set(draws):
        msg = f"correlations name inputs that are not drawn: {sorted(linked - set(draws))}"
        raise ValueError(msg)
    names = [name for name in draws if name in linked]
    factor = _factor(_pearson_matrix(names, correlations), names)
    scores = factor @ np.stack([ndtri(draws[name]) for name in names]) if names else np.empty((0, 0))
    edge = 2.0**-54
    mixed = dict(draws)
    for place, name in enumerate(names):
        if np.count_nonzero(factor[place]) > 1 or factor[place, place] != 1.0:
            mixed[name] = np.clip(ndtr(scores[place]), edge, 1.0 - 2 * edge)
    return mixed


def _pearson_matrix(names: Sequence[str], correlations: Mapping[tuple[str, str], float]) -> Floats:
    """Return the correlation matrix of the normal scores."""
    place = {name: index for index, name in enumerate(names)}
    matrix = np.eye(len(names))
    seen: set[frozenset[str]] = set()
    for (one, other), rank in correlations.items():
        if one == other or frozenset((one, other)) in seen or not -1.0 <= rank <= 1.0:
            msg = f"state each pair once, with a correlation from -1 to 1, unlike {one!r}, {other!r}: {rank}"
            raise ValueError(msg)
        seen.add(frozenset((one, other)))
        i, j = place[one], place[other]
        matrix[i, j] = matrix[j, i] = 2.0 * np.sin(np.pi * rank / 6.0)
    return matrix


def _factor(matrix: Floats, names: Sequence[str]) -> Floats:
    """Return the lower Cholesky factor, also of a matrix that is only semidefinite."""
    smallest = float(np.linalg.eigvalsh(matrix).min()) if names else 0.0
    if smallest < -1e-9:
        msg = (
            f"the correlations of {', '.join(names)} contradict each other (smallest eigenvalue "
            f"{smallest:.3f}): no quantities can have them all; weaken one of them"
        )
        raise ValueError(msg)
    factor = np.zeros_like(matrix)
    for k in range(len(names)):
        pivot = matrix[k, k] - factor[k, :k] @ factor[k, :k]
        if pivot > 1e-9:
            factor[k, k] = np.sqrt(pivot)
            factor[k + 1 :, k] = (matrix[k + 1 :, k] - factor[k + 1 :, :k] @ factor[k, :k]) / factor[k, k]
    return factor
