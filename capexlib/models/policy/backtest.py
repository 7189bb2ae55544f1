"""How right the model would have been: questions of an earlier day, with answers known by now."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import numpy as np

from capexlib.errors import EvidenceError, ParamsError, Problem
from capexlib.facts.adopt import Facts
from capexlib.facts.named import known_claim
from capexlib.figures import Figure
from capexlib.models.policy.exact import gate_laws, occupancy
from capexlib.models.policy.gate_evidence import gate_from_history
from capexlib.models.policy.history import DAYS_PER_YEAR, GateHistory, gate_history
from capexlib.models.policy.setting import Setting, first_month_after, make_setting, plan_samples
from capexlib.models.policy.world import draw_world
from capexlib.models.scale import assess
from capexlib.models.uncertainty import uniforms
from capexlib.models.uncertainty.families import Floats
from capexlib.params.load import load_case
from capexlib.params.policy import BackTest, GateParams, PolicyParams, ScenarioParams
from capexlib.params.schema import Case, Sampling

AHEAD_MONTHS = 6
EARLIER_PATHS = 1024
"""Paths on which an earlier view is simulated."""
_RATE_DRAWS = 128
_MID_MONTH = 15
_QUARTER_MONTHS = (1, 4, 7, 10)
_LEAST = 1e-6
_AS_IT_STOOD = ScenarioParams(title="No gate moves", why="To expect no change is the plainest forecast.")


@dataclass(frozen=True, slots=True)
class Forecast:
    """A probability stated as of an earlier day, and what happened.

    Parameters
    ----------
    key, title : str
    made_on, by : datetime.date
    probability : float
        The model's.
    naive : float
        The base rate's: how often the past held the state asked for, with half a year added to
        both sides; one half where nothing of the kind was ever seen.
    persistence : float
        That of whoever expects no change: `stays` for a gate's state, and for a delivery what the
        model gives with every gate held as it stood.
    happened : bool
    outcome : Figure or None
        What was delivered, for a question about deliveries.
    """

    key: str
    title: str
    made_on: date
    by: date
    probability: float
    naive: float
    persistence: float
    happened: bool
    outcome: Figure | None = None

    @property
    def brier(self) -> float:
        """Squared error of the probability."""
        return (self.probability - self.happened) ** 2

    @property
    def naive_brier(self) -> float:
        """Squared error of the base rate."""
        return (self.naive - self.happened) ** 2

    @property
    def persistence_brier(self) -> float:
        """Squared error of expecting no change."""
        return (self.persistence - self.happened) ** 2


@dataclass(frozen=True, slots=True)
class Scores:
    """Mean scores of some forecasts; low is good.

    Parameters
    ----------
    n : int
    brier, naive_brier, persistence_brier : float
        Mean squared error, 0 to 1.
    log, naive_log, persistence_log : float
        Mean of −ln of the probability of what happened, a probability never taken below 10⁻⁶.
    """

    n: int
    brier: float
    naive_brier: float
    persistence_brier: float
    log: float
    naive_log: float
    persistence_log: float


def scores(forecasts: list[Forecast]) -> Scores:
    """Score forecasts.

    Raises
    ------
    ValueError
        If there are none.

    References
    ----------
    Brier (1950), Monthly Weather Review 78, 1-3. Good (1952), Journal of the Royal Statistical
    Society B 14, 107-114.

    Examples
    --------
    >>> one = Forecast("a", "A?", date(2025, 1, 1), date(2025, 7, 1), 0.8, 0.5, 0.75, happened=True)
    >>> made = scores([one])
    >>> round(made.brier, 12), round(made.log, 6), round(made.naive_log, 6)
    (0.04, 0.223144, 0.693147)
    """
    if not forecasts:
        msg = "there is nothing to score"
        raise ValueError(msg)
    squares = np.mean([(one.brier, one.naive_brier, one.persistence_brier) for one in forecasts], axis=0)
    logs = np.mean([
        [_surprise(given, one) for given in (one.probability, one.naive, one.persistence)] for one in forecasts
    ], axis=0)  # fmt: skip
    return Scores(len(forecasts), *squares.tolist(), *logs.tolist())


def _surprise(probability: float, one: Forecast) -> float:
    return -math.log(max(probability if one.happened else 1.0 - probability, _LEAST))


def asked(facts: Facts, case: Case, folder: Path) -> list[Forecast]:
    """Answer the case's own questions whose answer was known on the as-of date.

    Parameters
    ----------
    facts : Facts
    case : Case
    folder : Path
        Where the params files of earlier views are looked for.

    Raises
    ------
    ParamsError, EvidenceError
        If a question names what is not there.
    """
    views: dict[tuple[str | None, date], Delivered] = {}
    found = []
    for key, test in case.backtests.items():
        if test.by > case.as_of:
            continue
        if test.gate:
            found.append(_gate_question(facts, case, key, test))
        else:
            view = test.params, test.made_on
            if view not in views:
                views[view] = _earlier_view(facts, key, test, folder)
            found.append(_delivery_question(facts, key, test, views[view]))
    return found


def every_quarter(facts: Facts, case: Case) -> list[Forecast]:
    """Ask of every gate, at the start of every quarter, whether it will be in the same state half a year on.

    Nothing is chosen here: the quarters are all those with at least a year of coded past before them and an
    answer by the as-of date.
    """
    if case.policy is None:
        return []
    made = []
    for key, gate in case.gates.items():
        now = gate_history(facts, key)
        if not now.spells or now.seen_until is None:
            continue
        first, last = now.spells[0].start, now.seen_until
        days = [date(year, month, 1) for year in range(first.year, last.year + 1) for month in _QUARTER_MONTHS]
        for day in days:
            by = _months_on(day, AHEAD_MONTHS)
            if (day - first).days < DAYS_PER_YEAR or by > last:
                continue
            past = gate_history(Facts(facts.ledger, day, {}), key)
            if past.state is None or past.spells[-1].end > day:
                continue
            title = f"{gate.title}: same state half a year on"
            made.append(_gate_forecast(f"{key}/{day}", title, (past, now), gate, case.policy, by, (past.state,), case))
    return [one for one in made if one]


def _gate_question(facts: Facts, case: Case, key: str, test: BackTest) -> Forecast:
    if case.policy is None or test.gate is None or test.gate not in case.gates:
        problem = Problem(f"backtests.{key}.gate", f"{test.gate!r} is not a gate of the case.", "Name one of 'gates'.")
        raise ParamsError([problem])
    past = gate_history(Facts(facts.ledger, test.made_on, {}), test.gate)
    made = _gate_forecast(
        key, test.title, (past, gate_history(facts, test.gate)), case.gates[test.gate], case.policy, test.by,
        test.states, case,
    )  # fmt: skip
    if made is None:
        what = f"Nothing is coded of {test.gate!r} on {test.made_on}, or not yet on {test.by}."
        raise EvidenceError([Problem(f"backtests.{key}", what, "Ask about days that the coding covers.")])
    return made


def _gate_forecast(
    key: str, title: str, histories: tuple[GateHistory, GateHistory], gate: GateParams, policy: PolicyParams,
    by: date, states: tuple[str, ...], case: Case,
) -> Forecast | None:  # fmt: skip
    """Forecast a gate's state from what was known, and read the answer from what is known now."""
    past, now = histories
    answer = next((spell.state for spell in now.spells if spell.start <= by < spell.end), None)
    if answer is None and now.seen_until and now.spells and by == now.seen_until:
        answer = now.spells[-1].state
    if past.state is None or answer is None:
        return None
    begins = first_month_after(past.as_of)
    horizon = max(1, months_until(begins, by))
    unset = {"hold": None, "start": None, "scheduled": {}, "rates": {}}
    model = gate_from_history(past, gate.model_copy(update=unset), policy, begins, horizon)
    draws = uniforms([f"backtest/{name}" for name in model.inputs()], _RATE_DRAWS, case.sampling.seed)
    draws = {name.removeprefix("backtest/"): column for name, column in draws.items()}
    law = occupancy(gate_laws(model, draws))[:, -1].mean(axis=0)
    probability = float(sum(law[model.states.index(state)] for state in states if state in model.states))
    years = past.exposure_years
    naive = (sum(years.get(state, 0.0) for state in states) + 0.5) / (sum(years.values()) + 1.0)
    kept = stays((past.as_of - past.spells[-1].start).days, (by - past.as_of).days)
    others = [state for state in gate.states if state != past.state]
    elsewhere = sum(state in states for state in others) / max(len(others), 1)
    persistence = kept * (past.state in states) + (1.0 - kept) * elsewhere
    return Forecast(key, title, past.as_of, by, min(probability, 1.0), naive, persistence, happened=answer in states)


