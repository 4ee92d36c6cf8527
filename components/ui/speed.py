"""The panel of how fast a picture is painted; it is shown where the model takes presets."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import gradio as gr
from gradio.components import Component

from components import messages
from components.errors import InvalidRequest
from components.generation import FAST_GUIDANCE, FAST_STEPS, Preset
from components.schema import Schema
from components.ui import assets
from components.ui.fields import field_id
from components.ui.sampling import SamplingPanel

LABELS = {Preset.FULL: "Best", Preset.FAST: f"Fast, {FAST_STEPS} steps"}


class SpeedPanel:
    """Owns one choice; what it means for other fields is shown in the browser alone."""

    def __init__(self) -> None:
        self.preset = gr.Radio(
            [(label, preset.value) for preset, label in LABELS.items()],
            label="Speed",
            info="Fast is several times quicker, with fewer details.",
            elem_id=field_id("preset"),
        )
        self.inputs: dict[str, Component] = {"preset": self.preset}

    def fit(self, schema: Schema, sampling: SamplingPanel) -> None:
        """Show the choice where there is one, and what is usual there."""
        usual = schema.usual_preset
        self.preset.visible, self.preset.value = usual is not None, usual.value if usual else None
        if usual is Preset.FAST:
            sampling.guidance.value, sampling.steps.value = FAST_GUIDANCE, FAST_STEPS

    def tie(self, sampling: SamplingPanel) -> None:
        """Show the steps and the guidance that count."""
        numbers = [sampling.guidance, sampling.steps]
        self.preset.input(
            None, [self.preset, *numbers], numbers, js=assets.hook("speed", "follow"), api_visibility="private"
        )

    @staticmethod
    def read(values: Mapping[str, Any]) -> Preset | None:
        """Return what was chosen; None where there is no choice. Raises InvalidRequest."""
        chosen = values.get("preset")
        return None if chosen is None else preset_of(chosen)


def preset_of(value: Any) -> Preset:
    """Raise InvalidRequest for what is no preset."""
    try:
        return Preset(value)
    except ValueError as error:
        raise InvalidRequest("preset", messages.NO_SUCH_SPEED) from error
