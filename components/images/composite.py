"""Composite: the generated image inside the mask, the original outside, where no pixel changes. Pure."""

from __future__ import annotations

from PIL import Image, ImageChops, ImageFilter

MAX_FEATHER = 64
"""Pixels; a larger feather counts as this."""


def composite(original: Image.Image, generated: Image.Image, mask: Image.Image, feather: int) -> Image.Image:
    """Return an RGB image: `generated` where the mask is white, `original` where it is black.

    `mask` is an L image of 0 and 255, of the size of `original`. The generated image fades in over `feather` pixels
    inside the edge of the white area; the border of the image is no edge. `generated` is resized to `original`.
    """
    if generated.size != original.size:
        generated = generated.resize(original.size, Image.Resampling.LANCZOS)
    return Image.composite(generated.convert("RGB"), original.convert("RGB"), feathered(mask, feather))


def feathered(mask: Image.Image, feather: int) -> Image.Image:
    """Return the mask with values that rise from the edge of its white area inwards, over `feather` pixels.

    The distance to the nearest black pixel is the larger of its two coordinates (Chebyshev). A pixel at the edge has
    255 / `feather`, one `feather` pixels inside has 255; no white pixel becomes 0.
    """
    box = mask.getbbox()
    if box is None or feather <= 1:
        return mask
    # The white area with one black pixel around it, as far as there is one: the filters need not run over all of it.
    left, top, right, bottom = box
    around = (max(0, left - 1), max(0, top - 1), min(mask.width, right + 1), min(mask.height, bottom + 1))
    result = Image.new("L", mask.size, 0)
    result.paste(_ramp(mask.crop(around), min(feather, MAX_FEATHER)), around[:2])
    return result


def _ramp(inside: Image.Image, feather: int) -> Image.Image:
    """Return the sum of `feather` copies of the mask, each eroded by one pixel more.

    The increments are differences of rounded values, so that they add up to exactly 255.
    """
    ramp = Image.new("L", inside.size, 0)
    for step in range(feather):
        increment = round(255 * (step + 1) / feather) - round(255 * step / feather)
        ramp = ImageChops.add(ramp, inside.point([0] * 128 + [increment] * 128))
        inside = inside.filter(ImageFilter.MinFilter(3))
    return ramp
