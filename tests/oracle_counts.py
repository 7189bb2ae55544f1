"""How many outside cases passed, by file, printed at the end of a run, also when several processes ran them."""

from __future__ import annotations

from collections import Counter

VARIABLE = "CAPEX_ORACLES"
ABSENT = "no counterpart: "
UNSET = f"{VARIABLE} is not set: it names the folder with the outside cases"


def pytest_terminal_summary(terminalreporter):
    counts: dict[str, Counter[str]] = {}
    reasons: dict[str, list[str]] = {}
    for outcome in ("passed", "failed", "error", "skipped"):
        for report in terminalreporter.stats.get(outcome, []):
            suite = dict(getattr(report, "user_properties", [])).get("oracle")
            if suite is None:
                continue
            reason = report.longrepr[2].removeprefix("Skipped: ") if outcome == "skipped" else ""
            kind = "absent" if reason.startswith(ABSENT) else outcome
            counts.setdefault(suite, Counter())[kind] += 1
            if kind == "absent":
                name = report.nodeid.partition("[")[2].removesuffix("]")
                reasons.setdefault(suite, []).append(f"{name}: {reason}")
    if not counts:
        return
    terminalreporter.section("outside cases: passed / applicable / not applicable")
    for suite, count in sorted(counts.items()):
        if set(count) == {"skipped"}:
            terminalreporter.write_line(f"{suite}: not run, {UNSET}")
            continue
        applicable = count.total() - count["absent"]
        terminalreporter.write_line(f"{suite}: {count['passed']} / {applicable} / {count['absent']}")
        for line in reasons.get(suite, []):
            terminalreporter.write_line(f"    {line}")
