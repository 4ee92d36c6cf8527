"""Form links: buttons that reset the form, copy a link that fills it, and show its request as code."""

from __future__ import annotations

import gradio as gr

from components.ui import assets


def place_form_links() -> None:
    """Place the buttons. They run scripts in the browser: assets/ui/form/draft.js and assets/ui/code/code.js."""
    with gr.Row(elem_id="form-links"):
        for label, name, module, function in (
            ("Reset to defaults", "reset-form", "form/form", "reset_form"),
            ("Copy a link", "copy-link", "form/form", "copy_link"),
            ("Show the code", "show-code", "code/code", "show_code"),
        ):
            button = gr.Button(label, size="sm", elem_id=name, elem_classes=["minor"], scale=0)
            button.click(None, None, None, js=assets.hook(module, function), api_visibility="private")
