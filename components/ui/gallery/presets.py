"""Presets: server functions for the presets of a signed-in visitor. Those of all others stay in their browser."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Iterator
from typing import Any

import gradio as gr

from components.domain.saved_presets import MOST_NAME, MOST_PRESETS, PresetChange, PresetList, SavedPreset
from components.services.playground import Playground
from components.ui.identity import as_object, person_of, text_field

_MOST_READ = 2 * MOST_PRESETS
"""Entries that are read of a list: with more, too many are kept, or named."""


def preset_functions(playground: Playground) -> list[Callable[..., Awaitable[Any]]]:
    """Return the server functions of the script. Gradio sets an attribute on each, so they cannot be methods."""
    store = playground.store

    async def presets(payload: Any, request: gr.Request) -> dict[str, Any] | None:
        """Return the signed-in user and the user's presets; None for a visitor who is not signed in."""
        person = person_of(as_object(payload), request)
        if not person.user:
            return None
        return {"user": person.user, **_list_json(await store.presets(person.visitor_id))}

    async def change_presets(payload: Any, request: gr.Request) -> dict[str, Any] | None:
        """Change the presets of the signed-in user by name; return them, or the problem for which nothing changed."""
        values = as_object(payload)
        person = person_of(values, request)
        if not person.user:
            return None
        change = PresetChange(tuple(_presets(values.get("put"))), _names(values, "drop"), _names(values, "order"))
        changed = await store.change_presets(person.visitor_id, change)
        return {"problem": changed.problem} if changed.problem else _list_json(changed)

    return [presets, change_presets]


def _list_json(found: PresetList) -> dict[str, Any]:
    return {"presets": [{"name": preset.name, "settings": preset.settings} for preset in found.presets]}


def _presets(entries: Any) -> Iterator[SavedPreset]:
    """Yield the valid presets in untrusted JSON."""
    for entry in entries[:_MOST_READ] if isinstance(entries, list) else []:
        name, settings = as_object(entry).get("name"), as_object(entry).get("settings")
        if isinstance(name, str) and isinstance(settings, str) and _is_object(settings):
            try:
                yield SavedPreset(name, settings)
            except ValueError:
                continue


def _is_object(text: str) -> bool:
    try:
        return isinstance(json.loads(text), dict)
    except (ValueError, RecursionError):
        return False


def _names(values: Any, field: str) -> tuple[str, ...]:
    found = values.get(field)
    names = found[:_MOST_READ] if isinstance(found, list) else []
    return tuple(text_field({"name": name}, "name", MOST_NAME) for name in names)
