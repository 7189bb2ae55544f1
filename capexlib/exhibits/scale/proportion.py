"""The plan in proportion: against revenue and cash flow, per user, with leases counted in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from capexlib.exhibits.block import Exhibit, Rich, chart, column
from capexlib.exhibits.prose import amount, badge, bounded, interval_shown, marked, shown, span_of
from capexlib.exhibits.provenance import source_line
from capexlib.exhibits.scale.front import results_by_id
from capexlib.exhibits.scale.wording import capex_id, years_compared
from capexlib.exhibits.theme import percent
from capexlib.figures import Figure
from capexlib.periods import parse_period

if TYPE_CHECKING:
    from capexlib.models.scale.context import AllIn, Intensity, PerUser
    from capexlib.study import Study


def _name(study: Study, entity: str) -> str:
    return study.ledger.entities[entity].name


def intensity(study: Study) -> Exhibit:
    """Capex against revenue and against operating cash flow."""
    from capexlib.exhibits.charts import Dot, DotRow, Panel, dot_ranges

    rows = study.scale.intensity

    def dot(figure: Figure | None) -> Dot | None:
        if figure is None:
            return None
        return Dot(value=figure.value, low=figure.low, high=figure.high, label=percent(figure.value),
                   status=figure.status.value)  # fmt: skip

    marks = [
        DotRow(name=_name(study, row.entity), dots=(dot(row.on_revenue), dot(row.on_cash_flow)),
               case=row.entity == study.case.entity, note=_year(row))
        for row in rows
    ]  # fmt: skip
    absent = [_name(study, entity) for entity in study.scale.entities if entity not in {row.entity for row in rows}]
    shown_rows = [[_name(study, row.entity), str(parse_period(row.period)), *_cells(row)] for row in rows]
    if not marks:
        marks = [DotRow(name=_name(study, study.case.entity), dots=(None, None), case=True)]
        shown_rows = [[_name(study, study.case.entity), "–", "n/a", "n/a", "–"]]
    return chart(
        "intensity", _intensity_title(study, rows),
        dot_ranges(marks, panels=[Panel(title="of revenue", percent=True),
                                  Panel(title="of operating cash flow", percent=True)]),
        subtitle="Capex as a share of revenue and of operating cash flow, latest year with both, per cent",
        alt="Dot chart. " + " ".join(
            f"{_name(study, row.entity)} {_year(row)}: {percent(row.on_revenue.value) if row.on_revenue else 'n/a'} of"
            f" revenue, {percent(row.on_cash_flow.value) if row.on_cash_flow else 'n/a'} of operating cash flow."
            for row in rows
        ) + ("" if rows else "No company has both figures for one year."),
        columns=[column("Company"), column("Year"), column("Of revenue", right=True),
                 column("Of operating cash flow", right=True), column("Status")],
        rows=shown_rows,
        source=source_line(study, [f for row in rows for f in (row.on_revenue, row.on_cash_flow) if f]),
        notes=[*([f"n/a, for want of capex and revenue in one year: {', '.join(absent)}."] if absent else []),
               "Above 100 % of operating cash flow, capex needs outside money."],
    )  # fmt: skip


def _year(row: Intensity) -> str:
    """Return the year without the months of a fiscal one: the data table names them."""
    return str(parse_period(row.period)).split(" (")[0]


def _cells(row: Intensity) -> list[Rich]:
    missing: Rich = [{"t": "n/a", "missing": True}]
    revenue = shown(row.on_revenue) if row.on_revenue else missing
    cash = shown(row.on_cash_flow) if row.on_cash_flow else missing
    return [revenue, cash, [badge(row.on_revenue.status)] if row.on_revenue else "–"]


def _intensity_title(study: Study, rows: list[Intensity]) -> str:
    own = next((row for row in rows if row.entity == study.case.entity and row.on_revenue), None)
    others = [row for row in rows if row.entity != study.case.entity and row.on_revenue]
    if own and own.on_revenue and others:
        top = max(others, key=lambda row: row.on_revenue.best if row.on_revenue else 0.0)
        most = percent(top.on_revenue.best if top.on_revenue else None)
        mine = f"{_name(study, own.entity)} spends {percent(own.on_revenue.best)} of revenue"
        finding = f"{mine}, {_name(study, top.entity)} {most}"
        return finding if own.on_revenue.status.is_verified else f"Unverified: {finding}"
    return "Capex in proportion to revenue and cash flow"


def per_user(study: Study) -> Exhibit:
    """Capex per monthly and per daily user, each with its definition."""
    from capexlib.exhibits.charts import Bar, ranked_bars

    rows = study.scale.users
    bars, shown_rows = [], []
    for row in rows:
        figure = row.usd_per_user
        bars.append(Bar(
            name=_name(study, row.entity), value=figure.value if figure.bound in ("point", "range") else None,
            low=figure.best if figure.bound == "at_least" else figure.low if figure.bound == "range" else None,
            high=figure.best if figure.bound == "at_most" else figure.high if figure.bound == "range" else None,
            label=_dollars(figure), status=figure.status.value, case=row.entity == study.case.entity,
            note=f"{row.count.label}, {parse_period(row.users.period)}",
        ))  # fmt: skip
        shown_rows.append([
            _name(study, row.entity), _definition(study, row), shown(row.users), str(parse_period(row.users.period)),
            [{"t": _dollars(figure), "figure": figure.id}], [badge(figure.status)],
        ])  # fmt: skip
    if not bars:
        bars = [Bar(name=_name(study, study.case.entity), case=True)]
        shown_rows = [[_name(study, study.case.entity), "no count of users is known", "n/a", "–", "n/a", "–"]]
    own = [row for row in rows if row.entity == study.case.entity]
    title = _per_user_title(own)
    return chart(
        "per_user", title, ranked_bars(bars, unit="US$ a user"),
        subtitle=f"Capex ({years_compared(study.scale)}) per user, US$; whose users, and when, under each name",
        alt="Bar chart of capex per user. " + " ".join(
            f"{_name(study, row.entity)}, {row.count.label}: {_dollars(row.usd_per_user)}." for row in rows
        ) + ("" if rows else "No count of users is known for any company."),
        columns=[column("Company"), column("Users counted"), column("Users", right=True), column("As of"),
                 column("Capex per user", right=True), column("Status")],
        rows=shown_rows, source=source_line(study, [row.usd_per_user for row in rows]),
        notes=[("Accounts are not people, daily is not monthly, and one app is not a group: compare within one"
                " definition only. A floor on users makes a ceiling per user; a floor over a floor bounds nothing"
                " and is printed as 'about'.")],
    )  # fmt: skip


def _per_user_title(rows: list[PerUser]) -> str:
    """Return the finding for the case on its first count."""
    if not rows:
        return "No count of the case's users is known"
    dollars = _dollars(rows[0].usd_per_user)
    return f"{dollars[:1].upper()}{dollars[1:]} of capex a user, on unlike counts"


def _definition(study: Study, row: PerUser) -> str:
    """Return the counted users with the ledger's definition."""
    quantity = study.ledger.quantities[row.count.quantity]
    return f"{row.count.label}: {quantity.definition}"


