"""From a view of the facts to a gate: its past, the posterior of each rate, and the dates ahead."""

from __future__ import annotations

from datetime import date

from capexlib.facts.adopt import Facts
from capexlib.models.markov import RatePosterior
from capexlib.models.policy.gates import MONTH, GateModel, Jump
from capexlib.models.policy.history import DAYS_PER_YEAR, GateHistory, Move, gate_history
from capexlib.params.policy import GateParams, PolicyParams
from capexlib.units import convert


def gate_model(
    facts: Facts, key: str, params: GateParams, policy: PolicyParams, first_month: date, horizon: int, *,
    other_way: bool = False,
) -> GateModel:  # fmt: skip
    """Make a gate from the facts of a view and a case's params.

    Parameters
    ----------
    facts : Facts
    key : str
        The gate's id, in the ledger's regimes and in the params.
    params : GateParams
    policy : PolicyParams
        Holds the prior of every rate.
    first_month : datetime.date
        A day of month 1.
    horizon : int
        Months.
    other_way : bool
        Code ambiguous spells the other way.

    Returns
    -------
    GateModel

    Raises
    ------
    ValueError
        If the coding and the params do not fit together, or nothing says where the gate stands.
    """
    return gate_from_history(
        gate_history(facts, key, other_way=other_way), params, policy, first_month, horizon,
    )  # fmt: skip


def gate_from_history(
    history: GateHistory, params: GateParams, policy: PolicyParams, first_month: date, horizon: int
) -> GateModel:
    """Make a gate from its past; the rest as in `gate_model`.

    Notes
    -----
    The case's word goes before the coding: `hold` freezes the gate, `start` says where it stands on
    the as-of date, `rates` replace posteriors. Else the gate is where the last page showed it, and
    the time from that page to the end of month 1 is its first step. A scheduled event counts from
    the last page on: one whose day has passed since falls in month 1, because nobody has seen
    what came of it; one beyond the horizon is left out.
    """
    if horizon < 1:
        msg = f"a gate is drawn for at least one month, not {horizon}"
        raise ValueError(msg)
    begins = first_month.replace(day=1)
    states = tuple(sorted(params.states))
    start = params.hold or params.start or history.state
    if start is None:
        msg = f"nothing says where gates.{history.gate} stands: the view codes no regime; give 'start' or 'hold'"
        raise ValueError(msg)
    seen = history.as_of if params.start or not history.seen_until else history.seen_until
    if seen > begins:
        msg = f"month 1 starts on {begins}, before the state was last seen on {seen}"
        raise ValueError(msg)
    moves = () if params.hold else tuple(sorted((a, b) for a, targets in params.moves.items() for b in targets))
    if not params.hold:
        _check_fits(history, states, moves)
    jumps = () if params.hold else _jumps(params, seen, begins, horizon)
    weight, mean = policy.prior_events, policy.prior_rate
    exposure, events = history.exposure_years, history.moves
    posteriors = {
        (a, b): RatePosterior(
            len(events.get((a, b), ())), exposure.get(a, 0.0), weight.value,
            convert(mean.value, mean.unit, "events/year"),
        )
        for a, b in moves
        if f"{a}>{b}" not in params.rates
    }  # fmt: skip
    since = MONTH if params.hold else (begins - seen).days / DAYS_PER_YEAR + MONTH
    return GateModel(
        history.gate, params, states, states.index(start), moves, posteriors, (weight, mean), horizon, since, jumps,
        history,
    )  # fmt: skip


def _check_fits(history: GateHistory, states: tuple[str, ...], moves: tuple[Move, ...]) -> None:
    """Refuse to forget a state or a move that was seen."""
    unknown = [state for state in history.exposure_years if state not in states]
    unplanned = [">".join(move) for move in history.moves if move not in moves]
    if unknown:
        msg = f"the ledger codes gates.{history.gate} as {', '.join(unknown)}; add it to 'states'"
        raise ValueError(msg)
    if unplanned:
        msg = f"gates.{history.gate} was seen to move {', '.join(unplanned)}; add it to 'moves'"
        raise ValueError(msg)


def _jumps(params: GateParams, seen: date, begins: date, horizon: int) -> tuple[Jump, ...]:
    """Return the scheduled events between the last page and the horizon's end, in order of their day."""
    states = tuple(sorted(params.states))
    jumps = []
    for key, event in sorted(params.scheduled.items(), key=lambda item: (item[1].on, item[0])):
        month = max(0, 12 * (event.on.year - begins.year) + event.on.month - begins.month)
        if event.on > seen and month < horizon:
            jumps.append(Jump(key, month, states.index(event.to), event.probability))
    return tuple(jumps)
