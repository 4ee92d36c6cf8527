"""SDXL's weights in memory: read from a folder or a single file, the base's parts shared with the refiner."""

from __future__ import annotations

import logging
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from components.engines.sdxl import messages
from components.engines.sdxl.model.device import Device, free_memory, is_out_of_memory
from components.engines.sdxl.model.download_progress import Report
from components.engines.sdxl.model.files import (
    BASE_PARTS,
    REFINER_PARTS,
    is_complete,
    on_this_machine,
    small_part,
    variant,
)
from components.engines.sdxl.model.libraries import library, torch
from components.engines.sdxl.model.single_file import adapt_config
from components.engines.sdxl.model.tokenizer_files import write_config
from components.engines.sdxl.settings import BASE, Source
from components.errors import EngineError
from components.messages.message import Message

log = logging.getLogger(__name__)

FIXED_VAE = "madebyollin/sdxl-vae-fp16-fix"
FIXED_VAE_FILES = ("config.json", "diffusion_pytorch_model.safetensors")
SHARED = ("vae", "text_encoder_2", "tokenizer_2")
"""Parts that the refiner shares with the base: they are identical."""
Configure = Callable[[str, Path], Path]
"""Lays out the configuration of base or refiner in a folder; tests bring that of a tiny model."""


@dataclass(frozen=True, slots=True)
class Loader:
    """Loads what the settings name, onto one device."""

    device: Device
    configure: Configure = write_config

    def base(self, source: Source, report: Report) -> Any:
        """Return a text-to-image pipeline. Raise EngineError."""
        is_half = self.device.dtype == torch().float16
        fixed = self._fixed_vae() if is_half and source.hub == BASE else None
        return self._load("base", source, report, messages.MODEL_UNREADABLE, {} if fixed is None else {"vae": fixed})

    def refiner(self, source: Source, base: Any, report: Report) -> Any:
        """Return the refiner's image-to-image pipeline around the base's parts. Raise EngineError."""
        shared = {name: getattr(base, name) for name in SHARED}
        return self._load("refiner", source, report, messages.NO_REFINER, shared)

    def placed(self, pipe: Any) -> bool:
        """Move a pipeline's parts onto the device; False: they do not fit, and stay off it until they compute."""
        try:
            pipe.to(self.device.name)
        except Exception as error:
            if not is_out_of_memory(error):
                raise
            if self.device.name == "cpu":
                raise EngineError(messages.NO_MEMORY) from error
        else:
            return True
        pipe.to("cpu")
        free_memory(self.device)
        return False

    def _fixed_vae(self) -> Any:
        """Return the VAE that computes in half precision, for half the memory; None: the model's own will do."""
        quiet()
        try:
            folder = small_part(FIXED_VAE, FIXED_VAE_FILES)
            return library("diffusers").AutoencoderKL.from_pretrained(folder, dtype=self.device.dtype)
        except Exception:  # of any type, without a network or for broken files; nothing depends on it
            log.warning("%s could not be loaded; decoding takes twice the memory", FIXED_VAE, exc_info=True)
            return None

    def _load(self, part: str, source: Source, report: Report, unreadable: Message, shared: dict[str, Any]) -> Any:
        quiet()
        folder = source.folder
        needed = BASE_PARTS if part == "base" else REFINER_PARTS
        if source.hub:
            folder = on_this_machine(source.hub, needed, report)
        if folder and not is_complete(folder, needed):
            raise EngineError(unreadable)
        options = {"dtype": self.device.dtype, "add_watermarker": False, "local_files_only": True, **shared}
        try:
            pipe = self._of_file(part, source, options) if folder is None else _of_folder(part, folder, options)
        except Exception as error:  # the libraries raise errors of any type for broken files
            log.exception("%s could not be loaded", part)
            raise EngineError(messages.NO_MEMORY if is_out_of_memory(error) else unreadable) from error
        if any(getattr(pipe, name) is None for name in needed):
            raise EngineError(unreadable)
        return freeze(pipe)

    def _of_file(self, part: str, source: Source, options: dict[str, Any]) -> Any:
        with tempfile.TemporaryDirectory(prefix="sdxl-config-") as folder:
            config = self.configure(part, Path(folder))
            if source.file:
                adapt_config(config, source.file)
            return _class_of(part).from_single_file(str(source.file), config=str(config), **options)


def freeze(pipe: Any) -> Any:
    """Return a pipeline with parameters that need no gradient, in place.

    PEFT does so when it loads a LoRA, and torch 2.13 then computes with other kernels on the processor: without this,
    the same request differs in its last bits after the first LoRA.
    """
    for part in pipe.components.values():
        if hasattr(part, "requires_grad_"):
            part.requires_grad_(requires_grad=False)
    return pipe


def import_pipelines() -> None:
    """Import the libraries and pipeline classes, which takes seconds."""
    quiet()
    _class_of("base")


def quiet() -> None:
    """Keep the libraries' bars and hints out of the log; their errors stay."""
    for name in ("diffusers", "transformers"):
        logging = library(f"{name}.utils.logging")
        logging.set_verbosity_error()
        logging.disable_progress_bar()


def _class_of(part: str) -> Any:
    name = "StableDiffusionXLPipeline" if part == "base" else "StableDiffusionXLImg2ImgPipeline"
    return getattr(library("diffusers"), name)


def _of_folder(part: str, folder: Path, options: dict[str, Any]) -> Any:
    return _class_of(part).from_pretrained(str(folder), variant=variant(folder), use_safetensors=True, **options)
