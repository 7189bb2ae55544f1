"""A gate as a chain: rates from the past or set by the case, paths, and what the states let through."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from capexlib.models.assumptions import distribution
from capexlib.models.markov import Generator, RatePosterior, simulate_states
from capexlib.models.markov.many_chains import transition_laws
from capexlib.models.markov.path_chains import simulate_path_states, states_from_uniforms
from capexlib.models.markov.paths import States
from capexlib.models.policy.gate_draws import (
    PRIOR_NAMES,
    Draws,
    check_rows,
    cut,
    drawn,
    drawn_prior,
    is_uncertain,
    looked_up,
    per_year,
    posterior_rates,
    row_count,
    side_by_side,
    values_of,
)
from capexlib.models.policy.history import GateHistory, Move
from capexlib.models.uncertainty import Distribution
from capexlib.models.uncertainty.families import Floats
from capexlib.params.assumption import Assumption
from capexlib.params.policy import GateParams, GateState, ScenarioStep

MONTH = 1.0 / 12.0
Truths = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Jump:
    """A scheduled event inside the horizon.

    Parameters
    ----------
    id : str
    month : int
        From 0; the gate jumps at this month's end.
    to : int
        State by number.
    probability : Assumption
    """

    id: str
    month: int
    to: int
    probability: Assumption


@dataclass(frozen=True, slots=True, eq=False)
class GateModel:
    """A gate ready to be drawn.

    Parameters
    ----------
    id : str
    params : GateParams
    states : tuple of str
        By name; states are numbers from 0 in this order everywhere, however the params write them.
    start : int
        State when last seen, or the one that the case sets or holds.
    moves : tuple of (str, str)
        Moves that may be made; none while the case holds the gate.
    posteriors : dict of (str, str) to RatePosterior
        Rates that rest on the past, at the central prior.
    prior : tuple of (Assumption, Assumption)
        Its weight in events and its mean rate.
    horizon : int
        Months.
    first_years : float
        Time from the last page that shows the state to the end of month 1.
    jumps : tuple of Jump
    history : GateHistory
    """

    id: str
    params: GateParams
    states: tuple[str, ...]
    start: int
    moves: tuple[Move, ...]
    posteriors: Mapping[Move, RatePosterior]
    prior: tuple[Assumption, Assumption]
    horizon: int
    first_years: float
    jumps: tuple[Jump, ...]
    history: GateHistory

    @property
    def name(self) -> str:
        """Name of its random stream and prefix of its inputs."""
        return f"gates.{self.id}"

    def inputs(self) -> dict[str, Distribution]:
        """Uncertain inputs by name: what `rates`, `chances`, `passes` and `duty` want uniform draws for.

        Returns
        -------
        dict of str to Distribution
            A posterior rate's law (per year) is that at the central prior.
        """
        found = {}
        if self.posteriors:
            found = {name: a for name, a in zip(PRIOR_NAMES, self.prior, strict=True) if is_uncertain(a)}
        laws = {name: distribution(assumption) for name, assumption in found.items()}
        laws |= {self._move_name(move): self.rate_law(move) for move in self.moves if self._is_uncertain_rate(move)}
        named = [(self._jump_name(jump), jump.probability) for jump in self.jumps]
        named += [(self._state_name(key, "passes"), state.passes) for key, state in self._states()]
        duties = [(self._state_name(key, "duty"), state.duty) for key, state in self._states()]
        named += [(name, assumption) for name, assumption in duties if assumption is not None]
        return laws | {name: distribution(assumption) for name, assumption in named if is_uncertain(assumption)}

    def rate_law(self, move: Move) -> Distribution:
        """Law of a move's rate, per year: the case's, or the posterior at the central prior."""
        if move in self.posteriors:
            return self.posteriors[move].law
        return distribution(self._set_rate(move), per_year(self._set_rate(move)))

    def generator(self) -> Generator:
        """Return the chain at the mean rates, for closed forms."""
        return Generator(self.states, {move: self.rate_law(move).mean for move in self.moves})

    def rates(self, draws: Draws) -> Floats:
        """Return each path's rate of each move.

        Parameters
        ----------
        draws : mapping of str to ndarray, shape (n,)
            Uniform numbers by input; other models' inputs may stand among them.

        Returns
        -------
        ndarray, shape (n, moves)
            Per year, in the order of `moves`; one row where nothing is drawn.

        Raises
        ------
        ValueError
            If an input is not drawn.

        Notes
        -----
        Gamma quantile at the move's draw, shape k + events, mean (k + events)/(k/m + exposure),
        with the path's own weight k and mean m of the prior.
        """
        prior = drawn_prior(draws, self.prior) if self.posteriors else None
        columns = [
            posterior_rates(self.posteriors[move], prior, drawn(draws, self._move_name(move)))
            if prior and move in self.posteriors
            else values_of(draws, self._move_name(move), self._set_rate(move)) * per_year(self._set_rate(move))
            for move in self.moves
        ]
        return side_by_side(columns, row_count(draws))

    def chances(self, draws: Draws | None = None) -> Floats:
        """Return each path's probability of each scheduled event, shape (n, jumps); without draws the central ones."""
        if draws is None:
            return np.array([[jump.probability.value for jump in self.jumps]])
        columns = [values_of(draws, self._jump_name(jump), jump.probability) for jump in self.jumps]
        return side_by_side(columns, row_count(draws))

    def transitions(self, rates: ArrayLike) -> Floats:
        """Return monthly transition matrices, shape (n, S, S), row's state to column's."""
        return transition_laws(rates, self._numbered_moves(), len(self.states), MONTH).transpose(2, 0, 1)

    def month_laws(self, rates: Floats, chances: Floats) -> list[Floats]:
        """Return each month's law with its scheduled events, arrays (S, S, n); quiet months share one."""
        numbered, count = self._numbered_moves(), len(self.states)
        month = transition_laws(rates, numbered, count, MONTH)
        laws = [month] * self.horizon
        if self.first_years != MONTH:
            laws[0] = transition_laws(rates, numbered, count, self.first_years)
        for jump, chance in zip(self.jumps, chances.T, strict=True):
            law = laws[jump.month] * (1.0 - chance)
            law[:, jump.to] += chance
            laws[jump.month] = law
        return laws

    def simulate(
        self, rates: Floats, seed: int, n_paths: int, first_path: int = 0, *, chances: Floats | None = None,
        workers: int = 1,
    ) -> States:  # fmt: skip
        """Sample month-end states.

        Parameters
        ----------
        rates : ndarray, shape (n_paths, moves) or (1, moves)
            One row lets all paths share a chain.
        seed : int
        n_paths, first_path : int
            A path depends on the seed, its number, its rates and chances, and on nothing else.
        chances : ndarray, shape (n_paths, jumps) or (1, jumps), optional
            Of scheduled events; the central ones where not given.
        workers : int
            Threads.

        Returns
        -------
        ndarray of uint8, shape (n_paths, horizon)

        Raises
        ------
        ValueError
            If rows and paths do not fit.
        """
        chances = self.chances() if chances is None else chances
        check_rows(n_paths, rates, chances)
        if len(rates) == 1 and len(chances) == 1:
            shared = np.stack([law[:, :, 0] for law in self.month_laws(rates, chances)])
            return simulate_states(
                shared, self.start, n_paths, seed=seed, name=self.name, first_path=first_path, workers=workers
            )

        def laws_of(low: int, high: int) -> list[Floats]:
            return self.month_laws(*(cut(rows, low, high) for rows in (rates, chances)))

        return simulate_path_states(
            laws_of, self.start, n_paths, self.horizon,
            seed=seed, name=self.name, first_path=first_path, workers=workers,
        )  # fmt: skip

    def simulate_from(self, uniforms: Floats, rates: Floats, *, chances: Floats | None = None) -> States:
        """Return the month-end states that uniform numbers (n, horizon) lead to, shape (n, horizon)."""
        chances = self.chances() if chances is None else chances
        n = len(uniforms)
        check_rows(n, rates, chances)
        states = np.empty((self.horizon, n), dtype=np.uint8)
        for low in range(0, n, _ROWS):
            high = min(low + _ROWS, n)
            laws = self.month_laws(*(cut(rows, low, high) for rows in (rates, chances)))
            states[:, low:high] = states_from_uniforms(uniforms[low:high], laws, self.start).T
        return states.T

    def passes(self, states: States, draws: Draws) -> Floats:
        """Return the part of the waiting goods let through, by path and month; one draw a path and state."""
        return looked_up(states, list(self.pass_table(draws)))

    def pass_table(self, draws: Draws) -> Floats:
        """Return the part that each state lets through, shape (S, n) or (S, 1)."""
        columns = [values_of(draws, self._state_name(key, "passes"), s.passes) for key, s in self._states()]
        return side_by_side(columns, max(map(len, columns))).T

    def duty(self, states: States, draws: Draws) -> Floats:
        """Return the rate of duty due, by path and month; zero in states without one."""
        table = [
            np.zeros(1) if state.duty is None else values_of(draws, self._state_name(key, "duty"), state.duty)
            for key, state in self._states()
        ]
        return looked_up(states, table)

    def quota_binds(self, states: States) -> Truths:
        """Tell where the quota for each customer binds, by path and month."""
        return np.array([state.quota for _, state in self._states()])[states]

    def _states(self) -> list[tuple[str, GateState]]:
        return [(key, self.params.states[key]) for key in self.states]

    def _numbered_moves(self) -> list[tuple[int, int]]:
        return [(self.states.index(start), self.states.index(end)) for start, end in self.moves]

    def _set_rate(self, move: Move) -> Assumption:
        return self.params.rates[">".join(move)]

    def _is_uncertain_rate(self, move: Move) -> bool:
        return move in self.posteriors or is_uncertain(self._set_rate(move))

    def _move_name(self, move: Move) -> str:
        return f"{self.name}.{'>'.join(move)}"

    def _jump_name(self, jump: Jump) -> str:
        return f"{self.name}.scheduled.{jump.id}.probability"

    def _state_name(self, state: str, what: str) -> str:
        return f"{self.name}.states.{state}.{what}"


_ROWS = 8192


def scenario_states(gate: GateModel, steps: Sequence[ScenarioStep], horizon: int | None = None) -> States:
    """Return the states of a named scenario.

    Parameters
    ----------
    gate : GateModel
    steps : sequence of ScenarioStep
        From which month on the gate is in which state; before the first it keeps today's.
    horizon : int, optional
        Months, the gate's own where not given.

    Returns
    -------
    ndarray of uint8, shape (horizon,)

    Raises
    ------
    ValueError
        If a step names a state that the gate does not have.
    """
    states = np.full(gate.horizon if horizon is None else horizon, gate.start, dtype=np.uint8)
    for step in sorted(steps, key=lambda step: step.month):
        if step.state not in gate.states:
            msg = f"{gate.name} has no state {step.state!r}; use one of: {', '.join(gate.states)}"
            raise ValueError(msg)
        states[step.month - 1 :] = gate.states.index(step.state)
    return states
