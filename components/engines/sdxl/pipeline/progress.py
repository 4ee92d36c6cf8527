"""Step progress of one image over all its passes, with previews; cancellation between two blocks of the model."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager
from typing import Any

from components.engines.protocol import OnStep
from components.engines.sdxl import messages
from components.engines.sdxl.model.libraries import torch
from components.engines.sdxl.pipeline.preview import preview
from components.errors import EngineError


class StepReporter:
    """Passes a pipeline's steps to `on_step`; what that raises ends the run at once."""

    def __init__(self, on_step: OnStep, total: int) -> None:
        self._on_step, self._total = on_step, total
        self._done = 0

    def step_ended(self, pipe: Any, step: int, timestep: Any, values: dict[str, Any]) -> dict[str, Any]:
        """A pipeline finished a step; diffusers' own signature."""
        latents = values["latents"]
        self._done += 1
        if not bool(torch().isfinite(latents).all()):
            raise EngineError(messages.NO_MIND)
        self._on_step(self._done, self._total, preview(latents))
        return {}

    @contextmanager
    def on(self, unet: Any) -> Generator[None, None, None]:
        """Call `on_step` before each block too: a step may take half a minute, a cancelled task ends sooner."""
        blocks = [*unet.down_blocks, unet.mid_block, *unet.up_blocks]
        hooks = [block.register_forward_pre_hook(self._block_begins) for block in blocks]
        try:
            yield
        finally:
            for hook in hooks:
                hook.remove()

    def _block_begins(self, *_: Any) -> None:
        self._on_step(self._done, self._total)
