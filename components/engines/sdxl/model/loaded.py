"""Loaded model, and its modes for little memory."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from PIL import Image

from components.engines.protocol import EngineRequest, OnStep
from components.engines.sdxl.loras.adapters import LoadedLoras
from components.engines.sdxl.model.device import free_memory
from components.engines.sdxl.model.download_progress import Report
from components.engines.sdxl.model.loader import Loader
from components.engines.sdxl.pipeline import plan, run
from components.engines.sdxl.pipeline.progress import StepReporter
from components.engines.sdxl.settings import SdxlSettings


@dataclass(frozen=True, slots=True)
class Memory:
    """Mode of saving memory."""

    tiles: bool = False
    """Decode the image in tiles."""
    offload: bool = False
    """Keep only the computing part on the GPU."""


MEMORY_MODES = (Memory(), Memory(tiles=True), Memory(tiles=True, offload=True))
"""Fastest first."""


class LoadedModel:
    """A base, its LoRAs, and the refiner once it was needed."""

    def __init__(self, loader: Loader, base: Any, settings: SdxlSettings) -> None:
        self.base = base
        self._loader, self._settings = loader, settings
        self._loras = LoadedLoras(base)
        self._refiner: Any = None
        self._is_offloaded = not loader.placed(base)
        """Its parts are on the GPU only while they compute; this is never undone."""

    def load_refiner(self, report: Report) -> None:
        """Load the refiner unless it is loaded. Raise EngineError."""
        if self._refiner is None:
            self._refiner = self._loader.refiner(self._settings.refiner, self.base, report)
            self._is_offloaded = self._is_offloaded or not self._loader.placed(self._refiner)

    def memory_modes(self) -> tuple[Memory, ...]:
        """Return the remaining modes, fastest first."""
        if self._is_offloaded:
            return MEMORY_MODES[-1:]
        return MEMORY_MODES[:-1] if self._loader.device.name == "cpu" else MEMORY_MODES

    def generate(
        self,
        request: EngineRequest,
        plan: plan.StepPlan,
        files: list[tuple[Path, float]],
        on_step: OnStep,
        memory: Memory,
    ) -> Image.Image:
        """Return the image of a request; the model is restored afterwards, after errors too."""
        self._is_offloaded |= memory.offload
        self._tile(on=memory.tiles)
        try:
            self._loras.use(files)
            scheduler = self._settings.preset_of(request).scheduler
            tools = run.RunContext(self.base, self._refiner, self._loras.deactivate, scheduler, memory.offload)
            return run.run(request, plan, tools, StepReporter(on_step, plan.total))
        finally:
            self._loras.deactivate()
            self._tile(on=False)
            self.base.vae.to(dtype=self._loader.device.dtype)  # decoding may have ended while it was made exact

    def free(self) -> None:
        """Free the memory of a failed run."""
        free_memory(self._loader.device)

    def _tile(self, *, on: bool) -> None:
        if on:
            self.base.vae.enable_tiling()
        else:
            self.base.vae.disable_tiling()