def _dollars(figure: Figure) -> str:
    unbounded = figure.low is None and figure.high is None and "bounds nothing" in figure.interval
    words = {"at_least": "at least ", "at_most": "at most "}.get(figure.bound, "about " if unbounded else "")
    return words + amount(figure.best, "USD")


def all_in(study: Study) -> Exhibit:
    """Show reported capex with leases capitalised beside it."""
    from capexlib.exhibits.charts import AllIn as Row
    from capexlib.exhibits.charts import all_in as form

    scale, figures = study.scale, results_by_id(study)
    leased = {row.entity: row for row in scale.leases}
    marks, rows = [], []
    for entity, item in scale.compared.items():
        row = leased.get(entity)
        total = figures[row.total.id] if row else None
        marks.append(Row(
            name=_name(study, entity), reported=item.usd.best, leases=row.leases.best if row else None,
            low=total.low if total else None, high=total.high if total else None,
            label=amount(total.best if total else item.usd.best, "USD bn"),
            range_label=span_of(total.low or 0, total.high or 0, "USD bn") if total else "",
            status=item.usd.status.value, case=entity == study.case.entity,
        ))  # fmt: skip
        rows.append([
            _name(study, entity), marked(bounded(item.usd), capex_id(scale, item)),
            shown(row.leases) if row else [{"t": "n/a", "missing": True}],
            shown(figures[row.total.id]) if row else [{"t": "n/a", "missing": True}],
            interval_shown(row.total) if row else "no interval: leases outside capex not known",
            [badge(row.total.status, modelled=True) if row else badge(item.usd.status)],
        ])  # fmt: skip
    own = leased.get(study.case.entity)
    return chart(
        "all_in", _all_in_title(own), form(marks, unit="US$bn"),
        subtitle=f"Capex ({years_compared(scale)}) and the present value of leases outside it, modelled, US$bn",
        alt="Stacked bar chart. " + " ".join(
            f"{mark.name}: reported {amount(mark.reported, 'USD bn')}"
            + (f", leases {amount(mark.leases, 'USD bn')}." if mark.leases is not None else ".") for mark in marks
        ),
        columns=[column("Company"), column("Reported", right=True), column("Leases, capitalised", right=True),
                 column("All in", right=True), column("Interval"), column("Status")],
        rows=rows, source=source_line(study, [item.usd for item in scale.compared.values()]
                                      + [row.leases for row in scale.leases]),
        notes=[("Years of rent stand beside one year of capex, and peers' leases were not collected: do not rank by"
                " this picture. n/a means that no lease outside capex was found, not that there is none. Where capex"
                " is a floor or a part of the year, so is the total."),
               *(f"{_name(study, row.entity)}: {'; '.join(row.titles)}." for row in scale.leases)],
    )  # fmt: skip


def _all_in_title(own: AllIn | None) -> str:
    if own is None:
        return "No lease outside capex is known for the case"
    low, high = own.leases.low or 0.0, own.leases.high or 0.0
    return f"Assumed leases abroad could add {span_of(low, high, 'USD bn')}"
