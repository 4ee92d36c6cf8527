"""Choice of the backend that makes the images, and whether what it needs is installed."""

from __future__ import annotations

import importlib.util
from enum import Enum

from components.errors import SetupError

SDXL_PACKAGES = ("torch", "diffusers", "transformers", "peft", "accelerate", "safetensors")
"""Packages that the SDXL engine needs."""
SDXL_INSTALL = "Install it: pip install -r components/engines/sdxl/requirements.txt"
RAY_INSTALL = "Install it: pip install -r components/engines/ray/requirements.txt"


class BackendChoice(Enum):
    """Values of PLAYGROUND_BACKEND that name a backend; `auto` is resolved to one of them, but never to ray."""

    HOSTED = "hosted"
    SDXL = "sdxl"
    RAY = "ray"
    DEMO = "demo"

    @property
    def runs_sdxl(self) -> bool:
        """Return whether our own server makes the images with SDXL, here or on the machines of a Ray cluster."""
        return self in (BackendChoice.SDXL, BackendChoice.RAY)


def backend_choice(text: str, key: str | None) -> BackendChoice:
    """Return the backend that a value of PLAYGROUND_BACKEND names. Raises SetupError for one that cannot run here."""
    if text == "auto":
        return _default_backend(key)
    try:
        choice = BackendChoice(text)
    except ValueError:
        raise SetupError(f"PLAYGROUND_BACKEND={text} is unknown.", "Use auto, hosted, sdxl, ray or demo.") from None
    if choice.runs_sdxl and (missing := missing_for_sdxl()):
        raise SetupError(f"PLAYGROUND_BACKEND={text} needs {', '.join(missing)}.", SDXL_INSTALL)
    if choice is BackendChoice.RAY and importlib.util.find_spec("ray") is None:
        raise SetupError("PLAYGROUND_BACKEND=ray needs ray.", RAY_INSTALL)
    if choice is BackendChoice.HOSTED and not key:
        raise SetupError("PLAYGROUND_BACKEND=hosted needs WAVESPEED_API_KEY.", "Set the key, or use demo.")
    return choice


def _default_backend(key: str | None) -> BackendChoice:
    if key:
        return BackendChoice.HOSTED
    return BackendChoice.DEMO if missing_for_sdxl() else BackendChoice.SDXL


def missing_for_sdxl() -> tuple[str, ...]:
    """Return the packages that the SDXL engine needs and that are not installed. Nothing is imported."""
    return tuple(name for name in SDXL_PACKAGES if importlib.util.find_spec(name) is None)
