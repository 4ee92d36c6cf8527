"""Placement of a model's parts: on the device where they fit, else there only while they compute."""

from __future__ import annotations

import logging
from typing import Any

from components.engines.sdxl.model.device import free_bytes
from components.engines.sdxl.model.libraries import torch
from components.engines.sdxl.model.loader import Loader
from components.engines.sdxl.model.memory import (
    MAIN_PARTS,
    MODES,
    Memory,
    block_sizes,
    mode_for,
    part_sizes,
)

log = logging.getLogger(__name__)


class Placement:
    """Where the parts of some pipelines are."""

    def __init__(self, loader: Loader) -> None:
        self._loader = loader
        self._pipes: list[Any] = []
        self.mode = MODES[0]

    @property
    def is_off_device(self) -> bool:
        """Return whether the parts are on the device only while they compute."""
        return self.mode.offload or bool(self.mode.groups)

    def add(self, pipe: Any) -> None:
        """Put a new pipeline's parts where its device has room for them. Raise EngineError for a processor without."""
        is_first = not self._pipes
        self._pipes.append(pipe)
        if not self.is_off_device:
            self.mode = self._chosen(pipe, may_be_groups=is_first)
        if self.mode.groups:
            self._in_groups(pipe)

    def come_back(self) -> None:
        """Put all parts on the device again where there is room for them now."""
        free = free_bytes(self._loader.device) if self.mode.offload else None
        if free is None or mode_for(free, part_sizes(self._pipes), ()) != MODES[0]:
            return
        for pipe in self._pipes:
            pipe.remove_all_hooks()
        if all(self._loader.placed(pipe) for pipe in self._pipes):
            self.mode = MODES[0]
            log.warning("there is memory again: the model is on the device as a whole")

    def modes(self) -> tuple[Memory, ...]:
        """Return the modes that are left, fastest first."""
        if self.is_off_device:
            return (self.mode,)
        return MODES[:-1] if self._loader.device.name == "cpu" else MODES

    def main_parts(self) -> list[Any]:
        """Return all parts but the VAE, each once."""
        parts = [getattr(pipe, name, None) for pipe in self._pipes for name in MAIN_PARTS]
        return [*{id(part): part for part in parts if part is not None}.values()]

    def _chosen(self, pipe: Any, *, may_be_groups: bool) -> Memory:
        device = self._loader.device
        mode = mode_for(free_bytes(device), part_sizes([pipe], besides=device.name), block_sizes(pipe))
        mode = MODES[-1] if mode.groups and not may_be_groups else mode
        if mode == MODES[0] and not self._loader.placed(pipe):
            mode = MODES[-1]
        if mode != MODES[0]:
            log.warning("too little free memory for the whole model at once: %s", mode)
        return mode

    def _in_groups(self, pipe: Any) -> None:
        pipe.enable_group_offload(
            torch().device(self._loader.device.name),
            offload_type=self.mode.groups,
            num_blocks_per_group=1,
            exclude_modules=["vae"],
        )
