"""The funding model's published numbers."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np

from capexlib.figures import Figure, lineage, result
from capexlib.models.funding.lenders import cushion, lowest
from capexlib.models.funding.mix import Mix
from capexlib.models.funding.sampled import assumed, chance, drawn_paths, sampled, yearly
from capexlib.params.funding import FundingParams

if TYPE_CHECKING:
    from capexlib.models.funding.model import Funding

BN = 1e9
CENT = 0.005


def funding_results(params: FundingParams, funding: Funding, operands: tuple[Figure, ...]) -> tuple[Figure, ...]:
    """Publish sources and uses, covers, tests, costs and mixes; ids are unique."""
    drawn = (*operands, *assumed(params, "funding"))
    used = (drawn_paths("funding.paths", "Simulated paths of funding", funding.plan.wacc.size, drawn),)
    figures = (
        *_account(params, funding, used),
        *_covers(funding, used),
        *_tests(params, funding, used),
        *_mixes(params, funding, used),
    )
    lineage(figures)
    return figures


def _account(params: FundingParams, funding: Funding, used: tuple[Figure, ...]) -> Iterator[Figure]:
    account = funding.plan.account
    yield sampled(
        "funding.need",
        "Capital expenditure to be paid for",
        account.needs.sum(axis=1) / BN,
        "USD bn",
        used,
        "sum over the years of capital expenditure, path by path",
    )
    yield sampled(
        "funding.fees",
        "Fees on drawing",
        (account.uses - account.needs).sum(axis=1) / BN,
        "USD bn",
        used,
        "draws × fee, summed over instruments and years",
    )
    for name, terms in params.instruments.items():
        yield sampled(
            f"funding.source.{name}",
            terms.title,
            account.total(name) / BN,
            "USD bn",
            used,
            "in its turn: the least of the need left, its share and its limit",
        )
    gap = account.gap.sum(axis=1)
    yield sampled("funding.gap", "Not funded", gap / BN, "USD bn", used, "uses − all draws")
    yield chance(
        "funding.gap_chance", "Chance of a funding gap", np.asarray(gap > CENT), used, "share of paths with a gap"
    )
    yield sampled(
        "funding.wacc",
        "Cost of capital after tax",
        funding.plan.wacc,
        "fraction",
        used,
        "Σ amount × cost × (1 − tax, for debt) / Σ amount",
    )
    yield sampled(
        "funding.dilution",
        "Share of the company given up on conversion",
        funding.dilution,
        "fraction",
        used,
        "new shares / (old + new); new = notes / ((1 + premium) × worth of all shares)",
    )


def _covers(funding: Funding, used: tuple[Figure, ...]) -> Iterator[Figure]:
    covered = funding.covered
    least = lowest(covered.dscr)
    yield sampled(
        "funding.dscr_min",
        "Lowest debt service cover of the plan",
        least,
        "ratio",
        used,
        "least over the years of CFADS / (interest + principal)",
        beyond="owe nothing",
    )
    yield sampled(
        "funding.dscr_average",
        "Debt service cover of the plan over the life of its debt",
        covered.dscr_average,
        "ratio",
        used,
        "CFADS of the years with debt service / all debt service",
    )
    yield sampled(
        "funding.paid_by_plan",
        "Part of the debt service that the plan's own cash pays",
        covered.by_plan,
        "fraction",
        used,
        "Σ of the lesser of CFADS and debt service / Σ debt service; the company pays the rest",
    )
    yield sampled(
        "funding.company_dscr_min",
        "Lowest debt service cover of the company",
        lowest(covered.company_dscr),
        "ratio",
        used,
        "least over the years, the company's cash flow and older debt counted",
        beyond="owe nothing",
    )
    yield sampled(
        "funding.llcr",
        "Loan life cover when most is owed",
        covered.llcr,
        "ratio",
        used,
        "PV of CFADS while debt lasts / debt",
    )
    yield sampled(
        "funding.interest_cover_min",
        "Lowest interest cover of the plan",
        lowest(covered.interest_cover),
        "ratio",
        used,
        "least over the years of EBITDA / interest",
        beyond="owe nothing",
    )
    yield sampled(
        "funding.cushion",
        "Cash flow that may go missing before the debt is not served",
        cushion(lowest(covered.company_dscr)),
        "fraction",
        used,
        "1 − 1 / lowest cover of the company",
    )
    debt = covered.debt.max(axis=1)
    yield sampled("funding.debt_peak", "Most debt at a year's end", debt / BN, "USD bn", used, "largest over the years")
    yield chance(
        "funding.served",
        "Chance that the plan's own cash serves its debt in every year",
        np.asarray(least >= 1.0),
        used,
        "share of paths with a lowest cover of at least 1",
    )
    yield from yearly(
        "funding.dscr",
        "Debt service cover of the plan",
        covered.dscr,
        "ratio",
        used,
        "CFADS / (interest + principal)",
        1,
    )
    yield from yearly(
        "funding.debt", "Debt at the year's end", covered.debt / BN, "USD bn", used, "draws − principal, summed", 1
    )


def _tests(params: FundingParams, funding: Funding, used: tuple[Figure, ...]) -> Iterator[Figure]:
    for name, failed in funding.breached.items():
        covenant = params.covenants[name]
        yield chance(
            f"funding.breach.{name}",
            f"Chance of a breach: {covenant.title}",
            np.asarray(failed.any(axis=1)),
            used,
            f"share of paths with {covenant.measure} beyond the threshold in any year",
            note=covenant.why,
        )


def _mixes(params: FundingParams, funding: Funding, used: tuple[Figure, ...]) -> Iterator[Figure]:
    held = f"cover kept in {params.confidence:.0%} of paths, limits, disclosure and dilution within their caps"
    for key, title, mix in (
        ("chosen", "in the order assumed", funding.chosen),
        ("cheapest", "cheapest under limits", funding.cheapest),
    ):
        if mix is not None:
            yield from _mix(key, title, mix, used, "average of the paths" if key == "chosen" else held, params)


def _mix(
    key: str, title: str, mix: Mix, used: tuple[Figure, ...], formula: str, params: FundingParams
) -> Iterator[Figure]:
    parts = {
        f"share.{name}": (f"{params.instruments[name].title}, {title}", share) for name, share in mix.shares.items()
    }
    parts |= {
        "gap": (f"Not funded, {title}", mix.gap),
        "cost": (f"Cost after tax, {title}", mix.cost),
        "flexibility": (f"Flexibility, {title}", mix.flexibility),
        "disclosure": (f"Disclosure, {title}", mix.disclosure),
        "held": (f"Paths that keep the cover, {title}", mix.held),
    }
    for name, (words, value) in parts.items():
        number = None if np.isnan(value) else max(0.0, float(value))
        yield result(
            f"funding.{key}.{name}", words, number, "fraction", used, formula=formula, interval="at central values"
        )
