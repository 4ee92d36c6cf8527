"""Fixtures of the unit tests."""

from __future__ import annotations

import pytest

from components.domain.backend_choice import SDXL_PACKAGES


@pytest.fixture
def sdxl_lacks(monkeypatch):
    """What our own engine needs and is not installed: here all of it, whatever is on this machine."""
    lacking = list(SDXL_PACKAGES)
    monkeypatch.setattr("components.domain.backend_choice.missing_for_sdxl", lambda: tuple(lacking))
    return lacking
