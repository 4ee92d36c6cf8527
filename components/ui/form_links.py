"""What concerns the whole form: back to its defaults, a link that fills it, and the code of what it sends."""

from __future__ import annotations

import gradio as gr

from components.ui import assets


def place_form_links() -> None:
    """Place the buttons; what they do runs in the browser, see assets/js/draft.js and code.js."""
    with gr.Row(elem_id="form-links"):
        for label, name, module, function in (
            ("Reset to defaults", "reset-form", "form", "reset_form"),
            ("Copy a link", "copy-link", "form", "copy_link"),
            ("Show the code", "show-code", "code", "show_code"),
        ):
            button = gr.Button(label, size="sm", elem_id=name, elem_classes=["minor"], scale=0)
            button.click(None, None, None, js=assets.hook(module, function), api_visibility="private")
