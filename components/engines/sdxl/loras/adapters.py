"""LoRA adapters in memory: each file is loaded once, stays while there is room, and is switched by its weight."""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from components.engines.sdxl import messages
from components.engines.sdxl.loras.header_check import check_file
from components.engines.sdxl.model.device import is_out_of_memory
from components.engines.sdxl.model.libraries import library, torch
from components.errors import EngineError
from components.messages.message import Message

MAX_ADAPTERS = 8
"""LoRAs that stay loaded."""


class LoadedLoras:
    """The adapters of one base pipeline. Nothing is ever fused: at weight 0 the model is exactly itself."""

    def __init__(self, pipe: Any, room: int = MAX_ADAPTERS) -> None:
        self._pipe, self._room = pipe, room
        self._names: OrderedDict[str, None] = OrderedDict()
        """The longest unused first."""

    @property
    def names(self) -> list[str]:
        """Return the names of the loaded adapters."""
        return list(self._names)

    def use(self, files: Iterable[tuple[Path, float]]) -> None:
        """Make exactly these LoRAs count. Raise EngineError, and leave none active, for one that cannot be used."""
        self.deactivate()
        weights: dict[str, float] = {}
        for path, weight in files:
            name = self._loaded(path, keep=weights)
            weights[name] = weights.get(name, 0.0) + weight
        active = sorted(name for name, weight in weights.items() if weight)
        if active:  # sorted, as the order in which numbers are added shows in the last bit
            self._pipe.enable_lora()
            self._pipe.set_adapters(active, [weights[name] for name in active])

    def deactivate(self) -> None:
        """Make none count: for the refiner, which shares a text encoder with the base."""
        if self._names:
            self._pipe.disable_lora()

    def _loaded(self, path: Path, keep: Iterable[str]) -> str:
        name = f"lora_{_digest(path)}"
        if name not in self._names:
            check_file(path, self._pipe.unet.config.cross_attention_dim)
            self._load(path, name)
            self._names[name] = None
        self._names.move_to_end(name)
        self._make_room({*keep, name})
        return name

    def _load(self, path: Path, name: str) -> None:
        try:
            values = library("safetensors.torch").load_file(path)
        except Exception as error:
            raise EngineError(messages.LORA_UNREADABLE) from error
        if message := _flaw(values):
            raise EngineError(message)
        try:
            self._pipe.load_lora_weights(values, adapter_name=name)
        except Exception as error:  # diffusers raises errors of any type for broken files
            self._forget(name)
            if is_out_of_memory(error):
                raise
            raise EngineError(_message_of(error)) from error
        if not self._is_applied(name):
            self._forget(name)
            raise EngineError(messages.LORA_NO_EFFECT)
        self._pipe.disable_lora()  # loading made it active

    def _is_applied(self, name: str) -> bool:
        return any(name in getattr(module, "lora_A", ()) for model in self._models() for module in model.modules())

    def _models(self) -> list[Any]:
        pipe = self._pipe
        return [model for model in (pipe.unet, pipe.text_encoder, pipe.text_encoder_2) if model is not None]

    def _make_room(self, keep: set[str]) -> None:
        for name in list(self._names):
            if len(self._names) > self._room and name not in keep:
                del self._names[name]
                self._pipe.delete_adapters(name)

    def _forget(self, name: str) -> None:
        """Remove what a failed load left behind: some of its layers may be in place already."""
        for model in self._models():
            if name in getattr(model, "peft_config", {}):
                self._remove(model, name)
        if self._names:
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


def _flaw(values: dict[str, Any]) -> Message | None:
    """Return what is wrong with a LoRA's tensors, or None."""
    if not all(bool(torch().isfinite(value).all()) for value in values.values()):
        return messages.LORA_BROKEN
    halves = [value for name, value in values.items() if "lora_up" in name or "lora_B" in name or ".up." in name]
    changes = any(bool(value.any()) for value in halves)
    return messages.LORA_NO_EFFECT if halves and not changes else None


def _message_of(error: Exception) -> Message:
    """Return the message for an error of diffusers or PEFT, which differ in nothing but their texts."""
    text = str(error)
    if "size mismatch" in text:
        return messages.LORA_SHAPES
    return messages.LORA_NO_EFFECT if "not found in the base model" in text else messages.LORA_UNREADABLE
