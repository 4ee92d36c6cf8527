"""Infill of a marked part of an image with the colours around it, for the removal of what is there."""

from __future__ import annotations

from PIL import Image, ImageFilter

MARGIN = 0.008
"""Share of the longer side by which the part is grown: what is at its edge must not bleed into it."""
SURER = [min(255, 4 * alpha) for alpha in range(256)]
"""Alpha of a pixel of which a quarter is known: as good as known."""


def filled_from_around(image: Image.Image, mask: Image.Image) -> Image.Image:
    """Return an RGB image whose part under the mask's white continues what is around it."""
    reach = 2 * round(max(image.size) * MARGIN / 2) + 1
    around = mask.point([255] * 128 + [0] * 128).reduce(2).filter(ImageFilter.MinFilter(max(3, reach)))
    if around.getbbox() is None:
        return image.copy()
    small = image.convert("RGBA").reduce(2)
    small.putalpha(around)
    return _opaque(small).convert("RGB").resize(image.size, Image.Resampling.BICUBIC)


def _opaque(image: Image.Image) -> Image.Image:
    """Return an RGBA image whose transparent pixels have the colours near them, most of all from left and right."""
    if max(image.size) <= 2 or image.getchannel("A").getextrema()[0] == 255:
        return Image.alpha_composite(_mean(image), image)
    half = image.reduce((min(4, image.width), min(2, image.height)))  # a horizon goes on sideways
    half.putalpha(half.getchannel("A").point(SURER))
    below = _opaque(half).resize(image.size, Image.Resampling.BICUBIC)
    return Image.alpha_composite(below, image)


def _mean(image: Image.Image) -> Image.Image:
    """Return an opaque RGBA image of one colour: the mean of the pixels, each weighted by its alpha."""
    mean = image.resize((1, 1), Image.Resampling.BOX)
    mean.putalpha(255)
    return mean.resize(image.size)
