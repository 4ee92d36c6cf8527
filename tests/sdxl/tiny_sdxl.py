"""A tiny random SDXL with the true block structure: base and refiner, as folders.

Made from the configuration that ships with the engine, with small numbers put into it. No real weight is needed.
"""

from __future__ import annotations

import json
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from components.engines.sdxl.model.libraries import library, torch
from components.engines.sdxl.model.loader import quiet
from components.engines.sdxl.model.tokenizer_files import CONFIG, write_vocabulary

WORDS = 514
CROSS = 96
"""The width of the base's words, as 2048 is that of the real one."""
_TEXT = {
    "vocab_size": WORDS,
    "bos_token_id": 512,
    "eos_token_id": 513,
    "num_attention_heads": 4,
    "num_hidden_layers": 3,
}
SMALL: dict[str, dict[str, Any]] = {
    "text_encoder": {**_TEXT, "hidden_size": 32, "intermediate_size": 64, "projection_dim": 32},
    "text_encoder_2": {**_TEXT, "hidden_size": 64, "intermediate_size": 128, "projection_dim": 64},
    "vae": {"block_out_channels": [8, 8, 16, 16], "layers_per_block": 1, "norm_num_groups": 4, "sample_size": 64},
}
_UNET = {"sample_size": 8, "norm_num_groups": 4, "addition_time_embed_dim": 8}
UNETS: dict[str, dict[str, Any]] = {
    "base": {
        **_UNET,
        "block_out_channels": [8, 16, 32],
        "transformer_layers_per_block": [1, 1, 2],
        "attention_head_dim": [2, 2, 4],
        "cross_attention_dim": CROSS,
        "projection_class_embeddings_input_dim": 6 * 8 + 64,
    },
    "refiner": {
        **_UNET,
        "block_out_channels": [8, 16, 16, 16],
        "transformer_layers_per_block": 1,
        "attention_head_dim": [2, 2, 2, 2],
        "cross_attention_dim": 64,
        "projection_class_embeddings_input_dim": 5 * 8 + 64,
    },
}


@dataclass(frozen=True, slots=True)
class Tiny:
    """Where the model lies."""

    base: Path
    refiner: Path


def configure(part: str, folder: Path) -> Path:
    """Lay out the tiny model's configuration, as the engine does the real one's."""
    for path in (CONFIG / part).rglob("*.json"):
        told = json.loads(path.read_text())
        told |= SMALL.get(path.parent.name, {}) | (UNETS[part] if path.parent.name == "unet" else {})
        landing = folder / path.relative_to(CONFIG / part)
        landing.parent.mkdir(parents=True, exist_ok=True)
        landing.write_text(json.dumps(told))
    for tokenizer in folder.glob("tokenizer*"):
        write_vocabulary(tokenizer, [])
    return folder


def build(root: Path) -> Tiny:
    """Make it; always the same."""
    quiet()
    torch().manual_seed(0)
    tiny = Tiny(root / "base", root / "refiner")
    shared: dict[str, Any] = {}
    for part, folder in (("base", tiny.base), ("refiner", tiny.refiner)):
        configure(part, folder)
        made = {name: _made(part, folder, name) for name in _models(folder) if name not in shared}
        for name, model in {**shared, **made}.items():
            if name in _models(folder):
                model.save_pretrained(folder / name)
        shared |= {name: made[name] for name in ("vae", "text_encoder_2") if name in made}
    return tiny


def nine_channels(base: Path, folder: Path) -> Path:
    """Write a base whose UNet was made to fill masks: of the masked image and the mask it takes five channels more."""
    shutil.copytree(base, folder)
    config = json.loads((folder / "unet" / "config.json").read_text()) | {"in_channels": 9}
    shutil.rmtree(folder / "unet")
    torch().manual_seed(0)
    library("diffusers").UNet2DConditionModel.from_config(config).save_pretrained(folder / "unet")
    return folder


def _models(folder: Path) -> list[str]:
    return [path.parent.name for path in sorted(folder.glob("*/config.json"))]


def _made(part: str, folder: Path, name: str) -> Any:
    library_name, kind = json.loads((folder / "model_index.json").read_text())[name]
    build_class = getattr(library(library_name), kind)
    if library_name == "diffusers":
        return build_class.from_config(json.loads((folder / name / "config.json").read_text())).eval()
    config = library("transformers").CLIPTextConfig.from_pretrained(folder / name)
    return build_class(config).eval()
