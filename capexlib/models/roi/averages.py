"""The account on average of all paths: parts that add up, as medians do not."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import numpy as np
from numpy.typing import NDArray

from capexlib.figures import Figure, result
from capexlib.models.funding.model import Funding
from capexlib.models.funding.sampled import sampled
from capexlib.models.funding.sources import company_cash_flow
from capexlib.models.roi.operations import Operations
from capexlib.models.roi.returns import worth

Floats = NDArray[np.float64]
BN = 1e9
REACH = 1.6448536269514722  # standard errors in half of a 90 % interval
LEAST = 5e7  # USD: years that need less on average are left out

PARTS = {
    "hours": "Worth of the hours used", "running": "Running costs", "tax": "Tax", "spending": "Capital expenditure",
    "left": "What is left at the end",
}  # fmt: skip


def averaged(
    figure_id: str, title: str, samples: Floats, unit: str, operands: Iterable[Figure], formula: str, *,
    period: str = "",
) -> Figure:  # fmt: skip
    """Publish a sample as its mean, with the sampling error of the mean as its interval.

    Parameters
    ----------
    figure_id, title, unit, formula, period : str
    samples : ndarray, shape (n,)
        Finite.
    operands : iterable of Figure

    Returns
    -------
    Figure
    """
    mean = float(samples.mean())
    reach = REACH * float(samples.std(ddof=1)) / np.sqrt(samples.size)
    return result(
        figure_id, title, mean, unit, operands, formula=formula, low=mean - reach, high=mean + reach, period=period,
        interval="90 % range of the mean's sampling error",
    )  # fmt: skip


def value_parts(operations: Operations, wacc: Floats) -> dict[str, Floats]:
    """Split the net present value into what makes it, USD on the as-of date, outflows negative.

    Parameters
    ----------
    operations : Operations
    wacc : ndarray, shape (n,)

    Returns
    -------
    dict of str to ndarray, shape (n,)
        By the names in `PARTS`; their sum is the NPV of every path.
    """
    flows = {
        "hours": operations.revenue, "running": -operations.running, "tax": -operations.tax(),
        "spending": -operations.spending, "left": operations.proceeds,
    }  # fmt: skip
    return {name: worth(wacc, flow) for name, flow in flows.items()}


def average_results(operations: Operations, funding: Funding, operands: Iterable[Figure]) -> Iterator[Figure]:
    """Publish the averages: build-up, parts of the value, sources and uses, and what repays the debt.

    Parameters
    ----------
    operations : Operations
    funding : Funding
        Of these operations.
    operands : iterable of Figure

    Yields
    ------
    Figure
        Ids begin with ``roi.mean``; instruments and years without any money are left out.
    """
    used = tuple(operands)
    path_by_path = "mean over the paths"
    for name, assets in operations.classes.items():
        yield averaged(f"roi.mean.capex.{name}", f"Mean spending: {name}", assets.spending.sum(axis=1) / BN, "USD bn",
                       used, path_by_path)  # fmt: skip
    yield averaged("roi.mean.capex", "Mean capital expenditure", operations.spending.sum(axis=1) / BN, "USD bn", used,
                   path_by_path)  # fmt: skip
    parts = value_parts(operations, funding.plan.wacc)
    for name, title in PARTS.items():
        yield averaged(f"roi.mean.value.{name}", f"Mean of the value: {title.lower()}", parts[name] / BN, "USD bn",
                       used, "PV at funding.wacc, outflows negative")  # fmt: skip
    whole = np.sum(list(parts.values()), axis=0)
    yield averaged("roi.mean.value", "Mean net present value", whole / BN, "USD bn", used, "sum of its parts")
    yield from _sources_and_uses(funding, used)
    yield from _repayment(operations, funding, used)


def _sources_and_uses(funding: Funding, used: tuple[Figure, ...]) -> Iterator[Figure]:
    account = funding.plan.account
    rows = {f"source.{name}": drawn for name, drawn in account.draws.items()}
    rows |= {"source.gap": account.gap, "use.needs": account.needs, "use.fees": account.uses - account.needs}
    years = np.flatnonzero(account.uses.mean(axis=0) > LEAST).tolist()
    for name, money in rows.items():
        for year in years:
            if not money[:, year].any():
                continue
            said = f"Mean of {name.replace('.', ' ')}, year {year + 1}"
            yield averaged(f"roi.mean.{name}.{year + 1}", said, money[:, year] / BN, "USD bn", used,
                           "mean over the paths", period=f"year {year + 1}")  # fmt: skip


def _repayment(operations: Operations, funding: Funding, used: tuple[Figure, ...]) -> Iterator[Figure]:
    """Publish what serves the debt in the years in which service is due, and what stands behind it."""
    covered, flows = funding.covered, operations.project_flows()
    due = covered.service > 0
    outside = company_cash_flow(operations.inputs, operations.years)
    inputs = operations.inputs
    peak = int(np.argmax(covered.debt.mean(axis=0)))
    for name, title, samples, formula in (
        ("service", "Interest and principal due", covered.service.sum(axis=1), "sum over the years"),
        ("plan", "The plan's own cash in those years", np.where(due, flows.cfads, 0.0).sum(axis=1),
         "CFADS of the years with debt service"),
        ("company", "The company's other cash flow in those years",
         (due * (outside - inputs["funding.company.debt_service"][:, None])).sum(axis=1),
         "cash flow less service of older debt, years with debt service"),
        ("reserve", "Cash above the floor today",
         np.maximum(inputs["funding.company.cash"] - inputs["funding.company.cash_floor"], 0.0),
         "cash − floor, as of date"),
        ("assets", "Book value of the plan's assets when most is owed", operations.book[:, peak],
         f"at the end of year {peak + 1}"),
    ):  # fmt: skip
        yield sampled(f"roi.lender.{name}", title, samples / BN, "USD bn", used, formula)
