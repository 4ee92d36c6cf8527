"""Draws the icons and the picture of a shared link from the shapes of `icon.svg` and the examples' pictures.

`python -m tests.tools.draw_icons` writes them to `assets/icons`, whose files are committed.
"""

from __future__ import annotations

from PIL import Image, ImageDraw, ImageFont

from tests.support.paths import ASSETS

ICONS = ASSETS / "icons"
INDIGO, SUN, SNOW, SHADE, NIGHT = "#4f46e5", "#fde68a", "#ffffff", "#c7d2fe", "#0b0d12"
MOUNTAINS = [(8, 50), (24, 26), (35, 41), (42, 32), (56, 50)]
CAP = [(24, 26), (31, 35.5), (27, 34), (24, 38), (21, 34), (17, 35.5)]
UNITS = 64
"""Width of the drawing in the units of `icon.svg`."""
FINER = 4
"""Pixels that are drawn for one that is kept, along each side."""
SHARED = ("fox", "castle", "moon-ride", "robot")
SHARE_SIZE = (1200, 630)
FONT = "DejaVuSans-Bold.ttf"


def icon(side: int, *, is_maskable: bool = False) -> Image.Image:
    """Return the icon as a square; a maskable one fills it and leaves a margin that systems may cut off."""
    pixels = side * FINER
    image = Image.new("RGBA", (pixels, pixels), INDIGO if is_maskable else (0, 0, 0, 0))
    draw = ImageDraw.Draw(image)
    share = 0.8 if is_maskable else 1.0
    unit, margin = pixels * share / UNITS, pixels * (1 - share) / 2

    def placed(points: list[tuple[float, float]]) -> list[tuple[float, float]]:
        return [(margin + x * unit, margin + y * unit) for x, y in points]

    if not is_maskable:
        draw.rounded_rectangle((0, 0, pixels - 1, pixels - 1), 14 * unit, fill=INDIGO)
    draw.ellipse(placed([(38, 14), (50, 26)]), fill=SUN)
    draw.polygon(placed([(x, y) for x, y in MOUNTAINS]), fill=SNOW)
    draw.polygon(placed(list(CAP)), fill=SHADE)
    return image.resize((side, side), Image.Resampling.LANCZOS)


def share_picture(title: str, line: str) -> Image.Image:
    """Return the picture of a shared link: title, one line, and a row of pictures."""
    image = Image.new("RGB", SHARE_SIZE, NIGHT)
    mark = icon(96)
    image.paste(mark, (64, 64), mark)
    draw = ImageDraw.Draw(image)
    draw.text((184, 60), title, font=ImageFont.truetype(FONT, 58), fill="#eceef2")
    draw.text((186, 134), line, font=ImageFont.truetype(FONT.replace("-Bold", ""), 28), fill="#a3a9b6")
    side, gap = 256, 16
    for place, name in enumerate(SHARED):
        picture = Image.open(ASSETS / "examples" / f"{name}.webp").convert("RGB").resize((side, side))
        shape = Image.new("L", (side, side), 0)
        ImageDraw.Draw(shape).rounded_rectangle((0, 0, side - 1, side - 1), 20, fill=255)
        image.paste(picture, (64 + place * (side + gap), 270), shape)
    return image


def main() -> None:
    """Write all files."""
    icon(192).save(ICONS / "icon-192.png", optimize=True)
    icon(512).save(ICONS / "icon-512.png", optimize=True)
    icon(512, is_maskable=True).save(ICONS / "maskable-512.png", optimize=True)
    # Without transparency, which iOS fills with black.
    icon(180, is_maskable=True).convert("RGB").save(ICONS / "apple-touch-icon.png", optimize=True)
    share = share_picture("SDXL LoRA Playground", "Describe a picture, add styles and LoRAs, and watch it appear.")
    share.save(ICONS / "share.jpg", quality=85, optimize=True)


if __name__ == "__main__":
    main()
