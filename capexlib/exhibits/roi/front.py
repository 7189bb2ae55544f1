"""The front of the brief on funding and return: masthead, bottom line, key figures."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from capexlib.exhibits import since_last
from capexlib.exhibits.block import Exhibit, Rich
from capexlib.exhibits.held import what_if
from capexlib.exhibits.prose import NBSP, amount, badge, chance, judged, listed, marked, part_of, sentence
from capexlib.exhibits.provenance import has_unverified, run_id
from capexlib.exhibits.roi.courses import most_idle
from capexlib.exhibits.roi.wording import (
    VISIBLE,
    changed,
    error_text,
    figures_of,
    hour,
    is_known,
    share_text,
    spread,
    told,
)
from capexlib.exhibits.theme import percent
from capexlib.periods import day_name

if TYPE_CHECKING:
    from capexlib.figures import Figure
    from capexlib.study import Study

HEADLINE = ("roi.npv", "roi.breakeven_price", "roi.levelised", "funding.company_dscr_min", "roi.idle_money")
_LABELS = (
    "Value of the plan", "Break-even rent level", "Lifetime cost of an hour", "Lowest cover, the group",
    "Budget that waits",
)  # fmt: skip
SELDOM, STRAINED = 0.05, 0.2
"""A chance below the first is called away in titles; a test that fails more often than the second is in the title."""


def masthead(study: Study) -> Exhibit:
    """Title with the finding, edition, coverage and status."""
    case, figures = study.case, figures_of(study)
    named, value = study.ledger.entities[case.entity].name, figures["roi.npv"].best
    _, failing = _weakest_test(study, figures)
    paid = "can pay for its compute"
    if figures["funding.gap_chance"].best >= SELDOM:
        paid = "may lack money for its compute"
    elif failing is not None and failing.best >= STRAINED:
        paid = "may strain to pay for its compute"
    lost = f"but stands to lose {amount(-value, 'USD bn')} on it"
    gained = f"and stands to gain {amount(value, 'USD bn')} on it"
    if not paid.startswith("can"):
        lost, gained = lost.replace("but", "and", 1), gained.replace("and", "but", 1)
    status = what_if(study)
    if has_unverified([study.scale.plan.stated]):
        status.append("Rests on unverified press reports and on our own judgement of prices, costs and funding.")
    else:
        status.append("Prices of compute, costs and funding are our own judgement.")
    company = case.funding.company if case.funding else None
    hidden = company is not None and any(name.startswith("funding.company.") for name in company.unknowns)
    if hidden:
        status.append("The company publishes no accounts: its cash, cash flow and debt are assumptions.")
    if keys := list(study.loaded.overridden):
        status.append(f"{len(keys)} parameter{'s' if len(keys) > 1 else ''} overridden for this run: {listed(keys)}.")
    return Exhibit({
        "block": "masthead", "id": "masthead", "kicker": "Funding and return brief",
        "title": f"{'On our assumptions ' if hidden else ''}{named} {paid}, {lost if value < 0 else gained}",
        "case": case.case, "entity": named, "as_of": case.as_of.isoformat(), "as_of_text": day_name(case.as_of),
        "coverage": case.coverage, "status_line": " ".join(status), "badges": [study.scale.plan.stated.status.value],
        "run_id": run_id(study), "lang": "en",
    })  # fmt: skip


def headline(study: Study) -> Exhibit:
    """At most three sentences, then key judgements with likelihood or confidence."""
    return Exhibit({
        "block": "bottom_line", "id": "bottom_line", "sentences": _sentences(study), "judgements": _judgements(study),
    })  # fmt: skip


def _sentences(study: Study) -> list[Rich]:
    figures = figures_of(study)
    value, cost, price = (figures[f"roi.{name}"] for name in ("npv", "levelised", "breakeven_price"))
    first = sentence(
        "If an hour of compute is worth what renting it would cost, the plan ",
        "loses " if value.best < 0 else "gains ", marked(amount(abs(value.best), "USD bn"), value.id),
        f" of value after tax (net present value, 90{NBSP}%: ", spread(value), ") ",
        [badge(value.status, modelled=True)], *_hours(cost), "rents, about ", *_rents(study), ".",
    )  # fmt: skip
    second = _break_even(price, figures["roi.breakeven_utilisation"], figures)
    test, broken = _weakest_test(study, figures)
    breach = (
        ["; the test “", test, "” fails on ", marked(chance(broken.best), broken.id), " of paths"] if broken else []
    )
    third = sentence(
        "Money is the smaller question: the chance of a funding gap is ",
        marked(chance(figures["funding.gap_chance"].best), "funding.gap_chance"), ", and ",
        *_served(figures, alone=True), *_secrecy(figures), ".",
    ) if figures["funding.gap_chance"].best < SELDOM and not breach else sentence(
        "Money is a question too: the chance of a funding gap is ",
        marked(chance(figures["funding.gap_chance"].best), "funding.gap_chance"), "; ",
        *_served(figures, alone=False), *breach, *_secrecy(figures), ".",
    )  # fmt: skip
    return [first, second, third]


def _hours(cost: Figure) -> list[Rich]:
    """Say what a used hour costs, up to the rents that are set beside it."""
    if not is_known(cost):
        return [": the compute that it brings is not used, so that there is no cost of an hour to set beside "]
    return [": on average over its life a used hour costs ", told(cost), " (", spread(cost), ", before tax), while "]


def _break_even(price: Figure, use: Figure, figures: dict[str, Figure]) -> Rich:
    """Say what would have to be true for shareholders to earn what they ask."""
    none, full = figures["roi.breakeven_none"], figures["roi.breakeven_out_of_reach"]
    if not is_known(price):
        return sentence("Shareholders would not earn what they ask, after debt and tax, at any level of rents on ",
                        marked(chance(none.best), none.id), " of paths.")  # fmt: skip
    return sentence(
        "Shareholders would earn what they ask, after debt and tax, if that level stood at ", told(price),
        " an hour today (", spread(price), ") or with ", told(use), " of the hours used; on ",
        marked(chance(full.best), full.id), " of paths no use is enough",
        *([", on ", marked(chance(none.best), none.id), " no price either"] if none.best >= VISIBLE else []), ".",
    )  # fmt: skip


def _served(figures: dict[str, Figure], *, alone: bool) -> list[Rich]:
    """Say how the debt is served in the tightest year."""
    group, plan = figures["funding.company_dscr_min"], figures["funding.dscr_average"]
    if not is_known(group):
        return ["no debt has to be served"]
    own = (
        [", while over its life the plan's own cash comes to ", told(plan), " the service of its debt"]
        if (alone and is_known(plan))
        else []
    )
    return ["in its tightest year the group covers all debt service ", told(group), *own]


def _weakest_test(study: Study, figures: dict[str, Figure]) -> tuple[str, Figure | None]:
    """Find the test of the whole company that is broken most often, if that is often enough to be told."""
    held = study.case.funding.covenants if study.case.funding else {}
    chances = {covenant.title: figures[f"funding.breach.{key}"] for key, covenant in held.items()
               if covenant.level == "company"}  # fmt: skip
    if not chances:
        return "", None
    title = max(chances, key=lambda name: chances[name].best)
    return (title, chances[title]) if chances[title].best >= SELDOM else ("", None)


def _rents(study: Study) -> list[Rich]:
    """Say what an hour is let for today, and where and how fast rents are assumed to go."""
    params = study.case.roi
    if params is None:
        return ["n/a"]
    falling = params.price_decline.value
    return [
        part_of(hour(params.price_now.value), "assumption.roi.price_now"), " today, are assumed to settle near ",
        part_of(hour(params.price_level.value), "assumption.roi.price_level"), " and to ",
        "rise " if falling < 0 else "fall ", part_of(percent(abs(falling)), "assumption.roi.price_decline"), " a year",
    ]  # fmt: skip


def _secrecy(figures: dict[str, Figure]) -> list[Rich]:
    """Say how much of either verdict's spread the company's unpublished inputs carry."""
    cover, value = (figures.get(f"roi.unknowns.{name}") for name in ("company_dscr_min", "npv"))
    if cover is None or value is None or not (is_known(cover) and is_known(value)):
        return []
    return ["; what the company does not publish carries ", share_text(cover.best, cover.id),
            " of the spread of the group's debt burden and ", share_text(value.best, value.id),
            " of the value's"]  # fmt: skip


def _judgements(study: Study) -> list[dict[str, Any]]:
    figures, draws = figures_of(study), study.operations.price.shape[0]
    served = figures["funding.served"]
    made = [
        _likely("The plan earns its cost of capital after tax.", figures["roi.npv_positive"], draws, "breakeven_price"),
        _likely("Owning costs less than renting just the hours that are used.", figures["roi.owning_cheaper"], draws,
                "own_or_rent"),
        _likely("The plan's own cash serves its debt in every year, without the group.", served, draws, "cover"),
        _likely("Some year has a funding gap.", figures["funding.gap_chance"], draws, "sources_and_uses"),
    ]  # fmt: skip
    if (key := most_idle(study)) is not None:
        figure = figures[f"roi.courses.{key}.breakeven_utilisation.change"]
        made.append({
            "text": f"If the gates take the course “{study.case.scenarios[key].title}”, the use at which the plan"
            " breaks even moves by this.",
            "figure": sentence(changed(figure), error_text(figure)), "word": "", "confidence": "moderate confidence",
            "exhibit": "courses",
        })  # fmt: skip
    return made


def _likely(text: str, figure: Figure, draws: int, exhibit: str) -> dict[str, Any]:
    word, warning = judged(figure.best, draws)
    return {"text": text + warning, "figure": marked(chance(figure.best), figure.id), "word": word, "confidence": "",
            "exhibit": exhibit}  # fmt: skip


def _level(study: Study) -> str:
    """Write the level of rents that is assumed, which break-evens are set beside."""
    level = study.assumptions()["roi.price_level"]
    return hour(level.value)


def key_figures(study: Study) -> Exhibit:
    """Five numbers with unit, period, interval and status."""
    figures, years = figures_of(study), study.operations.years
    periods = {
        "roi.npv": f"{years} years, after tax", "roi.breakeven_price": f"US$ an hour today; assumed {_level(study)}",
        "roi.levelised": "US$ per used hour, before tax",
        "funding.company_dscr_min": "debt service, worst year", "roi.idle_money": "average of the order months",
    }  # fmt: skip
    items = []
    for label, name in zip(_LABELS, HEADLINE, strict=True):
        figure = figures[name]
        items.append({
            "label": label, "value": told(figure), "period": periods[name],
            "interval": "".join(str(span["t"]) if isinstance(span, dict) else span for span in spread(figure))
            + f" ({figure.interval})",
            "status": figure.status.value, "modelled": figure.is_modelled,
            "change": since_last.since_words(study, figure.id),
        })  # fmt: skip
    return Exhibit({"block": "key_figures", "id": "key_figures", "items": items})


def changes(study: Study) -> Exhibit:
    """Show what changed since the last edition, the key figures first."""
    return since_last.changes(study, HEADLINE)
