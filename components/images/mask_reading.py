"""Mask reading: what an image file marks to be changed, by its brightness, colors or transparency.

Programs write masks in many ways: white on black, labels 0 and 1, red marks, marks on a clear ground, an image with an
erased hole. Where one of two opposite meanings is as likely as the other, the reading says so.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import cast

from PIL import Image, ImageChops

from components.errors import InvalidRequest
from components.images.source import decoded, opened, turned_upright

_STRIP_PIXELS = 1 << 20
"""Pixels of a strip: an image is looked at in strips, so that no copies of the whole of it are made."""
_FEW = 16
"""Pixels; so few are noise, not marks."""
_HALF = 128
_DARK, _BRIGHT = 64, 192
"""Values below the first are dark, from the second on bright."""
_COLORED = 80
"""Difference of the largest and the smallest channel from which a pixel is colored."""
_MOST_LABELS = 32
"""Values of a mask of labels, at most."""
_LOSSY_NOISE = 16
"""Value up to which a dark JPEG has nothing but traces of its compression, which may be in a PNG by now."""
_SCATTERED = 8
"""Marks that begin or end at more than one pixel in so many are no areas."""
_FLAT_COLORS, _FLAT_SHARE = 8, 0.9
"""A drawing has this share of its pixels in so many colors, at 8 steps a channel; a photo has not."""


@dataclass(frozen=True, slots=True)
class MaskReading:
    """Reading of an image file as a mask."""

    changed: Image.Image
    """L image: 255 is changed, 0 stays, no values between."""
    is_certain: bool
    """False: the opposite may be meant as well."""


def read_mask(data: bytes) -> MaskReading:
    """Return what an image file marks, at the file's own size. Raises InvalidRequest at `mask_image` for no image."""
    with opened(data, "mask_image") as image:
        pixels = decoded(image, data)
        alpha = _alpha(pixels)
        is_lossy = image.format == "JPEG"
        reading = _of_brightness(pixels, is_lossy=is_lossy) if alpha is None else _of_alpha(pixels, alpha)
        # Turned at last: one band has a quarter of the bytes.
        return replace(reading, changed=turned_upright(reading.changed, by=pixels))


def is_blank(stored: bytes) -> bool:
    """Return whether a mask that was stored, white on black, marks nothing; False for one that cannot be read."""
    try:
        with opened(stored, "mask_image") as image:
            return _from(image.convert("L"), _HALF).getbbox() is None
    except InvalidRequest:
        return False


def _alpha(image: Image.Image) -> Image.Image | None:
    """Return the alpha channel; None where it says nothing: there is none, or it is the same nearly everywhere."""
    if not image.has_transparency_data:
        return None
    alpha = _by_strips(image, lambda strip: strip.convert("RGBA").getchannel("A"))
    low, high = _range(alpha)
    if high - low < _FEW:
        return None
    clear = _count(_below(alpha, _threshold(high)))
    return None if clear <= _FEW else alpha


