"""Form links: buttons that reset the form, copy a link that fills it, and show its request as code."""

from __future__ import annotations

import gradio as gr

from components.ui import assets
from components.ui.labels import label


def place_form_links() -> None:
    """Place the buttons. They run scripts in the browser: assets/ui/form/draft.js and assets/ui/code/code.js."""
    with gr.Row(elem_id="form-links"):
        for key, name, module, function in (
            ("form.reset", "reset-form", "form/form", "reset_form"),
            ("form.copy_link", "copy-link", "form/form", "copy_link"),
            ("form.show_code", "show-code", "code/code", "show_code"),
        ):
            button = gr.Button(label(key), size="sm", elem_id=name, elem_classes=["minor"], scale=0)
            button.click(None, None, None, js=assets.hook(module, function), api_visibility="private")
