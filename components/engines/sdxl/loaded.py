"""The model in memory, and how it makes do with the memory there is."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from PIL import Image

from components.engines.sdxl import ways
from components.engines.sdxl.byte_counter import Report
from components.engines.sdxl.device import free_memory
from components.engines.sdxl.loras import LoadedLoras
from components.engines.sdxl.settings import SdxlSettings
from components.engines.sdxl.watch import Watch
from components.engines.sdxl.weights import Loader
from components.server.engine import OnStep, Order


@dataclass(frozen=True, slots=True)
class Memory:
    """One way of making do with the memory there is."""

    tiles: bool = False
    """Decode the picture in parts."""
    offload: bool = False
    """Keep on the card only the part that computes."""


EVERY_WAY = (Memory(), Memory(tiles=True), Memory(tiles=True, offload=True))
"""The quickest first."""


class LoadedModel:
    """A base, its LoRAs, and the refiner once it was needed."""

    def __init__(self, loader: Loader, base: Any, settings: SdxlSettings) -> None:
        self.base = base
        self._loader, self._settings = loader, settings
        self._loras = LoadedLoras(base)
        self._refiner: Any = None
        self._is_offloaded = not loader.placed(base)
        """Its parts are on the card only while they compute; once so, always so."""

    def load_refiner(self, report: Report) -> None:
        """Have the refiner ready. Raise EngineError."""
        if self._refiner is None:
            self._refiner = self._loader.refiner(self._settings.refiner, self.base, report)
            self._is_offloaded = self._is_offloaded or not self._loader.placed(self._refiner)

    def ways_of_memory(self) -> tuple[Memory, ...]:
        """Return the ways that are left, the quickest first."""
        if self._is_offloaded:
            return EVERY_WAY[-1:]
        return EVERY_WAY[:-1] if self._loader.device.name == "cpu" else EVERY_WAY

    def painted(
        self, order: Order, plan: ways.Plan, files: list[tuple[Path, float]], on_step: OnStep, memory: Memory
    ) -> Image.Image:
        """Paint once; whatever happens, the model is afterwards as it was."""
        self._is_offloaded |= memory.offload
        self._tile(on=memory.tiles)
        try:
            self._loras.use(files)
            scheduler = self._settings.preset_of(order).scheduler
            tools = ways.Tools(self.base, self._refiner, self._loras.rest, scheduler, memory.offload)
            return ways.paint(order, plan, tools, Watch(on_step, plan.total))
        finally:
            self._loras.rest()
            self._tile(on=False)
            self.base.vae.to(dtype=self._loader.device.dtype)  # decoding may have ended while it was made exact

    def free(self) -> None:
        """Give back what a failed painting left."""
        free_memory(self._loader.device)

    def _tile(self, *, on: bool) -> None:
        if on:
            self.base.vae.enable_tiling()
        else:
            self.base.vae.disable_tiling()
