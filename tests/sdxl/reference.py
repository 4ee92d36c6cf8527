"""The engine around the tiny model, and the same pictures made by hand with diffusers."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from PIL import Image

from components.engines.protocol import EngineRequest, LoraRef
from components.engines.sdxl.engine import SdxlEngine
from components.engines.sdxl.model.libraries import library, torch
from components.engines.sdxl.settings import SdxlSettings
from components.messages.message import Message
from tests.sdxl.tiny_sdxl import Tiny, configure

SIZE = 64
BASE = "StableDiffusionXLPipeline"
IMAGE = "StableDiffusionXLImg2ImgPipeline"
PAINT = "StableDiffusionXLInpaintPipeline"


def settings(tiny: Tiny, cache: Path, **env: str) -> SdxlSettings:
    usual = {"SDXL_MODEL": str(tiny.base), "SDXL_REFINER": str(tiny.refiner), "SDXL_CACHE": str(cache)}
    return SdxlSettings.from_env({**usual, "SDXL_DEVICE": "cpu", "SDXL_THREADS": "1", **env})


def engine_request(prompt: str = "a cat", **values: Any) -> EngineRequest:
    usual: dict[str, Any] = {"seed": 7, "width": SIZE, "height": SIZE, "num_inference_steps": 4}
    return EngineRequest(prompt, **{**usual, **values})


def source(width: int = SIZE, height: int = SIZE) -> Image.Image:
    picture = Image.linear_gradient("L").resize((width, height))
    return Image.merge("RGB", (picture, picture.transpose(Image.Transpose.ROTATE_180), picture))


def half_mask(width: int = SIZE, height: int = SIZE) -> Image.Image:
    mask = Image.new("L", (width, height))
    mask.paste(255, (width // 2, 0, width, height))
    return mask


def silent(step: int, steps: int, preview: bytes | None = None, stage: Message | None = None) -> None:
    """Nobody looks."""


def same(one: Image.Image, other: Image.Image) -> bool:
    return (one.size, one.mode, one.tobytes()) == (other.size, other.mode, other.tobytes())


@dataclass(frozen=True, slots=True)
class Studio:
    """What the tests share."""

    engine: SdxlEngine
    tiny: Tiny
    loras: Path
    cache: Path

    @classmethod
    def of(cls, tiny: Tiny, loras: Path, cache: Path) -> Studio:
        chosen = settings(tiny, cache, SDXL_LORA_FOLDER=str(loras))
        return cls(SdxlEngine(chosen, configure), tiny, loras, cache)

    def paint(self, prompt: str = "a cat", **values: Any) -> Image.Image:
        return self.engine.generate(engine_request(prompt, **values), silent).image

    def with_loras(self, *uses: tuple[str, float]) -> Image.Image:
        return self.paint(loras=tuple(LoraRef(f"{name}.safetensors", scale) for name, scale in uses))

    def mark(self, *uses: tuple[str, float]) -> str:
        return hashlib.sha256(self.with_loras(*uses).tobytes()).hexdigest()[:12]


class ByHand:
    """Pipelines of diffusers called directly, as its documentation shows."""

    def __init__(self, tiny: Tiny) -> None:
        lib = library("diffusers")
        torch().set_num_threads(1)
        options: dict[str, Any] = {"dtype": torch().float32, "add_watermarker": False}
        self.base = lib.StableDiffusionXLPipeline.from_pretrained(str(tiny.base), **options)
        self.refiner = lib.StableDiffusionXLImg2ImgPipeline.from_pretrained(
            str(tiny.refiner), vae=self.base.vae, text_encoder_2=self.base.text_encoder_2, **options
        )
        for model in (self.base.unet, self.base.vae, self.base.text_encoder, self.base.text_encoder_2):
            model.requires_grad_(
                requires_grad=False
            )  # as loading a LoRA leaves it; torch computes with other kernels then
        self.refiner.unet.requires_grad_(requires_grad=False)

    def call(self, kind: str, parts: Any, generator: Any, **options: Any) -> Any:
        pipe = getattr(library("diffusers"), kind).from_pipe(parts)
        pipe.set_progress_bar_config(disable=True)
        usual: dict[str, Any] = {"prompt": "a cat", "negative_prompt": "", "num_inference_steps": 4}
        return pipe(**{**usual, "guidance_scale": 3.5, "generator": generator, **options}).images

    def picture(self, kind: str, **options: Any) -> Image.Image:
        return self.call(kind, self.base, generator(), **options)[0]


def generator(seed: int = 7) -> Any:
    return torch().Generator("cpu").manual_seed(seed)
