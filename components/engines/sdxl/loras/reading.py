"""Reading of a LoRA's tensors: the spots of a model that it changes, each with its factors."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from components.engines.sdxl import messages
from components.engines.sdxl.loras.deltas import Factors, change_of, is_plain
from components.engines.sdxl.loras.layer_names import LayerNames, Spot
from components.engines.sdxl.model.libraries import torch
from components.errors import EngineError
from components.loras.adapter_layers import is_complete, is_lora, layers_of
from components.loras.safetensors_header import Shape
from components.messages.message import Message

EMBEDDING = "bundle_emb."
"""Begins the names of embeddings that OneTrainer puts beside a LoRA; a word of the prompt follows."""


@dataclass(frozen=True, slots=True)
class Layer:
    """A spot, and what a LoRA has for it."""

    spot: Spot
    factors: Factors

    @property
    def alpha(self) -> float | None:
        """Return by what times the rank a plain pair is divided; None: by nothing."""
        return float(self.factors["alpha"]) if "alpha" in self.factors else None

    @property
    def pair(self) -> tuple[Any, Any]:
        """Return the pair in the shape of the layer; zeros, of rank 1, where it is no plain one."""
        outputs, inputs, *kernel = self.spot.shape
        if not is_plain(self.factors):
            return torch().zeros(1, inputs, *kernel), torch().zeros(outputs, 1, *(1 for _ in kernel))
        down, up = self.factors["down"], self.factors["up"]
        rank = down.shape[0]
        return down.reshape(rank, inputs, *kernel), up.reshape(outputs, rank, *(1 for _ in kernel))

    def check(self, weight: Any) -> None:
        """Raise EngineError where the factors do not fit the layer; `weight` is its own."""
        try:
            self.pair if is_plain(self.factors) else change_of(self.factors, weight)
        except RuntimeError as error:  # sizes that differ
            raise EngineError(messages.LORA_SHAPES) from error


def layers_in(values: Mapping[str, Any], names: LayerNames) -> list[Layer]:
    """Return the layers of a file's tensors that the model has. Raise EngineError when they are of no use."""
    layers = {name: parts for name, parts in layers_of(values).items() if is_lora(parts)}
    factors = {name: {part: _number(value) for part, value in parts.items()} for name, parts in layers.items()}
    if not all(map(is_complete, layers.values())):
        raise EngineError(messages.LORA_HALF)
    if not all(bool(torch().isfinite(value).all()) for parts in factors.values() for value in parts.values()):
        raise EngineError(messages.LORA_BROKEN)
    spots = {name: spot for name in layers if (spot := names.spot(name))}
    if not spots:
        raise EngineError(messages.LORA_NO_EFFECT)
    found = {spot: Layer(spot, factors[name]) for name, spot in spots.items()}
    if not any(_changes(layer.factors) for layer in found.values()):
        raise EngineError(messages.LORA_ZERO)
    return list(found.values())


def notes_on(shapes: Mapping[str, Shape], names: LayerNames) -> list[Message]:
    """Return what of a LoRA's file the model does not use, by the names of its tensors."""
    layers = [name for name, parts in layers_of(shapes).items() if is_lora(parts)]
    left = sum(names.spot(name) is None for name in layers)
    words = sorted({name.split(".")[1] for name in shapes if name.startswith(EMBEDDING) and name.count(".") > 1})
    notes = [messages.layers_left_out(left, len(layers))] if 0 < left < len(layers) else []
    return [*notes, messages.embeddings_left_out(words)] if words else notes


def _number(value: Any) -> Any:
    """Return a tensor that can be computed with. Raise EngineError for whole numbers, which are some own encoding."""
    if not value.is_floating_point():
        raise EngineError(messages.LORA_LAYOUT)
    return value.float() if value.element_size() == 1 else value  # nothing is computed in 8 bits


def _changes(factors: Factors) -> bool:
    """Return whether a layer's product may be other than zero."""
    return all(bool(value.any()) for part, value in factors.items() if part != "alpha") or not is_plain(factors)
