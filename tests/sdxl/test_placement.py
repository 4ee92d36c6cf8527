"""Where a model's parts are, by the memory of a card. Tried on a stand-in: the processor plays the card."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from components.engines.protocol import LoraRef, Refine
from components.engines.sdxl.model import placement
from components.engines.sdxl.model.device import CUDA_TORCH, Device, machine_of
from components.engines.sdxl.model.libraries import library, torch
from components.engines.sdxl.model.loader import Loader
from components.engines.sdxl.model.memory import IN_BLOCKS, IN_LAYERS, MODES, ROOM, ROOM_OF_A_PART, Memory, block_sizes
from components.engines.sdxl.model.placement import Placement
from components.engines.sdxl.model.tokenizer_files import CONFIG
from tests.sdxl.reference import Studio, same
from tests.support import full_run


class Part:
    """A part of 100 bytes."""

    def __init__(self) -> None:
        self.device = torch().device("cpu")

    def parameters(self) -> list[Any]:
        return [torch().zeros(25)]

    def children(self) -> list[Any]:
        return []


class Pipe:
    """A pipeline of one part, which counts what is done with it."""

    def __init__(self, unet: Any = None) -> None:
        self.unet, self.calls = unet or Part(), list[str]()

    def to(self, place: str) -> None:
        self.calls.append(place)

    def remove_all_hooks(self) -> None:
        self.calls.append("unhooked")

    def enable_group_offload(self, device: Any, offload_type: str, **_: Any) -> None:
        self.calls.append(f"{offload_type} on {device}")


@pytest.fixture
def free(monkeypatch):
    """The free bytes of a card."""
    sizes = [ROOM + 100]
    monkeypatch.setattr(placement, "free_bytes", lambda _: sizes[0])
    return sizes


@pytest.fixture
def card():
    return Placement(Loader(Device("cuda", torch().float16)))


def test_a_card_with_too_little_room_is_not_even_tried_and_used_once_there_is_room(card, free):
    free[0] -= 1
    pipe = Pipe()
    card.add(pipe)
    assert (card.mode, pipe.calls) == (MODES[-1], [])
    card.come_back()
    assert (card.modes(), pipe.calls) == (MODES[-1:], [])
    free[0] += 1
    card.come_back()
    assert (card.modes(), pipe.calls) == (MODES, ["unhooked", "cuda"])


def test_with_room_the_parts_are_put_there(card, free):
    pipe = Pipe()
    card.add(pipe)
    assert (card.mode, pipe.calls) == (MODES[0], ["cuda"])


def test_a_small_card_gets_a_layer_at_a_time_for_good(card, free):
    free[0] = 50
    base, refiner = Pipe(), Pipe()
    card.add(base)
    free[0] = 2 * ROOM
    card.add(refiner)
    card.come_back()
    assert card.modes() == (IN_LAYERS,)
    assert base.calls == refiner.calls == ["leaf_level on cuda"]


@pytest.fixture(scope="module")
def real_unet():
    """SDXL's own, without its numbers."""
    config = json.loads((CONFIG / "base" / "unet" / "config.json").read_text())
    with torch().device("meta"):
        return library("diffusers").UNet2DConditionModel.from_config(config).half()


@pytest.mark.parametrize(
    ("card_gb", "taken_gb", "mode"),
    [(6, 0.3, IN_BLOCKS), (6, 1.5, IN_BLOCKS), (4, 0.3, IN_LAYERS), (4, 1.0, IN_LAYERS)],
)
def test_cards_of_4_and_6_gb_get_as_much_of_sdxl_at_once_as_fits(
    card, free, real_unet, card_gb: int, taken_gb: float, mode: Memory
):
    """`taken_gb`: by the driver, the library and the screen."""
    pipe = Pipe(real_unet)
    free[0] = round((card_gb - taken_gb) * 1e9)
    card.add(pipe)
    assert card.modes() == (mode,)
    assert pipe.calls == [f"{mode.groups} on cuda"]
    at_once = block_sizes(pipe) if mode == IN_BLOCKS else [_largest_layer(real_unet)]
    assert max(at_once) + ROOM_OF_A_PART <= free[0]


def _largest_layer(unet: Any) -> int:
    return max(sum(2 * value.numel() for value in layer.parameters(recurse=False)) for layer in unet.modules())


def test_a_refiner_for_which_there_is_no_room_beside_the_base_offloads_both(card, free):
    card.add(Pipe())
    free[0] = 50
    card.add(Pipe())
    assert card.modes() == MODES[-1:]


@pytest.mark.full
@pytest.mark.parametrize("mode", full_run.cases([IN_LAYERS, IN_BLOCKS], usual=1))
def test_piece_by_piece_each_picture_is_the_same(studio, monkeypatch, mode: Memory):
    variants: list[dict[str, Any]] = [
        {},
        {"loras": (LoraRef("peft_text.safetensors", 1.0), LoraRef("loha.safetensors", 1.0))},
        {"refine": Refine.ENSEMBLE},
        {},
    ]
    whole = [studio.paint(**variant) for variant in variants]
    monkeypatch.setattr(placement, "mode_for", lambda *_: mode)
    small = Studio.of(studio.tiny, studio.loras, studio.cache)
    assert all(same(small.paint(**variant), one) for variant, one in zip(variants, whole, strict=True))
    assert small.engine._loaded is not None
    assert small.engine._loaded._placement.modes() == (mode,)


@pytest.mark.full
def test_loras_are_counted_in_bytes_and_unused_ones_are_dropped_first(studio, monkeypatch):
    fresh = Studio.of(studio.tiny, studio.loras, studio.cache)
    with_one = fresh.with_loras(("peft", 1.0))
    fresh.with_loras(("kohya_names", 1.0))
    assert fresh.engine._loaded is not None
    loras, unet = fresh.engine._loaded._loras, fresh.engine._loaded.base.unet
    assert len(loras.names) == 2
    forward, left = type(unet).forward, list[int]()

    def scarce(*args: Any, **options: Any) -> Any:
        left.append(len(loras.names))
        if left[-1] > 1:
            raise torch().OutOfMemoryError("CUDA out of memory")
        return forward(*args, **options)

    monkeypatch.setattr(type(unet), "forward", scarce)
    assert same(fresh.with_loras(("peft", 1.0)), with_one)
    assert left[:2] == [2, 1], "the second try had dropped the other one"
    assert fresh.engine._loaded is not None
    assert not fresh.engine._loaded._placement.is_off_device
    monkeypatch.undo()
    loras._room = 1
    fresh.with_loras(("kohya_names", 1.0))
    assert len(loras.names) == 1, "the other one is beyond the room"


@pytest.mark.parametrize(("card", "told"), [("/usr/bin/nvidia-smi", True), (None, False)])
def test_a_torch_without_the_card_s_code_is_said_with_the_command(monkeypatch, caplog, card, told):
    monkeypatch.setattr("shutil.which", lambda _: card)
    monkeypatch.setattr(torch().version, "cuda", None)
    machine = machine_of(Device("cpu", torch().float32))
    assert (CUDA_TORCH in caplog.text) is bool(machine.command) is told
    assert re.fullmatch(r"cpu, float32, \d+ GiB", machine.description)
    (card,) = machine.cards
    assert 0 < card.free < card.total
