"""The panel of prompt styles: an HTML component whose script shows the chosen ones."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import gradio as gr

from components.prompt_styles import in_style, names_of
from components.ui import assets
from components.ui.fields import field_id
from components.ui.prompt import Words


class StylesPanel:
    """Owns the component; its script is assets/js/styles.js."""

    def __init__(self) -> None:
        gr.HTML(
            "",
            html_template="",
            js_on_load=assets.mount("mount_styles.js", {}),
            elem_id=field_id("styles"),
            apply_default_css=False,
            padding=False,
        )

    @staticmethod
    def read(values: Mapping[str, Any], words: Words) -> Words:
        """Return the words with those of the styles the page's script named. Raises InvalidRequest."""
        return Words(*in_style(words.prompt, words.negative_prompt, names_of(values.get("styles"))))
