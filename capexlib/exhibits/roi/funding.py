"""How the plan is paid for: the mix, what freedom and silence cost, sources and uses."""

from __future__ import annotations

from typing import TYPE_CHECKING

from capexlib.exhibits.block import Exhibit, Rich, chart, column
from capexlib.exhibits.prose import amount, chance, marked, part_of, sentence
from capexlib.exhibits.provenance import source_line
from capexlib.exhibits.roi.wording import account_span, figures_of, told, with_spread
from capexlib.exhibits.theme import percent

if TYPE_CHECKING:
    from collections.abc import Callable

    from capexlib.figures import Figure
    from capexlib.models.funding.mix import Mix
    from capexlib.params.funding import FundingParams
    from capexlib.study import Study

    _Kept = Callable[[Mix], float]


def funding_section(study: Study) -> FundingParams:
    """Return the case's section on funding.

    Raises
    ------
    ValueError
        If the case has none.
    """
    if study.case.funding is None:
        msg = "the case has no funding section"
        raise ValueError(msg)
    return study.case.funding


def mix(study: Study) -> Exhibit:
    """Part of the need that each instrument pays, in the order assumed and at least cost."""
    from capexlib.exhibits.charts import Dot, DotRow, Panel, dot_ranges

    figures, params = figures_of(study), funding_section(study)
    kinds = [kind for kind in ("chosen", "cheapest") if f"funding.{kind}.cost" in figures]
    heads = {"chosen": "In the order assumed", "cheapest": "Cheapest under limits"}
    rows = [
        DotRow(
            name=params.instruments[name].title,
            dots=tuple(
                Dot(value=share, label=percent(share), status="assumption")
                for share in (figures[f"funding.{kind}.share.{name}"].best for kind in kinds)
            ),
        )
        for name in params.order
    ]  # fmt: skip
    if not kinds:
        rows = [DotRow(name="Nothing has to be paid for", dots=(None,))]
    measures = (("cost", "Cost after tax, a year"), ("flexibility", "Flexibility, 0 bound to 100 % free"),
                ("disclosure", "Disclosure, 0 nothing to 100 % everything"),
                ("held", "Paths on which the cover asked is kept"), ("gap", "Not funded"))  # fmt: skip
    table_rows: list[list[Rich]] = [
        [params.instruments[name].title,
         *(_part(figures[f"funding.{kind}.share.{name}"]) for kind in kinds),
         told(figures[f"funding.source.{name}"])]
        for name in params.order
    ]  # fmt: skip
    table_rows += [
        [words, *(told(figures[f"funding.{kind}.{name}"]) for kind in kinds), "–"] for name, words in measures
    ]  # fmt: skip
    paid = {name: figures[f"funding.chosen.share.{name}"].best for name in params.order if "chosen" in kinds}
    largest = max(paid, key=lambda name: paid[name], default="")
    title = (f"Most comes from {_inside(params.instruments[largest].title)}: {percent(paid[largest])}" if largest
             else "Nothing has to be paid for")  # fmt: skip
    text: list[Rich] = [sentence("The mix assumed: ", params.mix_why)]
    if len(kinds) > 1:
        text.append(sentence(
            "The cheapest mix that keeps the same limits would cost ", told(figures["funding.cheapest.cost"]),
            " a year after tax instead of ", told(figures["funding.chosen.cost"]), "; conversion would give up ",
            told(figures["funding.dilution"]), " of the company in the order assumed."))  # fmt: skip
    return chart(
        "mix", title, dot_ranges(rows, panels=[Panel(title=heads[kind], percent=True) for kind in kinds or ["chosen"]]),
        subtitle="Part of all spending that each instrument pays, per cent, mean of the paths",
        alt="Dot chart. " + " ".join(
            f"{row.name}: {' and '.join(dot.text for dot in row.dots if dot)}." for row in rows
        ),
        columns=[column("Instrument or measure"), *(column(heads[kind], right=True) for kind in kinds),
                 column("Drawn, median", right=True)],
        rows=table_rows, source=source_line(study, [figures["funding.need"]]),
        notes=[(f"Cheapest: linear programme (HiGHS) under each instrument's limit, caps on disclosure"
               f" ({percent(params.disclosure_cap)}) and dilution ({percent(params.dilution_cap)}), and a cover kept in"
               f" {percent(params.confidence)} of paths.")],
        text=text,
    )  # fmt: skip


def _part(figure: Figure) -> Rich:
    return marked(percent(figure.best), figure.id)


def _inside(title: str) -> str:
    """Write a title inside a sentence."""
    return title[0].lower() + title[1:]


def flexibility(study: Study) -> Exhibit:
    """Show what more freedom costs."""
    return _tradeoff(study, "flexibility", "Freedom", "Flexibility of the mix: what stays free to stop or move",
                     lambda one: one.flexibility)  # fmt: skip


def disclosure(study: Study) -> Exhibit:
    """Show what less disclosure costs."""
    return _tradeoff(study, "disclosure", "Silence", "Secrecy of the mix: what need not be shown",
                     lambda one: 1.0 - one.disclosure)  # fmt: skip


