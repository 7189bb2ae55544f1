"""The briefing: what it takes from the three briefs, its watch-list, and its two pages."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from dataclasses import replace

import pytest
from acme_evidence import params_of
from nbformat.v4 import new_notebook
from publish_specimen import cell
from pypdf import PdfReader
from test_exhibits_policy import is_whole
from watch_specimen import LICENCE, trigger, watching

from capexlib.exhibits import briefing, policy, provenance, roi, scale
from capexlib.exhibits.block import Exhibit, words
from capexlib.previous import Previous
from capexlib.publish.blocks import KINDS
from capexlib.publish.pdf import CapexPDFExporter
from capexlib.study import Study, open_study

BRIEFING: dict[str, Callable[[Study], Exhibit]] = {name: getattr(briefing, name) for name in briefing.__all__}
STEP = {"buyers": {"who": "Buyers", "what": "Split the orders.", "watch": ["one", "gone"]}}


def rows(exhibit: Exhibit) -> list[list[str]]:
    return [[words(cell) for cell in row] for row in exhibit.block["rows"]]


def state(study: Study) -> str:
    """What the one line of the watch-list says of its trigger's state."""
    ((*_, said, _, _),) = rows(briefing.watchlist(study))
    return said


def watch_title(triggers: dict[str, dict]) -> str:
    return briefing.watchlist(watching(triggers)).block["title"].replace("\u00a0", " ")


# ---------------------------------------------------------------- whole, with and without a watch-list


@pytest.mark.parametrize("name", ["headline", "key_figures", "changes", "watchlist", "steps"])
@pytest.mark.parametrize("watched", [True, False])
def test_every_exhibit_is_whole_with_and_without_triggers_and_steps(name: str, watched: bool) -> None:
    study = watching({"one": trigger()}, steps=STEP) if watched else watching()
    is_whole(study, BRIEFING[name](study))


def test_a_case_without_triggers_and_steps_says_so() -> None:
    study = watching()
    assert rows(briefing.watchlist(study))[0][0] == "No trigger is named in this case"
    assert rows(briefing.steps(study))[0][1] == "No step is named in this case"


# ---------------------------------------------------------------- the front


def test_the_headline_is_the_first_sentence_of_each_brief() -> None:
    study = watching()
    assert briefing.headline(study).block["sentences"] == [
        front.headline(study).block["sentences"][0] for front in (scale, policy, roi)
    ]


def test_judgements_are_those_of_the_briefs_and_lead_to_no_exhibit_of_theirs() -> None:
    study = watching()
    theirs = [item["text"] for front in (scale, policy, roi) for item in front.headline(study).block["judgements"]]
    judgements = briefing.headline(study).block["judgements"]
    assert 3 <= len(judgements) <= 5
    assert {item["text"] for item in judgements} <= set(theirs)
    assert {item["exhibit"] for item in judgements} == {""}


def test_key_figures_show_the_numbers_that_the_briefs_show() -> None:
    study = watching()
    shown = {item["label"]: words(item["value"]) for item in briefing.key_figures(study).block["items"]}
    theirs = {
        words(item["value"]) for front in (scale, policy, roi) for item in front.key_figures(study).block["items"]
    }
    assert len(shown) == 5
    assert set(shown.values()) <= theirs


@pytest.mark.parametrize(("rent", "verdict"), [(0.2, "does not earn its cost"), (30, "earns its cost")])
def test_the_title_follows_the_value(rent: float, verdict: str) -> None:
    ends = {"value": rent, "low": rent * 0.9, "high": rent / 0.9}
    given = {f"roi__{name}__{part}": end for name in ("price_level", "price_now") for part, end in ends.items()}
    study = watching(None, **given)
    assert f"and it {verdict}" in briefing.masthead(study).block["title"]


# ---------------------------------------------------------------- the watch-list


