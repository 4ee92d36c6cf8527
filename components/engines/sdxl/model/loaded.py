"""Loaded model, and its modes for little memory."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from PIL import Image

from components.engines.protocol import EngineRequest, OnStep
from components.engines.sdxl import messages
from components.engines.sdxl.loras.adapters import LoadedLoras
from components.engines.sdxl.model.device import free_memory
from components.engines.sdxl.model.download_progress import Report
from components.engines.sdxl.model.loader import Loader
from components.engines.sdxl.pipeline import plan, run
from components.engines.sdxl.pipeline.decode import Decoder
from components.engines.sdxl.pipeline.progress import StepReporter
from components.engines.sdxl.settings import SdxlSettings
from components.errors import EngineError
from components.messages.message import Message


@dataclass(frozen=True, slots=True)
class Memory:
    """Mode of saving memory."""

    tiles: bool = False
    """Encode and decode images in tiles."""
    offload: bool = False
    """Keep only the computing part on the GPU."""


MASK_CHANNELS = 9
"""Channels of a UNet that was trained to fill masks alone."""
MEMORY_MODES = (Memory(), Memory(tiles=True), Memory(tiles=True, offload=True))
"""Fastest first."""


class LoadedModel:
    """A base, its LoRAs, and the refiner once it was needed."""

    def __init__(self, loader: Loader, base: Any, settings: SdxlSettings) -> None:
        self.base = base
        self._loader, self._settings = loader, settings
        self._loras = LoadedLoras(base)
        self._decoder = Decoder(base.vae, loader.device, self._room)
        self._refiner: Any = None
        self._is_offloaded = not loader.placed(base)
        """Its parts are on the GPU only while they compute; this is never undone."""

    def check(self, request: EngineRequest) -> None:
        """Raise EngineError for a request that this model cannot generate."""
        if self.base.unet.config.in_channels == MASK_CHANNELS and request.mask is None:
            raise EngineError(messages.MODEL_NEEDS_MASK)

    def notes_on(self, files: list[tuple[Path, float]]) -> list[Message]:
        """Return what of these LoRAs it does not use. Raise EngineError for what is no LoRA's file."""
        return self._loras.notes_on(files)

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
        self._decoder.tile(on=memory.tiles)
        try:
            self._loras.use(files)
            sampler = self._settings.preset_of(request).sampler_of(request)
            off = self._loras.deactivate
            tools = run.RunContext(self.base, self._refiner, self._decoder.picture, off, sampler, memory.offload)
            return run.run(request, plan, tools, StepReporter(on_step, plan.total))
        finally:
            self._loras.deactivate()
            self._decoder.restore()

    def free(self) -> None:
        """Free the memory of a failed run."""
        free_memory(self._loader.device)

    @contextmanager
    def _room(self) -> Generator[None, None, None]:
        """Take all parts but the VAE off the device; those that are offloaded are off it already."""
        pipes = (self.base,) if self._refiner is None else (self.base, self._refiner)
        parts = {id(part): part for pipe in pipes for part in (pipe.unet, pipe.text_encoder, pipe.text_encoder_2)}
        moved = [] if self._is_offloaded else [part for part in parts.values() if part is not None]
        try:
            for part in moved:
                part.to("cpu")
            free_memory(self._loader.device)
            yield
        finally:
            for part in moved:
                part.to(self._loader.device.name)
