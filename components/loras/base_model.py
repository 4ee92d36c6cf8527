"""Base model of a LoRA, by the names and sizes of the layers that it changes. Pure.

A name is returned only where it is certain: UNKNOWN may be SDXL, OTHER is certainly not. Names of layers are those of
the models' public code, as loaders list them (ComfyUI `comfy/lora.py`, diffusers `lora_conversion_utils.py`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from components.loras.adapter_layers import Parts, input_width, layers_of, widths
from components.loras.safetensors_header import BaseModelFamily, Shape

FAMILY_OF_WIDTH = {2048: BaseModelFamily.SDXL, 1024: BaseModelFamily.SD2, 768: BaseModelFamily.SD1}
"""Families by the cross-attention width: how many numbers a UNet takes for each token of a prompt."""

Layers = Mapping[str, Parts]

_UNET = re.compile(r"(?:input|output|down|up)_blocks_\d|mid(?:dle)?_block_")
_UNET_BLOCK = re.compile(
    r"(?:(?:in|out)put_blocks_\d+|middle_block|(?:down|up)_blocks_\d+|mid_block)"
    r"_(?:attentions_)?\d+_transformer_blocks_(\d+)_"
)
_CROSS_ATTENTION = re.compile(r"attn2_(?:processor_)?to_[kv](?!_ip)")
_SELF_ATTENTION = re.compile(r"attn1_(?:processor_)?to_(?:[qkv]|out_0|out)$")
_OTHER_UNET = re.compile(r"temporal|time_stack|temp_attentions|motion_modules|^lora_prior_", re.MULTILINE)
"""Layers of video models, and of Stable Cascade."""
_NOT_SDXL = re.compile(
    r"(?:in|out)put_blocks_(?:9|1[01])_|input_blocks_[12]_1_|down_blocks_(?:0_attentions|3)_|up_blocks_3_"
)
"""Blocks of the UNets of Stable Diffusion 1 and 2, which have four levels; SDXL's has three."""
_SDXL_ONLY = re.compile(r"up_blocks_0_attentions_|output_blocks_[012]_1_(?:transformer|proj)|label_emb|add_embedding")
_TWO_ENCODERS = re.compile(r"(?m)^(?:(?:lora|lycoris|oft|dora)_)?(?:te[12]|text_encoder_2)_")
_DEEPEST_OTHER = 3
"""Greatest number of a transformer block in SDXL's refiner; SDXL itself goes to 9."""
_SDXL_WIDTHS = {640, 1280}
"""Widths of SDXL's attention; those of its refiner are 768 and 1536."""

_HIDREAM = re.compile(r"(?:double|single)_stream_blocks_\d")
_AURAFLOW = re.compile(r"joint_transformer_blocks_\d|(?:double|single)_layers_\d")
_FLUX = re.compile(r"(?:double_blocks|single_blocks|single_transformer_blocks)_(\d+)_")
_HUNYUAN_VIDEO = re.compile(r"mlp_fc[12]|mod(?:ulation)?_linear|token_refiner|refiner_blocks")
_FLUX_WIDTH, _FLUX_SINGLE_BLOCKS = 3072, 38
"""Of FLUX.1. Hunyuan Video has the same names and width, and 40 blocks; FLUX.2 has more blocks of other widths."""
_SD3 = re.compile(r"joint_blocks_\d|context_block_")
_SD3_WIDTHS = {1536, 2432}
_LAYERS = re.compile(r"(?:noise|context)_refiner_|(?:\b|_)layers_\d+_(?:attention|attn|feed_forward|ada(?:LN|ln))_")
_FAMILY_OF_LAYERS_WIDTH = {3840: BaseModelFamily.Z_IMAGE, 2304: BaseModelFamily.LUMINA}
_QWEN = re.compile(r"transformer_blocks_\d+_(?:img|txt)_(?:mlp|mod)")
_TRANSFORMER_BLOCK = re.compile(r"transformer_blocks_(\d+)_")
_OLD_TRANSFORMER = re.compile(r"transformer_blocks_\d+_attn1_")
_JOINT_ATTENTION = re.compile(r"transformer_blocks_\d+_attn_")
_LAST_QWEN_BLOCKS = range(57, 60)
"""Numbers of the last blocks of Qwen-Image, which has more of its names and width than other models."""
_OTHERS = re.compile(
    r"(?m)^(?:lora_unet_|diffusion_model_|transformer_|lora_transformer_)?blocks_\d+_|cross_attn_k|^lora_te3_"
    r"|^transformer_|^lora_transformer_|^diffusion_model_layers_|(?:\b|_)model_layers_\d+_(?:self_attn|mlp)_"
)
"""Wan, Cosmos, Hunyuan-DiT, language models, and whatever else calls itself a transformer."""
_KOLORS = re.compile(r"encoder_hid_proj")
_KOLORS_SIZES = re.compile(r"(?:label_emb_0_0|add_embedding_linear_1)$")
_KOLORS_SIZES_WIDTH = 5632
"""Inputs of the embedding of sizes in Kolors, whose other layers are those of SDXL: there they are 2816."""


