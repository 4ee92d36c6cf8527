"""Language picker: the languages of the page, each under its own name."""

from __future__ import annotations

import gradio as gr

from components.messages.catalogue import language_names
from components.ui import assets


def place_language_picker() -> None:
    """Place the picker. What is chosen is the browser's matter: assets/ui/language/picker.js."""
    gr.HTML(
        dict(language_names()),
        html_template=assets.template("ui/language/picker.html"),
        js_on_load=assets.mount("language/picker", "mount", {}),
        apply_default_css=False,
        padding=False,
        elem_id="language",
    )
