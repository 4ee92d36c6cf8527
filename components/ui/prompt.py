"""The panel of words: what the picture should show, and what it should not."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import gradio as gr
from gradio.components import Component

from components.ui.fields import field_id, help_text, text_of
from components.ui.prompt_length import follow_length, help_with_length


@dataclass(frozen=True, slots=True)
class Words:
    """The two texts of a request."""

    prompt: str
    negative_prompt: str


class PromptPanel:
    """Owns both text boxes."""

    def __init__(self, *, reads_all: bool = False) -> None:
        """`reads_all`: no word is ever lost, so nothing is said of the length."""
        prompt = gr.Textbox(
            label="Prompt",
            lines=3,
            max_lines=8,
            placeholder="A red fox in the snow at night",
            elem_id=field_id("prompt"),
            autofocus=False,
        )
        place_help = help_text if reads_all else help_with_length
        place_help("prompt", "Say what the picture should show. Ctrl+Enter (or ⌘+Enter) generates.")
        negative = gr.Textbox(
            label="Negative prompt",
            lines=1,
            max_lines=4,
            placeholder="blurry, text",
            elem_id=field_id("negative_prompt"),
        )
        help_text("negative_prompt", "What should stay out of the picture. May be left empty.")
        self.inputs: dict[str, Component] = {"prompt": prompt, "negative_prompt": negative}
        if not reads_all:
            follow_length(prompt, negative)

    @staticmethod
    def read(values: Mapping[str, Any]) -> Words:
        """Return the texts. Raises InvalidRequest."""
        return Words(
            prompt=text_of(values.get("prompt"), "prompt"),
            negative_prompt=text_of(values.get("negative_prompt"), "negative_prompt").strip(),
        )
