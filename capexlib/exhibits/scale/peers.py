"""The plan among its peers: this year's bars, the paths that led there, the ranks."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import TYPE_CHECKING

from capexlib.exhibits.block import Exhibit, Rich, chart, column
from capexlib.exhibits.prose import amount, badge, bounded, chance, listed, marked, number, sentence, shown, times
from capexlib.exhibits.provenance import source_line
from capexlib.exhibits.scale.front import results_by_id
from capexlib.exhibits.scale.wording import capex_id, count_word, method, ordinal, year_of_peers, years_compared
from capexlib.figures import Figure, Status
from capexlib.periods import parse_period

if TYPE_CHECKING:
    from capexlib.models.scale.comparison import YearAmount
    from capexlib.study import Study


def _name(study: Study, entity: str) -> str:
    return study.ledger.entities[entity].name


def _short(study: Study, quantity: str) -> str:
    return study.ledger.quantities[quantity].title


def _sorted(study: Study) -> list[tuple[str, YearAmount]]:
    return sorted(study.scale.compared.items(), key=lambda item: -item[1].usd.best)


def peers(study: Study) -> Exhibit:
    """Capex of the case against its peers, with ranges, bounds and status."""
    from capexlib.exhibits.charts import Bar, ranked_bars

    scale = study.scale
    bars, rows = [], []
    for entity, item in _sorted(study):
        usd = item.usd
        is_point = usd.bound in ("point", "range")
        bars.append(Bar(
            name=_name(study, entity), value=usd.value if is_point else None,
            low=usd.low if usd.bound != "point" else None, high=usd.high if usd.bound != "point" else None,
            label=bounded(usd), status=usd.status.value, case=entity == study.case.entity, note=_basis(study, item),
        ))  # fmt: skip
        rows.append([
            _name(study, entity), marked(bounded(usd), capex_id(scale, item)), shown(item.local),
            str(item.year), _short(study, item.quantity), method(item), [badge(usd.status)],
        ])  # fmt: skip
    missing = [_name(study, peer) for peer in study.case.peers if peer not in scale.compared]
    position = [entity for entity, _ in _sorted(study)].index(study.case.entity) + 1
    own = _name(study, study.case.entity)
    title = f"{own}'s plan stands {ordinal(position)} among {count_word(len(bars))} spenders"
    if len(bars) == 1:
        title = f"{own}'s plan stands alone"
    return chart(
        "peers", title, ranked_bars(bars, unit="US$bn"),
        subtitle=f"Capital expenditure, {years_compared(scale)}, US$bn; each company by the definition under its name",
        alt="Bar chart of capital expenditure in US dollars, largest first: "
        + "; ".join(f"{_name(study, e)} {bounded(a.usd)}" for e, a in _sorted(study)) + ".",
        columns=[column("Company"), column("US dollars", right=True), column("As stated", right=True),
                 column("Year"), column("Definition"), column("Calendar year"), column("Status")],
        rows=rows, source=source_line(study, [item.usd for item in scale.compared.values()]),
        notes=[
            "Definitions differ and are not netted: each stands under its company's name.",
            "Guidance is drawn light, press reports hollow; an arrow marks a floor.",
            *([f"No usable figure for {scale.comparison_year}: {', '.join(missing)}."] if missing else []),
        ],
        text=_peer_sentence(study),
    )  # fmt: skip


def _basis(study: Study, item: YearAmount) -> str:
    """Return the definition in a word or two, and the part of the year where it is not whole."""
    quantity = study.ledger.quantities[item.quantity]
    how = {"part of the year": "part-year", "nearest fiscal year": "fiscal year"}.get(item.method, "")
    return ", ".join(part for part in (quantity.short or quantity.title.lower(), how) if part)


def _peer_sentence(study: Study) -> list[Rich]:
    figures = results_by_id(study)
    others = [entity for entity, _ in _sorted(study) if entity != study.case.entity]
    if not others:
        return []
    stated, drawn = figures[f"stated_multiple.{others[0]}"], figures[f"multiple.{others[0]}"]
    bound = {"at_least": "at least ", "at_most": "at most "}.get(stated.bound, "")
    return [
        sentence(
            f"{_name(study, others[0])}'s figure is ",
            [{"t": bound + times(stated.best), "figure": stated.id}],
            " the plan as stated; against what the plan may come to, ",
            [{"t": times(drawn.best), "figure": drawn.id}],
            " (90 % of draws: ",
            marked(f"{drawn.low:.1f} to {drawn.high:.1f}", drawn.id),
            ").",
        )
    ]


def paths(study: Study) -> Exhibit:
    """Capex of every company since the first year."""
    from capexlib.exhibits.charts import Series, YearPoint
    from capexlib.exhibits.charts import paths as form

    scale = study.scale
    series, rows, used = [], [], []
    years = range(study.case.scale.first_year, scale.year + 1)
    for entity in scale.entities:
        points = []
        for year in years:
            item = scale.capex.get((entity, year))
            if item is None or item.method == "nearest fiscal year":
                continue
            points.append(_point(YearPoint, year, item.usd))
            used.append(item.usd)
            rows.append([
                _name(study, entity), str(year), marked(bounded(item.usd), f"capex.{entity}.{year}"),
                _short(study, item.quantity), method(item), [badge(item.usd.status)],
            ])  # fmt: skip
        if points:
            series.append(Series(
                name=_name(study, entity), points=tuple(points), case=entity == study.case.entity,
                label=_line_label(study, entity, points[-1].year),
            ))  # fmt: skip
    return chart(
        "paths", _path_title(study), form(series, unit="US$bn"),
        subtitle=f"Capital expenditure, calendar years {years[0]}–{years[-1]}, US$bn",
        alt="Line chart of yearly capital expenditure by company. "
        + " ".join(f"{line.name}: {_path_words(line)}." for line in series),
        columns=[column("Company"), column("Year"), column("US dollars", right=True), column("Definition"),
                 column("Calendar year"), column("Status")],
        rows=rows, source=source_line(study, used),
        notes=[("Solid lines are reported, dashed lines guided or reported by the press. "
               + _changes_of_definition(study) + "Fiscal years that could not be calendarised are left out.")],
    )  # fmt: skip


def _point(point, year: int, usd: Figure):  # noqa: ANN001, ANN202 - the form's own row class, imported late
    is_point = usd.bound in ("point", "range")
    return point(year=year, value=usd.value if is_point else None, low=usd.low, high=usd.high, status=usd.status.value)


def _line_label(study: Study, entity: str, year: int) -> str:
    """Label the end of a line; a line that ends early names its year."""
    usd = study.scale.capex[entity, year].usd
    words = {"at_least": "at least ", "at_most": "up to "}.get(usd.bound, "")
    early = "" if year == study.scale.year else f" ({year})"
    return f"{_name(study, entity)} {words}{number(usd.best)}{early}"


def _changes_of_definition(study: Study) -> str:
    """Name the companies whose line changes its definition, with the year."""
    scale = study.scale
    changes = []
    for entity in scale.entities:
        years = sorted(year for name, year in scale.capex if name == entity)
        new = [
            str(year) for last, year in pairwise(years)
            if scale.capex[entity, last].quantity != scale.capex[entity, year].quantity
        ]  # fmt: skip
        changes += [f"{_name(study, entity)} ({', '.join(new)})"] if new else []
    return f"The definition changes inside the lines of {listed(changes)}. " if changes else ""


def _path_words(line) -> str:  # noqa: ANN001
    first, last = line.points[0], line.points[-1]

    def best(point) -> float:  # noqa: ANN001
        return point.value if point.value is not None else point.low or point.high or 0.0

    return f"{amount(best(first), 'USD bn')} in {first.year}, {amount(best(last), 'USD bn')} in {last.year}"


def _path_title(study: Study) -> str:
    """Return how far the largest peer has come, or means to come, since its first year."""
    scale = study.scale
    known = {peer: [scale.capex[key].usd for key in sorted(scale.capex) if key[0] == peer] for peer in study.case.peers}
    grown = {peer: usd for peer, usd in known.items() if len(usd) > 1 and usd[0].best > 0}
    if not grown:
        return "One path is known, and no peer's"
    peer = max(grown, key=lambda name: grown[name][-1].best)
    first, last = grown[peer][0], grown[peer][-1]
    many, start = f"{last.best / first.best:.0f}", parse_period(first.period).end.year
    if last.status is Status.GUIDANCE:
        return f"{_name(study, peer)} guides to {many} times its {start} spending"
    return f"{_name(study, peer)} spends {many} times what it did in {start}"


def ranks(study: Study) -> Exhibit:
    """Probability of every rank for every company."""
    from capexlib.exhibits.charts import RankRow, rank_probabilities

    scale, ranking = study.scale, study.scale.ranking
    of_entity = {
        entity: RankRow(
            name=_name(study, entity), probabilities=tuple(float(p) for p in ranking.of(entity)),
            case=entity == study.case.entity,
        )
        for entity in ranking.entities
    }  # fmt: skip
    rows = list(of_entity.values())
    own = ranking.of(study.case.entity)
    first, last, likely = ranking.likely_ranks(study.case.entity)
    where = ordinal(first) if first == last else f"{ordinal(first)} to {ordinal(last)}"
    places = range(1, len(ranking.entities) + 1)
    table_rows = [
        [row.name, *[marked(chance(p), f"rank.{i}" if row.case else f"ranks.{entity}")
                     for i, p in enumerate(row.probabilities, start=1)]]
        for entity, row in sorted(of_entity.items(), key=lambda item: _mean_rank(item[1].probabilities))
    ]  # fmt: skip
    return chart(
        "ranks", f"{where.capitalize()} place: {chance(likely)} of draws",
        rank_probabilities(rows),
        subtitle=f"Probability of each rank by capex{year_of_peers(scale)}; rank one spends most",
        alt=f"Table of probabilities of ranks. {_name(study, study.case.entity)}: "
        + ", ".join(f"rank {i} {chance(float(p))}" for i, p in enumerate(own, start=1) if p >= 0.01) + ".",
        columns=[column("Company"), *(column(f"Rank {place}", right=True) for place in places)], rows=table_rows,
        source=source_line(study, [item.usd for item in scale.compared.values()]),
        notes=[_rank_note(study)],
    )  # fmt: skip


def _mean_rank(probabilities: Sequence[float]) -> float:
    return sum(rank * p for rank, p in enumerate(probabilities))


def _rank_note(study: Study) -> str:
    """Return what moves in the draws and what stands still."""
    ranking = study.scale.ranking
    spreads = sorted({name for name in ranking.assumptions.values() if name and name != "pool"})
    still = [
        _name(study, entity)
        for entity, item in study.scale.compared.items()
        if item.method == "nearest fiscal year" and entity != study.case.entity
    ]
    parts = [
        f"{study.case.sampling.draws:,} draws. Filed figures are fixed; others move by {listed(spreads) or 'nothing'}",
        "the case's rival reports are pooled" if study.scale.pool else "",
        f"{listed(still)} enter with a fiscal year times neighbour_year" if still else "",
    ]
    return "; ".join(part for part in parts if part) + "."
