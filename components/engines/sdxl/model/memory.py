"""Memory modes: what of a model is on the device, chosen by its free memory before anything is put there."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from components.engines.sdxl.model.libraries import torch

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
    groups: str = ""
    """Of the computing part only a group of layers, by diffusers' name; it stays so while the process lives."""


MODES = (Memory(), Memory(tiles=True), Memory(tiles=True, offload=True))
"""Fastest first."""
IN_BLOCKS = Memory(tiles=True, groups="block_level")
IN_LAYERS = Memory(tiles=True, groups="leaf_level")
"""A layer at a time needs no more for weights than some 100 MB, and takes the longest.

diffusers could also store weights in 8 bits, which fits too; rounded so, they paint other images.
"""


def mode_for(free: int | None, parts: Iterable[int], blocks: Iterable[int]) -> Memory:
    """Return the fastest mode for a model's parts, all sizes in bytes; `free` is None where it is not known.

    `blocks`: what each part needs at once a block at a time.
    """
    sizes = [*parts]
    if free is None or free >= sum(sizes) + ROOM:
        return MODES[0]
    if free >= max(sizes, default=0) + ROOM_OF_A_PART:
        return MODES[-1]
    return IN_BLOCKS if free >= max(blocks, default=0) + ROOM_OF_A_PART else IN_LAYERS


def part_sizes(pipes: Iterable[Any], besides: str = "") -> list[int]:
    """Return the bytes of each part of some pipelines, a shared one once, and none that is on the device `besides`."""
    names = (*MAIN_PARTS, "vae")
    parts = {id(part): part for pipe in pipes for name in names if (part := getattr(pipe, name, None)) is not None}
    return [_bytes_of(part) for part in parts.values() if part.device.type != besides]


def block_sizes(pipe: Any) -> list[int]:
    """Return the bytes that each main part has on the device at once when it has a block at a time there.

    They are its largest block, and all that is in no list of blocks, which diffusers leaves there with each of them.
    """
    return [_bytes_at_once(part) for name in MAIN_PARTS if (part := getattr(pipe, name, None)) is not None]


def _bytes_at_once(part: Any) -> int:
    lists = [child for child in part.children() if isinstance(child, (torch().nn.ModuleList, torch().nn.Sequential))]
    blocks = [_bytes_of(block) for child in lists for block in child]
    return _bytes_of(part) - sum(blocks) + max(blocks, default=0)


def _bytes_of(part: Any) -> int:
    return sum(value.numel() * value.element_size() for value in part.parameters())
