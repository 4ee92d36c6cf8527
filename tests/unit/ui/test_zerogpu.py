"""What the app does with ZeroGPU's library at its start, on a stand-in for the library."""

from __future__ import annotations

import sys
from collections.abc import Callable
from types import SimpleNamespace

import pytest

from components.errors import SetupError
from components.ui.zerogpu import enter_zerogpu


@pytest.fixture
def decorated(monkeypatch: pytest.MonkeyPatch) -> list[Callable[[], None]]:
    """Functions that were decorated."""
    found: list[Callable[[], None]] = []
    monkeypatch.setitem(sys.modules, "spaces", SimpleNamespace(GPU=found.append))
    return found


def test_without_an_engine_that_borrows_a_gpu_a_function_is_decorated_that_does_nothing(decorated) -> None:
    enter_zerogpu(has_gpu_engine=False)
    (function,) = decorated
    assert function() is None


def test_an_engine_decorates_its_own(decorated) -> None:
    enter_zerogpu(has_gpu_engine=True)
    assert decorated == []


def test_a_space_without_the_library_is_told_what_to_add(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "spaces", None)
    with pytest.raises(SetupError, match=r"needs the package spaces\. Add it to requirements\.txt"):
        enter_zerogpu(has_gpu_engine=False)
