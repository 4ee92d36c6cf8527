"""Choice of the browser tests of every run: the cheapest that execute all script blocks that any test executes.

Reads the record of `tests.tools.script_coverage`, and prints the tests that need no marker `full`, each with the
blocks that it adds and its seconds. A test of what no script does (looks, places, other browsers, attacks) is in every
run beside these.
"""

from __future__ import annotations

import json
import sys

from tests.tools.script_coverage import RECORD

Tests = dict[str, tuple[set[str], float]]
"""Executed blocks and seconds by test."""


def chosen(tests: Tests) -> list[tuple[str, int, float]]:
    """Return the tests with the most new blocks a second first, each with their number and its seconds."""
    left, covered, found = dict(tests), set[str](), list[tuple[str, int, float]]()
    while left:
        best = max(left, key=lambda name: len(left[name][0] - covered) / (left[name][1] + 0.5))
        blocks, seconds = left.pop(best)
        if not blocks - covered:
            return found
        found.append((best, len(blocks - covered), seconds))
        covered |= blocks
    return found


def main() -> None:
    tests: Tests = {}
    for line in RECORD.read_text().splitlines():
        one = json.loads(line)
        tests[one["test"]] = set(one["blocks"]), one["seconds"]
    found = chosen(tests)
    for name, blocks, seconds in found:
        sys.stdout.write(f"{blocks:5} {seconds:6.1f} {name}\n")
    took, whole = (sum(times) for times in ([one[2] for one in found], [seconds for _, seconds in tests.values()]))
    sys.stdout.write(f"{len(found)} of {len(tests)} tests, {took:.0f} of {whole:.0f} seconds\n")


if __name__ == "__main__":
    main()
