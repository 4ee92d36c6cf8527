"""How much of the encoders' room the texts take: said below a box near the end of it, and beyond with what is lost."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from contextlib import suppress
from typing import Any

import gradio as gr
from gradio.components import Component

from components import messages
from components.errors import InvalidRequest, Sentence
from components.lora_tags import tags_of, without_tags
from components.prompt_styles import in_style, names_of
from components.schema import PROMPT_LIMIT
from components.tokens import ROOM, count, cut
from components.ui import assets
from components.ui.fields import help_text
from components.ui.who import values_of

NEAR = 65
"""Tokens from which something is said; prompt_length.js asks nothing of texts that cannot have as many."""
_SHOWN = 80
"""Characters of what is lost that are shown: where it begins is what helps."""
_NO_LOSS = " ,.;:"
"""A comma at the end is none worth a word."""


def help_with_length(field: str, text: str) -> gr.HTML:
    """Place the help of the first box, whose component answers for both."""
    script = assets.text("js/mount_prompt_length.js")
    return help_text(field, text, js_on_load=script, server_functions=[prompt_length])


def follow_length(*boxes: Component) -> None:
    """Follow both texts, whoever writes them."""
    for box in boxes:
        box.change(None, None, None, js=assets.hook("prompt_length", "changed"), api_visibility="private")  # type: ignore[attr-defined]


async def prompt_length(ask: Any) -> dict[str, str]:
    """Return what is to be said below each box, "" for nothing. A thread counts: others do not wait."""
    return await asyncio.to_thread(_said, values_of(ask))


def _said(values: Mapping[str, Any]) -> dict[str, str]:
    prompt, negative = _text(values, "prompt"), _text(values, "negative_prompt")
    prompt = without_tags(prompt) if tags_of(prompt) else prompt
    with suppress(InvalidRequest):  # a press says so
        prompt, negative = in_style(prompt, negative, names_of(values.get("styles")))
    told = {"prompt": told_of(prompt), "negative_prompt": told_of(negative)}
    return {field: messages.in_full(sentence, is_free=True) if sentence else "" for field, sentence in told.items()}


def told_of(text: str) -> Sentence | None:
    """Return what is to be said of a text's length, None while there is room."""
    tokens, unseen = count(text), cut(text)
    if unseen.strip(_NO_LOSS):
        return messages.overfull(tokens, ROOM, _beginning(unseen))
    return messages.nearly_full(min(tokens, ROOM), ROOM) if tokens >= NEAR else None


def _beginning(text: str) -> str:
    line = " ".join(text.split())
    if len(line) <= _SHOWN:
        return line
    shown = line[:_SHOWN].rpartition(" ")[0] or line[:_SHOWN]
    return f"{shown.rstrip(_NO_LOSS)}…"


def _text(values: Mapping[str, Any], field: str) -> str:
    value = values.get(field)
    return value[:PROMPT_LIMIT] if isinstance(value, str) else ""
