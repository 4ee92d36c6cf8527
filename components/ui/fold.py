"""Folds: groups of settings that open and close in the browser, and say their values while they are closed."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager

import gradio as gr

from components.ui import assets


@contextmanager
def fold(name: str) -> Generator[None]:
    """Place what is made inside into a group with the title `fold.<name>`; its script is assets/ui/shared/folds.js.

    Its fields exist while it is closed, hidden by the style sheet alone: those in a closed gr.Accordion do not (6.31),
    so that nothing could be filled into them.
    """
    with gr.Column(elem_id=f"fold-{name}", elem_classes=["fold"], scale=0):
        gr.HTML(
            "",
            html_template=assets.template("ui/shared/fold.html", {"NAME": name}),
            js_on_load=assets.mount("shared/folds", "mount", {}),
            apply_default_css=False,
            padding=False,
            elem_classes=["fold-head"],
        )
        with gr.Column(elem_classes=["fold-body"]):
            yield
