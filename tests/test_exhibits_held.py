from __future__ import annotations

from pathlib import Path

from watch_specimen import watching

from capexlib.exhibits import briefing, policy, roi
from capexlib.exhibits.held import course_notes, what_if
from capexlib.study import open_study

PARAMS = Path(__file__).resolve().parents[1] / "params"


def test_a_case_that_holds_a_gate_says_so_on_every_front() -> None:
    study = watching(gates__wm_licence__hold="closed")
    (said,) = what_if(study)
    assert said.startswith("What if, not a forecast: ")
    assert study.case.gates["wm_licence"].title in said
    for brief in (policy, roi, briefing):
        assert said in brief.masthead(study).block["status_line"]


def test_a_case_that_holds_nothing_is_no_what_if() -> None:
    assert what_if(watching()) == []


def test_courses_that_come_to_the_same_are_told() -> None:
    study = watching()
    titles = [f"“{course.title}”" for course in study.case.scenarios.values()]
    told = [note for note in course_notes(study) if note.startswith("As the gates stand")]
    assert all(sum(title in note for title in titles) > 1 for note in told)
    today = {"title": "As it is", "why": "Only for tests."}
    twice = watching(scenarios__as_it_is=today, scenarios__likewise={**today, "title": "Likewise"})
    assert any("“As it is” and “Likewise”" in note for note in course_notes(twice))


def test_a_named_course_sets_what_the_case_holds() -> None:
    study = open_study(PARAMS / "bytedance-h200-blocked.yml", {"sampling.draws": 64}, brief="policy")
    assert course_notes(study)[-1] == "A named course also sets the gates that this case holds."
