"""LoRA adapters in memory: each file is loaded once, stays while there is room, and is switched by its weight."""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from components.engines.sdxl import messages
from components.engines.sdxl.loras.deltas import attach, is_plain
from components.engines.sdxl.loras.header_check import check_file, shapes_in
from components.engines.sdxl.loras.layer_names import LayerNames, Spot
from components.engines.sdxl.loras.reading import Layer, layers_in, notes_on
from components.engines.sdxl.model.device import is_out_of_memory
from components.engines.sdxl.model.libraries import library
from components.errors import EngineError
from components.messages.message import Message

MAX_BYTES = 2 << 30
"""Bytes of the LoRAs that stay loaded: some forty of 50 MB, or two of the largest."""


class LoadedLoras:
    """The adapters of one base pipeline. Nothing is ever fused: at weight 0 the model is exactly itself."""

    def __init__(self, pipe: Any, room: int = MAX_BYTES) -> None:
        self._pipe, self._room = pipe, room
        self._spots, self._dtype = LayerNames(pipe), pipe.unet.dtype  # asking for it walks the model
        self._sizes: OrderedDict[str, int] = OrderedDict()
        """Bytes by name, the longest unused first."""
        self._used: set[str] = set()
        """Names that were made to count last."""

    @property
    def names(self) -> list[str]:
        """Return the names of the loaded adapters."""
        return list(self._sizes)

    def use(self, files: Iterable[tuple[Path, float]]) -> None:
        """Make exactly these LoRAs count. Raise EngineError, and leave none active, for one that cannot be used."""
        self.deactivate()
        self._used = set()
        weights: dict[str, float] = {}
        for path, weight in files:
            name = self._loaded(path)
            weights[name] = weights.get(name, 0.0) + weight
        active = sorted(name for name, weight in weights.items() if weight)
        if active:  # sorted, as the order in which numbers are added shows in the last bit
            self._pipe.enable_lora()
            self._pipe.set_adapters(active, [weights[name] for name in active])

    def notes_on(self, files: Iterable[tuple[Path, float]]) -> list[Message]:
        """Return what of these LoRAs the model does not use. Raise EngineError for what is no safetensors file."""
        return [note for path, weight in files if weight for note in notes_on(shapes_in(path), self._spots)]

    def deactivate(self) -> None:
        """Make none count: for the refiner, which shares a text encoder with the base."""
        if self._sizes:
            self._pipe.disable_lora()

    def drop_unused(self) -> bool:
        """Drop the LoRAs that were not in use last; return whether there were any."""
        return self._make_room(0)

    def _loaded(self, path: Path) -> str:
        name = f"lora_{_digest(path)}"
        self._used.add(name)
        if name not in self._sizes:
            check_file(path, self._pipe.unet.config.cross_attention_dim)
            self._load(path, name)
            self._sizes[name] = path.stat().st_size
        self._sizes.move_to_end(name)
        self._make_room(self._room)
        return name

    def _load(self, path: Path, name: str) -> None:
        layers = layers_in(_values(path), self._spots)
        for layer in layers:
            layer.check(self._module(layer).weight)
        try:
            self._pipe.load_lora_weights(self._tensors(layers), adapter_name=name)
            self._finish(layers, name)
        except Exception as error:  # diffusers raises errors of any type
            self._forget(name)
            if is_out_of_memory(error) or isinstance(error, EngineError):
                raise
            raise EngineError(messages.LORA_LAYOUT) from error
        self._pipe.disable_lora()  # loading made it active

    def _tensors(self, layers: list[Layer]) -> dict[str, Any]:
        """Return the pairs under the names of PEFT, in the model's precision."""
        tensors: dict[str, Any] = {}
        for layer in layers:
            stem = f"{layer.spot.part}.{_peft_path(layer.spot)}"
            for half, value in zip(("lora_A", "lora_B"), layer.pair, strict=True):
                tensors[f"{stem}.{half}.weight"] = value.to(self._dtype).contiguous()
        return tensors

    def _finish(self, layers: list[Layer], name: str) -> None:
        """Set the scale of each pair, and the factors of what is none. Raise EngineError where one was not loaded."""
        for layer in layers:
            module = self._module(layer)
            if name not in getattr(module, "lora_A", ()) or any(part.is_meta for part in module.parameters()):
                raise EngineError(messages.LORA_LAYOUT)
            if not is_plain(layer.factors):
                attach(module, name, {part: value.to(self._dtype) for part, value in layer.factors.items()})
            elif layer.alpha is not None:
                module.lora_alpha[name] = layer.alpha
            module.set_scale(name, 1.0)

    def _module(self, layer: Layer) -> Any:
        return getattr(self._pipe, layer.spot.part).get_submodule(layer.spot.path)

    def _models(self) -> list[Any]:
        pipe = self._pipe
        return [model for model in (pipe.unet, pipe.text_encoder, pipe.text_encoder_2) if model is not None]

    def _make_room(self, room: int) -> bool:
        """Drop unused LoRAs until the others fit into so many bytes; return whether any was dropped."""
        before = len(self._sizes)
        for name in [name for name in self._sizes if name not in self._used]:
            if sum(self._sizes.values()) > room:
                del self._sizes[name]
                self._pipe.delete_adapters(name)
        return len(self._sizes) < before

    def _forget(self, name: str) -> None:
        """Remove what a failed load left behind: some of its layers may be in place already."""
        for model in self._models():
            if name in getattr(model, "peft_config", {}):
                self._remove(model, name)
        if self._sizes:
            self._pipe.disable_lora()
        else:
            self._pipe.unload_lora_weights()

    def _remove(self, model: Any, name: str) -> None:
        library("diffusers.utils.peft_utils").delete_adapter_layers(model, name)
        model.peft_config.pop(name, None)


def _digest(path: Path) -> str:
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()[:32]
    except OSError as error:
        raise EngineError(messages.LORA_NOT_FOUND) from error


def _values(path: Path) -> dict[str, Any]:
    try:
        return library("safetensors.torch").load_file(path)
    except Exception as error:  # of any type, for a broken file
        raise EngineError(messages.LORA_DAMAGED) from error


def _peft_path(spot: Spot) -> str:
    """Return a module's path as diffusers reads it: the level of which transformers dropped one encoder's name."""
    is_named = spot.part == "unet" or spot.path.startswith("text_model.")
    return spot.path if is_named else f"text_model.{spot.path}"