def stays(lasted: float, ahead: float) -> float:
    """Chance that what has lasted so long lasts as much longer as is asked, by the rule of succession.

    Parameters
    ----------
    lasted, ahead : float
        In one unit of time.

    Returns
    -------
    float
        From 1/2 without any past to 1. Whatever else may come shares the rest evenly.

    References
    ----------
    Laplace (1814), *Essai philosophique sur les probabilités*: after n trials without a change, one more is without
    it with probability (n + 1) / (n + 2); here n is how often the time asked for fits into the time lasted.

    Examples
    --------
    >>> stays(0, 90), stays(270, 90)
    (0.5, 0.8)
    """
    return (lasted + ahead) / (lasted + 2.0 * ahead)


@dataclass(frozen=True, slots=True, eq=False)
class Delivered:
    """What an earlier view expected to be delivered.

    Parameters
    ----------
    setting : Setting
    units, held : ndarray, shape (vendors, n, months)
        Delivered by each month's end on the mix that was reported: with the gates as they may go,
        and with every gate held as it stood.
    """

    setting: Setting
    units: Floats
    held: Floats


def _delivery_question(facts: Facts, key: str, test: BackTest, view: Delivered) -> Forecast:
    """Count the paths of an earlier view on which enough was delivered in time."""
    if test.vendor is None or test.at_least is None or test.outcome is None:
        msg = f"{key} asks for no delivery"
        raise ValueError(msg)
    setting = view.setting
    if test.vendor not in setting.vendors:
        problem = Problem(f"backtests.{key}.vendor", f"{test.vendor!r} is not a vendor of that view.", "Mend the name.")
        raise ParamsError([problem])
    row, months = list(setting.vendors).index(test.vendor), months_until(setting.first_month, test.by)
    outcome, enough = known_claim(facts, test.outcome, f"backtests.{key}.outcome"), test.at_least.value
    moving, held = (
        paths[row, :, min(months, setting.months) - 1] >= enough if months > 0 else np.zeros(paths.shape[1], bool)
        for paths in (view.units, view.held)
    )
    return Forecast(
        key, test.title, test.made_on, test.by, float(moving.mean()), 0.5,
        (int(held.sum()) + 1) / (held.size + 2), happened=outcome.best >= enough, outcome=outcome,
    )  # fmt: skip


