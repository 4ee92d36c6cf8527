"""Tools below the prompt: add a picture, a style, a LoRA; on narrow screens, the sheet of the settings."""

from __future__ import annotations

import gradio as gr

from components.ui import assets
from components.ui.labels import label
from components.ui.listeners import listen

TOOLS = (
    ("picture", "form/tools", "add_picture"),
    ("style", "form/tools", "add_style"),
    ("lora", "form/tools", "add_lora"),
    ("settings", "form/tools", "show_settings"),
)
"""Name, and the script that runs."""


def place_tools() -> None:
    """Place the buttons."""
    for name, module, function in TOOLS:
        button = gr.Button(
            label(f"tool.{name}"),
            size="sm",
            elem_id=f"tool-{name}",
            elem_classes=["minor", "tool"],
            scale=0,
            min_width=0,
        )
        listen(button.click, module, function)


def place_sheet_head() -> None:
    """Place the head of the settings, shown where they are a sheet over the page: assets/ui/shared/sheet.js."""
    gr.HTML(
        "",
        html_template=assets.template("ui/shared/sheet.html"),
        js_on_load=assets.mount("shared/sheet", "mount", {}),
        apply_default_css=False,
        padding=False,
        elem_id="sheet-head",
    )
