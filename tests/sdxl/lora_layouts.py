"""One small LoRA under the names of every trainer and program, and LoRAs of other makes with what they change."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from components.engines.sdxl.model.libraries import torch
from tests.sdxl.lora_files import Tensors, peft, to_kohya, to_sgm

BLOCK = "up_blocks.0.attentions.0.transformer_blocks.0"
CONV = "down_blocks.0.resnets.0.conv1"
KOHYA = "lora_unet_" + f"{BLOCK}.attn1.to_q".replace(".", "_")
KOHYA_CONV = "lora_unet_input_blocks_1_0_in_layers_2"
_LOHA: tuple[str, ...] = ("hada_w1_a", "hada_w1_b", "hada_w2_a", "hada_w2_b")


def small(pipe: Any) -> dict[str, Any]:
    """Return a LoRA of one block of the UNet and of both text encoders."""
    return {name: value for name, value in peft(pipe, text=True).items() if BLOCK in name or name.startswith("text")}


def draw(*sides: int, seed: int = 3) -> Any:
    return torch().randn(*sides, generator=torch().Generator().manual_seed(seed + sum(sides))) * 0.2


def _renamed(*pairs: tuple[str, str]) -> Callable[[Tensors], Tensors]:
    def rename(tensors: Tensors) -> Tensors:
        for old, new in pairs:
            tensors = {re.sub(old, new, name): value for name, value in tensors.items()}
        return tensors

    return rename


def _alphas(change: Callable[[Any], Any]) -> Callable[[Tensors], Tensors]:
    def changed(tensors: Tensors) -> Tensors:
        made = to_sgm(to_kohya(tensors))
        return {name: change(value) if name.endswith(".alpha") else value for name, value in made.items()}

    return changed


def _comfy(tensors: Tensors) -> Tensors:
    """Return it with the names of ComfyUI's own models."""
    encoders = [
        (r"^text_encoder\.", "text_encoders.clip_l.transformer."),
        (r"^text_encoder_2\.", "text_encoders.clip_g.transformer."),
    ]
    unet = [(r"^unet\.up_blocks\.0\.attentions\.0\.", "diffusion_model.output_blocks.0.1.")]
    halves = [("lora_A", "lora_down"), ("lora_B", "lora_up")]
    return _renamed(*encoders, *unet, *halves)(tensors)


def _only_unet(layout: Callable[[Tensors], Tensors]) -> Callable[[Tensors], Tensors]:
    """Return a layout of files that have the UNet alone."""

    def renamed(tensors: Tensors) -> Tensors:
        return layout({name: value for name, value in tensors.items() if name.startswith("unet")})

    return renamed


def _with(tensors: Tensors, **more: Any) -> Tensors:
    return {**to_sgm(to_kohya(tensors)), **more}


WHOLE: dict[str, Callable[[Tensors], Tensors]] = {
    "kohya": to_kohya,
    "kohya_sgm": lambda tensors: to_sgm(to_kohya(tensors)),
    "kohya_mixed_names": lambda tensors: {**to_sgm(to_kohya(tensors)), **dict(list(to_kohya(tensors).items())[:3])},
    "alpha_in_a_list": _alphas(lambda alpha: alpha.reshape(1)),
    "alpha_bf16": _alphas(lambda alpha: alpha.bfloat16()),
    "alpha_f64": _alphas(lambda alpha: alpha.double()),
    "without_alpha": lambda tensors: {name: value for name, value in to_kohya(tensors).items() if "alpha" not in name},
    "diffusers_lora_down": _renamed(("lora_A", "lora.down"), ("lora_B", "lora.up")),
    "diffusers_linear_layer": _renamed(("lora_A", "lora_linear_layer.down"), ("lora_B", "lora_linear_layer.up")),
    "dots_and_kohya_halves": _renamed(("lora_A", "lora_down"), ("lora_B", "lora_up")),
    "adapter_named_default": _renamed((r"\.weight$", ".default.weight")),
    "adapter_model": _renamed((r"^", "base_model.model.")),
    "comfy": _comfy,
    "onetrainer_with_embeddings": lambda tensors: _with(
        tensors, **{"bundle_emb.word.clip_l": draw(1, 32), "bundle_emb.word.clip_g": draw(1, 64)}
    ),
    "a_stray_tensor": lambda tensors: _with(tensors, __note=draw(1)),
}
UNET: dict[str, Callable[[Tensors], Tensors]] = {
    name: _only_unet(layout)
    for name, layout in {
        "adapter_model_without_part": _renamed((r"^unet\.", "base_model.model.")),
        "no_prefix": _renamed((r"^unet\.", "")),
        "lycoris": lambda tensors: _renamed(("^lora_unet_", "lycoris_"))(to_kohya(tensors)),
        "old_processor": _renamed(
            (r"\.to_(q|k|v)\.lora_A", r".processor.to_\1_lora.down"),
            (r"\.to_(q|k|v)\.lora_B", r".processor.to_\1_lora.up"),
            (r"\.to_out\.0\.lora_A", ".processor.to_out_lora.down"),
            (r"\.to_out\.0\.lora_B", ".processor.to_out_lora.up"),
        ),
        "alpha_beside_lora_down": lambda tensors: {
            **_renamed(("lora_A", "lora.down"), ("lora_B", "lora.up"))(tensors),
            **{name.replace("lora_A.weight", "alpha"): torch().tensor(4.0) for name in tensors if "lora_A" in name},
        },
    }.items()
}
"""Layouts of the same LoRA: of all its parts, and of the UNet alone."""