def test_a_trigger_that_is_pulled_already_is_said_so() -> None:
    study = watching({"one": trigger()}, gates__wm_licence__start="closed")
    assert state(study) == "pulled: closed"
    assert any(words(note).startswith("Pulled already: The licence is taken away") for note in
               briefing.watchlist(study).block["notes"])  # fmt: skip


def test_a_trigger_that_waits_says_where_its_gate_stands() -> None:
    study = watching({"one": trigger()}, gates__wm_licence__start="licensed")
    assert state(study) == "not pulled: licensed"
    assert not any("Pulled already" in words(note) for note in briefing.watchlist(study).block["notes"])


def test_an_indicator_without_a_fact_says_no_figure_by_this_date() -> None:
    looked = {"entity": "windmark", "quantity": "revenue"}
    assert state(watching({"one": trigger(indicator=looked)})) == "no figure by this date"


def test_a_fact_and_its_threshold_stand_side_by_side() -> None:
    looked = {"entity": "windmark", "quantity": "capex_unspecified", "passes": "below",
              "threshold": "funding.company.cash_floor"}  # fmt: skip
    said = state(watching({"one": trigger(indicator=looked)}))
    assert said == "pulled: US$4bn; below US$10bn"


@pytest.mark.parametrize(("day", "said"), [("2026-09-01", "1 Sep 2026: Review"), ("2026-04-15", "any day")])
def test_a_date_that_has_passed_is_not_announced(day: str, said: str) -> None:
    study = watching({"one": trigger(next=day, due="Review")})
    assert rows(briefing.watchlist(study))[0][-2] == said


def test_the_title_names_what_costs_most() -> None:
    title = watch_title({"one": trigger(), "idle": trigger(title="Nothing", inputs={"policy.reorder_lag": "low"})})
    assert title.startswith("The licence is taken away: about ")
    assert title.endswith(" thousand H100e lost")


def test_gates_whose_effects_cannot_be_told_apart_are_named_together() -> None:
    twin = trigger(title="The same again")
    assert watch_title({"one": trigger(), "two": twin}).startswith("Closing either gate costs about ")


def test_a_list_on_which_nothing_costs_compute_says_so() -> None:
    assert watch_title({"idle": trigger(inputs={"policy.reorder_lag": "low"})}) == (
        "No trigger would lower the compute delivered")  # fmt: skip


def test_steps_name_the_triggers_that_the_case_has() -> None:
    study = watching({"one": trigger(title="Taken away")}, steps=STEP)
    assert rows(briefing.steps(study)) == [["Buyers", "Split the orders.", "Taken away"]]


def test_markup_in_a_trigger_is_text() -> None:
    hostile = "<script>alert(1)</script> #panic() {{ 7*7 }}"
    study = watching({"one": trigger(title=hostile, who=hostile, action=hostile, indicator=LICENCE)})
    page = briefing.watchlist(study).html()
    assert "<script" not in page
    assert hostile in words(briefing.watchlist(study).block["rows"][0][-1])


# ---------------------------------------------------------------- two pages


def test_the_briefing_of_bytedance_fills_two_pages_however_much_changed() -> None:
    few = {"sampling.draws": 64}
    study = open_study(params_of("bytedance"), few, brief="briefing")
    earlier = open_study(params_of("bytedance-2025-12-23"), few, brief="briefing")
    study = replace(study, previous=Previous("found", json.loads(json.dumps(earlier.manifest()))))
    shown = [BRIEFING[name](study) for name in ("masthead", "headline", "key_figures", "changes", "watchlist", "steps")]
    blocks = [json.loads(json.dumps(exhibit.block)) for exhibit in [*shown, provenance(study)]]
    for block in blocks:
        KINDS[block["block"]].model_validate(block)
    resources = {"metadata": {"name": "briefing"}}
    content, _ = CapexPDFExporter().from_notebook_node(new_notebook(cells=[cell(block) for block in blocks]), resources)
    assert len(PdfReader(io.BytesIO(content)).pages) == 2
