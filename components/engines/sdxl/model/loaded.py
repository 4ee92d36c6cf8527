"""Loaded model, and its modes for little memory."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from PIL import Image

from components.engines.protocol import EngineRequest, OnStep
from components.engines.sdxl import messages
from components.engines.sdxl.loras.adapters import LoadedLoras
from components.engines.sdxl.model.device import free_memory
from components.engines.sdxl.model.download_progress import Report
from components.engines.sdxl.model.loader import Loader
from components.engines.sdxl.model.memory import Memory
from components.engines.sdxl.model.placement import Placement
from components.engines.sdxl.pipeline import plan, run
from components.engines.sdxl.pipeline.decode import Decoder
from components.engines.sdxl.pipeline.progress import StepReporter
from components.engines.sdxl.settings import SdxlSettings
from components.errors import EngineError
from components.messages.message import Message

MASK_CHANNELS = 9
"""Channels of a UNet that was trained to fill masks alone."""


class LoadedModel:
    """A base, its LoRAs, and the refiner once it was needed."""

    def __init__(self, loader: Loader, base: Any, settings: SdxlSettings) -> None:
        self.base = base
        self._loader, self._settings = loader, settings
        self._loras = LoadedLoras(base)
        self._decoder = Decoder(base.vae, loader.device, self._room)
        self._refiner: Any = None
        self._inpainter: LoadedModel | None = None
        self._placement = Placement(loader)
        self._placement.add(base)

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
            self._placement.add(self._refiner)

    def for_request(self, request: EngineRequest, report: Report) -> LoadedModel:
        """Return the model of a request: with a mask the host's own for that, loaded at first. Raise EngineError."""
        source = self._settings.inpainter
        if source is None or request.mask is None:
            return self
        if self._inpainter is None:
            self._inpainter = LoadedModel(self._loader, self._loader.base(source, report), self._settings)
        return self._inpainter

    def memory_modes(self) -> Generator[Memory, None, None]:
        """Yield the modes to try, fastest first; one that failed once more, without the LoRAs that are not in use."""
        self._placement.come_back()
        for mode in self._placement.modes():
            yield mode
            if self._loras.drop_unused():
                self.free()
                yield mode

    def generate(
        self,
        request: EngineRequest,
        plan: plan.StepPlan,
        files: list[tuple[Path, float]],
        on_step: OnStep,
        memory: Memory,
    ) -> Image.Image:
        """Return the image of a request; the model is restored afterwards, after errors too."""
        if memory.offload:
            self._placement.mode = memory
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
        moved = [] if self._placement.is_off_device else self._placement.main_parts()
        try:
            for part in moved:
                part.to("cpu")
            free_memory(self._loader.device)
            yield
        finally:
            for part in moved:
                part.to(self._loader.device.name)