Made = tuple[dict[str, Any], str, Any]
"""Tensors, the module that they change, and by what."""


def others(pipe: Any) -> dict[str, Made]:
    """Return LoRAs of other makes, each for one module, with the change by the definition of the make."""
    line = pipe.unet.get_submodule(f"{BLOCK}.attn1.to_q")
    rows, columns = line.weight.shape
    down, up = draw(4, columns), draw(rows, 4)
    pair = {f"{KOHYA}.lora_down.weight": down, f"{KOHYA}.lora_up.weight": up, f"{KOHYA}.alpha": torch().tensor(2.0)}
    changed = line.weight + up @ down / 2
    return {
        "kohya_alpha": (pair, f"{BLOCK}.attn1.to_q", up @ down / 2),
        **_doras(line.weight, changed, pair),
        **_lycoris(rows, columns),
        **_convolutions(pipe.unet.get_submodule(CONV)),
    }


def _doras(weight: Any, changed: Any, pair: Tensors) -> dict[str, Made]:
    path, rows, columns = f"{BLOCK}.attn1.to_q", *weight.shape
    outputs, inputs = draw(rows, 1).abs() + 1, draw(1, columns).abs() + 1
    by_outputs = outputs * changed / changed.norm(dim=1, keepdim=True) - weight
    by_inputs = inputs * changed / changed.norm(dim=0, keepdim=True) - weight
    halves = [pair[f"{KOHYA}.lora_down.weight"], pair[f"{KOHYA}.lora_up.weight"] / 2]
    own = {f"unet.{path}.lora_{half}.weight": value for half, value in zip("AB", halves, strict=True)}
    return {
        "dora_kohya": ({**pair, f"{KOHYA}.dora_scale": outputs}, path, by_outputs),
        "dora_of_inputs": ({**pair, f"{KOHYA}.dora_scale": inputs}, path, by_inputs),
        "dora_peft": ({**own, f"unet.{path}.lora_magnitude_vector": outputs[:, 0]}, path, by_outputs),
    }


def _lycoris(rows: int, columns: int) -> dict[str, Made]:
    path, alpha = f"{BLOCK}.attn1.to_q", {f"{KOHYA}.alpha": torch().tensor(1.0)}
    a, b, c, d = draw(rows, 2), draw(2, columns), draw(rows, 2, seed=8), draw(2, columns, seed=9)
    loha = dict(zip(_LOHA, (a, b, c, d), strict=True))
    one, left, right = draw(2, 4), draw(rows // 2, 2), draw(2, columns // 4)
    whole = draw(rows // 2, columns // 4)

    def named(parts: Tensors) -> dict[str, Any]:
        return {f"{KOHYA}.{part}": value for part, value in parts.items()} | alpha

    return {
        "loha": (named(loha), path, (a @ b) * (c @ d) / 2),
        "lokr": (
            named({"lokr_w1": one, "lokr_w2_a": left, "lokr_w2_b": right}),
            path,
            torch().kron(one, left @ right) / 2,
        ),
        "lokr_whole": (named({"lokr_w1": one, "lokr_w2": whole}), path, torch().kron(one, whole)),
    }


def _convolutions(layer: Any) -> dict[str, Made]:
    rows, columns = layer.weight.shape[:2]
    down, middle, up = draw(4, columns, 1, 1), draw(4, 4, 3, 3), draw(rows, 4, 1, 1)
    parts = {"lora_down.weight": down, "lora_mid.weight": middle, "lora_up.weight": up}
    tucker = sum(
        up[:, one, 0, 0][:, None, None, None] * middle[one, two] * down[two, :, 0, 0][None, :, None, None]
        for one in range(4)
        for two in range(4)
    )
    core, out, inner, other = draw(3, 3, 3, 3), draw(3, rows), draw(3, columns), draw(rows, 2)
    flat = draw(2, columns * 9)
    first = torch().einsum("ijkl,ip,jr->prkl", core, out, inner)
    halves = {f"hada_w{number}_{half}": value for number in (1, 2) for half, value in (("a", out), ("b", inner))}
    loha = {"hada_t1": core, "hada_t2": core, **halves}
    return {
        "tucker": ({f"{KOHYA_CONV}.{part}": value for part, value in parts.items()}, CONV, tucker),
        "loha_tucker": ({f"{KOHYA_CONV}.{part}": value for part, value in loha.items()}, CONV, first * first),
        "loha_conv": (
            {f"{KOHYA_CONV}.{part}": value for part, value in zip(_LOHA, (other, flat) * 2, strict=True)},
            CONV,
            ((other @ flat) ** 2).reshape(layer.weight.shape),
        ),
    }
