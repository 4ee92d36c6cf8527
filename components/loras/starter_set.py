"""Starter set: the LoRAs that the page offers from the start, from `assets/loras/starter.json`."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, cast

STARTER_FILE = Path(__file__).resolve().parents[2] / "assets" / "loras" / "starter.json"


def starter_names(file: Path = STARTER_FILE) -> Mapping[str, str]:
    """Return paths by lower-case file name and title, as tags name them; empty without a starter set.

    The title is the author's own, in any language; the page shows `starter_lora.<id>.title` of the catalogue.
    """
    paths: dict[str, str] = {}
    for path, entry in _entries(file):
        title = entry.get("title")
        names = [path.rpartition("/")[2].removesuffix(".safetensors"), *([title] if isinstance(title, str) else [])]
        paths |= {name.lower(): path for name in names}
    return paths


def starter_ids(file: Path = STARTER_FILE) -> Mapping[str, str]:
    """Return ids by path, which the catalogue's titles are named by; empty without a starter set."""
    ids = {path: entry.get("id") for path, entry in _entries(file)}
    return {path: one for path, one in ids.items() if isinstance(one, str)}


def starter_trigger_words(file: Path = STARTER_FILE) -> Mapping[str, tuple[str, ...]]:
    """Return trigger words by path, for LoRAs that have some; empty without a starter set."""
    by_path = {path: _texts(entry.get("trigger_words")) for path, entry in _entries(file)}
    return {path: words for path, words in by_path.items() if words}


def _entries(file: Path) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Yield path and entry of each LoRA; entries without a path are skipped."""
    try:
        data = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return
    for entry in cast("list[Any]", data) if isinstance(data, list) else []:
        if isinstance(entry, dict) and isinstance(path := entry.get("path"), str):
            yield path, cast("Mapping[str, Any]", entry)


def _texts(value: Any) -> tuple[str, ...]:
    texts = cast("list[Any]", value) if isinstance(value, list) else []
    return tuple(text.strip() for text in texts if isinstance(text, str) and text.strip())