def _earlier_view(facts: Facts, key: str, test: BackTest, folder: Path) -> Delivered:
    """Simulate the model as it would have stood on the earlier day."""
    if test.params is None:
        msg = f"{key} names no earlier view"
        raise ValueError(msg)
    earlier = load_case(folder / test.params, {"as_of": test.made_on.isoformat()}).case
    if earlier.policy is None or not earlier.levers:
        problem = Problem(f"backtests.{key}.params", "That view has no policy model.", "Name a file that has one.")
        raise ParamsError([problem])
    sampling = Sampling(seed=earlier.sampling.seed, draws=min(EARLIER_PATHS, earlier.sampling.draws))
    others: dict[str, object] = {name: {} for name in ("users", "leases", "orders", "chips", "checks")}
    others |= {"peers": (), "funding": None, "roi": None}
    earlier = earlier.model_copy(update={"sampling": sampling, **others})
    known = Facts(facts.ledger, test.made_on, earlier.adopt)
    scale = assess(known, earlier)
    setting = make_setting(known, earlier, scale)
    world = draw_world(setting, plan_samples(scale, earlier.entity), earlier.sampling.seed)
    lever = earlier.levers[setting.policy.reported_mix]
    units, held = (
        np.cumsum(one.run(lever, by_vendor=True).flows.delivered, axis=2) for one in (world, world.under(_AS_IT_STOOD))
    )
    return Delivered(setting, units, held)


def months_until(first: date, by: date) -> int:
    """Count the simulated months up to a day: those that have ended, and its own from the 16th on.

    Examples
    --------
    >>> months_until(date(2026, 1, 1), date(2026, 6, 1)), months_until(date(2026, 1, 1), date(2026, 8, 18))
    (5, 8)
    """
    return 12 * (by.year - first.year) + by.month - first.month + (by.day > _MID_MONTH)


def _months_on(day: date, months: int) -> date:
    """First day of the month so many months later, less one day: the end of the month before.

    Examples
    --------
    >>> _months_on(date(2025, 10, 1), 6)
    datetime.date(2026, 3, 31)
    """
    index = day.month - 1 + months
    return date(day.year + index // 12, index % 12 + 1, 1) - timedelta(days=1)