def _threshold(high: int) -> int:
    """Return the value from which a pixel counts as marked; a brush of little opacity leaves none above the half."""
    return _HALF if high >= _HALF else max(1, high // 2)


def _of_alpha(image: Image.Image, alpha: Image.Image) -> MaskReading:
    solid = _from(alpha, _threshold(_range(alpha)[1]))
    hole = ImageChops.invert(solid)
    parts = _Parts(image, solid)
    if not parts.colored and parts.dark > _FEW and parts.bright > _FEW and not parts.other:
        bright = _by_strips(image, lambda strip: _from(_grey_of_colors(strip), _HALF))
        return MaskReading(ImageChops.multiply(bright, solid), is_certain=True)
    if _is_mostly_white(_border(hole)):
        return MaskReading(solid, is_certain=_is_flat(image, solid))
    return MaskReading(hole, is_certain=False)


def _of_brightness(image: Image.Image, *, is_lossy: bool) -> MaskReading:
    grey = _grey(image)
    if image.mode in ("L", "LA", "1") or image.mode.startswith("I"):
        return MaskReading(_of_grey(grey, is_lossy=is_lossy), is_certain=True)
    everywhere = Image.new("L", image.size, 255)
    parts = _Parts(image, everywhere)
    if parts.colored <= _FEW:
        return MaskReading(_of_grey(grey, is_lossy=is_lossy), is_certain=True)
    if not _is_flat(image, everywhere):
        return MaskReading(_from(grey, _HALF), is_certain=False)
    return _of_colors(image, grey, parts)


def _of_colors(image: Image.Image, grey: Image.Image, parts: _Parts) -> MaskReading:
    low, high = _range(grey)
    if parts.colored >= parts.total - _FEW:
        return MaskReading(_from(grey, (low + high + 1) // 2), is_certain=low < _DARK and high >= _BRIGHT)
    if parts.dark > _FEW:
        strong = _by_strips(image, lambda strip: _from(_strongest(strip.convert("RGB")), (_DARK + _HALF) // 2))
        return MaskReading(strong, is_certain=True)
    colored = _by_strips(image, lambda strip: _colored(strip.convert("RGB")))
    return MaskReading(colored, is_certain=not parts.bright)


def _of_grey(grey: Image.Image, *, is_lossy: bool) -> Image.Image:
    low, high = _range(grey)
    if high >= _HALF:
        return _from(grey, _HALF)
    if low == high or (is_lossy and high < _LOSSY_NOISE):
        return Image.new("L", grey.size, 0)
    levels = sum(1 for count in grey.histogram() if count)
    marked = _from(grey, low + 1 if levels <= _MOST_LABELS else (low + high + 1) // 2)
    is_noise = _count(marked) <= _FEW or (levels > _MOST_LABELS and high - low < _MOST_LABELS)
    is_noise = is_noise or (high < _LOSSY_NOISE and _is_scattered(marked))
    return Image.new("L", grey.size, 0) if is_noise else marked


def _is_scattered(marked: Image.Image) -> bool:
    """Return whether marks come and go from pixel to pixel, as traces of a lossy file do, and no labels."""
    changes = ImageChops.difference(marked, ImageChops.offset(marked, 1, 0))
    return _count(changes) * _SCATTERED > marked.width * marked.height


class _Parts:
    """Numbers of pixels of an area by kind; those at the soft edges of marks count as none."""

    def __init__(self, image: Image.Image, area: Image.Image) -> None:
        kinds = [_kinds(image.crop(box).convert("RGB"), area.crop(box)) for box in _strips(image.size)]
        self.total = _count(area)
        self.colored, self.dark, self.bright = (_several(sum(counts)) for counts in zip(*kinds, strict=True))
        rest = self.total - self.colored - self.dark - self.bright
        self.other = rest if rest > self.total * (1 - _FLAT_SHARE) else 0


def _kinds(rgb: Image.Image, area: Image.Image) -> tuple[int, int, int]:
    """Return how many pixels of an area are colored, dark and bright."""
    colored, grey = _colored(rgb), rgb.convert("L")
    plain = ImageChops.subtract(area, colored)
    return (
        _count(ImageChops.multiply(colored, area)),
        _count(ImageChops.multiply(_below(grey, _DARK), plain)),
        _count(ImageChops.multiply(_from(grey, _BRIGHT), plain)),
    )


def _strips(size: tuple[int, int]) -> list[tuple[int, int, int, int]]:
    """Return the boxes of the strips of an image, from its top."""
    width, height = size
    rows = max(1, _STRIP_PIXELS // width)
    return [(0, top, width, min(top + rows, height)) for top in range(0, height, rows)]


def _by_strips(image: Image.Image, band_of: Callable[[Image.Image], Image.Image]) -> Image.Image:
    """Return an L image of what `band_of` makes of each strip."""
    band = Image.new("L", image.size)
    for box in _strips(image.size):
        band.paste(band_of(image.crop(box)), box)
    return band


def _several(count: int) -> int:
    return count if count > _FEW else 0


def _grey(image: Image.Image) -> Image.Image:
    """Return the brightness with 8 bits; labels of 16 bits keep their values."""
    if not image.mode.startswith("I"):
        return _by_strips(image, _grey_of_colors) if image.mode == "P" else image.convert("L")
    whole = image.convert("I")
    _, high = _range(whole)
    return whole.convert("L") if high < 256 else whole.point(lambda value: value * (1 / 256)).convert("L")


def _grey_of_colors(image: Image.Image) -> Image.Image:
    return image.convert("RGB").convert("L")


def _is_flat(image: Image.Image, area: Image.Image) -> bool:
    """Return whether an area has few colors, as a drawing has."""
    counts: Counter[object] = Counter()
    for box in _strips(image.size):
        coarse = image.crop(box).convert("RGB").point([value & 0xE0 for value in range(256)] * 3)
        inside = Image.composite(coarse, Image.new("RGB", coarse.size), area.crop(box))
        counts.update({color: count for count, color in inside.getcolors(512) or ()})
    # What lies outside has been made black.
    size = _count(area)
    counts[0, 0, 0] += size - image.width * image.height
    return sum(sorted(counts.values())[-_FLAT_COLORS:]) >= _FLAT_SHARE * size


def _range(band: Image.Image) -> tuple[int, int]:
    return cast("tuple[int, int]", band.getextrema())


def _strongest(rgb: Image.Image) -> Image.Image:
    red, green, blue = rgb.split()
    return ImageChops.lighter(ImageChops.lighter(red, green), blue)


def _weakest(rgb: Image.Image) -> Image.Image:
    red, green, blue = rgb.split()
    return ImageChops.darker(ImageChops.darker(red, green), blue)


def _colored(rgb: Image.Image) -> Image.Image:
    return _from(ImageChops.subtract(_strongest(rgb), _weakest(rgb)), _COLORED)


def _from(band: Image.Image, value: int) -> Image.Image:
    return band.point([0] * value + [255] * (256 - value))


def _below(band: Image.Image, value: int) -> Image.Image:
    return band.point([255] * value + [0] * (256 - value))


def _count(mask: Image.Image) -> int:
    return mask.histogram()[255]


def _border(mask: Image.Image) -> bytes:
    width, height = mask.size
    sides = ((0, 0, width, 1), (0, height - 1, width, height), (0, 0, 1, height), (width - 1, 0, width, height))
    return b"".join(mask.crop(side).tobytes() for side in sides)


def _is_mostly_white(values: bytes) -> bool:
    return values.count(255) * 2 >= len(values)
