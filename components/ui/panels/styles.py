"""Styles panel: prompt styles, chosen in a dialog of its script."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import gradio as gr

from components.prompts.styles import apply_styles, names_of
from components.ui import assets
from components.ui.panels.prompt import PromptTexts
from components.ui.widgets import field_id


class StylesPanel:
    """HTML component; its script is assets/ui/prompt/styles.js."""

    def __init__(self) -> None:
        gr.HTML(
            "",
            html_template="",
            js_on_load=assets.mount("prompt/styles", "mount", {}),
            elem_id=field_id("styles"),
            apply_default_css=False,
            padding=False,
        )

    @staticmethod
    def read(values: Mapping[str, Any], texts: PromptTexts) -> PromptTexts:
        """Return the texts with those of the chosen styles added. Raises InvalidRequest for an unknown style."""
        return PromptTexts(*apply_styles(texts.prompt, texts.negative_prompt, names_of(values.get("styles"))))
