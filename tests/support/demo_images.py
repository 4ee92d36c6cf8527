"""Images of the demo painter, and measures of their colours and detail."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from PIL import Image, ImageChops, ImageFilter, ImageStat

from components.engines.demo import DemoPainter
from components.engines.protocol import EngineRequest
from components.messages.message import Message

FOX = "a red fox in the snow at night"
SIDE = 320


def quiet(step: int, steps: int, preview: bytes | None = None, stage: Message | None = None) -> None:
    assert 1 <= step <= steps


def painted(prompt: str = FOX, seed: int = 2, **values: Any) -> Image.Image:
    values.setdefault("width", SIDE)
    values.setdefault("height", SIDE)
    return DemoPainter().generate(EngineRequest(prompt=prompt, seed=seed, **values), quiet).image


@lru_cache(maxsize=64)
def shot(*prompt_and_seed: Any, **values: Any) -> Image.Image:
    return painted(*prompt_and_seed, **values)


def apart(one: Image.Image, other: Image.Image) -> float:
    """Return the mean difference of all channels, 0 to 255."""
    return sum(ImageStat.Stat(ImageChops.difference(one, other)).mean) / 3


def brightness(image: Image.Image) -> float:
    return ImageStat.Stat(image.convert("L")).mean[0]


def saturation(image: Image.Image) -> float:
    return ImageStat.Stat(image.convert("HSV").getchannel("S")).mean[0]


def sharpness(image: Image.Image) -> float:
    return ImageStat.Stat(image.convert("L").filter(ImageFilter.FIND_EDGES)).mean[0]


def orange(image: Image.Image) -> int:
    """Return the number of pixels of a fox's colour."""
    red, green, blue = image.split()
    masks = [
        red.point([0] * 150 + [255] * 106),
        green.point([255] * 130 + [0] * 126),
        blue.point([255] * 110 + [0] * 146),
    ]
    both = ImageChops.multiply(ImageChops.multiply(masks[0], masks[1]), masks[2])
    return both.histogram()[255]
