"""Styles of paper, pen and brush."""

from __future__ import annotations

from PIL import Image, ImageChops, ImageEnhance, ImageFilter, ImageOps

from components.engines.demo.brush.strokes import cloudy, grain, soft_light, tempered
from components.engines.demo.styles.style_input import StyleInput, edges, flat, grown, tiled

PAPER = (252, 248, 238)


def papercut(source: StyleInput) -> Image.Image:
    """Layers of coloured paper, each throwing a shadow on the one below."""
    few = flat(ImageEnhance.Color(source.picture).enhance(1.2), 14)
    levels = few.convert("L")
    result = few
    deep = source.unit * 0.007 * source.force
    for threshold in (60, 95, 130, 165, 200):
        table = [255 if v > threshold else 0 for v in range(256)]
        layer = levels.reduce(2).point(table)
        shadow = ImageChops.offset(layer, round(deep / 2), round(deep)).filter(ImageFilter.BoxBlur(deep / 2))
        cast = ImageChops.subtract(shadow, layer).resize(result.size, Image.Resampling.BILINEAR)
        result.paste((24, 22, 46), (0, 0), cast.point([round(v * 0.34) for v in range(256)]))
    result = _lifted(source, result, deep * 1.3)
    fibre = tempered(grain(source.rng("fibre"), result.size), 0.16)
    return soft_light(result, fibre)


def _lifted(source: StyleInput, result: Image.Image, deep: float) -> Image.Image:
    """Put the things on top, cut out with a pale rim and a soft shadow."""
    rim = grown(source.things, source.unit * 0.006)
    shadow = ImageChops.offset(rim, round(deep * 0.7), round(deep)).reduce(4).filter(ImageFilter.BoxBlur(deep / 5))
    result.paste((20, 18, 40), (0, 0), shadow.resize(rim.size).point([round(v * 0.5) for v in range(256)]))
    result.paste(PAPER, (0, 0), rim)
    result.paste(source.picture, (0, 0), source.things)
    return result


