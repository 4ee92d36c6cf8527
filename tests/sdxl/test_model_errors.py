"""Errors of the model: an image of NaN, no device, broken or missing files."""

from __future__ import annotations

import shutil

import pytest

from components.engines.protocol import Refine
from components.engines.sdxl import messages
from components.engines.sdxl.engine import SdxlEngine
from components.engines.sdxl.model.libraries import torch
from components.errors import EngineError
from tests.sdxl.reference import engine_request, same, settings, silent
from tests.sdxl.tiny_sdxl import configure


def test_a_picture_of_no_numbers_is_not_shown(studio, monkeypatch):
    studio.paint()  # loads the model
    unet = type(studio.engine._loaded.base.unet)
    forward = unet.forward

    def spoiled(*args, **options):
        return tuple(value * float("nan") for value in forward(*args, **options))

    monkeypatch.setattr(unet, "forward", spoiled)
    with pytest.raises(EngineError) as caught:
        studio.engine.generate(engine_request(), silent)
    assert caught.value.message == messages.NO_MIND


def test_a_device_that_is_not_there_is_a_sentence(studio):
    for device in ("cuda", "mps"):
        chosen = settings(studio.tiny, studio.cache, SDXL_DEVICE=device)
        there = torch().cuda.is_available() if device == "cuda" else torch().backends.mps.is_available()
        if not there:
            with pytest.raises(EngineError, match=f"This machine has no {device} device"):
                SdxlEngine(chosen, configure).generate(engine_request(), silent)


def test_a_folder_that_is_no_model_is_a_sentence(studio, tmp_path):
    with pytest.raises(EngineError) as caught:
        SdxlEngine(settings(studio.tiny, studio.cache, SDXL_MODEL=str(tmp_path)), configure).generate(
            engine_request(), silent
        )
    assert caught.value.message == messages.MODEL_UNREADABLE


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
        engine.generate(engine_request(), silent)
    assert caught.value.message == messages.MODEL_UNREADABLE


@pytest.mark.full
def test_a_refiner_that_is_none_is_a_sentence(studio, tmp_path):
    engine = SdxlEngine(settings(studio.tiny, studio.cache, SDXL_REFINER=str(tmp_path)), configure)
    with pytest.raises(EngineError) as caught:
        engine.generate(engine_request(refine=Refine.SECOND_PASS), silent)
    assert caught.value.message == messages.NO_REFINER
    assert same(engine.generate(engine_request(), silent).image, studio.paint())
