"""Place of the data folder: as set, on a Space's storage, or where the system keeps the data of programs."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from pathlib import Path


def data_folder_of(chosen: str, env: Mapping[str, str]) -> tuple[Path, bool]:
    """Return the data folder and whether it outlives a restart: on a Space only `/data` is persistent.

    `chosen`: a folder; without one, or for "auto", it depends on the system and its variables `env`.
    """
    on_space = bool(env.get("SPACE_ID"))
    storage = Path("/data")
    has_storage = storage.is_dir() and os.access(storage, os.W_OK)
    if chosen and chosen != "auto":
        folder = Path(chosen).expanduser().resolve()
        return folder, not on_space or (has_storage and folder.is_relative_to(storage))
    if on_space and has_storage:
        return storage / "playground", True
    return _user_data(env) / "sdxl-lora-playground", not on_space


def _user_data(env: Mapping[str, str]) -> Path:
    if sys.platform == "win32":
        return Path(env.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local")
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Application Support"
    return Path(env.get("XDG_DATA_HOME") or Path.home() / ".local" / "share")
