"""SDXL in processes of their own makes the same pixels, says the same of a bad LoRA, and says what it computes on."""

from __future__ import annotations

import pytest

from components.engines.protocol import LoraRef
from components.engines.sdxl import messages
from components.engines.sdxl.cards import SdxlCards
from components.errors import EngineError
from components.messages.message import Message
from tests.sdxl.reference import engine_request, same, settings, silent
from tests.sdxl.tiny_sdxl import configure

pytestmark = pytest.mark.full
"""Its ground is held by tests/unit/engines/lanes with engines that need no torch."""


def test_a_lane_paints_as_the_engine_does(studio, capfd):
    chosen = settings(studio.tiny, studio.cache, SDXL_LORA_FOLDER=str(studio.loras), SDXL_DEVICE="cpu,cpu")
    engine = SdxlCards(chosen, configure)
    previews: list[bytes | None] = []

    def on_step(step: int, steps: int, preview: bytes | None = None, stage: Message | None = None) -> None:
        previews.append(preview)

    try:
        lora = (LoraRef("peft_text.safetensors", 1.0),)
        result = engine.generate(engine_request(loras=lora), on_step)
        assert same(result.image, studio.paint(loras=lora))
        assert len([preview for preview in previews if preview]) == 4
        with pytest.raises(EngineError) as caught:
            engine.generate(engine_request(loras=(LoraRef("nan.safetensors", 1.0),)), silent)
        assert caught.value.message == messages.LORA_BROKEN
        with pytest.raises(EngineError) as caught:
            engine.check(engine_request(loras=(LoraRef("sd15.safetensors", 1.0),)))
        assert caught.value.message == messages.LORA_SD1
    finally:
        engine.close()
    assert "lane 1 (cpu): SDXL computes on cpu, float32, free: " in capfd.readouterr().err
