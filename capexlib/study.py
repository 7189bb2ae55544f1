"""The one composition root: params and ledger become facts, models and results."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from capexlib.documents import is_there
from capexlib.errors import EvidenceError, Problem, did_you_mean
from capexlib.facts.adopt import Facts
from capexlib.facts.details import claim_details, source_details
from capexlib.facts.ledger import Ledger, load_ledger
from capexlib.figures import Figure, lineage
from capexlib.params import Assumption, Case, LoadedCase, assumptions_of, load_case
from capexlib.previous import Previous, previous_of_environment

if TYPE_CHECKING:
    from capexlib.changes import Changes
    from capexlib.models.funding import Funding
    from capexlib.models.policy import Policy
    from capexlib.models.roi import Deployment, Operations, Roi
    from capexlib.models.roi.courses import Courses
    from capexlib.models.scale import Scale
    from capexlib.models.watch import Watch

MODELS = ("scale", "policy", "funding", "roi", "courses", "watch")
"""Names of the models, in the order in which their results are listed."""

BRIEFS = {"scale": ("scale",), "policy": ("policy",), "roi": ("funding", "roi", "courses"), "briefing": MODELS}
"""Models whose results a brief publishes, by the name of its notebook."""


_SECTIONS: dict[str, tuple[str, ...]] = {
    "policy": ("policy",),
    "funding": ("policy", "roi", "funding.company"),
    "roi": ("policy", "roi", "funding.company"),
    "courses": ("policy", "roi", "funding.company"),
    "watch": ("policy", "roi", "funding.company"),
}


def lacking(case: Case, brief: str) -> tuple[str, ...]:
    """Return the sections of the params that a brief, or a model, needs and a case does not have.

    Parameters
    ----------
    case : Case
    brief : str
        A name of `BRIEFS` or `MODELS`; any other needs nothing in particular.

    Returns
    -------
    tuple of str
        Dotted keys, empty when the brief can be written.
    """
    needed = dict.fromkeys(
        section for model in BRIEFS.get(brief, (brief,)) for section in _SECTIONS.get(model, ())
    )  # fmt: skip
    return tuple(section for section in needed if not _has(case, section))


def _has(case: Case, section: str) -> bool:
    part: Any = case
    for name in section.split("."):
        part = getattr(part, name, None)
    return part is not None


@dataclass(frozen=True)
class Study:
    """One case as of one date: facts, and models that run when asked for.

    Parameters
    ----------
    loaded : LoadedCase
    ledger : Ledger
    brief : str
        Name of the brief that is being written; empty for all models' results.
    previous : Previous
        The edition that it is compared with.
    """

    loaded: LoadedCase
    ledger: Ledger
    brief: str = ""
    previous: Previous = field(default_factory=Previous)

    @property
    def case(self) -> Case:
        """The checked params."""
        return self.loaded.case

    @cached_property
    def facts(self) -> Facts:
        """The ledger as of the case's date, with its rulings."""
        return Facts(self.ledger, self.case.as_of, self.case.adopt)

    @cached_property
    def scale(self) -> Scale:
        """How big, compared with whom."""
        from capexlib.models.scale import assess

        return assess(self.facts, self.case)

    @cached_property
    def policy(self) -> Policy:
        """What can be delivered, and how to split the orders."""
        from capexlib.models.policy import assess

        return assess(self.facts, self.case, self.scale, self.loaded.path.parent)

    @cached_property
    def deployment(self) -> Deployment:
        """What the policy model's paths bring and cost."""
        from capexlib.models.roi import deployment_of, roi_params

        roi_params(self.case)
        policy = self.policy
        return deployment_of(policy.world, policy.paths, policy.planned, policy.results[:2])

    @cached_property
    def operations(self) -> Operations:
        """The plan built, run and taxed on the deployment's paths."""
        from capexlib.models.roi import run_operations

        return run_operations(self.facts, self.case, self.deployment)

    @cached_property
    def funding(self) -> Funding:
        """How the plan is paid for."""
        from capexlib.models.funding import assess

        return assess(self.case, self.operations.project_flows(), self.operations.inputs, self.deployment.operands)

    @cached_property
    def roi(self) -> Roi:
        """Whether the plan earns its cost."""
        from capexlib.models.roi import assess

        return assess(self.facts, self.case, self.deployment, self.operations, self.funding)

    @cached_property
    def watch(self) -> Watch:
        """What would change our mind, and by how much."""
        from capexlib.models.watch import watch

        return watch(self.facts, self.case, self.policy)

    @cached_property
    def courses(self) -> Courses:
        """What each named course of the gates does to funding and return."""
        from capexlib.models.roi.courses import assess

        return assess(self.facts, self.case, self.policy, self.deployment, self.roi, self.funding)

    def check(self) -> None:
        """Refuse a case whose models could not run, without drawing more than the scale model's few numbers.

        Raises
        ------
        ParamsError, EvidenceError
            With every problem of the first model that has any.
        """
        scale, laws = self.scale, {}
        if not lacking(self.case, "policy"):
            from capexlib.models.policy import make_setting

            laws |= make_setting(self.facts, self.case, scale).laws
        if not lacking(self.case, "roi"):
            from capexlib.models.roi import input_laws

            laws |= input_laws(self.case)
        if not lacking(self.case, "watch"):
            from capexlib.models.watch import check_triggers

            check_triggers(self.facts, self.case, laws)

    @property
    def results(self) -> tuple[Figure, ...]:
        """Every number that the brief publishes, in the order of the models."""
        return self.results_of(self.brief)

    def results_of(self, brief: str = "") -> tuple[Figure, ...]:
        """Return the results of a brief's models, each figure once.

        Parameters
        ----------
        brief : str
            A name of `BRIEFS`; empty for every model. A brief that is not listed there,
            a user's own, publishes what its exhibits have asked for so far. Models that the
            params say nothing of are left out.
        """
        return self._results_of_models(self._models_of(brief))

    def _models_of(self, brief: str) -> tuple[str, ...]:
        if brief in BRIEFS:
            return BRIEFS[brief]
        if brief:
            return tuple(name for name in MODELS if name in vars(self))
        return tuple(name for name in MODELS if not lacking(self.case, name))

    def _results_of_models(self, models: Iterable[str]) -> tuple[Figure, ...]:
        return tuple(dict.fromkeys(figure for name in models for figure in getattr(self, name).results))

    @cached_property
    def changes(self) -> Changes:
        """What changed since the previous edition, and why."""
        from capexlib.changes import changes_since

        models = self._models_of(self.brief)

        def run(loaded: LoadedCase, ledger: Ledger) -> tuple[Figure, ...]:
            return Study(loaded, ledger)._results_of_models(models)  # noqa: SLF001 - its own class

        return changes_since(self.previous, self.loaded, self.ledger, self.results, run, self.brief)

    def manifest(self, brief: str | None = None) -> dict[str, Any]:
        """Say what an edition's manifest says about the study itself.

        Parameters
        ----------
        brief : str, optional
            Whose results; the study's own brief if not given.

        Returns
        -------
        dict
            Case, entity, as_of, resolved params with overrides named, seed, claims
            used, results, the figures (facts, assumptions, steps) that they were computed
            from, and the details of their claims, of those shown beside them, and of the
            sources; nothing that depends on the clock or the machine.
        """
        from capexlib.models.assumptions import assumption_figure

        figures, assumed = self.results_of(self.brief if brief is None else brief), self.assumptions(brief)
        results = [figure.row() for figure in figures]
        listed = [assumption_figure(path, item) for path, item in assumed.items()]
        found = {figure.id: figure for figure in listed} | lineage(figures)
        published = {figure.id for figure in figures}
        used = {claim for row in results for claim in row["claims"]}
        shown = used | self._claims_beside_results(assumed.values())
        return {
            "case": self.case.case,
            "entity": self.case.entity,
            "as_of": self.case.as_of.isoformat(),
            "params": self.loaded.resolved,
            "overridden": list(self.loaded.overridden),
            "seed": self.case.sampling.seed,
            "previous": self.previous.record,
            "claims": sorted(used),
            "results": results,
            "figures": [figure.row() for name, figure in sorted(found.items()) if name not in published],
            "claim_details": claim_details(self.ledger, shown),
            "source_details": source_details(self.ledger, shown, self.case.as_of),
        }

    def assumptions(self, brief: str | None = None) -> dict[str, Assumption]:
        """Return the assumptions of a brief: what its results rest on, and all of its models' own.

        Parameters
        ----------
        brief : str, optional
            The study's own brief if not given.

        Returns
        -------
        dict
            By dotted key, in the schema's order.
        """
        brief = self.brief if brief is None else brief
        used = {name for figure in self.results_of(brief) for name in figure.assumptions}
        own = tuple(f"{model}." for model in BRIEFS.get(brief, MODELS))
        return {
            path: item for path, item in assumptions_of(self.case)
            if f"assumption.{path}" in used or path.startswith(own)
        }  # fmt: skip

    def _claims_beside_results(self, assumed: Iterable[Assumption]) -> set[str]:
        """Claims that the reasons of assumptions name, and claims that exhibits show."""
        named = {name for item in assumed for name in item.reference if "://" not in name}
        models = [vars(self)[name] for name in MODELS if name in vars(self)]
        return named | {claim for model in models for claim in getattr(model, "shown_claims", ())}


