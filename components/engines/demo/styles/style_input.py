"""Style input, and the image filters that styles share."""

from __future__ import annotations

import random
from dataclasses import dataclass

from PIL import Image, ImageChops, ImageFilter

from components.engines.demo.brush.seeded_random import seeded_random


@dataclass(frozen=True, slots=True)
class StyleInput:
    """One image to be rendered in one style."""

    picture: Image.Image
    """RGB."""
    things: Image.Image
    """L: 255 where a thing covers the background."""
    path: str
    scale: float
    """Over 0, up to 4. Up to 1 the style is mixed in; beyond, it grows coarser and stronger."""
    seed: int

    @property
    def force(self) -> float:
        """Strength of the style itself: 1 up to a scale of 1, then up to 2.5."""
        return 1.0 + max(0.0, self.scale - 1.0) * 0.5

    @property
    def unit(self) -> float:
        """Pixels: the mean of the sides."""
        return (self.picture.width + self.picture.height) / 2

    def rng(self, part: str) -> random.Random:
        """Return the generator of one part of this style."""
        return seeded_random(self.seed, self.path, part)


def edges(picture: Image.Image, gain: float, thick: int = 3) -> Image.Image:
    """Return the outlines: an L image, 255 on a strong edge, 0 on even ground."""
    half = picture.reduce(2)
    grown = half.filter(ImageFilter.MaxFilter(thick))
    red, green, blue = ImageChops.subtract(grown, half.filter(ImageFilter.MinFilter(thick))).split()
    most = ImageChops.lighter(ImageChops.lighter(red, green), blue)
    strong = most.point([max(0, min(255, round((v - 26) * gain))) for v in range(256)])
    return strong.resize(picture.size, Image.Resampling.BICUBIC)


def flat(picture: Image.Image, colours: int, shrink: int = 3) -> Image.Image:
    """Return the image in a few even colours with smooth borders."""
    small = picture.reduce(shrink).filter(ImageFilter.MedianFilter(3))
    few = small.quantize(colours, Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE).convert("RGB")
    return (
        few.filter(ImageFilter.MedianFilter(3))
        .filter(ImageFilter.BoxBlur(0.9))
        .resize(picture.size, Image.Resampling.BICUBIC)
    )


def grown(mask: Image.Image, pixels: float) -> Image.Image:
    """Return a mask grown on all sides by about `pixels`, with smooth edges."""
    shrink = max(2, round(pixels / 3))
    small = mask.reduce(shrink).filter(ImageFilter.MaxFilter(7 if pixels > 6 else 3))
    wide = small.filter(ImageFilter.GaussianBlur(1)).resize(mask.size, Image.Resampling.BICUBIC)
    return wide.point([max(0, min(255, (v - 96) * 4)) for v in range(256)])


def tiled(tile: Image.Image, size: tuple[int, int]) -> Image.Image:
    """Return an image of `size`, covered with copies of a tile."""
    sheet = Image.new(tile.mode, size)
    for y in range(0, size[1], tile.height):
        for x in range(0, size[0], tile.width):
            sheet.paste(tile, (x, y))
    return sheet
