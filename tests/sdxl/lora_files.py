"""LoRA files as they are really met, made for the tiny SDXL: every format that loads, and every one that must not."""

from __future__ import annotations

import re
import struct
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from components.engines.sdxl.model.libraries import library, torch
from tests.sdxl.tiny_sdxl import Tiny

Tensors = Mapping[str, Any]
_KOHYA = {"unet": "lora_unet_", "text_encoder": "lora_te1_", "text_encoder_2": "lora_te2_"}
_ATTENTION = ("to_q", "to_k", "to_v", "to_out.0")
_WORDS = ("q_proj", "k_proj", "v_proj", "out_proj")


def make_all(folder: Path, tiny: Tiny) -> Path:
    """Write them all; a file's name says what it is."""
    pipe = library("diffusers").StableDiffusionXLPipeline.from_pretrained(str(tiny.base), add_watermarker=False)
    plain, other, words = peft(pipe), peft(pipe, seed=2, rank=8), peft(pipe, text=True)
    for name, tensors in {**good(plain, other, words), **bad(plain)}.items():
        write(folder / f"{name}.safetensors", tensors)
    write_broken(folder, plain)
    return folder


def good(plain: Tensors, other: Tensors, words: Tensors) -> dict[str, Tensors]:
    sgm = to_sgm(to_kohya(plain))
    return {
        "peft": plain,
        "peft_rank8": other,
        "peft_text": words,
        "kohya_names": to_kohya(plain),
        "kohya_sgm": sgm,
        "kohya_sgm_alpha1": to_sgm(to_kohya(plain, alpha=1)),
        "kohya_sgm_text": to_sgm(to_kohya(words)),
        "locon": {**sgm, **convolution()},
        "mixed_rank": mixed_rank(plain),
        "dora": {**sgm, **{name.replace("lora_up.weight", "dora_scale"): ones(sgm[name]) for name in ups(sgm)}},
        "loha": loha(sgm),
    }


def bad(plain: Tensors) -> dict[str, Tensors]:
    sgm = to_sgm(to_kohya(plain))
    wrong = {name: doubled(value) if name.endswith("lora_A.weight") else value for name, value in plain.items()}
    first = next(iter(plain))
    return {
        "lokr_half": {name.replace("lora_up.weight", "lokr_w1"): sgm[name] for name in ups(sgm)},
        "sd15": sd15(),
        "flux_kohya": kohya_pair("lora_unet_double_blocks_0_img_attn_proj", 3072),
        "flux_peft": peft_pair("transformer.single_transformer_blocks.0.attn.to_q", 3072),
        "sd3_peft": peft_pair("transformer.transformer_blocks.0.attn.to_q", 1536),
        "wrong_sizes": wrong,
        "wrong_sizes_self": {name: value for name, value in wrong.items() if ".attn1." in name},
        "half_pair": {name: value for name, value in plain.items() if "lora_A" in name},
        "whole_model": {"model.diffusion_model.input_blocks.0.0.weight": torch().randn(8, 4, 3, 3)},
        "nan": {**plain, first: torch().full_like(plain[first], float("nan"))},
        "zeros": {name: value * 0 if "lora_B" in name else value for name, value in plain.items()},
        "unknown_names": peft_pair("some.other.to_q", 16),
        "elsewhere": peft_pair("unet.no_such_block.0.attn1.to_q", 16),
    }


