"""The lender's view: covers, tests, and what repays the debt."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from capexlib.exhibits.block import Exhibit, Rich, chart, column, table
from capexlib.exhibits.prose import chance, judged, marked, number, part_of, sentence
from capexlib.exhibits.provenance import source_line
from capexlib.exhibits.roi.cash import QUANTILES
from capexlib.exhibits.roi.fans import fan_points, fan_rows, year_names, year_of
from capexlib.exhibits.roi.funding import funding_section
from capexlib.exhibits.roi.wording import cover_number, figures_of, is_known, spread, told, with_spread
from capexlib.exhibits.theme import percent

if TYPE_CHECKING:
    from capexlib.exhibits.charts import Guide
    from capexlib.study import Study

_SELDOM, _HARDLY = 0.05, 0.01
_NOTHING_DUE: list[list[Rich]] = [["No year", *("–" for _ in QUANTILES)]]


def _lines(study: Study, level: str) -> list[Guide]:
    """Covenants on the cover at a level, as lines."""
    from capexlib.exhibits.charts import Guide

    return [
        Guide(name=f"covenant: {number(one.threshold.value)} times", values=(one.threshold.value,))
        for one in funding_section(study).covenants.values()
        if one.measure == "dscr" and one.level == level
    ]


def cover(study: Study) -> Exhibit:
    """Debt service cover from the plan's own cash, by year, with the covenant."""
    from capexlib.exhibits.charts import fan

    figures, made = figures_of(study), study.funding.covered.dscr
    points = fan_points(made, year_names(made.shape[1]), "ratio")
    life = figures["funding.dscr_average"]
    served = figures["funding.served"]
    lines = _lines(study, "plan")
    return chart(
        "cover", _years_covered([one.median for one in points]),
        fan(points, unit="Times the debt service is covered", guides=lines),
        subtitle="Cash after tax over interest and principal due in the year; median, 50 and 90 % of paths",
        alt="Fan chart. Medians by year: " + " ".join(f"{one.label}: {cover_number(one.median)}." for one in points)
        + "".join(f" {line.name}." for line in lines),
        columns=[column("Year"), *QUANTILES],
        rows=fan_rows(points, "ratio", [f"funding.dscr.{year_of(one.label)}" for one in points]) or _NOTHING_DUE,
        source=source_line(study, [life]),
        notes=[("Years in which fewer than half of the paths have debt to serve are left out. What is repaid after"
               " the last year from the worth of the assets is no debt service here.")],
        text=[sentence("Over the life of the debt the plan's own cash comes to ", with_spread(life), " what is due; it"
                       " serves the debt in every year on ", marked(chance(served.best), served.id), " of paths.")],
    )  # fmt: skip


def _years_covered(medians: list[float]) -> str:
    """Say in how many of the years drawn the median serves the debt."""
    if not medians:
        return "The plan owes no debt service"
    served = sum(median >= 1.0 for median in medians)
    if served in (0, len(medians)):
        return f"The plan covers its debt in {'every' if served else 'no'} year"
    return f"The plan covers its debt in {served} of {len(medians)} years"


def group_cover(study: Study) -> Exhibit:
    """Debt service cover from all of the company's cash, by year, with the covenant."""
    from capexlib.exhibits.charts import fan

    figures, made = figures_of(study), study.funding.covered.company_dscr
    points = fan_points(made, year_names(made.shape[1]), "ratio")
    least, cushion = figures["funding.company_dscr_min"], figures["funding.cushion"]
    lines = _lines(study, "company")
    return chart(
        "group_cover",
        f"In its tightest year the group covers debt {cover_number(least.best)} times" if is_known(least)
        else "The group owes no debt service",
        fan(points, unit="Times all debt service is covered", guides=lines),
        subtitle="The company's and the plan's cash flow over service of old and new debt; median, 50 and 90 %",
        alt="Fan chart. Medians by year: " + " ".join(f"{one.label}: {cover_number(one.median)}." for one in points)
        + "".join(f" {line.name}." for line in lines),
        columns=[column("Year"), *QUANTILES],
        rows=fan_rows(points, "ratio", [least.id] * len(points)) or _NOTHING_DUE, source=source_line(study, [least]),
        text=[sentence("In its tightest year the company could lose ", with_spread(cushion), " of its cash flow before"
                       " debt went unserved.")],
    )  # fmt: skip


