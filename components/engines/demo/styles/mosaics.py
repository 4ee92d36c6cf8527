"""Styles made of many small pieces: pixels, voxels, bricks, tiles, stitches."""

from __future__ import annotations

from PIL import Image, ImageChops, ImageDraw, ImageEnhance

from components.engines.demo.brush.colours import Colour, mix
from components.engines.demo.styles.style_input import StyleInput, tiled


def _cells(source: StyleInput, across: int, colours: int) -> tuple[Image.Image, int]:
    """Return the image with one pixel per cell, and a cell's side in pixels."""
    side = max(3, round(source.unit / across * source.force))
    size = -(-source.picture.width // side), -(-source.picture.height // side)
    small = source.picture.resize(size, Image.Resampling.BOX)
    small = ImageEnhance.Contrast(ImageEnhance.Color(small).enhance(1.25)).enhance(1.08)
    return small.quantize(colours, Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE).convert("RGB"), side


def _enlarged(small: Image.Image, side: int, size: tuple[int, int]) -> Image.Image:
    large = small.resize((small.width * side, small.height * side), Image.Resampling.NEAREST)
    return large.crop((0, 0, *size))


def pixels(source: StyleInput) -> Image.Image:
    """Pixel art: big square pixels in few colours."""
    small, side = _cells(source, 128, 40)
    return _enlarged(small, side, source.picture.size)


def _relief(source: StyleInput, small: Image.Image, side: int, tile: Image.Image) -> Image.Image:
    """Return the image with the same relief in every cell, an L tile around mid grey."""
    flat = _enlarged(small, side, source.picture.size)
    values = tiled(tile, flat.size)
    return ImageChops.hard_light(flat, Image.merge("RGB", (values, values, values)))


def bricks(source: StyleInput) -> Image.Image:
    """Toy bricks: each cell has a stud and a shaded rim."""
    small, side = _cells(source, 60, 48)
    tile = Image.new("L", (side * 4, side * 4), 128)
    pen, edge = ImageDraw.Draw(tile), side * 4 - 1
    pen.line((0, edge, edge, edge, edge, 0), fill=84, width=4)
    pen.line((0, edge, 0, 0, edge, 0), fill=160, width=4)
    pen.ellipse((side * 0.9, side * 1.0, side * 3.2, side * 3.3), fill=86)
    pen.ellipse((side * 0.8, side * 0.8, side * 3.0, side * 3.0), fill=158)
    pen.ellipse((side * 0.95, side * 0.95, side * 3.0, side * 3.0), fill=136)
    return _relief(source, small, side, tile.reduce(4))


def tiles(source: StyleInput) -> Image.Image:
    """Mosaic: small stones with dark joints."""
    small, side = _cells(source, 90, 64)
    tile = Image.new("L", (side, side), 134)
    pen = ImageDraw.Draw(tile)
    pen.line((0, side - 1, side - 1, side - 1, side - 1, 0), fill=52, width=max(1, side // 7))
    pen.line((0, 0, side - 2, 0), fill=164)
    return _relief(source, small, side, tile)


def stitches(source: StyleInput) -> Image.Image:
    """Embroidery: short slanted threads in rows, on cloth."""
    small, side = _cells(source, 150, 28)
    height, width = max(4, side * 2), max(4, side * 2)
    tile = Image.new("L", (width * 4, height * 4), 92)
    pen = ImageDraw.Draw(tile)
    for column in range(-1, 3):
        x = column * width * 2
        pen.line((x, height * 4, x + width * 1.5, -2), fill=156, width=round(width * 1.35))
        pen.line((x + width * 0.2, height * 4, x + width * 1.7, -2), fill=182, width=max(2, round(width * 0.35)))
    tile = tile.resize((width, height), Image.Resampling.BOX)
    turned = Image.new("L", (width, height * 2))
    turned.paste(tile, (0, 0))
    turned.paste(tile.transpose(Image.Transpose.FLIP_LEFT_RIGHT), (0, height))
    return _relief(source, small, side, turned)


def old_console(source: StyleInput) -> Image.Image:
    """An early console: coarse pixels, 32 levels a channel, an ordered dither."""
    side = max(2, round(source.unit / 260 * source.force))
    size = -(-source.picture.width // side), -(-source.picture.height // side)
    small = ImageEnhance.Color(source.picture.resize(size, Image.Resampling.NEAREST)).enhance(0.85)
    pattern = Image.new("L", (4, 4))
    pattern.putdata([0, 8, 2, 10, 12, 4, 14, 6, 3, 11, 1, 9, 15, 7, 13, 5])
    shift = tiled(pattern.point([v * 2 for v in range(256)]), size)
    dithered = ImageChops.add(small, Image.merge("RGB", (shift, shift, shift)), 1, -14)
    step = 32 if source.scale > 1.5 else 24
    coarse = dithered.point([min(255, v // step * step + step // 2) for v in range(256)] * 3)
    return _enlarged(coarse, side, source.picture.size)


def voxels(source: StyleInput) -> Image.Image:
    """Cubes seen from above a corner: each has a light top and two darker sides."""
    side = max(6.0, source.unit / 62 * source.force)
    rise, across = side * 0.5, side
    columns, rows = int(source.picture.width / across) + 2, int(source.picture.height / (rise * 1.5)) + 3
    small = ImageEnhance.Color(source.picture).enhance(1.15).resize((columns, rows), Image.Resampling.BOX)
    canvas = Image.new("RGB", source.picture.size)
    pen = ImageDraw.Draw(canvas)
    for row in range(rows):
        for column in range(columns):
            pixel = small.getpixel((column, row))
            colour = (pixel[0], pixel[1], pixel[2]) if isinstance(pixel, tuple) else (0, 0, 0)
            x = (column + (row % 2) * 0.5 - 0.5) * across
            _cube(pen, (x, row * rise * 1.5 - rise), (across / 2, rise), colour)
    return canvas


def _cube(pen: ImageDraw.ImageDraw, top: tuple[float, float], size: tuple[float, float], colour: Colour) -> None:
    (x, y), (half, rise) = top, size
    left, right, middle = x - half, x + half, y + rise
    pen.polygon(
        [(x, y), (right, y + rise / 2), (x, middle), (left, y + rise / 2)], fill=mix(colour, (255, 255, 255), 0.22)
    )
    pen.polygon([(left, y + rise / 2), (x, middle), (x, middle + rise), (left, y + rise * 1.5)], fill=colour)
    pen.polygon(
        [(right, y + rise / 2), (x, middle), (x, middle + rise), (right, y + rise * 1.5)],
        fill=mix(colour, (10, 10, 40), 0.3),
    )
