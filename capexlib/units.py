"""The closed vocabulary of units, and conversion inside one dimension.

Money is never converted from one currency to another here: that takes a dated
rate, and only :mod:`capexlib.facts.exchange` holds rates.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from capexlib.errors import did_you_mean

CURRENCIES = frozenset(
    "AED AUD BRL CAD CHF CNY DKK EUR GBP HKD IDR ILS INR JPY KRW MXN MYR NOK NZD PHP PLN SAR "
    "SEK SGD THB TRY TWD USD VND ZAR".split()
)
_SCALES = {"": 1.0, "thousand": 1e3, "million": 1e6, "m": 1e6, "bn": 1e9, "tn": 1e12}
_MONEY_SCALES = ("", "m", "bn", "tn")

_NAMED: dict[str, tuple[str, float]] = {
    "units": ("unit", 1.0),
    "unit": ("unit", 1.0),
    "chip": ("unit", 1.0),
    "users": ("user", 1.0),
    "user": ("user", 1.0),
    "accounts": ("account", 1.0),
    "people": ("person", 1.0),
    "seats": ("seat", 1.0),
    "firms": ("firm", 1.0),
    "dies": ("die", 1.0),
    "events": ("event", 1.0),
    "H100e": ("H100-equivalent", 1.0),
    "fraction": ("ratio", 1.0),
    "ratio": ("ratio", 1.0),
    "percent": ("ratio", 1e-2),
    "bp": ("ratio", 1e-4),
    "W": ("power", 1.0),
    "kW": ("power", 1e3),
    "MW": ("power", 1e6),
    "GW": ("power", 1e9),
    "kWh": ("energy", 3.6e6),
    "MWh": ("energy", 3.6e9),
    "GB": ("memory", 1.0),
    "TB": ("memory", 1e3),
    "TFLOPS": ("compute rate", 1.0),
    "TPP": ("processing performance", 1.0),
    "second": ("time", 1.0),
    "hour": ("time", 3600.0),
    "hours": ("time", 3600.0),
    "days": ("time", 86400.0),
    "weeks": ("time", 604800.0),
    "month": ("time", 2629746.0),
    "months": ("time", 2629746.0),
    "year": ("time", 31556952.0),
    "years": ("time", 31556952.0),
    "GPU-hour": ("GPU time", 1.0),
    "GPU-year": ("GPU time", 8766.0),
    "server-hour": ("server time", 1.0),
    "share": ("share", 1.0),
    "server": ("server", 1.0),
    "rack": ("rack", 1.0),
    "GPU": ("unit", 1.0),
    "8-GPU module": ("8-GPU module", 1.0),
    "8-GPU server": ("8-GPU server", 1.0),
    "text": ("text", 1.0),
    "date": ("date", 1.0),
    "flag": ("flag", 1.0),
}
_SCALABLE = frozenset({"units", "users", "accounts", "people", "seats", "H100e", "dies"})


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit of the vocabulary.

    Parameters
    ----------
    symbol : str
        As written in a claim or a params file, for instance ``"CNY bn"``.
    dimension : tuple of str
        Numerator, then denominators; a currency is a dimension of its own.
    factor : float
        How many base units of the dimension one of this unit is.
    """

    symbol: str
    dimension: tuple[str, ...]
    factor: float

    @property
    def currency(self) -> str | None:
        """The ISO code when the unit is money (also money per something)."""
        return self.dimension[0] if self.dimension[0] in CURRENCIES else None

    @property
    def is_exchange_rate(self) -> bool:
        """Whether this is one currency per another."""
        return len(self.dimension) == 2 and len(set(self.dimension) & CURRENCIES) == 2

    @property
    def is_statement(self) -> bool:
        """Whether the unit says that the claim is words, not a number."""
        return self.dimension == ("text",)


class UnknownUnitError(ValueError):
    """A unit outside the vocabulary."""


def _atom(token: str) -> tuple[str, float] | None:
    """Resolve one numerator or denominator to (dimension, factor)."""
    if token in _NAMED:
        return _NAMED[token]
    head, gap, scale = token.partition(" ")
    if head in CURRENCIES and scale in _MONEY_SCALES and bool(gap) == bool(scale):
        return head, _SCALES[scale]
    scale, _, noun = token.partition(" ")
    if noun in _SCALABLE and scale in ("thousand", "million"):
        dimension, factor = _NAMED[noun]
        return dimension, factor * _SCALES[scale]
    return None


@lru_cache(maxsize=1024)
def parse_unit(symbol: str) -> Unit:
    """Read a unit of the vocabulary.

    Parameters
    ----------
    symbol : str
        Numerator and up to two denominators: ``"CNY bn"``, ``"USD/unit"``,
        ``"USD m/MW/year"``, ``"CNY/USD"``, ``"million users"``, ``"fraction"``.

    Returns
    -------
    Unit

    Raises
    ------
    UnknownUnitError
        If a part is not in the vocabulary, with the nearest known word.

    Examples
    --------
    >>> parse_unit("CNY bn").factor
    1000000000.0
    >>> parse_unit("CNY bn").currency
    'CNY'
    """
    parts = symbol.split("/")
    atoms = [_atom(part) for part in parts]
    if not 1 <= len(parts) <= 3 or any(atom is None for atom in atoms):
        money = [f"{code} {scale}".strip() for code in CURRENCIES for scale in _MONEY_SCALES]
        counts = [f"million {noun}" for noun in _SCALABLE]
        wrong = next((p for p, a in zip(parts, atoms, strict=True) if a is None), symbol)
        cure = did_you_mean(wrong, [*_NAMED, *money, *counts])
        msg = f"unknown unit {symbol!r}. {cure}"
        raise UnknownUnitError(msg)
    resolved = [atom for atom in atoms if atom is not None]
    factor = resolved[0][1]
    for _, denominator in resolved[1:]:
        factor /= denominator
    return Unit(symbol, tuple(dimension for dimension, _ in resolved), factor)


def convert(value: float, unit: str, to: str) -> float:
    """Convert between two units of one dimension.

    Parameters
    ----------
    value : float
        In `unit`.
    unit, to : str
        Units of the vocabulary.

    Returns
    -------
    float
        In `to`.

    Raises
    ------
    ValueError
        If the dimensions differ; between currencies the message says that a
        dated rate is needed.

    Examples
    --------
    >>> convert(160, "CNY bn", "CNY m")
    160000.0
    >>> convert(5, "percent", "fraction")
    0.05
    """
    source, target = parse_unit(unit), parse_unit(to)
    if source.dimension != target.dimension:
        why = " (money needs a dated exchange rate)" if source.currency and target.currency else ""
        msg = f"{unit!r} cannot become {to!r}{why}"
        raise ValueError(msg)
    return value * (source.factor / target.factor)
