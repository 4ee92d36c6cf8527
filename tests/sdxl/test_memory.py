"""Out of memory: decoding in tiles, the message, and parts that do not fit on the GPU."""

from __future__ import annotations

from contextlib import nullcontext

import pytest
from PIL import ImageChops, ImageStat

from components.engines.sdxl import messages
from components.engines.sdxl.model.device import Device
from components.engines.sdxl.model.libraries import torch
from components.engines.sdxl.model.loader import Loader
from components.engines.sdxl.pipeline.decode import Decoder
from components.errors import EngineError
from tests.sdxl.progress_recorder import ProgressRecorder
from tests.sdxl.reference import Studio, engine_request, same, silent
from tests.support import full_run


def scarce(monkeypatch, vae, fits):
    """Let memory run out in decoding but where `fits`; return the calls: in tiles, and how many latents high."""
    calls: list[tuple[bool, int]] = []
    decode = type(vae)._decode

    def decode_in_little(self, values, *args, **options):
        calls.append((self.use_tiling, values.shape[-2]))
        if not fits(self, values):
            raise torch().OutOfMemoryError("CUDA out of memory")
        return decode(self, values, *args, **options)

    monkeypatch.setattr(type(vae), "_decode", decode_in_little)
    return calls


def test_where_memory_runs_out_in_decoding_no_step_is_painted_twice(studio, monkeypatch):
    fresh = Studio.of(studio.tiny, studio.loras, studio.cache)
    whole = fresh.paint()
    assert fresh.engine._loaded is not None
    vae = fresh.engine._loaded.base.vae
    calls = scarce(monkeypatch, vae, lambda vae, _: vae.use_tiling)
    progress = ProgressRecorder()
    assert same(fresh.engine.generate(engine_request(), progress).image, whole), "so small a picture is one tile"
    assert calls == [(False, 8), (True, 8)]
    assert progress.stages == []
    assert progress.steps == [(0, 4), (1, 4), (2, 4), (3, 4), (4, 4)]
    assert same(fresh.paint(), whole)
    assert calls[2:] == [(True, 8)], "it learned"
    monkeypatch.undo()
    assert not vae.use_tiling


def test_a_picture_larger_than_a_tile_is_decoded_in_tiles_of_512_pixels(studio, monkeypatch):
    base = studio.engine._load(lambda _: None).base
    latents = torch().randn(1, 4, 68, 72, generator=torch().Generator().manual_seed(1))
    whole = studio.engine._loaded._decoder.picture(base, latents)
    shapes: list[tuple[int, ...]] = []
    convolved = base.vae.post_quant_conv.register_forward_pre_hook(
        lambda _, inputs: shapes.append(inputs[0].shape[2:])
    )
    scarce(monkeypatch, base.vae, lambda vae, _: vae.use_tiling)
    tiled = Decoder(base.vae, studio.engine._device, nullcontext).picture(base, latents)
    convolved.remove()
    assert {*shapes} == {(64, 64), (64, 24), (20, 64), (20, 24)}
    assert tiled.size == whole.size == (576, 544)
    assert sum(ImageStat.Stat(ImageChops.difference(whole, tiled)).mean) < 10, "each tile has its own mean"


@pytest.mark.parametrize("helps", full_run.cases([True, False], usual=1))
def test_where_tiles_need_too_much_everything_else_makes_room(studio, monkeypatch, helps):
    whole, is_alone = studio.paint(), []
    loaded = studio.engine._loaded
    monkeypatch.setattr(loaded.base.unet, "to", is_alone.append)
    scarce(monkeypatch, loaded.base.vae, lambda *_: helps and is_alone == ["cpu"])
    monkeypatch.setattr(loaded._decoder, "_too_large", None)
    progress = ProgressRecorder()
    if helps:
        assert same(studio.engine.generate(engine_request(), progress).image, whole)
    else:
        with pytest.raises(EngineError) as caught:
            studio.engine.generate(engine_request(), progress)
        assert caught.value.message == messages.NO_MEMORY
    assert is_alone == ["cpu", "cpu"], "the device of this model is the processor"
    assert progress.steps[-1] == (4, 4)
    assert progress.stages == []
    monkeypatch.undo()
    loaded._decoder._too_large = None
    assert same(studio.paint(), whole)


@pytest.mark.full
def test_where_memory_runs_out_in_a_step_it_paints_again_in_a_smaller_way(studio, monkeypatch):
    whole, calls = studio.paint(), []
    unet = type(studio.engine._loaded.base.unet)
    forward = unet.forward

    def scarce_once(*args, **options):
        calls.append(1)
        if len(calls) == 2:
            raise torch().OutOfMemoryError("CUDA out of memory")
        return forward(*args, **options)

    monkeypatch.setattr(unet, "forward", scarce_once)
    progress = ProgressRecorder()
    assert same(studio.engine.generate(engine_request(), progress).image, whole)
    assert progress.stages == [messages.SMALLER]
    assert progress.steps == [(0, 4), (1, 4), (0, 4), (1, 4), (2, 4), (3, 4), (4, 4)]


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
