"""Names of a model's layers in LoRA files: each spelling leads to one module."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

_PARTS = ("unet", "text_encoder", "text_encoder_2")
_START = re.compile(
    r"(?:base_model_model_)?"
    r"(?:(?P<text_encoder_2>(?:lora|lycoris)_te2|text_encoder_2|text_encoders_clip_g(?:_transformer)?|clip_g)_"
    r"|(?P<text_encoder>(?:lora|lycoris)_te1?|text_encoder|text_encoders_clip_l(?:_transformer)?|clip_l)_"
    r"|(?P<unet>lora_unet|lycoris(?:_unet)?|unet|(?:model_)?diffusion_model)_)?"
    r"(?:text_model_)?"
)
"""Starts of kohya, LyCORIS, PEFT, diffusers and ComfyUI; without one it is the UNet's."""
_ENDS = {
    "time_embedding.linear_1": "time_embed.0",
    "time_embedding.linear_2": "time_embed.2",
    "add_embedding.linear_1": "label_emb.0.0",
    "add_embedding.linear_2": "label_emb.0.2",
    "conv_in": "input_blocks.0.0",
    "conv_out": "out.2",
}
_RESNET = {
    "conv1": "in_layers.2",
    "time_emb_proj": "emb_layers.1",
    "conv2": "out_layers.3",
    "conv_shortcut": "skip_connection",
}
_PLACES = {"resnets": 0, "attentions": 1, "downsamplers": 0, "upsamplers": 2}
"""Within a block; each of SDXL's levels with an upsampler has attention."""


@dataclass(frozen=True, slots=True)
class Spot:
    """A module that a LoRA can change."""

    part: str
    """unet, text_encoder or text_encoder_2."""
    path: str
    """Of the module in its part."""
    shape: tuple[int, ...]
    """Of its weight."""


class LayerNames:
    """The spots of a pipeline. Make it before any LoRA is loaded: that renames modules."""

    def __init__(self, pipe: Any) -> None:
        self._spots = {part: _spots(part, getattr(pipe, part)) for part in _PARTS}

    def spot(self, layer: str) -> Spot | None:
        """Return what a layer's name, in which dots are underscores, stands for; None: nothing in this model."""
        start = _START.match(layer)
        assert start is not None, "it matches an empty start too"
        rest = layer[start.end() :].replace("_processor_", "_")
        return self._spots[start.lastgroup or "unet"].get(rest)


def _spots(part: str, model: Any) -> dict[str, Spot]:
    found: dict[str, Spot] = {}
    for path, module in model.named_modules():
        if not (hasattr(module, "in_features") or hasattr(module, "kernel_size")):
            continue
        spot = Spot(part, path, tuple(module.weight.shape))
        for name in _spellings(part, model, path):
            found[name.replace(".", "_")] = spot
    return found


def _spellings(part: str, model: Any, path: str) -> Iterator[str]:
    if part != "unet":
        yield path.removeprefix("text_model.")
        return
    for name in {path, _sgm(path, model.config.layers_per_block)}:
        yield name
        yield name.removesuffix(".0") if name.endswith("to_out.0") else name


def _sgm(path: str, layers: int) -> str:
    """Return the name of a UNet's layer in Stability's own code; `layers`: residual blocks of a level."""
    if path in _ENDS:
        return _ENDS[path]
    if path.startswith("mid_block."):
        _, sort, number, rest = path.split(".", 3)
        return f"middle_block.{1 if sort == 'attentions' else 2 * int(number)}.{_RESNET.get(rest, rest)}"
    side, level, sort, number, rest = path.split(".", 4)
    block = int(level) * (layers + 1) + (layers if sort.endswith("samplers") else int(number))
    place = f"input_blocks.{block + 1}" if side == "down_blocks" else f"output_blocks.{block}"
    return f"{place}.{_PLACES[sort]}.{_RESNET.get(rest, rest) if sort != 'downsamplers' else 'op'}"
