"""Prompt panel: the mark by which the page's keys know that weights are read."""

from __future__ import annotations

import gradio as gr
import pytest

from components.ui.panels.prompt import PromptPanel


@pytest.mark.parametrize(("reads_weights", "classes"), [(True, ["reads-weights"]), (False, [])])
async def test_a_model_that_reads_weights_is_marked_at_the_box(reads_weights: bool, classes: list[str]) -> None:
    with gr.Blocks():  # it would open an event loop of its own, did none run
        panel = PromptPanel(reads_weights=reads_weights)
        panel.place_negative()
    assert panel.inputs["prompt"].elem_classes == classes
