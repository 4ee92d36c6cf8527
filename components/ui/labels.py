"""Labels of Gradio's widgets: keys of the catalogue that Gradio translates in the browser (gr.I18n)."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import parse_qsl, urlencode

import gradio as gr
from gradio.i18n import I18nData

from components.messages.catalogue import Param, languages, text

_MARKER = re.compile(r'translation_metadata[\\"]+, [\\"]+key[\\"]+: [\\"]+([^"\\]+)')


def label(key: str, **params: Param) -> str:
    """Return the label of a catalogue key, which the browser shows in its own language.

    Gradio's translations have no parameters, so that they are part of the key, as JSON: `preset.fast?steps=4`.
    """
    values = urlencode({name: json.dumps(value) for name, value in params.items()})
    # Declared as str: so Gradio's widgets declare what they take, and its own guide hands them this.
    return I18nData(f"{key}?{values}" if values else key)  # type: ignore[return-value]


def translations(config: Mapping[str, Any]) -> gr.I18n:
    """Return the labels that a page's config uses, in every language of the catalogue."""
    keys = sorted(set(_MARKER.findall(json.dumps(config, default=str))))
    return gr.I18n(**{language: _texts(keys, language) for language in languages()})


def _texts(keys: Iterable[str], language: str) -> dict[str, str]:
    found = {}
    for full in keys:
        key, _, params = full.partition("?")
        found[full] = text(key, {name: _param(json.loads(value)) for name, value in parse_qsl(params)}, language)
    return found


def _param(value: Any) -> Param:
    # JSON has no tuples.
    return tuple(value) if isinstance(value, list) else value