def watercolour(source: StyleInput) -> Image.Image:
    """Pale washes that pool at their borders and leave the paper's rim white."""
    soft = source.picture.reduce(4).filter(ImageFilter.ModeFilter(5))
    wash = soft.resize(source.picture.size, Image.Resampling.BICUBIC)
    wash = Image.blend(ImageEnhance.Color(wash).enhance(1.15), Image.new("RGB", wash.size, PAPER), 0.26)
    pools = tempered(
        cloudy(source.rng("pools"), (wash.width // 3 + 1, wash.height // 3 + 1), 14, 4), 0.55 * source.force
    )
    wash = soft_light(wash, pools.resize(wash.size, Image.Resampling.BICUBIC))
    border = edges(wash, 3.2).point([round(v * 0.4) for v in range(256)])
    wash = Image.composite(ImageEnhance.Brightness(wash).enhance(0.72), wash, border)
    wash = soft_light(wash, tempered(grain(source.rng("paper"), wash.size), 0.3))
    wash.paste(PAPER, (0, 0), _ragged_rim(source))
    return wash


def _ragged_rim(source: StyleInput) -> Image.Image:
    """Return an L mask of the paper's unpainted rim, with an uneven border."""
    small = max(8, source.picture.width // 4), max(8, source.picture.height // 4)
    rim = Image.new("L", small, 255)
    inset = round(max(small) * 0.035)
    rim.paste(0, (inset, inset, small[0] - inset, small[1] - inset))
    rim = rim.filter(ImageFilter.BoxBlur(inset * 0.9))
    uneven = ImageChops.add(rim, cloudy(source.rng("rim"), small, 22, 3), 2)
    table = [max(0, min(255, (v - 132) * 9)) for v in range(256)]
    return uneven.point(table).resize(source.picture.size, Image.Resampling.BICUBIC)


def crayon(source: StyleInput) -> Image.Image:
    """Waxy slanted strokes with the paper showing between."""
    bright = ImageEnhance.Color(flat(source.picture, 30)).enhance(1.5)
    size = source.picture.size
    small = max(8, size[0] // 9), max(8, size[1])
    strokes = Image.frombytes("L", small, source.rng("strokes").randbytes(small[0] * small[1]))
    strokes = strokes.resize((size[0] * 3 // 2, size[1] * 3 // 2), Image.Resampling.BICUBIC).rotate(38)
    left, top = (strokes.width - size[0]) // 2, (strokes.height - size[1]) // 2
    strokes = strokes.crop((left, top, left + size[0], top + size[1]))
    gaps = strokes.point([max(0, min(215, round((v - 128 + 20 * source.force) * 2.0))) for v in range(256)])
    waxy = Image.composite(Image.new("RGB", size, PAPER), bright, gaps)
    outline = edges(bright, 3.0, 5).point([round(v * 0.7) for v in range(256)])
    dark = ImageEnhance.Brightness(bright).enhance(0.45)
    return Image.composite(dark, waxy, ImageChops.multiply(outline, ImageChops.invert(gaps)))


def _black_lines(source: StyleInput, gain: float) -> Image.Image:
    """Return the outlines as dark lines on white, an L image."""
    simple = flat(source.picture, 20)
    both = ImageChops.lighter(edges(simple, gain), edges(source.picture, gain * 0.5))
    return ImageChops.invert(both)


def colouring_book(source: StyleInput) -> Image.Image:
    """Black outlines on white, nothing filled in."""
    lines = _black_lines(source, 5.0).point([max(0, min(255, (v - 90) * 3)) for v in range(256)])
    return Image.merge("RGB", (lines, lines, lines))


def manga(source: StyleInput) -> Image.Image:
    """Ink lines, flat shades and dots of screen tone."""
    light = ImageOps.autocontrast(flat(source.picture, 16).convert("L"), cutoff=2)
    side = max(4, round(source.unit / 150 * source.force))
    dot = Image.radial_gradient("L").resize((side, side), Image.Resampling.BILINEAR)
    screen = tiled(dot.point([min(255, round(v * 1.1)) for v in range(256)]), light.size)
    toned = ImageChops.add(light, screen, 1, -118).point([max(0, min(255, (v - 96) * 6)) for v in range(256)])
    pages = Image.merge("RGB", (toned, toned, toned))
    lines = _black_lines(source, 4.0)
    shaded = Image.blend(pages, ImageEnhance.Color(source.picture).enhance(0.5), 0.34)
    return ImageChops.multiply(shaded, Image.merge("RGB", (lines, lines, lines)))


def pencil(source: StyleInput) -> Image.Image:
    """Graphite: soft lines and hatching on paper."""
    lines = _black_lines(source, 2.6)
    hatch = tempered(grain(source.rng("hatch"), source.picture.size), 0.8).filter(ImageFilter.BoxBlur(1))
    shade = source.picture.convert("L").point([min(255, round(150 + v * 0.46)) for v in range(256)])
    grey = ImageChops.multiply(lines, ImageChops.soft_light(shade, hatch))
    return ImageOps.colorize(grey, (40, 40, 52), PAPER)


def logo(source: StyleInput) -> Image.Image:
    """A flat emblem: few strong colours within a ring on a plain ground."""
    few = flat(
        ImageEnhance.Contrast(ImageEnhance.Color(source.picture).enhance(1.45)).enhance(1.15),
        max(6, round(16 - 3 * source.force)),
    )
    ring = Image.radial_gradient("L")
    short = min(source.picture.size)
    box = (source.picture.width - short) // 2, (source.picture.height - short) // 2
    sheet = Image.new("RGB", source.picture.size, (248, 246, 240))
    for colour, reach in (((38, 50, 78), 172), ((248, 246, 240), 166), ((38, 50, 78), 163)):
        mask = ring.point([255 if v < reach else 0 for v in range(256)]).resize(
            (short, short), Image.Resampling.BICUBIC
        )
        sheet.paste(colour, box, mask)
    inner = ring.point([255 if v < 160 else 0 for v in range(256)]).resize((short, short), Image.Resampling.BICUBIC)
    sheet.paste(few.crop((*box, box[0] + short, box[1] + short)), box, inner)
    return sheet


def sticker(source: StyleInput) -> Image.Image:
    """Things cut out with a thick white rim, on a plain pastel sheet."""
    size = source.picture.size
    pale = source.picture.resize((1, 1), Image.Resampling.BOX).resize(size)
    sheet = Image.blend(pale, Image.new("RGB", size, (255, 255, 255)), 0.62)
    rim = grown(source.things, source.unit * 0.017 * source.force)
    shadow = (
        ImageChops.offset(rim, round(source.unit * 0.004), round(source.unit * 0.009))
        .reduce(4)
        .filter(ImageFilter.BoxBlur(3))
    )
    sheet.paste((70, 70, 96), (0, 0), shadow.resize(size).point([round(v * 0.4) for v in range(256)]))
    sheet.paste((255, 255, 255), (0, 0), rim)
    sheet.paste(ImageEnhance.Color(source.picture).enhance(1.25), (0, 0), source.things)
    return sheet


def poster(source: StyleInput) -> Image.Image:
    """A few even colours with clean borders, brighter than life."""
    few = flat(source.picture, max(5, round(11 / source.force)), 6)
    return ImageEnhance.Brightness(ImageEnhance.Color(few).enhance(1.5)).enhance(1.08)
