"""Heavy libraries (torch, diffusers): imported at the first use, never with the app."""

from __future__ import annotations

import importlib
import importlib.util
from typing import Any

NEEDED = ("torch", "diffusers", "transformers", "peft", "accelerate", "safetensors")
REQUIREMENTS = "components/engines/sdxl/requirements.txt"


def missing() -> tuple[str, ...]:
    """Return which of them are not installed, without importing any."""
    return tuple(name for name in NEEDED if importlib.util.find_spec(name) is None)


def library(name: str) -> Any:
    """Return a library, imported on its first use."""
    return importlib.import_module(name)


def hub_errors() -> tuple[type[Exception], ...]:
    """Return what the Hub's library raises for a network that fails; of which HTTP library depends on its version."""
    errors = library("huggingface_hub.errors")
    kinds: tuple[type[Exception], ...] = errors.HfHubHTTPError.__mro__
    return (OSError, ValueError, *(kind for kind in kinds if kind.__name__ == "HTTPError"))


def torch() -> Any:
    """Return torch, imported on its first use."""
    return importlib.import_module("torch")