def write_broken(folder: Path, plain: Tensors) -> None:
    """What is no safetensors file at all."""
    torch().save(dict(plain), folder / "pickle.pt")
    (folder / "pickled.safetensors").write_bytes((folder / "pickle.pt").read_bytes())
    whole = (folder / "peft.safetensors").read_bytes()
    (folder / "truncated.safetensors").write_bytes(whole[: len(whole) // 2])
    (folder / "unknown_type.safetensors").write_bytes(whole.replace(b'"F32"', b'"F99"'))
    (folder / "short_by_one.safetensors").write_bytes(whole[:-1])
    (folder / "page.safetensors").write_text("<!DOCTYPE html><html><body>404</body></html>" * 20)
    (folder / "empty.safetensors").write_bytes(b"")
    (folder / "huge_header.safetensors").write_bytes(struct.pack("<Q", 1 << 60) + b"{}")
    (folder / "pointer.safetensors").write_text("version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 1\n")


def write(path: Path, tensors: Tensors) -> None:
    whole = {name: value.contiguous().clone() for name, value in tensors.items()}
    library("safetensors.torch").save_file(whole, str(path), metadata={"format": "pt"})


def peft(pipe: Any, *, seed: int = 1, rank: int = 4, text: bool = False) -> dict[str, Any]:
    """A LoRA as diffusers' own training scripts write it."""
    draw = torch().Generator().manual_seed(seed)
    models = [("unet", pipe.unet, _ATTENTION)]
    if text:
        models += [("text_encoder", pipe.text_encoder, _WORDS), ("text_encoder_2", pipe.text_encoder_2, _WORDS)]
    made: dict[str, Any] = {}
    for part, model, endings in models:
        for name, module in model.named_modules():
            if not name.endswith(endings) or (part == "unet" and ".attn" not in name):
                continue
            full = name if part == "unet" or name.startswith("text_model.") else f"text_model.{name}"
            made[f"{part}.{full}.lora_A.weight"] = torch().randn(rank, module.in_features, generator=draw) * 0.3
            made[f"{part}.{full}.lora_B.weight"] = torch().randn(module.out_features, rank, generator=draw) * 0.3
    return made


def to_kohya(tensors: Tensors, alpha: float | None = None) -> dict[str, Any]:
    """The same LoRA under the names of kohya's scripts, diffusers' blocks in them."""
    made: dict[str, Any] = {}
    for name, value in tensors.items():
        module, half = name.rsplit(".lora_", 1)
        part, path = module.split(".", 1)
        stem = _KOHYA[part] + path.replace(".", "_")
        made[f"{stem}.lora_down.weight" if half.startswith("A") else f"{stem}.lora_up.weight"] = value
        rank = value.shape[0] if half.startswith("A") else value.shape[1]
        made[f"{stem}.alpha"] = torch().tensor(float(rank if alpha is None else alpha))
    return made


def to_sgm(tensors: Tensors) -> dict[str, Any]:
    """The same under the block names of Stability's own code, as most files of Civitai have them."""
    return {_sgm_name(name): value for name, value in tensors.items()}


def _sgm_name(name: str) -> str:
    if found := re.match(r"lora_unet_(down|up)_blocks_(\d)_attentions_(\d)_(.*)", name):
        side, block, attention = found[1], int(found[2]), int(found[3])
        number = 3 * block + attention + (1 if side == "down" else 0)
        return f"lora_unet_{'input' if side == 'down' else 'output'}_blocks_{number}_1_{found[4]}"
    if found := re.match(r"lora_unet_mid_block_attentions_0_(.*)", name):
        return f"lora_unet_middle_block_1_{found[1]}"
    return name


def ups(tensors: Tensors) -> list[str]:
    return [name for name in tensors if name.endswith("lora_up.weight")]


def ones(value: Any) -> Any:
    return torch().ones(value.shape[0], 1)


def doubled(value: Any) -> Any:
    return torch().randn(value.shape[0], value.shape[1] * 2)


def convolution() -> dict[str, Any]:
    stem, draw = "lora_unet_input_blocks_1_0_in_layers_2", torch().Generator().manual_seed(5)
    return {
        f"{stem}.lora_down.weight": torch().randn(4, 8, 3, 3, generator=draw) * 0.1,
        f"{stem}.lora_up.weight": torch().randn(8, 4, 1, 1, generator=draw) * 0.1,
        f"{stem}.alpha": torch().tensor(4.0),
    }


def mixed_rank(plain: Tensors) -> dict[str, Any]:
    down = next(name for name in plain if name.endswith("lora_A.weight"))
    up, draw = down.replace("lora_A", "lora_B"), torch().Generator().manual_seed(6)
    wider = torch().randn(8, plain[down].shape[1], generator=draw)
    return {**plain, down: wider, up: torch().randn(plain[up].shape[0], 8, generator=draw)}


def loha(sgm: Tensors) -> dict[str, Any]:
    made: dict[str, Any] = {}
    for name in ups(sgm)[:4]:
        stem = name.removesuffix(".lora_up.weight")
        rows, columns = sgm[name].shape[0], sgm[f"{stem}.lora_down.weight"].shape[1]
        made |= {f"{stem}.{half}": torch().randn(rows, 4) for half in ("hada_w1_a", "hada_w2_a")}
        made |= {f"{stem}.{half}": torch().randn(4, columns) for half in ("hada_w1_b", "hada_w2_b")}
    return made


def sd15() -> dict[str, Any]:
    stem = "lora_unet_down_blocks_0_attentions_0_transformer_blocks_0_"
    words = {f"{stem}attn2_to_k.lora_down.weight": torch().randn(4, 768)}
    return {**kohya_pair(f"{stem}attn1_to_q", 320), **words, f"{stem}attn2_to_k.lora_up.weight": torch().randn(320, 4)}


def kohya_pair(stem: str, width: int) -> dict[str, Any]:
    down, up = torch().randn(4, width), torch().randn(width, 4)
    return {f"{stem}.lora_down.weight": down, f"{stem}.lora_up.weight": up, f"{stem}.alpha": torch().tensor(4.0)}


def peft_pair(stem: str, width: int) -> dict[str, Any]:
    return {f"{stem}.lora_A.weight": torch().randn(4, width), f"{stem}.lora_B.weight": torch().randn(width, 4)}