def tests(study: Study) -> Exhibit:
    """Chance that each covenant is broken, and when."""
    figures, params = figures_of(study), funding_section(study)
    rows: list[list[Rich]] = []
    for name, covenant in params.covenants.items():
        figure, failed = figures[f"funding.breach.{name}"], study.funding.breached[name]
        by_year = failed.mean(axis=0)
        worst = int(np.argmax(by_year))
        side = "at most" if covenant.measure == "leverage" else "at least"
        rows.append([
            covenant.title,
            sentence(f"{side} ", marked(f"{number(covenant.threshold.value)} times",
                                        f"assumption.funding.covenants.{name}.threshold")),
            marked(chance(figure.best), figure.id), judged(figure.best, failed.shape[0])[0],
            part_of(f"year {worst + 1}: {chance(float(by_year[worst]))}", figure.id) if by_year.any() else "–",
            covenant.why,
        ])  # fmt: skip
    group = [figures[f"funding.breach.{name}"].best for name, one in params.covenants.items() if one.level == "company"]
    plan = [figures[f"funding.breach.{name}"].best for name, one in params.covenants.items() if one.level == "plan"]
    highest = max(group, default=0.0)
    if highest < _SELDOM and max(plan, default=0.0) >= 0.5:
        title = f"Group tests hold; the plan fails {chance(max(plan))}"
    elif highest < _HARDLY:
        title = "Group tests hold on almost every path" if params.covenants else "No covenant is named"
    else:
        title = f"A group test fails on {percent(highest)} of paths"
    return table(
        "tests", title,
        [column("Covenant"), column("Threshold", right=True), column("Chance of a breach", right=True),
         column("In words"), column("Worst year", right=True), column("Why it is tested")],
        rows or [["No covenant is named", "–", "–", "–", "–", "–"]],
        source=source_line(study, [figures["funding.need"]]), wide=True,
        subtitle="Share of paths on which the test fails in any year; thresholds are drawn too",
        notes=[(f"The debt is owed by {study.ledger.entities[study.case.entity].name} as a group"
                ": the plan's own test is what a lender to the clusters alone would set.")],
    )  # fmt: skip


def lender(study: Study) -> Exhibit:
    """Show what repays the debt, and how well it is covered."""
    figures = figures_of(study)
    meaning = {
        "funding.debt_peak": "Most that is owed at a year's end.",
        "roi.lender.service": "What the terms ask for over the years.",
        "roi.lender.plan": "First source: income from the hours, less running costs and tax.",
        "roi.lender.company": "Second source: all other cash flow of the group, after its older debt.",
        "roi.lender.reserve": "Third source: cash and liquid investments beyond what the group keeps.",
        "roi.lender.assets": "Last source: what the assets stand for in the books; a sale would bring less.",
        "funding.dscr_average": "First source over all service.",
        "funding.dscr_min": "First source over service, in the worst year.",
        "funding.llcr": "First source's worth over the debt, when most is owed.",
        "funding.interest_cover_min": "Operating cash over interest, in the worst year.",
        "funding.company_dscr_min": "First and second source over all service, in the worst year.",
        "funding.cushion": "How much of the group's cash flow may fail before that year is not served.",
    }
    own, group = figures["roi.lender.plan"].best, figures["roi.lender.company"].best
    share = max(group, 0.0) / (max(group, 0.0) + max(own, 0.0)) if max(group, own) > 0 else 0.0
    return table(
        "lender", f"The group brings {percent(share)} of repaying cash",
        [column("What a lender asks"), column("Median", right=True), column("90 % of paths", right=True),
         column("Meaning")],
        [[figures[name].title, told(figures[name]), spread(figures[name]), words] for name, words in meaning.items()],
        source=source_line(study, [figures["funding.need"]]), wide=True,
        subtitle="Repayment sources in the order in which a lender would reach for them, and covers",
    )  # fmt: skip
