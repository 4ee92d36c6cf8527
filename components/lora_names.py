"""The names of the LoRAs on the starter shelf, by which a `<lora:name:weight>` without an owner is found."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, cast

SHELF = Path(__file__).resolve().parents[1] / "assets" / "loras" / "shelf.json"


def names_on_shelf(shelf: Path = SHELF) -> Mapping[str, str]:
    """Return the paths by name and by title, in lower case; empty where there is no shelf."""
    try:
        told = json.loads(shelf.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    found: dict[str, str] = {}
    for one in cast("list[Any]", told) if isinstance(told, list) else []:
        path, title = (one.get("path"), one.get("title")) if isinstance(one, dict) else (None, None)
        if isinstance(path, str):
            names = [
                path.rpartition("/")[2].removesuffix(".safetensors"),
                *([title] if isinstance(title, str) else []),
            ]
            found |= {name.lower(): path for name in names}
    return found
