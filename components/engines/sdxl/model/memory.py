"""Memory modes: what of a model is on the device, chosen by its free memory before anything is put there."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

_GIBIBYTE = 1 << 30
ROOM = 3 * _GIBIBYTE
"""Bytes beside the weights: what steps and tiles compute with, LoRAs, and the libraries' own. With the 6.6 GiB of SDXL
in half precision the model is on the device as a whole from about 10 GB on.
"""
ROOM_OF_A_PART = _GIBIBYTE
"""Bytes beside the largest part while it computes."""
MAIN_PARTS = ("unet", "text_encoder", "text_encoder_2")
"""All but the VAE, which is small, and with which the decoder deals."""


@dataclass(frozen=True, slots=True)
class Memory:
    """Mode of saving memory."""

    tiles: bool = False
    """Encode and decode images in tiles."""
    offload: bool = False
    """Keep only the computing part on the GPU."""
    blocks: bool = False
    """Of the computing part only the block that computes; it stays so while the process lives."""


MODES = (Memory(), Memory(tiles=True), Memory(tiles=True, offload=True))
"""Fastest first."""
IN_BLOCKS = Memory(tiles=True, blocks=True)


def mode_for(free: int | None, parts: Iterable[int]) -> Memory:
    """Return the fastest mode for a model's parts, all sizes in bytes; `free` is None where it is not known."""
    sizes = [*parts]
    if free is None or free >= sum(sizes) + ROOM:
        return MODES[0]
    return MODES[-1] if free >= max(sizes, default=0) + ROOM_OF_A_PART else IN_BLOCKS


def part_sizes(pipes: Iterable[Any], besides: str = "") -> list[int]:
    """Return the bytes of each part of some pipelines, a shared one once, and none that is on the device `besides`."""
    names = (*MAIN_PARTS, "vae")
    parts = {id(part): part for pipe in pipes for name in names if (part := getattr(pipe, name, None)) is not None}
    left = [part for part in parts.values() if part.device.type != besides]
    return [sum(value.numel() * value.element_size() for value in part.parameters()) for part in left]
