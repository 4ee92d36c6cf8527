"""One model from a folder, a single file, half-size weights or the Hub: it is the same model."""

from __future__ import annotations

import json
import shutil
from typing import Any

import pytest

from components.engines.protocol import Refine
from components.engines.sdxl.engine import SdxlEngine
from components.engines.sdxl.model.libraries import library, torch
from components.engines.sdxl.model.tokenizer_files import write_config
from tests.sdxl.reference import engine_request, half_mask, same, settings, silent, source
from tests.sdxl.single_file import write_single_file
from tests.sdxl.tiny_sdxl import configure, nine_channels
from tests.support import full_run


@pytest.fixture(scope="module")
def files(tiny, tmp_path_factory):
    folder = tmp_path_factory.mktemp("single")
    return [write_single_file(part, folder / f"{part.name}.safetensors") for part in (tiny.base, tiny.refiner)]


def test_a_single_file_paints_the_same_as_its_folder(studio, files):
    chosen = settings(studio.tiny, studio.cache, SDXL_MODEL=str(files[0]), SDXL_REFINER=str(files[1]))
    engine = SdxlEngine(chosen, configure)
    for refine in Refine:
        painted = engine.generate(engine_request(refine=refine), silent).image
        assert same(painted, studio.paint(refine=refine)), refine


@pytest.mark.full
@pytest.mark.parametrize("marks", full_run.cases([(("v_pred", "ztsnr"),), (("v_pred",),)], usual=1))
def test_a_file_of_v_prediction_is_found_by_its_marks(studio, files, tmp_path, marks):
    """It paints as a folder whose scheduler says the same; the refiner goes on with its own prediction."""
    said: dict[str, Any] = {"prediction_type": "v_prediction"}
    if "ztsnr" in marks:
        said |= {"rescale_betas_zero_snr": True, "timestep_spacing": "trailing"}
    folder, file = tmp_path / "folder", tmp_path / "marked.safetensors"
    shutil.copytree(studio.tiny.base, folder)
    scheduler = folder / "scheduler" / "scheduler_config.json"
    scheduler.write_text(json.dumps(json.loads(scheduler.read_text()) | said))
    values = library("safetensors.torch").load_file(str(files[0]))
    library("safetensors.torch").save_file({**values, **{name: torch().zeros(0) for name in marks}}, str(file))
    engines = [
        SdxlEngine(settings(studio.tiny, studio.cache, SDXL_MODEL=str(model)), configure) for model in (file, folder)
    ]
    variants: list[dict[str, Any]] = [{}, {"refine": Refine.ENSEMBLE, "sampler": "DPM++ 2M Karras"}]
    for variant in variants:
        one, other = [engine.generate(engine_request(**variant), silent).image for engine in engines]
        assert same(one, other)
        assert not same(one, studio.paint(**variant))


@pytest.mark.full
def test_a_file_of_nine_channels_fills_masks(studio, tmp_path):
    file = write_single_file(nine_channels(studio.tiny.base, tmp_path / "nine"), tmp_path / "nine.safetensors")
    engine = SdxlEngine(settings(studio.tiny, studio.cache, SDXL_INPAINT_MODEL=str(file)), configure)
    whole = SdxlEngine(settings(studio.tiny, studio.cache, SDXL_MODEL=str(tmp_path / "nine")), configure)
    masked = engine_request(image=source(), mask=half_mask())
    filled = engine.generate(masked, silent).image
    assert same(filled, whole.generate(masked, silent).image)
    assert not same(filled, studio.engine.generate(masked, silent).image)
    assert same(engine.generate(engine_request(), silent).image, studio.paint()), "the base paints all else"


def test_halves_are_taken_where_a_folder_has_them(studio, tmp_path):
    folder = tmp_path / "halves"
    shutil.copytree(studio.tiny.base, folder)
    for path in list(folder.rglob("*.safetensors")):
        values = library("safetensors.torch").load_file(str(path))
        path.unlink()
        halves = {name: value.half() if value.is_floating_point() else value for name, value in values.items()}
        library("safetensors.torch").save_file(halves, str(path.with_suffix(".fp16.safetensors")), {"format": "pt"})
    engine = SdxlEngine(settings(studio.tiny, studio.cache, SDXL_MODEL=str(folder)), configure)
    painted = engine.generate(engine_request(), silent).image
    assert painted.size == (64, 64)
    assert engine._loaded is not None
    assert engine._loaded.base.unet.dtype is torch().float32


@pytest.mark.parametrize(("part", "parameters"), [("base", 2_567_463_684), ("refiner", None)])
def test_the_configuration_that_ships_is_that_of_real_sdxl(tmp_path, part, parameters):
    folder = write_config(part, tmp_path)
    lib = library("diffusers")
    with torch().device("meta"):
        unet = lib.UNet2DConditionModel.from_config(lib.UNet2DConditionModel.load_config(str(folder / "unet")))
    count = sum(value.numel() for value in unet.parameters())
    assert count == parameters if parameters else 2.2e9 < count < 2.3e9
    assert unet.config.cross_attention_dim == (2048 if part == "base" else 1280)
    kinds = {"text_encoder_2": (694_659_840, "CLIPTextModelWithProjection")}
    if part == "base":
        kinds["text_encoder"] = (123_060_480, "CLIPTextModel")
    for name, (count, kind) in kinds.items():
        config = library("transformers").CLIPTextConfig.from_pretrained(folder / name)
        with torch().device("meta"):
            model = getattr(library("transformers"), kind)(config)
        assert sum(value.numel() for value in model.parameters()) == count


def test_the_vocabulary_that_ships_is_clips(tmp_path):
    """The numbers are those of OpenAI's CLIP, as its documentation shows them."""
    folder = write_config("base", tmp_path)
    tokenizer = library("transformers").CLIPTokenizer.from_pretrained(folder / "tokenizer")
    assert tokenizer("a photo of a cat").input_ids == [49406, 320, 1125, 539, 320, 2368, 49407]
    padded = {name: _padded(folder / name) for name in ("tokenizer", "tokenizer_2")}
    assert padded == {"tokenizer": 49407, "tokenizer_2": 0}


def _padded(folder):
    tokenizer = library("transformers").CLIPTokenizer.from_pretrained(folder)
    return tokenizer("", padding="max_length", max_length=77).input_ids[-1]
