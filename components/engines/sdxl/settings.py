"""The engine's settings, from the environment."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from components.engines.protocol import EngineRequest, LoraRef
from components.engines.sdxl.presets import FAST, FAST_KINDS, FULL, PRESETS, Preset
from components.errors import SetupError

BASE = "stabilityai/stable-diffusion-xl-base-1.0"
REFINER = "stabilityai/stable-diffusion-xl-refiner-1.0"
ALL_CARDS = "all"
PRECISIONS = ("auto", "fp16", "bf16", "fp32")
_DEVICE = re.compile(r"cuda(:\d{1,3})?|mps|cpu")
_FILES = (".safetensors", ".ckpt", ".pt", ".pth", ".bin")
_HUB_ID = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._-]*/[A-Za-z0-9_][A-Za-z0-9._-]*")


@dataclass(frozen=True, slots=True)
class Source:
    """Where a model comes from: exactly one of the three."""

    hub: str = ""
    folder: Path | None = None
    file: Path | None = None

    @classmethod
    def of(cls, name: str, text: str) -> Source:
        """Return the source in a setting. Raise SetupError when it is none of the three."""
        path = Path(text).expanduser()
        if path.is_dir():
            return cls(folder=path.resolve())
        if path.suffix == ".safetensors" and path.is_file():
            return cls(file=path.resolve())
        if _HUB_ID.fullmatch(text) and path.suffix not in _FILES:
            return cls(hub=text)
        raise SetupError(
            f"{name}={text} is no model.", "Name a model of Hugging Face, a folder, or a .safetensors file."
        )


@dataclass(frozen=True, slots=True)
class SdxlSettings:
    """Settings of the SDXL engine."""

    model: Source
    refiner: Source
    inpainter: Source | None
    """Model for pictures with a mask; None: the base."""
    lora_folder: Path | None
    """The host's folder, whose LoRAs are requested by file name; None: no folder."""
    cache: Path
    """Folder of downloaded LoRAs."""
    devices: tuple[str, ...]
    """auto or all alone, or devices by torch's names: an engine for each, see `cards.py`."""
    visible_cards: str
    """CUDA_VISIBLE_DEVICES: the cards among which torch numbers, separated by commas; empty: all."""
    precision: str
    """One of PRECISIONS; auto: fp16, on a processor fp32."""
    threads: int
    """CPU threads; 0: torch's default. The same pixels need the same number."""
    preset: Preset
    """Preset of requests that name none."""
    fast: Preset
    """The fast preset, with the host's LoRA when one is set."""
    civitai_key: str
    """API key, sent to Civitai alone; empty: none."""
    is_zerogpu: bool
    """Whether it runs on a ZeroGPU Space, which lends a GPU for each image."""

    @classmethod
    def from_env(cls, env: Mapping[str, str] | None = None) -> SdxlSettings:
        """Read the process environment. Raises SetupError."""
        env = os.environ if env is None else env
        return cls(
            model=Source.of("SDXL_MODEL", _text(env, "SDXL_MODEL", BASE)),
            refiner=Source.of("SDXL_REFINER", _text(env, "SDXL_REFINER", REFINER)),
            inpainter=_inpainter(env),
            lora_folder=_folder(env),
            cache=Path(_text(env, "SDXL_CACHE", str(_user_cache(env)))).expanduser().resolve(),
            devices=_devices(_text(env, "SDXL_DEVICE", "auto")),
            visible_cards=_text(env, "CUDA_VISIBLE_DEVICES", ""),
            precision=_choice("SDXL_PRECISION", _text(env, "SDXL_PRECISION", "auto"), PRECISIONS),
            threads=_count(_text(env, "SDXL_THREADS", "0")),
            preset=_usual(env),
            fast=_fast(env),
            civitai_key=_text(env, "CIVITAI_API_KEY", ""),
            is_zerogpu=_text(env, "SPACES_ZERO_GPU", "").lower() in ("1", "t", "true"),
        )

    @property
    def device(self) -> str:
        """Return the device of an engine with one."""
        return self.devices[0]

    def on(self, *devices: str) -> SdxlSettings:
        """Return the same settings with other devices."""
        return replace(self, devices=devices)

    def preset_of(self, request: EngineRequest) -> Preset:
        """Return the preset of a request; the usual one when it names none."""
        chosen = {FULL.name: FULL, FAST.name: self.fast}
        return chosen.get(request.preset, self.preset)

    def __repr__(self) -> str:
        """Name everything but the key."""
        return f"SdxlSettings(model={self.model}, refiner={self.refiner}, devices={self.devices})"


def _text(env: Mapping[str, str], name: str, usual: str) -> str:
    return env.get(name, "").strip() or usual


def _inpainter(env: Mapping[str, str]) -> Source | None:
    text = _text(env, "SDXL_INPAINT_MODEL", "")
    return Source.of("SDXL_INPAINT_MODEL", text) if text else None


def _folder(env: Mapping[str, str]) -> Path | None:
    text = _text(env, "SDXL_LORA_FOLDER", "")
    folder = Path(text).expanduser().resolve()
    if text and not folder.is_dir():
        raise SetupError(f"SDXL_LORA_FOLDER={text} is no folder.")
    return folder if text else None


def _choice(name: str, text: str, choices: Sequence[str]) -> str:
    if text not in choices:
        raise SetupError(f"{name}={text} is unknown.", f"Use {', '.join(choices[:-1])} or {choices[-1]}.")
    return text


def _devices(text: str) -> tuple[str, ...]:
    names = tuple(name.strip() for name in text.split(","))
    if names in (("auto",), (ALL_CARDS,)) or all(_DEVICE.fullmatch(name) for name in names):
        return names
    raise SetupError(
        f"SDXL_DEVICE={text} is unknown.", "Use auto, cuda, mps or cpu, cards such as cuda:0,cuda:1, or all."
    )


def _count(text: str) -> int:
    if not text.isdecimal() or int(text) > 1024:
        raise SetupError(f"SDXL_THREADS must be a whole number from 0 to 1024, not {text}.")
    return int(text)


def _usual(env: Mapping[str, str]) -> Preset:
    text = _text(env, "SDXL_PRESET", FULL.name)
    if text not in PRESETS:
        raise SetupError(f"SDXL_PRESET={text} is unknown.", f"Use {' or '.join(PRESETS)}.")
    return FULL if text == FULL.name else _fast(env)


def _fast(env: Mapping[str, str]) -> Preset:
    fast = FAST_KINDS[_choice("SDXL_FAST", _text(env, "SDXL_FAST", "lcm"), (*FAST_KINDS,))]
    lora = _text(env, "SDXL_FAST_LORA", "")
    return replace(fast, lora=LoraRef(lora, 1.0)) if lora else fast


def _user_cache(env: Mapping[str, str]) -> Path:
    if sys.platform == "win32":
        home = Path(env.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local")
    elif sys.platform == "darwin":
        home = Path.home() / "Library" / "Caches"
    else:
        home = Path(env.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    return home / "sdxl-lora-playground"
