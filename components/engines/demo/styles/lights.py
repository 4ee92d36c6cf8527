"""Styles of light, lens and paint."""

from __future__ import annotations

from PIL import Image, ImageChops, ImageEnhance, ImageFilter, ImageOps

from components.engines.demo.brush.strokes import cloudy, grain, soft_light, tempered
from components.engines.demo.styles.style_input import StyleInput, edges, flat


def _bloom(picture: Image.Image, above: int, strength: float) -> Image.Image:
    small = picture.reduce(6).point([max(0, v - above) for v in range(256)] * 3).filter(ImageFilter.BoxBlur(5))
    light = small.point([min(255, round(v * strength)) for v in range(256)] * 3)
    return ImageChops.screen(picture, light.resize(picture.size, Image.Resampling.BILINEAR))


def _relief(picture: Image.Image, blur: float, strength: float) -> Image.Image:
    """Return the image lit from the upper left as if its light parts stood out."""
    level = picture.convert("L").reduce(2).filter(ImageFilter.GaussianBlur(blur))
    lower = ImageChops.offset(level, 2, 2)
    slope = ImageChops.subtract(level, lower, 1 / strength, 128)
    return soft_light(picture, slope.resize(picture.size, Image.Resampling.BICUBIC))


def storybook(source: StyleInput) -> Image.Image:
    """A page of an old picture book: warm, soft, brush marks, a pale border."""
    soft = (
        source.picture.reduce(2)
        .filter(ImageFilter.MedianFilter(3))
        .resize(source.picture.size, Image.Resampling.BICUBIC)
    )
    warm = ImageChops.multiply(ImageEnhance.Color(soft).enhance(1.2), Image.new("RGB", soft.size, (255, 244, 218)))
    marks = tempered(
        cloudy(source.rng("marks"), (soft.width // 2 + 1, soft.height // 2 + 1), 90, 3), 0.42 * source.force
    )
    warm = soft_light(warm, marks.resize(warm.size, Image.Resampling.BICUBIC))
    lines = edges(soft, 2.0).point([round(v * 0.5) for v in range(256)])
    warm.paste((92, 58, 40), (0, 0), lines)
    rim = Image.radial_gradient("L").point([max(0, min(255, (v - 196) * 5)) for v in range(256)])
    warm.paste((250, 240, 216), (0, 0), rim.resize(warm.size, Image.Resampling.BICUBIC))
    return warm


def clay(source: StyleInput) -> Image.Image:
    """Smooth modelled shapes under studio light."""
    smooth = (
        source.picture.reduce(2)
        .filter(ImageFilter.MedianFilter(5))
        .resize(source.picture.size, Image.Resampling.BICUBIC)
    )
    shaped = _relief(_relief(smooth, 6, 5.0 * source.force), 2, 3.0 * source.force)
    return _bloom(ImageEnhance.Color(shaped).enhance(1.25), 150, 0.8)


def oil(source: StyleInput) -> Image.Image:
    """Thick paint: blots of one colour with ridges between them."""
    size = source.picture.size
    small = source.picture.reduce(4).filter(ImageFilter.ModeFilter(7 if source.scale > 1.4 else 5))
    blots = ImageEnhance.Color(small.resize(size, Image.Resampling.BICUBIC)).enhance(1.35)
    strokes = Image.frombytes(
        "L",
        (size[0] // 14 + 1, size[1] // 3 + 1),
        source.rng("oil").randbytes((size[0] // 14 + 1) * (size[1] // 3 + 1)),
    )
    ridges = tempered(strokes.resize(size, Image.Resampling.BICUBIC), 0.45 * source.force)
    return _relief(soft_light(blots, ridges), 1, 6.0)


def noir(source: StyleInput) -> Image.Image:
    """Black and white film with hard light and grain."""
    grey = ImageOps.autocontrast(source.picture.convert("L"), cutoff=2)
    hard = grey.point([max(0, min(255, round(128 + (v - 132) * (1.1 + 0.35 * source.force)))) for v in range(256)])
    picture = Image.merge("RGB", (hard, hard, hard))
    return soft_light(picture, tempered(grain(source.rng("noir"), picture.size), 0.35))


def neon(source: StyleInput) -> Image.Image:
    """Glowing outlines in pink and cyan over the dark."""
    dark = ImageEnhance.Brightness(source.picture).enhance(0.34)
    dark = ImageChops.screen(dark, Image.new("RGB", dark.size, (26, 6, 52)))
    lines = edges(flat(source.picture, 24), 3.2)
    level = Image.linear_gradient("L").resize(dark.size)
    tone = ImageOps.colorize(level, (60, 230, 255), (255, 60, 190), (180, 110, 255))
    lit = Image.composite(tone, Image.new("RGB", dark.size), lines)
    halo = lit.reduce(8).filter(ImageFilter.BoxBlur(2)).resize(dark.size, Image.Resampling.BILINEAR)
    halo = halo.point([min(255, round(v * 1.2 * source.force)) for v in range(256)] * 3)
    return ImageChops.screen(ImageChops.screen(dark, halo), lit)


def gold(source: StyleInput) -> Image.Image:
    """Polished gold."""
    grey = ImageOps.autocontrast(source.picture.convert("L"), cutoff=1)
    metal = ImageOps.colorize(grey, (44, 22, 8), (255, 246, 196), (206, 146, 42))
    return _bloom(_relief(metal, 2, 7.0 * source.force), 170, 1.0)


def film(source: StyleInput) -> Image.Image:
    """Faded analogue film: lifted blacks, warm lights, green shadows, grain."""
    table = [round(26 + v * 0.9) for v in range(256)] + [round(24 + v * 0.86) for v in range(256)]
    table += [round(38 + v * 0.70) for v in range(256)]
    faded = ImageEnhance.Color(source.picture).enhance(0.82).point([min(255, v) for v in table])
    return _bloom(soft_light(faded, tempered(grain(source.rng("film"), faded.size), 0.4 * source.force)), 170, 0.7)


def detailed(source: StyleInput) -> Image.Image:
    """More of everything small: clear edges, strong texture."""
    sharp = source.picture.filter(ImageFilter.UnsharpMask(3, round(120 * source.force), 2))
    return soft_light(sharp, tempered(grain(source.rng("detail"), sharp.size, 160), 0.25))


def sepia(source: StyleInput) -> Image.Image:
    """A print from an old album: brown, soft, its edges faded."""
    grey = ImageOps.autocontrast(source.picture.convert("L"), cutoff=1)
    brown = ImageOps.colorize(grey, (52, 36, 26), (244, 226, 190), (158, 124, 88))
    worn = soft_light(brown, tempered(grain(source.rng("sepia"), brown.size), 0.45 * source.force))
    rim = Image.radial_gradient("L").point([max(0, min(200, round((v - 150) * 2.4))) for v in range(256)])
    worn.paste((240, 224, 192), (0, 0), rim.resize(worn.size, Image.Resampling.BICUBIC))
    return worn


def shallow(source: StyleInput) -> Image.Image:
    """A lens wide open: what stands in front is crisp, what lies behind it melts away."""
    behind = source.picture.reduce(4).filter(ImageFilter.BoxBlur(source.unit / 170 * source.force))
    behind = _bloom(behind.resize(source.picture.size, Image.Resampling.BICUBIC), 165, 0.9)
    crisp = source.picture.filter(ImageFilter.UnsharpMask(2, 80, 2))
    return Image.composite(crisp, behind, source.things.filter(ImageFilter.GaussianBlur(2)))
