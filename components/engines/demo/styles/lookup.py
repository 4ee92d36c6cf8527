"""Style lookup: a LoRA's style by a word in its path, else one made from its name."""

from __future__ import annotations

import re
from collections.abc import Callable

from PIL import Image

from components.engines.demo.styles import inks, lights, mosaics
from components.engines.demo.styles.from_name import unknown
from components.engines.demo.styles.style_input import StyleInput
from components.engines.protocol import LoraRef

Style = Callable[[StyleInput], Image.Image]
"""Function that returns an image in a style, of the same size."""

STYLES: tuple[tuple[str, Style], ...] = (
    ("pixel 8-bit 8bit 16bit sprite", mosaics.pixels),
    ("voxel minecraft isometric", mosaics.voxels),
    ("lego brick", mosaics.bricks),
    ("mosaic stained tile", mosaics.tiles),
    ("ps1 low-poly lowpoly playstation n64 retro3d", mosaics.old_console),
    ("embroid stitch knit cross-stitch felt wool crochet yarn", mosaics.stitches),
    ("papercut paper-cut paper origami quilling cutout", inks.papercut),
    ("watercolor watercolour aquarelle gouache", inks.watercolour),
    ("crayon chalk pastel oilpastel", inks.crayon),
    ("coloring colouring", inks.colouring_book),
    ("manga lineani linear comic anime ink", inks.manga),
    ("sketch pencil drawing charcoal line", inks.pencil),
    ("flat vector poster tshirt t-shirt", inks.poster),
    ("logo icon minimal", inks.logo),
    ("sticker", inks.sticker),
    ("storybook story kids child fairy ghibli", lights.storybook),
    ("3d render pixar clay plastic blender", lights.clay),
    ("oil paint impasto gogh monet impression", lights.oil),
    ("noir monochrome chrome silver black-and-white bw", lights.noir),
    ("neon cyber synthwave vaporwave glow", lights.neon),
    ("gold gilded metal bronze", lights.gold),
    ("sepia daguerreotype old-photograph", lights.sepia),
    ("bokeh depth-of-field dslr", lights.shallow),
    ("film vintage analog polaroid photo cinematic kodak", lights.film),
    ("detail sharp xl-more add-detail", lights.detailed),
)
"""Words of a path and their style; the first match is used."""


def style_of(path: str) -> Style | None:
    """Return the style for the path of a LoRA, its last part first; None: no word of it is known."""
    whole = re.sub(r"[_\s]+", "-", path.lower())
    name = whole.rstrip("/").rpartition("/")[2]
    for text in (name, whole):
        for words, style in STYLES:
            if any(word in text for word in words.split()):
                return style
    return None


def styled(picture: Image.Image, things: Image.Image, loras: tuple[LoraRef, ...], seed: int) -> Image.Image:
    """Return an image in the styles of its LoRAs, each by its scale: 0 leaves every pixel unchanged.

    They are applied in the order of their names, so the order of a request's LoRAs changes nothing.
    """
    for use in sorted(loras, key=_sort_key):
        if use.scale <= 0:
            continue
        source = StyleInput(picture, things, use.path, use.scale, seed)
        style = style_of(use.path) or unknown
        picture = Image.blend(picture, style(source), min(1.0, use.scale))
    return picture


def _sort_key(use: LoraRef) -> tuple[str, float]:
    return use.path, use.scale
