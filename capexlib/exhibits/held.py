"""What a case decides about its gates, in words: those that it holds, and what its named courses do to them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from capexlib.exhibits.prose import listed

if TYPE_CHECKING:
    from capexlib.study import Study


def what_if(study: Study) -> list[str]:
    """Say which gates the case holds, so that nobody takes what it finds for a forecast."""
    held = [f"{gate.title} stays “{gate.states[gate.hold].title}”" for gate in study.case.gates.values() if gate.hold]
    return [f"What if, not a forecast: {listed(held)} throughout."] if held else []


def course_notes(study: Study) -> list[str]:
    """Say which named courses are the same in this case, and that a course sets held gates too."""
    from capexlib.models.policy.gates import scenario_states

    gates, alike = study.policy.setting.gates, dict[tuple[object, ...], list[str]]()
    for course in study.case.scenarios.values():
        months = [scenario_states(gate, course.gates.get(key, ())).tobytes() for key, gate in gates.items()]
        alike.setdefault((course.quota, *months), []).append(f"“{course.title}”")
    notes = [f"As the gates stand, {listed(titles)} are the same." for titles in alike.values() if len(titles) > 1]
    if study.case.scenarios and any(gate.hold for gate in study.case.gates.values()):
        notes.append("A named course also sets the gates that this case holds.")
    return notes
