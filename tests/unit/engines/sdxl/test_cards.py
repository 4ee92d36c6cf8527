"""Which cards SDXL runs on, and which of them each process sees."""

from __future__ import annotations

import pytest

from components.engines.by_name import engine_named
from components.engines.protocol import (
    Card,
    EngineRequest,
    LoraRef,
    Machine,
    SupportsOptions,
    SupportsPrecheck,
    lanes_of,
)
from components.engines.sdxl import cards
from components.engines.sdxl.cards import SdxlCards, all_cards, environment_of, sdxl_engine
from components.engines.sdxl.engine import SdxlEngine
from components.engines.sdxl.model.libraries import missing
from components.engines.sdxl.settings import SdxlSettings
from components.errors import EngineError, SetupError

needs_libraries = pytest.mark.skipif(bool(missing()), reason="the engine's libraries are not installed")


@pytest.mark.parametrize(
    ("text", "devices"),
    [
        ("auto", ("auto",)),
        ("cuda", ("cuda",)),
        ("cuda:1", ("cuda:1",)),
        ("cuda:0, cuda:1 ,cuda:10", ("cuda:0", "cuda:1", "cuda:10")),
        ("cuda:0,cuda:0", ("cuda:0", "cuda:0")),
        ("all", ("all",)),
    ],
)
def test_the_setting_names_one_device_or_several(text: str, devices: tuple[str, ...]) -> None:
    assert SdxlSettings.from_env({"SDXL_DEVICE": text}).devices == devices


@pytest.mark.parametrize(
    ("device", "visible", "seen"),
    [
        ("cuda", "", None),
        ("cpu", "4,5", None),
        ("cuda:0", "", "0"),
        ("cuda:3", "", "3"),
        ("cuda:1", "4,5", "5"),
        ("cuda:0", "GPU-aa, GPU-bb", "GPU-aa"),
        ("cuda:2", "4,5", ""),
    ],
)
def test_a_process_sees_its_card_alone(device: str, visible: str, seen: str | None) -> None:
    assert environment_of(device, visible).get("CUDA_VISIBLE_DEVICES") == seen


@pytest.mark.parametrize(
    ("visible", "of_driver", "devices"),
    [
        ("", 3, ("cuda:0", "cuda:1", "cuda:2")),
        ("2,5", 8, ("cuda:0", "cuda:1")),
        ("5", 8, ("cuda",)),
        ("", 1, ("cuda",)),
    ],
)
def test_all_are_those_that_can_be_seen(
    visible: str, of_driver: int, devices: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cards, "_cards_of_driver", lambda: of_driver)
    chosen = SdxlSettings.from_env({"SDXL_DEVICE": "all", "CUDA_VISIBLE_DEVICES": visible})
    assert all_cards(chosen).devices == devices


def test_all_of_none_is_refused_by_its_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cards, "_cards_of_driver", lambda: 0)
    with pytest.raises(SetupError, match="SDXL_DEVICE=all"):
        all_cards(SdxlSettings.from_env({"SDXL_DEVICE": "all"}))


@needs_libraries
@pytest.mark.parametrize(
    ("text", "lanes", "kind"),
    [("auto", 1, SdxlEngine), ("cuda", 1, SdxlEngine), ("cuda:1", 1, SdxlCards), ("cuda:0,cuda:1", 2, SdxlCards)],
)
def test_several_cards_are_lanes_and_one_without_a_number_is_used_here(
    text: str, lanes: int, kind: type, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SDXL_DEVICE", text)
    engine = sdxl_engine()
    assert type(engine) is kind
    assert lanes_of(engine) == lanes
    assert isinstance(engine, SupportsPrecheck)
    assert isinstance(engine, SupportsOptions) == isinstance(SdxlEngine(), SupportsOptions)
    assert engine.presets() == SdxlEngine().presets()
    with pytest.raises(EngineError):
        engine.check(EngineRequest("a cat", 1, loras=(LoraRef("../outside.safetensors", 1.0),)))


@needs_libraries
@pytest.mark.parametrize(
    ("text", "device"),
    [("all", "cuda"), ("cuda:0,cuda:1", "cuda"), ("cuda:2", "cuda"), ("auto", "auto"), ("cpu,cpu", "cpu")],
)
def test_a_process_that_was_given_its_card_uses_that_alone(
    text: str, device: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As a replica on a node with eight cards; a stand-in, as no card is there."""
    monkeypatch.setattr(cards, "_cards_of_driver", lambda: 8)
    monkeypatch.setenv("SDXL_DEVICE", text)
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "3")
    engine = engine_named("sdxl-one-card")
    assert isinstance(engine, SdxlEngine)
    assert (engine._settings.devices, lanes_of(engine)) == ((device,), 1)


@needs_libraries
def test_the_cards_of_the_lanes_are_each_named_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """On a stand-in: the lanes' reports."""
    engine = SdxlCards(SdxlSettings.from_env({"SDXL_DEVICE": "cuda:0,cuda:0,cuda:1,cuda:2"}))
    assert engine.machine() is None
    first, second = (
        Machine((Card("H100", "float16", free, 80 << 30),), command) for free, command in ((5, ""), (7, "x"))
    )
    monkeypatch.setattr(SdxlCards, "machines", [first, first, second, None])
    machine = engine.machine()
    assert machine is not None
    assert [(card.free, card.lanes) for card in machine.cards] == [(5, 2), (7, 1)]
    assert (machine.description, machine.not_ready) == ("2 × H100, float16, 80 GiB", ("cuda:2",))
    assert machine.command == "x"


@needs_libraries
def test_a_space_that_lends_its_card_has_one_engine_in_its_process(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SDXL_DEVICE", "cuda:0,cuda:1")
    monkeypatch.setenv("SPACES_ZERO_GPU", "true")
    monkeypatch.setattr("components.engines.sdxl.engine._borrowing", lambda events: events)
    assert type(sdxl_engine()) is SdxlEngine
