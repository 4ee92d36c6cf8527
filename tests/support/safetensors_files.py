"""Small safetensors files: a header with chosen tensors and metadata, no weights."""

from __future__ import annotations

import json
from typing import Any

KOHYA = "lora_unet_input_blocks_4_1_transformer_blocks_0_attn2_to_k"


def tensor(*shape: int, at: int = 0) -> dict[str, Any]:
    return {"dtype": "F16", "shape": list(shape), "data_offsets": [at, at + 2]}


def file(tensors: dict[str, Any], metadata: dict[str, Any] | None = None) -> bytes:
    header = {"__metadata__": metadata, **tensors} if metadata is not None else tensors
    text = json.dumps(header).encode()
    return len(text).to_bytes(8, "little") + text


def kohya(metadata: dict[str, str] | None = None, width: int = 2048, rank: int = 16) -> bytes:
    pair = {f"{KOHYA}.lora_down.weight": tensor(rank, width), f"{KOHYA}.lora_up.weight": tensor(640, rank)}
    return file({**pair, f"{KOHYA}.alpha": tensor()}, metadata or {})
