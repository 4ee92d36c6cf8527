"""Prompt panel: prompt and negative prompt."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import gradio as gr
from gradio.components import Component

from components.ui import assets
from components.ui.labels import label
from components.ui.listeners import listen
from components.ui.panels.prompt_length import follow_length, help_with_length
from components.ui.widgets import field_id, help_text, text_of


@dataclass(frozen=True, slots=True)
class PromptTexts:
    """Prompt and negative prompt of a request."""

    prompt: str
    negative_prompt: str


class PromptPanel:
    """Text boxes of prompt and negative prompt, and the row of what is attached to the prompt."""

    def __init__(self, *, is_unlimited: bool = False, reads_weights: bool = False) -> None:
        """`is_unlimited`: the backend reads prompts of any length, so no message about the length is needed.

        `reads_weights`: it reads `(word:1.3)` as A1111 does, so nothing is said about weights, and keys change them
        (assets/ui/keys/keys.js).
        """
        prompt = gr.Textbox(
            label=label("field.prompt.title"),
            lines=3,
            max_lines=8,
            placeholder=label("field.prompt.placeholder"),
            elem_id=field_id("prompt"),
            elem_classes=["reads-weights"] if reads_weights else None,
            autofocus=False,
        )
        place_help = help_text if is_unlimited else help_with_length
        place_help("prompt", label("field.prompt.help"))
        help_text("prompt_keys", label("field.prompt.keys"))
        _place_attached()
        self._negative = gr.Textbox(
            label=label("field.negative_prompt.title"),
            lines=1,
            max_lines=4,
            placeholder=label("field.negative_prompt.placeholder"),
            elem_id=field_id("negative_prompt"),
            render=False,
        )
        listen(prompt.change, "prompt/other_language", "changed")
        listen(prompt.change, "grid/alternatives", "changed")
        self.inputs: dict[str, Component] = {"prompt": prompt, "negative_prompt": self._negative}
        if not is_unlimited:
            follow_length(prompt, self._negative)
        if not reads_weights:
            _follow_weights(prompt, self._negative)

    def place_negative(self) -> None:
        """Place the negative prompt, among the settings that most visitors leave alone."""
        self._negative.render()
        help_text("negative_prompt", label("field.negative_prompt.help"))

    @staticmethod
    def read(values: Mapping[str, Any]) -> PromptTexts:
        """Return the texts. Raises InvalidRequest for a value that is no text."""
        return PromptTexts(
            prompt=text_of(values.get("prompt"), "prompt"),
            negative_prompt=text_of(values.get("negative_prompt"), "negative_prompt").strip(),
        )


def _follow_weights(*boxes: Component) -> None:
    """Run the script that looks for weights when a box changes, by typing or by a script."""
    for box in boxes:
        listen(box.change, "prompt/weights", "changed")  # type: ignore[attr-defined]


def _place_attached() -> None:
    """Place the row of what is attached to the prompt: its script is assets/ui/shared/attached.js."""
    gr.HTML(
        "",
        html_template="",
        js_on_load=assets.mount("shared/attached", "mount", {}),
        apply_default_css=False,
        padding=False,
        elem_id="attached",
    )
