"""Notes that may become shares: what of them is debt, and whom they dilute."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from capexlib.models.finance.annuities import annuity_factor
from capexlib.models.finance.discounting import worth_of_the_rest
from capexlib.models.finance.loans import LoanSchedule
from capexlib.models.finance.returns import irr

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class ConvertibleSplit:
    """A convertible note on the day of issue, and how its debt grows to what is redeemed.

    Attributes
    ----------
    liability, equity : ndarray, shape (...)
        After their shares of the issue's costs; together the proceeds less the costs. A
        negative equity says that the market rate is below what the note pays.
    rate : ndarray, shape (...)
        Effective interest, decimal a period: the market rate where there are no costs.
    schedule : LoanSchedule
        The liability at each moment: interest at the effective rate, the coupon as
        payment, the difference as negative principal, redemption at the end.
    """

    liability: Floats
    equity: Floats
    rate: Floats
    schedule: LoanSchedule


def convertible_split(
    face: ArrayLike,
    coupon: ArrayLike,
    periods: int,
    market_rate: ArrayLike,
    *,
    redemption: ArrayLike | None = None,
    proceeds: ArrayLike | None = None,
    costs: ArrayLike = 0.0,
) -> ConvertibleSplit:
    """Split a convertible note into its debt and its right to shares.

    Parameters
    ----------
    face : array_like, shape (...)
        Nominal amount, positive.
    coupon : array_like
        Decimal of the face, paid at each period's end.
    periods : int
        To redemption, nobody converting before.
    market_rate : array_like
        Decimal a period on the same note without the right to convert; above −100 %.
    redemption : array_like, optional
        Paid at the end: the face where it is not given.
    proceeds : array_like, optional
        Received: the face where it is not given.
    costs : array_like
        Of the issue, positive, borne by both parts as they share the proceeds.

    Returns
    -------
    ConvertibleSplit

    Raises
    ------
    ValueError
        For no period.

    Notes
    -----
    Liability = worth of coupons and redemption at the market rate; equity = proceeds less
    liability. With costs the effective rate is the `irr` of the liability received and
    what is paid on it, one answer since the sign changes once.

    References
    ----------
    IAS 32, paragraphs 28–32 and 38, and illustrative example 9 (IE34–IE36); IFRS 9,
    appendix A (effective interest).

    Examples
    --------
    2,000 notes of 1,000 at 6 % for three years, the market asking 9 %:

    >>> note = convertible_split(2_000_000, 0.06, 3, 0.09)
    >>> round(float(note.liability)), round(float(note.equity))
    (1848122, 151878)
    """
    if periods < 1:
        msg = f"a note of {periods} periods cannot be split"
        raise ValueError(msg)
    nominal, market = np.asarray(face, float), np.asarray(market_rate, float)
    repaid = nominal if redemption is None else np.asarray(redemption, float)
    received = nominal if proceeds is None else np.asarray(proceeds, float)
    paid = nominal * np.asarray(coupon, float)
    gross = paid * annuity_factor(market, periods) + repaid * (1.0 + market) ** -periods
    charges = np.asarray(costs, float)
    liability, equity = gross * (1.0 - charges / received), (received - gross) * (1.0 - charges / received)
    shape = np.broadcast_shapes(liability.shape, equity.shape, paid.shape, repaid.shape, market.shape)
    payment = np.zeros((*shape, periods + 1))
    payment[..., 1:] = np.broadcast_to(paid, shape)[..., None]
    payment[..., -1] += repaid
    liability, equity = np.broadcast_to(liability, shape), np.broadcast_to(equity, shape)
    drawn = payment.copy()
    drawn[..., 0] = -liability
    rate = np.where(charges == 0, market, irr(drawn))
    balance = worth_of_the_rest(payment[..., 1:], rate[..., None])
    interest = np.zeros_like(balance)
    interest[..., 1:] = balance[..., :-1] * rate[..., None]
    return ConvertibleSplit(liability, equity, rate, LoanSchedule(balance, interest, payment - interest, payment))


@dataclass(frozen=True)
class Dilution:
    """Earnings a share, with and without conversion.

    Attributes
    ----------
    basic, diluted : ndarray, shape (...)
        Money a share.
    dilutive : ndarray of bool, shape (...)
        Whether conversion lowers earnings a share; where it does not, `diluted` is `basic`.
    ownership : ndarray, shape (...)
        Share of the company that the new shares would hold.
    """

    basic: Floats
    diluted: Floats
    dilutive: NDArray[np.bool_]
    ownership: Floats


def if_converted_dilution(
    earnings: ArrayLike, shares: ArrayLike, interest: ArrayLike, tax: ArrayLike, new_shares: ArrayLike
) -> Dilution:
    """Earnings a share if convertible notes had been shares all year.

    Parameters
    ----------
    earnings : array_like, shape (...)
        Of ordinary shareholders, after the notes' interest and tax; a loss is negative.
    shares : array_like, shape (...)
        Weighted average of the year, above zero; else nan.
    interest : array_like, shape (...)
        On the notes at the effective rate, positive: saved by conversion.
    tax : array_like
        Rate at which that interest saved tax.
    new_shares : array_like, shape (...)
        Issued on conversion, not negative.

    Returns
    -------
    Dilution

    Notes
    -----
    ``(earnings + interest (1 − t)) / (shares + new)``, if that is lower than
    ``earnings / shares``.

    References
    ----------
    IAS 33, paragraphs 33, 36 and 41–43, and illustrative example 6.

    Examples
    --------
    >>> result = if_converted_dilution(1_004, 1_000, 10, 0.4, 30)
    >>> round(float(result.basic), 3), round(float(result.diluted), 4)
    (1.004, 0.9806)
    """
    profit, before = np.asarray(earnings, float), np.asarray(shares, float)
    before = np.where(before > 0, before, np.nan)
    after = before + np.asarray(new_shares, float)
    basic = profit / before
    converted = (profit + np.asarray(interest, float) * (1.0 - np.asarray(tax, float))) / after
    return Dilution(basic, np.fmin(basic, converted), converted < basic, 1.0 - before / after)
