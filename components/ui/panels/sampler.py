"""Sampler panel: how each step is computed, for models that offer a choice."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import gradio as gr
from gradio.components import Component

from components.domain.request import Sampler
from components.domain.schema import ModelSchema
from components.ui.labels import label
from components.ui.widgets import choice_in, field_id

_USUAL = ""
"""Value of the choice that leaves it to the model."""


class SamplerPanel:
    """Choice of the sampler; their names are the same in every language."""

    def __init__(self) -> None:
        self.sampler = gr.Radio(
            [(label("sampler.usual"), _USUAL)],
            value=_USUAL,
            label=label("field.sampler.title"),
            info=label("field.sampler.help"),
            elem_id=field_id("sampler"),
        )
        self.inputs: dict[str, Component] = {"sampler": self.sampler}

    def fit(self, schema: ModelSchema) -> None:
        """Show the model's samplers; nothing where it offers none."""
        named = [(sampler.value, sampler.value) for sampler in schema.samplers]
        # On the component itself: Gradio builds the page's config from it.
        self.sampler.choices = [(label("sampler.usual"), _USUAL), *named]
        self.sampler.visible = bool(named)

    @staticmethod
    def read(values: Mapping[str, Any]) -> Sampler | None:
        """Return the chosen sampler; None for the model's own. Raises InvalidRequest."""
        chosen = values.get("sampler")
        return None if chosen in (None, _USUAL) else choice_in("sampler", chosen)
