"""CPU time of the demo painter for one image, without its delay and without writing the file."""

from __future__ import annotations

import time
from collections.abc import Iterator
from statistics import median

from components.engines.demo import DemoPainter
from components.engines.protocol import EngineRequest, LoraRef
from components.messages.message import Message

PROMPTS = (
    "a red fox in the snow at night",
    "a lighthouse by the sea at sunset, seagulls",
    "a castle on a hill under a rainbow",
    "a robot in a neon city at night",
)


def run() -> Iterator[str]:
    """Run the benchmark and yield the lines of its table."""
    painter = DemoPainter()
    plain = [_seconds(painter, EngineRequest(prompt, seed)) for seed in range(4) for prompt in PROMPTS]
    lora = (LoraRef("TheLastBen/Papercut_SDXL", 1.0),)
    styled = [_seconds(painter, EngineRequest(prompt, seed, loras=lora)) for seed in range(2) for prompt in PROMPTS]
    yield "Painting 1024x1024, 28 steps, one core"
    yield f"plain: median {1000 * median(plain):.0f} ms, worst {1000 * max(plain):.0f} ms"
    yield f"with a LoRA: median {1000 * median(styled):.0f} ms, worst {1000 * max(styled):.0f} ms"


def _seconds(painter: DemoPainter, order: EngineRequest) -> float:
    begun = time.process_time()
    painter.generate(order, _ignore)
    return time.process_time() - begun


def _ignore(step: int, steps: int, preview: bytes | None = None, stage: Message | None = None) -> None:
    """Step callback that does nothing."""
