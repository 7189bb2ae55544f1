"""The gates: what both capitals did, how fast states have moved, and what is ahead."""

from __future__ import annotations

from typing import TYPE_CHECKING

from capexlib.exhibits.block import Exhibit, Rich, chart, column, table
from capexlib.exhibits.policy.wording import figures_of
from capexlib.exhibits.prose import (
    MINUS,
    amount,
    badge,
    listed,
    marked,
    number,
    part_of,
    sentence,
    shown,
)
from capexlib.exhibits.theme import percent
from capexlib.facts.records import Event
from capexlib.models.policy.model import CHECKED_PATHS
from capexlib.periods import day_name, last_day

if TYPE_CHECKING:
    from datetime import date

    from capexlib.models.policy.gates import GateModel
    from capexlib.study import Study

CAPITALS = {"US": "Washington", "CN": "Beijing"}
_SHOWN_YEARS = 2
_NAMED = 5
"""Newest measures named in the text."""
_WHOLE_DAY = len("2025-01-01")


def timeline(study: Study) -> Exhibit:
    """Every gate's states over the last years, under the measures of both capitals."""
    from capexlib.exhibits.charts import GateRow, GateSpell, Measure, gate_timeline

    gates, as_of = study.policy.setting.gates, study.case.as_of
    first = as_of.replace(year=as_of.year - _SHOWN_YEARS, month=1, day=1)
    events = [event for event in study.facts.events() if event.actor[0] != "firm" and last_day(event.date) >= first]
    rows = [
        GateRow(name=gate.params.label, spells=tuple(
            GateSpell(start=spell.start.isoformat(), end=spell.end.isoformat(), state=_title(gate, spell.state),
                      passes=_passes(gate, spell.state), judged=spell.is_judgement)
            for spell in gate.history.spells
        ))
        for gate in gates.values()
    ]  # fmt: skip
    measures = [
        Measure(day=last_day(event.date).isoformat(), lane=_capital(event), title=event.title,
                direction=event.direction, binding=event.binding)
        for event in events
    ]  # fmt: skip
    today = {gate.params.title: _title(gate, gate.states[gate.start]) for gate in gates.values()}
    return chart(
        "timeline", _timeline_title(study),
        gate_timeline(rows, measures, first=first.isoformat(), as_of=as_of.isoformat()),
        subtitle=f"States of the gates as coded by us, and measures of both governments, {first.year} to {as_of.year}",
        alt="Timeline of gates. As of the date: " + " ".join(f"{name}: {state}." for name, state in today.items()),
        columns=[column("Date", nowrap=True), column("Who"), column("Measure"), column("What changed"),
                 column("Binding"), column("Status")],
        rows=[_event_row(event) for event in sorted(events, key=lambda event: event.date, reverse=True)],
        source="Sources: the ledger's events, each with its source; states are our coding of them.",
        notes=["Dashed: coded by judgement, because no binding measure marks the change.", _bars_end(study),
               *_held(study)],
        text=_latest(events, study),
    )  # fmt: skip


def _bars_end(study: Study) -> str:
    """Say where the bars stop: at the last page that shows each state."""
    ends: dict[date, list[str]] = {}
    for gate in study.policy.setting.gates.values():
        if gate.history.seen_until:
            ends.setdefault(gate.history.seen_until, []).append(gate.params.label)
    if not ends:
        return "No state of any gate is coded."
    told = [f"{day_name(day)}{'' if len(ends) == 1 else f' ({listed(names)})'}" for day, names in sorted(ends.items())]
    return f"Bars end with the last page that shows the state: no evidence after {listed(told)}."


def _latest(events: list[Event], study: Study) -> list[Rich]:
    """Name the newest measures that had been taken by the date, and what is scheduled after it."""
    as_of = study.case.as_of
    later = [event for event in events if last_day(event.date) > as_of and len(event.date) == _WHOLE_DAY]
    past = sorted((event for event in events if event not in later), key=lambda event: event.date)
    ahead = sorted(later, key=lambda event: event.date)
    named = [
        f"{title}: {'; '.join(f'{event.title} ({_said_day(event)})' for event in found)}."
        for title, found in (("Latest measures", past[: -_NAMED - 1 : -1]), ("Ahead", ahead[:_NAMED])) if found
    ]  # fmt: skip
    return [" ".join(named)] if named else []


