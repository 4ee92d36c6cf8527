"""Styles that the prompt itself names, such as "watercolor painting"; a LoRA of the same style comes before them."""

from __future__ import annotations

import re
from functools import cache

from components.engines.demo.styles.lookup import style_of
from components.engines.protocol import LoraRef

SCALE = 0.9
"""A little less than a LoRA at its usual scale: a style in the prompt is weaker than a LoRA of it."""

PHRASES: dict[str, str] = {
    "watercolor": "watercolor watercolour aquarelle",
    "oil paint": "oil-painting",
    "crayon": "crayon-drawing chalk-drawing pastel-drawing",
    "pencil": "pencil-sketch pencil-drawing charcoal-drawing",
    "comic": "comic manga ink-drawing",
    "coloring": "coloring-page colouring-page coloring-book colouring-book",
    "storybook": "storybook picture-book",
    "stained": "stained-glass mosaic",
    "papercut": "papercut paper-cut paper-art origami",
    "embroid": "embroidery embroidered cross-stitch",
    "clay": "clay-model claymation 3d-render",
    "brick": "toy-bricks lego",
    "gilded": "gilded",
    "pixel": "pixel-art 8-bit",
    "voxel": "voxel voxel-art",
    "low-poly": "low-poly",
    "neon": "neon-outlines synthwave vaporwave",
    "vector": "vector-art flat-vector",
    "sticker": "sticker",
    "noir": "film-noir black-and-white",
    "sepia": "sepia vintage-photograph old-photograph",
    "film": "film-still cinematic",
    "bokeh": "photograph bokeh shallow-depth-of-field",
    "detail": "intricate fine-detail",
}
"""A word of the style's name in lookup.py, and the phrases in a prompt that stand for it."""


def styles_in(prompt: str, loras: tuple[LoraRef, ...]) -> tuple[LoraRef, ...]:
    """Return the styles a prompt names, in the order of the table, without those of its LoRAs."""
    brought = {style_of(use.path) for use in loras if use.scale > 0}
    named = (style for style, phrases in PHRASES.items() if _pattern(phrases).search(prompt))
    return tuple(LoraRef(style, SCALE) for style in named if style_of(style) not in brought)


def without_styles(prompt: str) -> str:
    """Return a prompt without the styles it names: a pencil sketch of a cat shows no pencil."""
    return _pattern(" ".join(PHRASES.values())).sub(" ", prompt)


@cache
def _pattern(phrases: str) -> re.Pattern[str]:
    longest_first = sorted(phrases.split(), key=len, reverse=True)
    either = "|".join(phrase.replace("-", r"[\s-]+") for phrase in longest_first)
    return re.compile(rf"\b(?:{either})\b", re.IGNORECASE)
