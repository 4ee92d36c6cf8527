"""Choice of the browser tests of every run: the cheapest that execute nearly all functions of the page's scripts.

Reads the record of `tests.tools.script_coverage`, and prints the tests that need no marker `full`, each with the
functions that it adds and its seconds. In every run beside these: tests of what no script does (looks, places, other
browsers, attacks), of money and secrets, and of a first visit.
"""

from __future__ import annotations

import json
import sys

from tests.tools.script_coverage import RECORD

LEAST_GAIN = 1.0
"""Functions a second that a test adds to those before it, at least."""
Tests = dict[str, tuple[set[str], float]]
"""Executed functions and seconds by test."""


def chosen(tests: Tests) -> list[tuple[str, int, float]]:
    """Return the tests with the most new functions a second first, each with their number and its seconds."""
    left, covered, found = dict(tests), set[str](), list[tuple[str, int, float]]()
    while left:
        best = max(left, key=lambda name: len(left[name][0] - covered) / (left[name][1] + 0.5))
        functions, seconds = left.pop(best)
        new = functions - covered
        if not new or len(new) < LEAST_GAIN * seconds:
            return found
        found.append((best, len(new), seconds))
        covered |= new
    return found


def main() -> None:
    tests: Tests = {}
    for line in RECORD.read_text().splitlines():
        one = json.loads(line)
        tests[one["test"]] = set(one["functions"]), one["seconds"]
    found = chosen(tests)
    for name, functions, seconds in found:
        sys.stdout.write(f"{functions:5} {seconds:6.1f} {name}\n")
    took, whole = (sum(times) for times in ([one[2] for one in found], [seconds for _, seconds in tests.values()]))
    sys.stdout.write(f"{len(found)} of {len(tests)} tests, {took:.0f} of {whole:.0f} seconds\n")


if __name__ == "__main__":
    main()
