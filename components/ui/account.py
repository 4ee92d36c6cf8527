"""The lines at the top: what this is, who paints, and whose key pays."""

from __future__ import annotations

import gradio as gr

from components.playground import Playground
from components.ui import assets

_NOT_LASTING = (
    "Pictures made here are kept only until this app restarts: it has no lasting storage. Download what you like."
)


def account_lines(title: str, playground: Playground) -> None:
    """Place the title, the backend's line and what is to know of its storage."""
    backend = playground.backend
    with gr.Row(elem_id="head"):
        gr.HTML(title, html_template=assets.text("html/title.html"), elem_id="title", apply_default_css=False)
        gr.HTML(f"{backend.label} {backend.advice}".strip(), elem_id="backend", apply_default_css=False)
    if not playground.lasting:
        gr.HTML(_NOT_LASTING, elem_id="storage", apply_default_css=False)