def base_of(shapes: Mapping[str, Shape]) -> BaseModelFamily:
    """Return the family of a LoRA's tensors; UNKNOWN where they fit several."""
    layers = layers_of(shapes)
    found = _foreign(layers) or _unet_family(layers)
    if found is BaseModelFamily.UNKNOWN and _TWO_ENCODERS.search(_lines(layers)):
        return BaseModelFamily.SDXL  # the only UNet with two text encoders
    return found


def foreign_family(shapes: Mapping[str, Shape]) -> BaseModelFamily | None:
    """Return the family whose layers no UNet of Stable Diffusion has; None: there is no such layer."""
    return _foreign(layers_of(shapes))


def cross_attention_widths(shapes: Mapping[str, Shape]) -> Iterator[int]:
    """Yield the cross-attention width of each layer of a UNet that takes a prompt's tokens, in the file's order."""
    yield from _cross_widths(layers_of(shapes))


def _foreign(layers: Layers) -> BaseModelFamily | None:
    names = _lines(layers)
    if _KOLORS.search(names) or any(_is_of_kolors(name, parts) for name, parts in layers.items()):
        return BaseModelFamily.KOLORS
    if _UNET.search(names):
        return BaseModelFamily.OTHER if _OTHER_UNET.search(names) else None
    return _transformer_family({name: parts for name, parts in layers.items() if "text_model" not in name})


def _is_of_kolors(name: str, parts: Parts) -> bool:
    return bool(_KOLORS_SIZES.search(name)) and input_width(parts) == _KOLORS_SIZES_WIDTH


def _lines(layers: Layers) -> str:
    """Return the names of the layers, one a line: one search is faster than one for each name."""
    return "\n".join(f"{name}_" for name in layers)


def _cross_widths(layers: Layers) -> Iterator[int]:
    for name, parts in layers.items():
        if "attn2" not in name or not _CROSS_ATTENTION.search(name):
            continue
        is_of_unet = name.startswith("unet_") or _UNET.search(name)
        if is_of_unet and (width := input_width(parts)):
            yield width


def _unet_family(layers: Layers) -> BaseModelFamily:
    found = set(_cross_widths(layers))
    if len(found) == 1:
        return FAMILY_OF_WIDTH.get(found.pop(), BaseModelFamily.OTHER)
    if found:
        return BaseModelFamily.UNKNOWN
    if _NOT_SDXL.search(_lines(layers)):
        return BaseModelFamily.OTHER
    return BaseModelFamily.SDXL if _is_sdxl_unet(layers) else BaseModelFamily.UNKNOWN


def _is_sdxl_unet(layers: Layers) -> bool:
    names = _lines(layers)
    if _SDXL_ONLY.search(names):
        return True
    depth = _greatest(_UNET_BLOCK, names)
    inner = {
        width
        for name, parts in layers.items()
        if "attn1" in name and _SELF_ATTENTION.search(name)
        for width in widths(parts)
    }
    if inner - _SDXL_WIDTHS:
        return False
    return depth > _DEEPEST_OTHER or (depth > 0 and bool(inner))


def _transformer_family(layers: Layers) -> BaseModelFamily | None:
    names = _lines(layers)

    def has(pattern: re.Pattern[str]) -> bool:
        return pattern.search(names) is not None

    if has(_HIDREAM):
        return BaseModelFamily.HIDREAM
    if has(_AURAFLOW):
        return BaseModelFamily.OTHER
    if has(_FLUX):
        return BaseModelFamily.OTHER if has(_HUNYUAN_VIDEO) or _has_too_many_blocks(layers) else BaseModelFamily.FLUX
    if has(_SD3):
        return BaseModelFamily.SD3
    if has(_LAYERS):
        found = [_FAMILY_OF_LAYERS_WIDTH[width] for width in _input_widths(layers) if width in _FAMILY_OF_LAYERS_WIDTH]
        return found[0] if len(set(found)) == 1 else BaseModelFamily.OTHER
    if has(_QWEN):
        return BaseModelFamily.QWEN_IMAGE
    if has(_TRANSFORMER_BLOCK):
        is_joint = has(_JOINT_ATTENTION) and not has(_OLD_TRANSFORMER)
        return _family_of_blocks(layers) if is_joint else BaseModelFamily.OTHER
    return BaseModelFamily.OTHER if has(_OTHERS) else None


def _has_too_many_blocks(layers: Layers) -> bool:
    """Return whether there are more single blocks than FLUX has at its width."""
    return _greatest(_FLUX, _lines(layers)) >= _FLUX_SINGLE_BLOCKS and _FLUX_WIDTH in _input_widths(layers)


def _family_of_blocks(layers: Layers) -> BaseModelFamily:
    """Return the family of blocks of attention, which several models name in the same way."""
    found = _input_widths(layers)
    if found & _SD3_WIDTHS:
        return BaseModelFamily.SD3
    most = _greatest(_TRANSFORMER_BLOCK, _lines(layers))
    is_qwen = _FLUX_WIDTH in found and most in _LAST_QWEN_BLOCKS
    return BaseModelFamily.QWEN_IMAGE if is_qwen else BaseModelFamily.OTHER


def _greatest(pattern: re.Pattern[str], names: str) -> int:
    """Return the greatest number of a block among the names, 0 without one."""
    return max((int(block[1][-3:]) for block in pattern.finditer(names)), default=0)


def _input_widths(layers: Layers) -> set[int]:
    return {width for parts in layers.values() if (width := input_width(parts))}
