"""Style of an unknown LoRA: made from its name, the same each time."""

from __future__ import annotations

from PIL import Image, ImageChops, ImageOps

from components.engines.demo.brush.colours import Colour
from components.engines.demo.brush.seeded_random import seeded_random
from components.engines.demo.brush.strokes import cloudy, grain, soft_light, tempered
from components.engines.demo.styles.style_input import StyleInput, edges


def unknown(source: StyleInput) -> Image.Image:
    """Grade into three colours of the name's own, with its own texture and, for some, outlines."""
    rng = seeded_random("style", source.path)
    dark, middle, light = _tone(rng.random(), 0.16), _tone(rng.random(), 0.52), _tone(rng.random(), 0.95)
    toned = ImageOps.colorize(ImageOps.autocontrast(source.picture.convert("L")), dark, light, middle)
    picture = Image.blend(source.picture, toned, min(0.85, (0.38 + 0.2 * rng.random()) * source.force))
    small = source.picture.width // 2 + 1, source.picture.height // 2 + 1
    brush = cloudy(source.rng("brush"), small, rng.randint(20, 90), 3).resize(picture.size, Image.Resampling.BICUBIC)
    texture = brush if rng.random() < 0.5 else grain(source.rng("grain"), picture.size)
    picture = soft_light(picture, tempered(texture, 0.5 * source.force))
    if rng.random() < 0.5:
        lines = edges(source.picture, 2.4).point([round(v * 0.7) for v in range(256)])
        picture.paste(dark if rng.random() < 0.6 else light, (0, 0), lines)
    return ImageChops.blend(picture, ImageOps.autocontrast(picture, cutoff=1), 0.5)


def _tone(hue: float, light: float) -> Colour:
    """Return a colour of this hue (0 to 1) and lightness (0 to 1)."""
    wheel = [max(0.0, min(1.0, abs((hue * 6 - shift) % 6 - 3) - 1)) for shift in (0, 2, 4)]
    spread = 0.55 * (1 - abs(2 * light - 1)) + 0.12
    red, green, blue = (max(0, min(255, round(255 * (light + (part - 0.5) * spread)))) for part in wheel)
    return red, green, blue
