"""Prompt length: messages below a text box near the encoders' token limit, and beyond it with the lost words."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from typing import Any

import gradio as gr
from gradio.components import Component

from components import messages
from components.domain.fields import PROMPT_LIMIT
from components.errors import InvalidRequest
from components.loras.tags import tags_of, without_tags
from components.messages.message import Message
from components.prompts.styles import apply_styles, names_of
from components.prompts.tokens import MAX_TOKENS, count_tokens, cut_words
from components.threads import optional_threads
from components.ui import assets
from components.ui.identity import as_object
from components.ui.listeners import listen
from components.ui.message_json import message_json
from components.ui.widgets import help_text

NEARLY_FULL = 65
"""Tokens from which there is a message; assets/ui/prompt/length.js does not send texts that must have fewer."""
_MAX_SHOWN = 80
"""Characters shown of the lost words; their beginning shows where the prompt is cut."""
_PUNCTUATION = " ,.;:"
"""Characters whose loss changes nothing."""


def help_with_length(field: str, text: str) -> gr.HTML:
    """Place the help text of the first box, with the server function for both."""
    script = assets.text("ui/shared/gradio_server.js")
    return help_text(field, text, js_on_load=script, server_functions=[prompt_length])


def follow_length(*boxes: Component) -> None:
    """Run the script when a box changes, by typing or by a script."""
    for box in boxes:
        listen(box.change, "prompt/length", "changed")  # type: ignore[attr-defined]


async def prompt_length(payload: Any) -> dict[str, Any]:
    """Return the message below each box by field, null for none."""
    # In a thread: counting the tokens of a long text takes a noticeable time.
    return await optional_threads().run(_messages_json, as_object(payload))


def _messages_json(values: Mapping[str, Any]) -> dict[str, Any]:
    prompt, negative = _text(values, "prompt"), _text(values, "negative_prompt")
    prompt = without_tags(prompt) if tags_of(prompt) else prompt
    # An unknown style is refused by the press.
    with suppress(InvalidRequest):
        prompt, negative = apply_styles(prompt, negative, names_of(values.get("styles")))
    found = {"prompt": length_message(prompt), "negative_prompt": length_message(negative)}
    return {field: message_json(message, is_free=True) if message else None for field, message in found.items()}


def length_message(text: str) -> Message | None:
    """Return the message about a text's length, None below NEARLY_FULL tokens."""
    tokens, lost = count_tokens(text), cut_words(text)
    if lost.strip(_PUNCTUATION):
        return messages.overfull(tokens, MAX_TOKENS, _shortened(lost))
    return messages.nearly_full(min(tokens, MAX_TOKENS), MAX_TOKENS) if tokens >= NEARLY_FULL else None


def _shortened(text: str) -> str:
    text = " ".join(text.split())
    if len(text) <= _MAX_SHOWN:
        return text
    start = text[:_MAX_SHOWN].rpartition(" ")[0] or text[:_MAX_SHOWN]
    return f"{start.rstrip(_PUNCTUATION)}…"


def _text(values: Mapping[str, Any], field: str) -> str:
    value = values.get(field)
    return value[:PROMPT_LIMIT] if isinstance(value, str) else ""
