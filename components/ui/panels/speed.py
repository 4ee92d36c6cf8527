"""Speed panel: full or fast preset, for models that accept presets."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import gradio as gr
from gradio.components import Component

from components import messages
from components.domain.request import FAST_GUIDANCE, FAST_STEPS, Preset
from components.domain.schema import ModelSchema
from components.errors import InvalidRequest
from components.ui import assets
from components.ui.labels import label
from components.ui.panels.sampling import SamplingPanel
from components.ui.widgets import field_id


class SpeedPanel:
    """Choice of the preset; its effect on other fields is shown by scripts in the browser."""

    def __init__(self) -> None:
        self.preset = gr.Radio(
            [(label(f"preset.{preset.value}", steps=FAST_STEPS), preset.value) for preset in Preset],
            label=label("field.preset.title"),
            info=label("field.preset.help"),
            elem_id=field_id("preset"),
        )
        self.inputs: dict[str, Component] = {"preset": self.preset}

    def fit(self, schema: ModelSchema, sampling: SamplingPanel) -> None:
        """Show the choice, with the model's default preset, where the model accepts presets; else hide it."""
        default = schema.default_preset
        # On the components themselves: Gradio builds the page's config from them.
        self.preset.visible, self.preset.value = default is not None, default.value if default else None
        if default is Preset.FAST:
            sampling.guidance.value, sampling.steps.value = FAST_GUIDANCE, FAST_STEPS

    def tie(self, sampling: SamplingPanel) -> None:
        """Set steps and guidance to those of the chosen preset, in the browser."""
        numbers = [sampling.guidance, sampling.steps]
        self.preset.input(
            None,
            [self.preset, *numbers],
            numbers,
            js=assets.hook("speed/speed", "apply_preset"),
            api_visibility="private",
        )

    @staticmethod
    def read(values: Mapping[str, Any]) -> Preset | None:
        """Return the chosen preset; None where the model has none. Raises InvalidRequest."""
        chosen = values.get("preset")
        return None if chosen is None else preset_of(chosen)


def preset_of(value: Any) -> Preset:
    """Return the preset of this value. Raises InvalidRequest when there is none."""
    try:
        return Preset(value)
    except ValueError as error:
        raise InvalidRequest("preset", messages.NO_SUCH_SPEED) from error
