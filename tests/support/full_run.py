"""Full run (`pytest --full`): every example of a property, every case of a long list, every kill."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pytest
from hypothesis import settings

FEWEST_EXAMPLES = 25
"""Examples of each property without `--full`; Hypothesis's own default is 100."""


def load_profile(*, is_full: bool) -> None:
    """Choose the Hypothesis profile, before any test module is imported."""
    # No deadline in the usual run: on a loaded machine 200 ms pass without anything being slow.
    settings.register_profile("usual", max_examples=FEWEST_EXAMPLES, deadline=None)
    settings.register_profile("full", settings.get_profile("default"))
    settings.load_profile("full" if is_full else "usual")


def is_full() -> bool:
    """Return whether pytest runs with `--full`."""
    return settings.get_current_profile_name() == "full"


def examples(full: int, usual: int = 0) -> int:
    """Return how many examples a property gets: `full` in a full run, else `usual`, by default a tenth."""
    return full if is_full() else usual or max(FEWEST_EXAMPLES, full // 10)


def cases(every: Iterable[Any], usual: int) -> list[Any]:
    """Return parameters of which only the first `usual` run without `--full`; tuples are sets of values."""
    values = [case if isinstance(case, tuple) else (case,) for case in every]
    return [
        pytest.param(*case, marks=[pytest.mark.full] if place >= usual else []) for place, case in enumerate(values)
    ]
