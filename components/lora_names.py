"""The LoRAs on the starter shelf: paths by name, as `<lora:name:weight>` has it, and trigger words by path."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, cast

SHELF = Path(__file__).resolve().parents[1] / "assets" / "loras" / "shelf.json"


def names_on_shelf(shelf: Path = SHELF) -> Mapping[str, str]:
    """Return the paths by name and by title, in lower case; empty where there is no shelf."""
    found: dict[str, str] = {}
    for path, one in _loras(shelf):
        title = one.get("title")
        names = [path.rpartition("/")[2].removesuffix(".safetensors"), *([title] if isinstance(title, str) else [])]
        found |= {name.lower(): path for name in names}
    return found


def words_on_shelf(shelf: Path = SHELF) -> Mapping[str, tuple[str, ...]]:
    """Return the trigger words by path, for those that have some; empty where there is no shelf."""
    found = {path: _words(one.get("trigger_words")) for path, one in _loras(shelf)}
    return {path: words for path, words in found.items() if words}


def _loras(shelf: Path) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Yield what has a path; anything else in the file is passed over."""
    try:
        told = json.loads(shelf.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return
    for one in cast("list[Any]", told) if isinstance(told, list) else []:
        if isinstance(one, dict) and isinstance(path := one.get("path"), str):
            yield path, cast("Mapping[str, Any]", one)


def _words(told: Any) -> tuple[str, ...]:
    words = cast("list[Any]", told) if isinstance(told, list) else []
    return tuple(word.strip() for word in words if isinstance(word, str) and word.strip())