def _said_day(event: Event) -> str:
    return day_name(last_day(event.date)) if len(event.date) == _WHOLE_DAY else event.date


def _timeline_title(study: Study) -> str:
    gates = study.policy.setting.gates.values()
    shut = sum(_passes(gate, gate.states[gate.start]) < 0.25 for gate in gates)
    if shut == 0:
        return "No gate is shut, or nearly so"
    return f"{_count(shut)} of {_count(len(list(gates)))} gates let little or nothing through".capitalize()


def _count(number_: int) -> str:
    return ("none", "one", "two", "three", "four", "five", "six")[number_] if number_ <= 6 else str(number_)


def _held(study: Study) -> list[Rich]:
    held = [gate.params.title for gate in study.policy.setting.gates.values() if gate.params.hold]
    return [f"Held in one state by this case: {', '.join(held)}."] if held else []


def _capital(event: Event) -> str:
    return CAPITALS.get(event.actor[0], "Washington")


def _title(gate: GateModel, state: str) -> str:
    return gate.params.states[state].title if state in gate.params.states else state.replace("_", " ")


def _passes(gate: GateModel, state: str) -> float:
    return gate.params.states[state].passes.value if state in gate.params.states else 0.0


def _event_row(event: Event) -> list[Rich]:
    actors = " and ".join(CAPITALS.get(actor, "firm") for actor in event.actor)
    binding = "yes" if event.binding else "no"
    return [_said_day(event), actors, event.title, event.what_changed, binding, [badge(event.status)]]


def rates(study: Study) -> Exhibit:
    """Posterior rates of every move, with the events and the time that they rest on."""
    from capexlib.exhibits.charts import Dot, DotRow, Panel, dot_ranges

    figures, marks, rows = figures_of(study), [], []
    for key, gate in study.policy.setting.gates.items():
        leaving = [move for move in gate.moves if move[0] == gate.states[gate.start]]
        for start, end in gate.moves:
            figure = figures[f"policy.rates.{key}.{start}.{end}"]
            seen = gate.posteriors.get((start, end))
            if (start, end) in leaving:
                marks.append(DotRow(
                    name=gate.params.label, note=f"to {_title(gate, end)}",
                    dots=(Dot(value=figure.best, low=figure.low, high=figure.high, label=number(figure.best),
                              status="assumption"),),
                ))  # fmt: skip
            rows.append([
                gate.params.title, f"{_title(gate, start)} to {_title(gate, end)}",
                part_of(str(seen.events), figure.id) if seen else "set by the case",
                part_of(f"{seen.exposure_years:.2f}", figure.id) if seen else "–",
                marked(number(figure.best), figure.id),
                marked(f"{number(figure.low or 0.0)}–{number(figure.high or 0.0)}", figure.id),
                part_of(number(12 / figure.best), figure.id) if figure.best > 0 else "–",
            ])  # fmt: skip
    if not marks:
        marks = [DotRow(name="Nothing may move", dots=(None,))]
    rows = rows or [["Every gate is held", *["–"] * 6]]
    other = figures["policy.other_way.share"]
    return chart(
        "rates", _rates_title(study),
        dot_ranges(marks, panels=[Panel(title="Moves a year out of today's states")]),
        subtitle="Posterior mean and 90 % interval of the rate, moves a year; out of the state on the as-of date",
        alt="Dot chart of rates. " + " ".join(
            f"{mark.name}, {mark.note}: {mark.dots[0].text}." if mark.dots[0] else f"{mark.name}." for mark in marks
        ),
        columns=[column("Gate"), column("Move"), column("Events", right=True), column("Years seen", right=True),
                 column("Rate a year", right=True), column("90 % interval", right=True),
                 column("Mean wait, months", right=True)],
        rows=rows, source="Sources: the ledger's events and regimes; prior: own assumption, see the appendix.",
        notes=["Gamma posterior: prior weight and mean are assumptions and are drawn too.",
               sentence("Ambiguous spells coded the other way: median share of the plan ", shown(other), " instead of ",
                        shown(figures["policy.share"]), ".")],
    )  # fmt: skip


