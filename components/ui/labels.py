"""Labels of Gradio's widgets: keys of the catalogue that Gradio translates in the browser (gr.I18n)."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl, urlencode

import gradio as gr
from gradio.i18n import I18nData
from gradio.routes import toorjson

from components.messages.catalogue import ENGLISH, Param, text

_MARKER = re.compile(r'translation_metadata[\\"]+, [\\"]+key[\\"]+: [\\"]+([^"\\]+)')

_OWN_WORDS = {"errors.use_via_api": "page.use_via_api", "common.built_with_gradio": "page.built_with_gradio"}
"""Gradio's own words that are seen on the page, with ours, for a language that Gradio has not: 6.31 has no Italian."""


LATER = ("preset.fast?steps=8",)
"""Keys that a config may get when a model is described after the launch, where the page's translations are fixed."""


def label(key: str, **params: Param) -> str:
    """Return the label of a catalogue key, which the browser shows in its own language.

    Gradio's translations have no parameters, so that they are part of the key, as JSON: `preset.fast?steps=4`.
    """
    values = urlencode({name: json.dumps(value) for name, value in params.items()})
    # Declared as str: so Gradio's widgets declare what they take, and its own guide hands them this.
    return I18nData(f"{key}?{values}" if values else key)  # type: ignore[return-value]


class Labels:
    """Labels that a page's config uses.

    Gradio would send those of all languages with each page. A page has one language alone, and its labels stand under
    the name `en`, in which Gradio looks for all that it does not find in the browser's language.
    """

    def __init__(self, config: Mapping[str, Any]) -> None:
        self._keys = sorted({*_MARKER.findall(json.dumps(config, default=str)), *LATER})

    def translations(self) -> gr.I18n:
        """Return the labels in English, which Gradio puts into the page."""
        return gr.I18n(**{ENGLISH: self.texts(ENGLISH)})

    def texts(self, language: str) -> dict[str, str]:
        """Return the labels in a language by their keys."""
        own = {name: text(key, language=language) for name, key in _OWN_WORDS.items()}
        return {full: _text(full, language) for full in self._keys} | own

    def as_json(self, language: str) -> bytes:
        """Return the labels in a language as they stand in Gradio's HTML."""
        return toorjson({ENGLISH: self.texts(language)}).encode()


def _text(full: str, language: str) -> str:
    key, _, params = full.partition("?")
    return text(key, {name: _param(json.loads(value)) for name, value in parse_qsl(params)}, language)


def _param(value: Any) -> Param:
    # JSON has no tuples.
    return tuple(value) if isinstance(value, list) else value
