"""Half precision, as cards compute: every way paints nearly what whole precision does. Here the processor does it."""

from __future__ import annotations

from typing import Any

import pytest
from PIL import Image, ImageChops, ImageStat

from components.engines.protocol import LoraRef, Refine
from components.engines.sdxl.model.device import Device
from components.engines.sdxl.model.libraries import torch
from tests.sdxl.reference import Studio, half_mask, same, source

TEXT_LORA = (LoraRef("peft_text.safetensors", 0.7), LoraRef("kohya_names.safetensors", 1.0))
WAYS: dict[str, dict[str, Any]] = {
    "words": {},
    "image": {"image": source()},
    "mask": {"image": source(), "mask": half_mask()},
    "ensemble": {"refine": Refine.ENSEMBLE, "loras": TEXT_LORA},
    "second pass": {"refine": Refine.SECOND_PASS, "refine_steps": 2},
    "long words": {"negative_prompt": "a cat " * 90},
    "odd size": {"width": 67, "height": 71},
}
NEAR = 0.25
"""What rounding may come to over a few steps, beside what another seed changes."""


@pytest.fixture(scope="module")
def half(studio, tmp_path_factory):
    """An engine that takes the processor for a card."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("components.engines.sdxl.engine.chosen_device", lambda *_: Device("cpu", torch().float16))
        halved = Studio.of(studio.tiny, studio.loras, tmp_path_factory.mktemp("cache"))
        halved.engine.prepare([].append)
    return halved


def difference(one: Image.Image, other: Image.Image) -> float:
    return sum(ImageStat.Stat(ImageChops.difference(one, other)).mean)


@pytest.mark.full
@pytest.mark.parametrize("values", WAYS.values(), ids=WAYS)
def test_it_paints_nearly_what_whole_precision_does(studio, half, values):
    whole, ours = studio.paint(**values), half.paint(**values)
    assert not same(whole, ours)
    assert difference(whole, ours) < NEAR * difference(whole, studio.paint(seed=8, **values))
    assert same(half.paint(**values), ours)
    assert half.engine._loaded.base.vae.dtype == torch().float16
