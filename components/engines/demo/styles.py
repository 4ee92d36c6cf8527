"""LoRAs: each is a style, found by a word in its path, or made up from its name."""

from __future__ import annotations

import re
from collections.abc import Callable

from PIL import Image

from components.engines.demo import style_inks, style_lights, style_mosaics
from components.engines.demo.style_picture import StyleInput
from components.engines.demo.style_unknown import unknown
from components.server.engine import LoraUse

Style = Callable[[StyleInput], Image.Image]
"""Give the picture in a style, of the same size."""

STYLES: tuple[tuple[str, Style], ...] = (
    ("pixel 8-bit 8bit 16bit sprite", style_mosaics.pixels),
    ("voxel minecraft isometric", style_mosaics.voxels),
    ("lego brick", style_mosaics.bricks),
    ("mosaic stained tile", style_mosaics.tiles),
    ("ps1 low-poly lowpoly playstation n64 retro3d", style_mosaics.old_console),
    ("embroid stitch knit cross-stitch felt wool crochet yarn", style_mosaics.stitches),
    ("papercut paper-cut paper origami quilling cutout", style_inks.papercut),
    ("watercolor watercolour aquarelle gouache", style_inks.watercolour),
    ("crayon chalk pastel oilpastel", style_inks.crayon),
    ("coloring colouring", style_inks.colouring_book),
    ("manga lineani linear comic anime ink", style_inks.manga),
    ("sketch pencil drawing charcoal line", style_inks.pencil),
    ("flat vector poster", style_inks.poster),
    ("logo icon minimal", style_inks.logo),
    ("sticker", style_inks.sticker),
    ("storybook story kids child fairy ghibli", style_lights.storybook),
    ("3d render pixar clay plastic blender", style_lights.clay),
    ("oil paint impasto gogh monet impression", style_lights.oil),
    ("noir monochrome black-and-white bw", style_lights.noir),
    ("neon cyber synthwave vaporwave glow", style_lights.neon),
    ("gold gilded metal bronze", style_lights.gold),
    ("sepia daguerreotype old-photograph", style_lights.sepia),
    ("bokeh depth-of-field dslr", style_lights.shallow),
    ("film vintage analog polaroid photo cinematic kodak", style_lights.film),
    ("detail sharp xl-more add-detail", style_lights.detailed),
)
"""Words found in a path and the style they mean; the first that fits is taken."""


def style_of(path: str) -> Style | None:
    """Find a known style for the path of a LoRA; its last part counts first."""
    whole = re.sub(r"[_\s]+", "-", path.lower())
    name = whole.rstrip("/").rpartition("/")[2]
    for text in (name, whole):
        for words, style in STYLES:
            if any(word in text for word in words.split()):
                return style
    return None


def styled(picture: Image.Image, things: Image.Image, loras: tuple[LoraUse, ...], seed: int) -> Image.Image:
    """Give the picture in the styles of its LoRAs, each by its scale: 0 leaves every pixel as it is.

    They are taken in the order of their names, so the order of an order's LoRAs changes nothing.
    """
    for use in sorted(loras, key=_sort_key):
        if use.scale <= 0:
            continue
        given = StyleInput(picture, things, use.path, use.scale, seed)
        style = style_of(use.path) or unknown
        picture = Image.blend(picture, style(given), min(1.0, use.scale))
    return picture


def _sort_key(use: LoraUse) -> tuple[str, float]:
    return use.path, use.scale
