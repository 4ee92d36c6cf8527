"""`PLAYGROUND_BACKEND=sdxl python app.py` with the tiny model, as its own process."""

from __future__ import annotations

from pathlib import Path

from tests.sdxl.reference import Studio
from tests.support.app_process import AppProcess


def app_of(studio: Studio, folder: Path, **more: str) -> AppProcess:
    """Return the app, not started; `more` are further settings."""
    models = {"SDXL_MODEL": str(studio.tiny.base), "SDXL_REFINER": str(studio.tiny.refiner)}
    usual = {"SDXL_DEVICE": "cpu", "SDXL_THREADS": "1", "SDXL_LORA_FOLDER": str(studio.loras)}
    usual["SDXL_FAST_LORA"] = "peft.safetensors"
    return AppProcess(folder, PLAYGROUND_BACKEND="sdxl", **models, **usual, **more)
