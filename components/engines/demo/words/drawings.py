"""Drawings: the images of assets/drawings and their index, read at the first use."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from PIL import Image

FOLDER = Path(__file__).resolve().parents[4] / "assets" / "drawings"


@dataclass(frozen=True, slots=True)
class Drawing:
    """One thing that can be painted."""

    name: str
    """Also the name of its file, without `.webp`."""
    at: str
    """Position: ground, hill, tree, plant, sky, air, low, water, deep, table, or worn: hat, face,
    neck, held."""
    size: float
    """Height in a scene as a share of the image's, as in a children's book: not to scale."""
    home: str
    """Place for a prompt that names none."""
    words: tuple[str, ...]
    emoji: str
    """Empty: none."""


@lru_cache(maxsize=1)
def catalogue() -> dict[str, Drawing]:
    """Return all drawings by name, in the order of the index."""
    entries = json.loads((FOLDER / "index.json").read_text(encoding="utf-8"))
    return {
        entry["name"]: Drawing(
            name=entry["name"],
            at=entry["at"],
            size=entry["size"],
            home=entry["home"],
            words=tuple(entry["words"]),
            emoji=entry["emoji"],
        )
        for entry in entries
    }


@lru_cache(maxsize=96)
def picture(name: str) -> Image.Image:
    """Return a drawing as RGBA, cropped to its edges. The image is cached: copy it before a change."""
    with Image.open(FOLDER / f"{name}.webp") as opened:
        return opened.convert("RGBA")
