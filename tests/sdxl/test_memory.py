"""Out of memory: a second attempt with VAE tiling, the message, and parts that do not fit on the GPU."""

from __future__ import annotations

import pytest

from components.engines.sdxl import messages
from components.engines.sdxl.model.device import Device
from components.engines.sdxl.model.libraries import torch
from components.engines.sdxl.model.loader import Loader
from components.errors import EngineError
from tests.sdxl.progress_recorder import ProgressRecorder
from tests.sdxl.reference import Studio, engine_request, same, silent


def test_where_memory_runs_out_it_paints_again_in_a_smaller_way(studio, monkeypatch):
    whole, calls = studio.paint(), []
    vae = studio.engine._loaded.base.vae
    decode = type(vae)._decode

    def scarce(self, *args, **options):
        calls.append(self.use_tiling)
        if not self.use_tiling:
            raise torch().OutOfMemoryError("CUDA out of memory")
        return decode(self, *args, **options)

    monkeypatch.setattr(type(vae), "_decode", scarce)
    progress = ProgressRecorder()
    assert same(studio.engine.generate(engine_request(), progress).image, whole), "so small a picture is one tile"
    assert calls == [False, True]
    assert progress.stages == [messages.SMALLER]
    assert progress.steps == [(0, 4), (1, 4), (2, 4), (3, 4), (4, 4), (0, 4), (1, 4), (2, 4), (3, 4), (4, 4)]
    monkeypatch.undo()
    assert not vae.use_tiling


@pytest.mark.full
@pytest.mark.parametrize("error", ["cuda", "mps", "cpu", "python"])
def test_where_no_way_is_small_enough_a_sentence_says_so(studio, monkeypatch, error):
    before = studio.paint()
    raised = {
        "cuda": torch().OutOfMemoryError("CUDA out of memory. Tried to allocate 2 GiB"),
        "mps": RuntimeError("MPS backend out of memory"),
        "cpu": RuntimeError("[enforce fail] DefaultCPUAllocator: can't allocate memory: you tried"),
        "python": MemoryError(),
    }[error]

    def fail(*_: object, **__: object) -> None:
        raise raised

    monkeypatch.setattr(type(studio.engine._loaded.base.unet), "forward", fail)
    with pytest.raises(EngineError) as caught:
        studio.engine.generate(engine_request(), silent)
    assert caught.value.message == messages.NO_MEMORY
    monkeypatch.undo()
    assert same(studio.paint(), before)


def test_where_memory_runs_out_for_a_lora_that_is_said(studio, monkeypatch):
    def fail(*_: object, **__: object) -> None:
        raise torch().OutOfMemoryError("CUDA out of memory")

    fresh = Studio.of(studio.tiny, studio.loras, studio.cache)
    before = fresh.paint()
    monkeypatch.setattr(type(studio.engine._loaded.base), "load_lora_weights", fail)
    with pytest.raises(EngineError) as caught:
        fresh.with_loras(("peft", 1.0))
    assert caught.value.message == messages.NO_MEMORY
    monkeypatch.undo()
    assert same(fresh.paint(), before)


def test_any_other_error_is_no_lack_of_memory(studio, monkeypatch):
    def fail(*_: object, **__: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(type(studio.engine._loaded.base.unet), "forward", fail)
    with pytest.raises(ZeroDivisionError):
        studio.engine.generate(engine_request(), silent)


class Pipe:
    """Parts that fit on no card, or on nothing at all."""

    def __init__(self, *fits: str) -> None:
        self.places: list[str] = []
        self._fits = fits

    def to(self, place: str) -> None:
        self.places.append(place)
        if place not in self._fits:
            raise torch().OutOfMemoryError("out of memory")


def test_parts_that_do_not_fit_on_the_card_stay_off_it():
    card = Loader(Device("cuda", torch().float16))
    large, small = Pipe("cpu"), Pipe("cpu", "cuda")
    assert (card.placed(large), large.places) == (False, ["cuda", "cpu"])
    assert (card.placed(small), small.places) == (True, ["cuda"])
    with pytest.raises(EngineError) as caught:
        Loader(Device("cpu", torch().float32)).placed(Pipe())
    assert caught.value.message == messages.NO_MEMORY
