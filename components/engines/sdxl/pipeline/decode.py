"""Decoding of latents into an image, apart from the steps: what fails here is tried again without painting anew.

At 1024x1024 pixels decoding takes ten times the memory of a step, and VAEs compute no numbers in half precision.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

from PIL import Image

from components.engines.sdxl import messages
from components.engines.sdxl.model.device import Device, free_memory, is_out_of_memory
from components.engines.sdxl.model.libraries import torch
from components.errors import EngineError

log = logging.getLogger(__name__)

TILE_PIXELS = 512
"""Width and height of a tile: a quarter of the memory at 1024x1024 pixels."""
_SCALE = 8
"""Pixels for one of the latents, in width and height."""


class Decoder:
    """The VAE of a loaded model. Where memory runs out: in tiles of TILE_PIXELS, then with room made by others."""

    def __init__(self, vae: Any, device: Device, make_room: Callable[[], AbstractContextManager[None]]) -> None:
        """`make_room`: a context in which nothing else is on the device."""
        self._vae, self._device, self._make_room = vae, device, make_room
        vae.tile_sample_min_size, vae.tile_latent_min_size = TILE_PIXELS, TILE_PIXELS // _SCALE
        self._too_large: int | None = None
        """Fewest latents for which memory ran out: as many are decoded in tiles at once."""
        self._is_exact = bool(vae.config.force_upcast)
        """Whether half precision is left for single precision."""

    def picture(self, pipe: Any, latents: Any) -> Image.Image:
        """Return the image of latents. Raise EngineError for one of no numbers, or where memory does not suffice."""
        try:
            values = self._finite(latents)
        finally:
            self.restore()
        return pipe.image_processor.postprocess(values, output_type="pil")[0]

    def tile(self, *, on: bool) -> None:
        """Encode and decode in tiles, or whole."""
        if on:
            self._vae.enable_tiling()
        else:
            self._vae.disable_tiling()

    def restore(self) -> None:
        """Leave the VAE as it was loaded: decoding may have ended while it was made exact."""
        self.tile(on=False)
        self._vae.to(dtype=self._device.dtype)

    def _finite(self, latents: Any) -> Any:
        values = self._fitting(latents)
        if not _is_finite(values) and not self._is_exact:
            log.warning("the VAE gives no numbers in %s; from now on it decodes in float32", self._device.dtype)
            self._is_exact = True
            values = self._fitting(latents)
        if not _is_finite(values):
            raise EngineError(messages.NO_DECODE)
        return values

    def _fitting(self, latents: Any) -> Any:
        """Return the values of an image, decoded in the first way that fits into memory."""
        count = latents[0, 0].numel()
        if not self._vae.use_tiling and (self._too_large is None or count < self._too_large):
            if (values := self._attempt(latents)) is not None:
                return values
            self._too_large = count
        self.tile(on=True)
        if (values := self._attempt(latents)) is not None:
            return values
        with self._make_room():
            values = self._attempt(latents)
        if values is None:
            raise EngineError(messages.NO_MEMORY)
        return values

    def _attempt(self, latents: Any) -> Any:
        """Return the decoded values; None where memory ran out."""
        try:
            return self._decoded(latents)
        except Exception as error:
            if not is_out_of_memory(error):
                raise
            log.warning("memory ran out while decoding (tiles: %s)", self._vae.use_tiling)
        free_memory(self._device)  # here, as the error held the memory
        return None

    def _decoded(self, latents: Any) -> Any:
        vae = self._vae
        dtype = torch().float32 if self._is_exact else self._device.dtype
        vae.to(dtype=dtype)
        with torch().no_grad():
            return vae.decode(_unscaled(vae.config, latents.to(dtype)), return_dict=False)[0]


def _unscaled(config: Any, latents: Any) -> Any:
    """Return latents as a VAE knows them; some models have a mean and deviation of their own."""
    mean, deviation = config.get("latents_mean"), config.get("latents_std")
    if mean is None or deviation is None:
        return latents / config.scaling_factor
    own = [latents.new_tensor(values).view(1, -1, 1, 1) for values in (mean, deviation)]
    return latents * own[1] / config.scaling_factor + own[0]


def _is_finite(values: Any) -> bool:
    return bool(torch().isfinite(values).all())
