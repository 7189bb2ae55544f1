"""Time the command against a bare start of the interpreter, in the same minute on the same machine.

``make bench`` prints for each action the best of some runs, in seconds and as a multiple
of ``python -c pass``, beside what the design allows; then what the models take inside one process.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from pathlib import Path

import decisions
import money
import policy

ROOT = Path(__file__).resolve().parents[2]
CASE = "params/bytedance.yml"


def seconds(*arguments: str) -> float:
    """Time one process; a failing one ends the bench with what it said."""
    started = time.perf_counter()
    done = subprocess.run([sys.executable, *arguments], cwd=ROOT, capture_output=True, text=True, check=False)
    taken = time.perf_counter() - started
    if done.returncode:
        sys.exit(f"{' '.join(arguments)} ended with {done.returncode}: {done.stderr.strip()}")
    return taken


def main() -> None:
    """Print the table."""
    with tempfile.TemporaryDirectory() as out:
        run = ("-m", "capexlib", "run", CASE, "--out", out)
        actions = (
            ("python -c pass", ("-c", "pass"), 7, None),
            ("import capexlib", ("-c", "import capexlib"), 7, 0.15),
            ("capex --help", ("-m", "capexlib", "--help"), 7, 0.3),
            ("capex check", ("-m", "capexlib", "check"), 3, 1.5),
            ("capex run, four briefs", run, 1, None),
            ("capex run, again", run, 1, None),
        )
        bare = 0.0
        print(f"{'action':<24}{'seconds':>9}{'x bare':>9}{'allowed':>9}")
        for name, arguments, times, allowed in actions:
            best = min(seconds(*arguments) for _ in range(times))
            bare = bare or best
            limit = f"{allowed:>9.2f}" if allowed else ""
            print(f"{name:<24}{best:>9.3f}{best / bare:>9.1f}{limit}")
    print(f"\n{'inside one process':<62}{'seconds':>9}{'allowed':>9}")
    for timings in (decisions.timings, policy.timings, money.timings):
        for name, taken, allowed in timings():
            limit = f"{allowed:>9.2f}" if allowed else ""
            print(f"{name:<62}{taken:>9.3f}{limit}")


if __name__ == "__main__":
    main()
