"""Paint every sample picture of the page anew: `python -m tests.tools.repaint_samples`."""

from __future__ import annotations

import json
from io import BytesIO
from typing import Any

from PIL import Image

from components.engines.demo import DemoPainter
from components.engines.protocol import EngineRequest, LoraRef
from components.messages.message import Message
from components.prompts.styles import apply_styles, prompt_styles
from tests.support.paths import ASSETS

SHELF, STYLES, EXAMPLES = ASSETS / "loras", ASSETS / "prompt_styles", ASSETS / "examples"
LORA_SCENE = "a fox in front of a castle on a hill, a hot air balloon"
"""One for all LoRAs, so that they can be compared."""
STYLE_SCENE = "a castle by the lake, a red hot air balloon"
EXAMPLE_QUALITY = 45
"""Lower than that of the others: these are part of every first load."""
LORA_SIDE, STYLE_SIDE, EXAMPLE_HEIGHT, EXAMPLE_WIDTH = 256, 192, 288, 352
"""Pixels of a sample; an example has the shape of its request and is at most so high and wide."""


def shelf() -> list[dict[str, Any]]:
    """Return what is on the shelf."""
    return json.loads((SHELF / "starter.json").read_text(encoding="utf-8"))


def examples() -> list[dict[str, Any]]:
    """Return the examples of an empty page."""
    return json.loads((EXAMPLES / "examples.json").read_text(encoding="utf-8"))


def lora_sample(*paths: str) -> Image.Image:
    """Paint the scene with these LoRAs, as a request for it is painted.

    Smaller than 384 pixels the coarse styles lose their shapes; larger, the fine ones their grain when made small.
    """
    loras = tuple(LoraRef(path, 1.0) for path in paths)
    return _painted(EngineRequest(LORA_SCENE, 7, width=384, height=384, loras=loras), LORA_SIDE)


def style_sample(*names: str) -> Image.Image:
    """Paint the scene in these prompt styles."""
    prompt, negative_prompt = apply_styles(STYLE_SCENE, "", names)
    return _painted(EngineRequest(prompt, 3, negative_prompt=negative_prompt, width=512, height=512), STYLE_SIDE)


def example_sample(one: dict[str, Any]) -> Image.Image:
    """Paint an example as its click and a press would."""
    names = ("negative_prompt", "width", "height", "guidance_scale", "num_inference_steps")
    loras = tuple(LoraRef(lora["path"], lora["scale"]) for lora in one["loras"])
    order = EngineRequest(one["prompt"], one["picture_seed"], loras=loras, **{name: one[name] for name in names})
    width = min(EXAMPLE_WIDTH, round(EXAMPLE_HEIGHT * order.width / order.height))
    return _painted(order, width, round(width * order.height / order.width))


def encoded(picture: Image.Image, quality: int = 70) -> bytes:
    """Return the file of a sample."""
    file = BytesIO()
    picture.save(file, "WEBP", quality=quality, method=6)
    return file.getvalue()


def _painted(order: EngineRequest, width: int, height: int | None = None) -> Image.Image:
    size = (width, width if height is None else height)
    return DemoPainter().generate(order, _nobody).image.resize(size, Image.Resampling.LANCZOS)


def _nobody(step: int, steps: int, preview: bytes | None = None, stage: Message | None = None) -> None:
    """Nobody watches."""


def main() -> None:
    """Write one WebP file each."""
    for one in shelf():
        (SHELF / one["picture"]).write_bytes(encoded(lora_sample(one["path"])))
    for name in prompt_styles():
        (STYLES / f"{name}.webp").write_bytes(encoded(style_sample(name)))
    for one in examples():
        (EXAMPLES / one["picture"]).write_bytes(encoded(example_sample(one), EXAMPLE_QUALITY))


if __name__ == "__main__":
    main()