def open_study(params_file: str | Path, overrides: Mapping[str, Any] | None = None, brief: str = "") -> Study:
    """Open a case for a notebook or a script.

    Parameters
    ----------
    params_file : str or Path
        A params file; a relative path is looked for from the working folder
        upwards, so that notebooks in a subfolder find ``params/…``.
    overrides : mapping, optional
        Dotted key to value.
    brief : str
        Name of the brief that is being written: only its models' results enter the
        manifest, so that no other model runs. Empty for all.

    Returns
    -------
    Study
        Compared with the edition that ``capex run`` named; opened by hand, with none.

    Raises
    ------
    ParamsError, EvidenceError
        With every problem found.
    """
    loaded = load_case(_find(Path(params_file)), overrides)
    ledger = load_ledger(loaded.evidence)
    problems = list(_references(loaded.case, ledger))
    if problems:
        raise EvidenceError(problems)
    return Study(loaded, ledger, brief, previous_of_environment())


def _references(case: Case, ledger: Ledger) -> Iterator[Problem]:
    """Claims that an assumption's reason names must exist and have been public."""
    for path, assumption in assumptions_of(case):
        for name in assumption.reference:
            if "://" in name:
                continue
            claim = ledger.claims.get(name)
            where = f"{path}.reference"
            if claim is None:
                yield Problem(where, f"Unknown claim {name!r}.", did_you_mean(name, ledger.claims))
            elif claim.known_on > case.as_of:
                what = f"Claim {name!r} was not public on {case.as_of} (surely only on {claim.known_on})."
                yield Problem(where, what, "Rest the assumption on what was known.")


def _find(path: Path) -> Path:
    if path.is_absolute() or is_there(path):
        return path
    here = Path.cwd()
    return next((folder / path for folder in (here, *here.parents) if is_there(folder / path)), path)
