"""A model's folder as one file, under the names of Stability's own code: how checkpoints are handed around."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from components.engines.sdxl.model.libraries import library, torch

Tensors = Mapping[str, Any]
_UNET_ENDS = {
    "time_embedding.linear_1": "time_embed.0",
    "time_embedding.linear_2": "time_embed.2",
    "add_embedding.linear_1": "label_emb.0.0",
    "add_embedding.linear_2": "label_emb.0.2",
    "conv_in": "input_blocks.0.0",
    "conv_norm_out": "out.0",
    "conv_out": "out.2",
    "mid_block.attentions.0": "middle_block.1",
    "mid_block.resnets.0": "middle_block.0",
    "mid_block.resnets.1": "middle_block.2",
}
_RESNET = {
    "norm1": "in_layers.0",
    "conv1": "in_layers.2",
    "norm2": "out_layers.0",
    "conv2": "out_layers.3",
    "time_emb_proj": "emb_layers.1",
    "conv_shortcut": "skip_connection",
}
_VAE_ATTENTION = {"group_norm": "norm", "to_q": "q", "to_k": "k", "to_v": "v", "to_out.0": "proj_out"}
_CLIP = {
    "layer_norm1": "ln_1",
    "layer_norm2": "ln_2",
    "mlp.fc1": "mlp.c_fc",
    "mlp.fc2": "mlp.c_proj",
    "self_attn.out_proj": "attn.out_proj",
}


def write_single_file(folder: Path, path: Path) -> Path:
    """Write a base's or refiner's folder as one file."""
    parts = {part.name: _tensors(part) for part in folder.iterdir() if any(part.glob("*.safetensors"))}
    made = {f"model.diffusion_model.{_unet_name(name, parts['unet'])}": value for name, value in parts["unet"].items()}
    made |= {f"first_stage_model.{_vae_name(name)}": _vae_value(name, value) for name, value in parts["vae"].items()}
    has_two = "text_encoder" in parts
    if has_two:
        plain = {
            f"text_model.{name.removeprefix('text_model.')}": value for name, value in parts["text_encoder"].items()
        }
        made |= {f"conditioner.embedders.0.transformer.{name}": value for name, value in plain.items()}
    prefix = f"conditioner.embedders.{1 if has_two else 0}.model"
    made |= {f"{prefix}.{name}": value for name, value in _open_clip(parts["text_encoder_2"]).items()}
    whole = {name: value.contiguous().clone() for name, value in made.items()}
    library("safetensors.torch").save_file(whole, str(path), metadata={"format": "pt"})
    return path


def _tensors(part: Path) -> dict[str, Any]:
    [file] = part.glob("*.safetensors")
    return library("safetensors.torch").load_file(str(file))


def _unet_name(name: str, all_names: Tensors) -> str:
    if found := re.match(r"(down|up)_blocks\.(\d)\.(resnets|attentions)\.(\d)\.(.*)", name):
        side, block, kind, place, rest = found[1], int(found[2]), found[3], int(found[4]), found[5]
        number = 3 * block + place + (1 if side == "down" else 0)
        head = f"{'input' if side == 'down' else 'output'}_blocks.{number}.{0 if kind == 'resnets' else 1}"
        return f"{head}.{_of_resnet(rest) if kind == 'resnets' else rest}"
    if found := re.match(r"down_blocks\.(\d)\.downsamplers\.0\.conv\.(.*)", name):
        return f"input_blocks.{3 * int(found[1]) + 3}.0.op.{found[2]}"
    if found := re.match(r"up_blocks\.(\d)\.upsamplers\.0\.(.*)", name):
        attends = any(other.startswith(f"up_blocks.{found[1]}.attentions") for other in all_names)
        return f"output_blocks.{3 * int(found[1]) + 2}.{2 if attends else 1}.{found[2]}"
    start = next(start for start in _UNET_ENDS if name.startswith(f"{start}."))
    rest = name.removeprefix(f"{start}.")
    return f"{_UNET_ENDS[start]}.{_of_resnet(rest) if 'resnets' in start else rest}"


def _of_resnet(rest: str) -> str:
    layer, _, end = rest.rpartition(".")
    return f"{_RESNET[layer]}.{end}"


def _vae_name(name: str) -> str:
    name = name.replace("conv_shortcut", "nin_shortcut").replace("conv_norm_out", "norm_out")
    name = re.sub(r"mid_block\.resnets\.(\d)", lambda found: f"mid.block_{int(found[1]) + 1}", name)
    name = re.sub(r"down_blocks\.(\d)\.resnets\.(\d)", r"down.\1.block.\2", name)
    name = re.sub(r"down_blocks\.(\d)\.downsamplers\.0", r"down.\1.downsample", name)
    name = re.sub(r"up_blocks\.(\d)\.resnets\.(\d)", lambda found: f"up.{3 - int(found[1])}.block.{found[2]}", name)
    name = re.sub(r"up_blocks\.(\d)\.upsamplers\.0", lambda found: f"up.{3 - int(found[1])}.upsample", name)
    if found := re.match(r"(.*)mid_block\.attentions\.0\.(.*)\.(weight|bias)", name):
        return f"{found[1]}mid.attn_1.{_VAE_ATTENTION[found[2]]}.{found[3]}"
    return name


def _vae_value(name: str, value: Any) -> Any:
    """Its attention was of convolutions of one pixel."""
    is_one = "mid_block.attentions" in name and name.endswith("weight") and "group_norm" not in name
    return value[:, :, None, None] if is_one else value


def _open_clip(tensors: Tensors) -> dict[str, Any]:
    plain = {name.removeprefix("text_model."): value for name, value in tensors.items()}
    made = {
        "token_embedding.weight": plain["embeddings.token_embedding.weight"],
        "positional_embedding": plain["embeddings.position_embedding.weight"],
        "ln_final.weight": plain["final_layer_norm.weight"],
        "ln_final.bias": plain["final_layer_norm.bias"],
        "text_projection": plain["text_projection.weight"].T,
    }
    for name, value in plain.items():
        if found := re.match(r"encoder\.layers\.(\d+)\.(.*)\.(weight|bias)", name):
            stem = f"transformer.resblocks.{found[1]}"
            if found[2] in _CLIP:
                made[f"{stem}.{_CLIP[found[2]]}.{found[3]}"] = value
            elif found[2] == "self_attn.q_proj":
                thirds = [plain[name.replace("q_proj", letter)] for letter in ("q_proj", "k_proj", "v_proj")]
                made[f"{stem}.attn.in_proj_{found[3]}"] = torch().cat(thirds)
    return made


def shapes_of(path: Path) -> dict[str, list[int]]:
    """Return the shape of each tensor in a file."""
    head = path.read_bytes()
    header = json.loads(head[8 : 8 + int.from_bytes(head[:8], "little")])
    return {name: entry["shape"] for name, entry in header.items() if name != "__metadata__"}
