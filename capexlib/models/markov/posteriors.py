"""What a few dated events say about a rate: the Gamma posterior."""

from __future__ import annotations

import math
from dataclasses import dataclass

from capexlib.models.uncertainty import Distribution, gamma


@dataclass(frozen=True, slots=True)
class RatePosterior:
    """A rate of rare events, per year, judged first and then observed.

    Parameters
    ----------
    events : int
        Moves seen, k.
    exposure_years : float
        Years during which a move could have been seen, T; a spell that still lasts counts up to
        the day it was last seen.
    prior_shape : float
        a, the weight of the prior in events.
    prior_mean_per_year : float
        m, the rate expected before looking.

    Raises
    ------
    ValueError
        If a count or time is negative, or the prior has no weight.

    Notes
    -----
    The prior is Gamma(a, b) with b = a/m years; after k events in T years it is
    Gamma(a + k, b + T), with mean (a + k)/(b + T). This holds for censored spells too.

    References
    ----------
    Gelman et al. (2013), Bayesian Data Analysis, 3rd edition, section 2.6.

    Examples
    --------
    >>> rate = RatePosterior(events=1, exposure_years=3.0, prior_shape=1.0, prior_mean_per_year=1.0)
    >>> rate.law.mean, round(rate.chance_within(4.0), 12)
    (0.5, 0.75)
    """

    events: int
    exposure_years: float
    prior_shape: float
    prior_mean_per_year: float

    def __post_init__(self) -> None:
        if self.events < 0 or self.events != int(self.events):
            msg = f"events are counted from 0, not {self.events}"
            raise ValueError(msg)
        if not 0.0 <= self.exposure_years < math.inf:
            msg = f"exposure is a finite number of years, not negative, not {self.exposure_years}"
            raise ValueError(msg)
        if not (0.0 < self.prior_shape < math.inf and 0.0 < self.prior_mean_per_year < math.inf):
            msg = (
                f"the prior needs a positive shape and mean, not {self.prior_shape} and "
                f"{self.prior_mean_per_year}; set a rate of zero in the chain itself"
            )
            raise ValueError(msg)

    @property
    def shape(self) -> float:
        """Events seen plus the weight of the prior, a + k."""
        return self.prior_shape + self.events

    @property
    def years(self) -> float:
        """Years seen plus those the prior stands for, a/m + T."""
        return self.prior_shape / self.prior_mean_per_year + self.exposure_years

    @property
    def law(self) -> Distribution:
        """The distribution of the rate, per year: `ppf`, `cdf`, `mean`, `variance`."""
        return gamma(self.shape, 1.0 / self.years)

    def chance_within(self, years: float) -> float:
        """Return the probability of at least one event within a time.

        Parameters
        ----------
        years : float
            t, not negative.

        Returns
        -------
        float
            1 − ((a/m + T)/(a/m + T + t))^(a + k): the rate's own uncertainty is averaged over.

        Raises
        ------
        ValueError
            If the time is negative or missing.
        """
        if not years >= 0.0:
            msg = f"years from now are not negative, unlike {years}"
            raise ValueError(msg)
        return -math.expm1(-self.shape * math.log1p(years / self.years))
