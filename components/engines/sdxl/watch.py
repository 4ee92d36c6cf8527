"""Counts the steps of one painting over all its passes, shows each, and stops it between two blocks of the model."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager
from typing import Any

from components.engines.sdxl import sentences
from components.engines.sdxl.libraries import torch
from components.engines.sdxl.preview import preview
from components.errors import EngineError
from components.server.engine import OnStep


class Watch:
    """Passes on what a pipeline tells; whatever `on_step` raises ends the painting there and then."""

    def __init__(self, on_step: OnStep, total: int) -> None:
        self._on_step, self._total = on_step, total
        self._done = 0

    def step_ended(self, pipe: Any, step: int, timestep: Any, values: dict[str, Any]) -> dict[str, Any]:
        """A pipeline finished a step; diffusers' own signature."""
        latents = values["latents"]
        self._done += 1
        if not bool(torch().isfinite(latents).all()):
            raise EngineError(sentences.NO_MIND)
        self._on_step(self._done, self._total, preview(latents))
        return {}

    @contextmanager
    def on(self, unet: Any) -> Generator[None, None, None]:
        """Look before each block of the model: a step may take half a minute, and nobody may want it any more."""
        blocks = [*unet.down_blocks, unet.mid_block, *unet.up_blocks]
        hooks = [block.register_forward_pre_hook(self._looked) for block in blocks]
        try:
            yield
        finally:
            for hook in hooks:
                hook.remove()

    def _looked(self, *_: Any) -> None:
        self._on_step(self._done, self._total)
