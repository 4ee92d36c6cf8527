"""Preview: a small JPEG of an unfinished image, computed from its latents."""

from __future__ import annotations

from io import BytesIO
from typing import Any

import numpy as np
from PIL import Image

LONGEST_SIDE = 192
QUALITY = 70
_COLOURS = np.array(
    [
        [0.3651, 0.4232, 0.4341],
        [-0.2533, -0.0042, 0.1068],
        [0.1076, 0.1111, -0.0362],
        [-0.3165, -0.2492, -0.2188],
    ],
    dtype=np.float32,
)
"""How much red, green and blue each channel of SDXL's latents means; known to all programs that show previews."""
_GREY = np.array([0.1084, -0.0175, -0.0011], dtype=np.float32)


def preview(latents: Any) -> bytes:
    """Return a JPEG of the first of these latents, a tensor of (batch, 4, height / 8, width / 8)."""
    values = latents[0].detach().float().cpu().numpy()
    colours = np.nan_to_num(values.transpose(1, 2, 0) @ _COLOURS + _GREY)
    picture = Image.fromarray((np.clip(colours / 2 + 0.5, 0, 1) * 255).astype(np.uint8))
    picture.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
    buffer = BytesIO()
    picture.save(buffer, "JPEG", quality=QUALITY)
    return buffer.getvalue()
