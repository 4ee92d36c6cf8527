"""The lines of the house: what this is, who paints, whose key pays, how long pictures are kept."""

from __future__ import annotations

from html import escape

import gradio as gr

from components.playground import Playground
from components.ui import assets

_NOT_LASTING = (
    "Pictures made here are kept only until this app restarts: it has no lasting storage. Download what you like."
)


def account_lines(title: str, playground: Playground) -> None:
    """Place the title and the backend's line."""
    backend = playground.backend
    with gr.Row(elem_id="head"):
        gr.HTML(title, html_template=assets.text("html/title.html"), elem_id="title", apply_default_css=False)
        line = escape(f"{backend.label} {backend.advice}".strip())  # a model's name is the host's to choose
        gr.HTML(line, elem_id="backend", apply_default_css=False)


def storage_line(playground: Playground) -> None:
    """Say beside the gallery when its pictures do not outlive a restart."""
    if not playground.lasting:
        gr.HTML(_NOT_LASTING, elem_id="storage", apply_default_css=False)