def _rates_title(study: Study) -> str:
    gates = study.policy.setting.gates.values()
    most = max((seen.events for gate in gates for seen in gate.posteriors.values()), default=0)
    if most == 0:
        return "No rate rests on any event"
    return f"Every rate rests on {_count(most)} event{'s' if most > 1 else ''} or {'fewer' if most > 1 else 'none'}"


def agreement(study: Study) -> Exhibit:
    """Exact expectations beside simulated means, the difference in standard errors."""
    kinds = {"stayed": "months before it first leaves “{}”", "months": "months in “{}”",
             "reached": "chance that some month ends in “{}”",
             "delivered": "units delivered, no quota, endless supply"}  # fmt: skip
    setting, rows = study.policy.setting, []
    for one in study.policy.agreements:
        gate = setting.gates.get(one.subject)
        name = gate.params.title if gate else setting.vendors[one.subject].title
        state = _title(gate, one.state) if gate else ""
        made, figure = one.beside, f"policy.agreement.{one.key}"
        rows.append([
            name, kinds[one.kind].format(state), part_of(_number(one.kind, made.exact), figure),
            part_of(_number(one.kind, made.simulated), figure),
            part_of(f"{made.z:+.1f}".replace("-", MINUS), figure),
        ])  # fmt: skip
    most = max((abs(one.beside.z) for one in study.policy.agreements), default=0.0)
    checked = min(CHECKED_PATHS, study.policy.world.size)
    return table(
        "agreement", f"Simulated gates {'agree' if most <= 4 else 'do not agree'} with exact expectations",
        [column("Gate or vendor"), column("Expectation"), column("Exact", right=True),
         column("Simulated", right=True), column("Difference, standard errors", right=True)],
        rows, source="Own computation: transition matrices and the Feynman–Kac recursion beside the drawn paths.",
        subtitle=f"Over the whole horizon, each path with its own rates, the first {checked:,} paths",
        notes=[f"The largest difference is {most:.1f} standard errors; of so many, one in twenty passes two by luck."],
        appendix=True,
    )  # fmt: skip


def _number(kind: str, value: float) -> str:
    if kind == "reached":
        return percent(value, 1)
    return f"{value:.2f}" if kind in ("months", "stayed") else number(value)


def watch(study: Study) -> Exhibit:
    """Dated events ahead, what they may do, and what the named course would make of the plan."""
    setting, figures = study.policy.setting, figures_of(study)
    ahead: list[tuple[date, list[Rich]]] = []
    for key, gate in setting.gates.items():
        for jump in gate.jumps:
            event = gate.params.scheduled[jump.id]
            ahead.append((event.on, [
                day_name(event.on), gate.params.label, event.title,
                f"to “{_title(gate, event.to)}”",
                marked(amount(event.probability.value, "fraction"),
                       f"assumption.gates.{key}.scheduled.{jump.id}.probability"),
            ]))  # fmt: skip
    dated = {gate.params.scheduled[jump.id].on for gate in setting.gates.values() for jump in gate.jumps}
    due: dict[date, str] = {
        trigger.next: trigger.due
        for trigger in study.case.watch.values()
        if trigger.next and trigger.due and trigger.next > study.case.as_of and trigger.next not in dated
    }
    for day, what in due.items():
        ahead.append((day, [day_name(day), "none of these", what, "no chance is put on it", "–"]))
    rows = [row for _, row in sorted(ahead, key=lambda one: one[0])]
    for key, scenario in study.case.scenarios.items():
        figure = figures[f"policy.scenarios.{key}.share"]
        named = [setting.gates[gate].params.label for gate in scenario.gates]
        rows.append(["if it happens", ", ".join(named) or "none moves", scenario.title, scenario.why,
                     sentence("share of the plan ", shown(figure))])  # fmt: skip
    return table(
        "watch", "Dates ahead and triggers that would move the headline",
        [column("When", nowrap=True), column("Gate"), column("Event or course"), column("What it would mean"),
         column("Chance, or effect", right=True)],
        rows or [["–", "–", "Nothing is scheduled and no course is named", "–", "–"]],
        source="Sources: scheduled events and named courses as the params of the case state them.",
        notes=["The chances of scheduled events are own judgement and are drawn with the gates."],
    )  # fmt: skip
