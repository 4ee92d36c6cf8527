"""The original put back around what was repainted: outside the mask not one pixel changes."""

from __future__ import annotations

from PIL import Image, ImageChops, ImageFilter

LONGEST_FEATHER = 64
"""Pixels."""


def put_back(original: Image.Image, painted: Image.Image, mask: Image.Image, feather: int) -> Image.Image:
    """Return `painted` where the mask is white and `original` where it is black, both RGB.

    `mask` is an L picture of 0 and 255, of the size of `original`. Over `feather` pixels inside its edge the new
    picture fades in; the border of the picture is no edge. `painted` of another size is brought to that of `original`.
    """
    if painted.size != original.size:
        painted = painted.resize(original.size, Image.Resampling.LANCZOS)
    return Image.composite(painted.convert("RGB"), original.convert("RGB"), faded(mask, feather))


def faded(mask: Image.Image, feather: int) -> Image.Image:
    """Return a mask that rises from its edge inwards, by the larger of both distances to the nearest black pixel.

    The pixel at the edge has one part in `feather`, the one that many pixels inside all of it; no white pixel is 0.
    """
    box = mask.getbbox()
    if box is None or feather <= 1:
        return mask
    left, top, right, bottom = box
    around = (max(0, left - 1), max(0, top - 1), min(mask.width, right + 1), min(mask.height, bottom + 1))
    whole = Image.new("L", mask.size, 0)
    whole.paste(_rising(mask.crop(around), min(feather, LONGEST_FEATHER)), around[:2])
    return whole


def _rising(inside: Image.Image, feather: int) -> Image.Image:
    """Add up what is left when the white shrinks by a pixel at a time."""
    risen = Image.new("L", inside.size, 0)
    for step in range(feather):
        part = round(255 * (step + 1) / feather) - round(255 * step / feather)
        risen = ImageChops.add(risen, inside.point([0] * 128 + [part] * 128))
        inside = inside.filter(ImageFilter.MinFilter(3))
    return risen
