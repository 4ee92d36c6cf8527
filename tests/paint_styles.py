"""Paints the pictures of the prompt styles anew: `python -m tests.paint_styles`."""

from __future__ import annotations

from pathlib import Path

from PIL import Image

from components.engines.demo import DemoPainter
from components.prompt_styles import in_style, prompt_styles
from components.server.engine import Order

FOLDER = Path(__file__).resolve().parents[1] / "assets" / "styles"
PROMPT = "a castle by the lake, a red hot air balloon"
SIDE, SHOWN = 512, 192
"""Pixels: of the painting, and of the picture in the choice."""


def painted(*names: str) -> Image.Image:
    """Return the sample picture in some styles."""
    prompt, negative_prompt = in_style(PROMPT, "", names)
    order = Order(prompt=prompt, negative_prompt=negative_prompt, seed=3, width=SIDE, height=SIDE)
    return DemoPainter().paint(order, _on_step).image.resize((SHOWN, SHOWN), Image.Resampling.LANCZOS)


def _on_step(_step: int, _steps: int) -> None:
    """Nobody watches."""


def main() -> None:
    """Write one WebP file a style."""
    for name in prompt_styles():
        painted(name).save(FOLDER / f"{name}.webp", quality=72, method=6)


if __name__ == "__main__":
    main()