def _tradeoff(study: Study, name: str, word: str, gain: str, kept: _Kept) -> Exhibit:
    from capexlib.exhibits.charts import Choice, tradeoff

    figures, params, found = figures_of(study), funding_section(study), study.funding
    curve = found.curves[name]
    named = {"chosen": ("In the order assumed", found.chosen), "cheapest": ("Cheapest under limits", found.cheapest)}
    choices, rows = [], []
    for key, (title, one) in named.items():
        if one is None:
            continue
        choices.append(Choice(name=title, risk=one.cost, gain=kept(one), case=key == "chosen",
                              label=f"cost {percent(one.cost, 1)}, {percent(kept(one))}"))  # fmt: skip
        rows.append([title, *_described(one, f"funding.{key}.cost", kept), _largest(params, one)])
    rows += [[f"Best mix {place}", *_described(one, "funding.wacc", kept), _largest(params, one)]
             for place, one in enumerate(curve, start=1)]  # fmt: skip
    line = sorted((one.cost, kept(one)) for one in curve)
    extra = line[-1][0] - line[0][0] if line else 0.0
    points = f"{100 * extra:.1f} points"
    return chart(
        name, f"{word} costs up to {points} a year" if line else f"No mix can buy {word.lower()}",
        tradeoff(choices, line, gain=gain, risk="Cost after tax, a year (left is cheaper)"),
        subtitle=f"Cheapest mixes by {name}, at the median of every price; up is better, left is cheaper",
        alt="Scatter chart with a line of best mixes. " + " ".join(f"{one.name}: {one.label}." for one in choices)
        + (f" The line runs from {percent(line[0][0], 1)} to {percent(line[-1][0], 1)} a year." if line else ""),
        columns=[column("Mix"), column("Cost a year", right=True),
                 column("Flexibility" if name == "flexibility" else "Need not be shown", right=True),
                 column("Pays most")],
        rows=rows or [["No mix pays for the plan", "–", "–", "–"]],
        source=source_line(study, [figures["funding.wacc"]]),
        notes=[(f"Scores of the instruments for {name} are own judgement, each with its reason in the params; the"
               " mix's is their average by amount. No cover is asked of the mixes on the line.")],
    )  # fmt: skip


def _described(one: Mix, figure: str, kept: _Kept) -> tuple[Rich, Rich]:
    return part_of(percent(one.cost, 1), figure), part_of(percent(kept(one)), figure)


def _largest(params: FundingParams, one: Mix) -> str:
    name = max(one.shares, key=lambda key: one.shares[key])
    return f"{params.instruments[name].title}, {percent(one.shares[name])}"


def sources_and_uses(study: Study) -> Exhibit:
    """Where the money comes from and goes, year by year; both sides are equal."""
    from capexlib.exhibits.charts import Column, stacked_columns

    figures, params = figures_of(study), funding_section(study)
    years = sorted({int(name.rsplit(".", 1)[1]) for name in figures if name.startswith("roi.mean.use.needs.")})
    sources = [name for name in (*params.order, "gap")
               if any(f"roi.mean.source.{name}.{year}" in figures for year in years)]  # fmt: skip
    titles = {name: params.instruments[name].title if name in params.instruments else "Not funded" for name in sources}

    def mean(part: str, year: int) -> float:
        figure = figures.get(f"roi.mean.{part}.{year}")
        return figure.best if figure else 0.0

    def cell(part: str, year: int) -> Rich:
        figure = figures.get(f"roi.mean.{part}.{year}")
        return marked(amount(figure.best, "USD bn"), figure.id) if figure else "–"

    columns = [
        Column(name=f"Year {year}", values=tuple(mean(f"source.{name}", year) for name in sources),
               label=amount(sum(mean(f"source.{name}", year) for name in sources), "USD bn"))
        for year in years
    ]  # fmt: skip
    rows: list[list[Rich]] = [[titles[name], *(cell(f"source.{name}", year) for year in years)] for name in sources]
    both = {"Sources": [f"source.{name}" for name in sources], "Uses": ["use.needs", "use.fees"]}
    totals: dict[str, list[Rich]] = {
        name: [[{"t": name, "strong": True}], *(_total(figures, parts, year) for year in years)]
        for name, parts in both.items()
    }
    rows.append(totals["Sources"])
    rows += [["Capital expenditure", *(cell("use.needs", year) for year in years)],
             ["Fees on drawing", *(cell("use.fees", year) for year in years)],
             totals["Uses"]]  # fmt: skip
    whole = sum(mean("use.needs", year) + mean("use.fees", year) for year in years)
    first = mean("use.needs", years[0]) + mean("use.fees", years[0]) if years else 0.0
    gap = figures["funding.gap_chance"]
    return chart(
        "sources_and_uses",
        f"{percent(first / whole)} of the money is needed in year 1" if whole else "No money is needed",
        stacked_columns(columns, series=[titles[name] for name in sources], unit="US$bn, mean"),
        subtitle=f"Sources by year, US$bn, mean of the paths; {account_span(study)}",
        alt="Stacked columns. " + (" ".join(f"{one.name}: {one.label}." for one in columns) or "No year needs money."),
        columns=[column("Source or use"), *(column(f"Year {year}", right=True) for year in years)],
        rows=rows, source=source_line(study, [figures["funding.need"]]),
        notes=[("Sources equal uses on every path and in every year; means add up. Years that need less than"
               " US$0.05bn are left out.")],
        text=[sentence("Spending comes to ", with_spread(figures["funding.need"]), ", fees on drawing to ",
                       with_spread(figures["funding.fees"]), ". A year stays unfunded on ",
                       marked(chance(gap.best), gap.id), " of paths.")],
    )  # fmt: skip


def _total(figures: dict[str, Figure], parts: list[str], year: int) -> Rich:
    """Return the sum of one side of a year; it stands for its first figure."""
    found = [figures[f"roi.mean.{part}.{year}"] for part in parts if f"roi.mean.{part}.{year}" in figures]
    return part_of(amount(sum(figure.best for figure in found), "USD bn"), found[0].id) if found else "–"
