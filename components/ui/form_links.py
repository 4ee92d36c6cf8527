"""What concerns the whole form: back to its defaults, and a link that fills it."""

from __future__ import annotations

import gradio as gr

from components.ui import assets


def place_form_links() -> None:
    """Place both buttons; what they do runs in the browser alone, see assets/js/draft.js."""
    with gr.Row(elem_id="form-links"):
        for label, name, function in (
            ("Reset to defaults", "reset-form", "reset_form"),
            ("Copy a link", "copy-link", "copy_link"),
        ):
            button = gr.Button(label, size="sm", elem_id=name, elem_classes=["minor"], scale=0)
            button.click(None, None, None, js=assets.hook("form", function), api_visibility="private")
