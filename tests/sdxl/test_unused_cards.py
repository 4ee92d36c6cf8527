"""What is said of cards that make no pictures. Tried on a stand-in: torch is told that there are two cards."""

from __future__ import annotations

from typing import Any

import pytest

from components.engines.sdxl.engine import SdxlEngine
from components.engines.sdxl.model.libraries import torch
from components.engines.sdxl.settings import SdxlSettings

ALL = "SDXL_DEVICE=all"
NAMED = "SDXL_DEVICE=cuda:0,cuda:1"
CARDS: dict[str, Any] = {
    "is_available": True,
    "device_count": 2,
    "get_device_name": "Tesla T4",
    "mem_get_info": (9 << 30, 15 << 30),
}


@pytest.fixture(autouse=True)
def two_cards(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch().version, "cuda", "12.8")
    for name, value in CARDS.items():
        monkeypatch.setattr(torch().cuda, name, lambda *_, value=value: value)
    monkeypatch.setattr("components.engines.sdxl.engine._borrowing", lambda events: events)


def setting_of(**env: str) -> str:
    """Return which setting an engine names that has started, without its model."""
    engine = SdxlEngine(SdxlSettings.from_env({"SDXL_MODEL": "nobody/none", **env}))
    engine.prepare(lambda _: None)
    machine = engine.machine()
    assert machine is not None
    return machine.setting


def test_a_second_card_is_said_at_the_start_with_the_setting_that_uses_it(caplog: pytest.LogCaptureFixture) -> None:
    assert setting_of() == ALL
    assert f"SDXL uses one of 2 cards. To use all: {ALL}" in caplog.text


def test_cards_that_the_driver_of_nvidia_cannot_count_are_named(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(torch().version, "cuda", None)
    assert setting_of() == NAMED
    assert NAMED in caplog.text


@pytest.mark.parametrize("env", [{"SDXL_DEVICE": "cuda"}, {"SDXL_DEVICE": "cpu"}, {"SPACES_ZERO_GPU": "true"}])
def test_a_device_that_was_chosen_is_left_alone(env: dict[str, str], caplog: pytest.LogCaptureFixture) -> None:
    assert setting_of(**env) == ""
    assert "SDXL_DEVICE" not in caplog.text


def test_one_card_is_all_there_is(caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch().cuda, "device_count", lambda: 1)
    assert setting_of() == ""
    assert "SDXL_DEVICE" not in caplog.text
