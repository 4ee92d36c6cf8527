"""Paint the samples of the starter shelf: `python -m tests.paint_shelf`."""

from __future__ import annotations

import json
from io import BytesIO
from pathlib import Path
from typing import Any

from PIL import Image

from components.engines.demo.painter import DemoPainter
from components.server.engine import LoraUse, Order

FOLDER = Path(__file__).resolve().parents[1] / "assets" / "loras"
SCENE = "a fox in front of a castle on a hill, a hot air balloon"
"""One for all, so that the styles can be compared."""
SEED = 7
PAINTED, STORED = 384, 256
"""Pixels a side. Smaller, the coarse styles lose their shapes; larger, the fine ones their grain when made small."""
QUALITY = 70


def shelf() -> list[dict[str, Any]]:
    """Return what is on the shelf."""
    return json.loads((FOLDER / "shelf.json").read_text(encoding="utf-8"))


def sample(*paths: str) -> Image.Image:
    """Paint the scene with these LoRAs, as a request for it is painted, in the size of a sample."""
    loras = tuple(LoraUse(path, 1.0) for path in paths)
    painted = DemoPainter().paint(Order(SCENE, SEED, width=PAINTED, height=PAINTED, loras=loras), _quiet).image
    return painted.resize((STORED, STORED), Image.Resampling.LANCZOS)


def encoded(picture: Image.Image) -> bytes:
    """Return the file of a sample."""
    file = BytesIO()
    picture.save(file, "WEBP", quality=QUALITY, method=6)
    return file.getvalue()


def _quiet(step: int, steps: int) -> None:
    """Nobody watches."""


def main() -> None:
    """Paint every sample anew."""
    for one in shelf():
        (FOLDER / one["picture"]).write_bytes(encoded(sample(one["path"])))


if __name__ == "__main__":
    main()
