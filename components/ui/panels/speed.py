"""Speed panel: full or fast preset, for models that accept presets."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import gradio as gr
from gradio.components import Component

from components.domain.request import FAST_GUIDANCE, FAST_STEPS, Preset, StepBounds
from components.domain.schema import ModelSchema
from components.ui.labels import label
from components.ui.listeners import listen
from components.ui.panels.sampling import SamplingPanel
from components.ui.widgets import choice_in, field_id


class SpeedPanel:
    """Choice of the preset; its effect on other fields is shown by scripts in the browser."""

    def __init__(self) -> None:
        self.preset = gr.Radio(
            _choices(FAST_STEPS),
            label=label("field.preset.title"),
            info=label("field.preset.help"),
            elem_id=field_id("preset"),
        )
        self.inputs: dict[str, Component] = {"preset": self.preset}

    def fit(self, schema: ModelSchema, sampling: SamplingPanel) -> None:
        """Show the choice, with the model's default preset, where the model accepts presets; else hide it."""
        default = schema.default_preset
        # On the components themselves: Gradio builds the page's config from them. In it a class is all that a script
        # can read of the steps.
        self.preset.visible, self.preset.value = default is not None, default.value if default else None
        self.preset.choices = _choices(schema.fast_steps)
        self.preset.elem_classes = [f"fast-steps-{schema.fast_steps.least}-{schema.fast_steps.most}"]
        if default is Preset.FAST:
            sampling.guidance.value, sampling.steps.value = FAST_GUIDANCE, schema.fast_steps.most

    def tie(self, sampling: SamplingPanel) -> None:
        """Set steps and guidance to those of the chosen preset, in the browser."""
        numbers = {"guidance_scale": sampling.guidance, "num_inference_steps": sampling.steps}
        listen(self.preset.input, "speed/speed", "apply_preset", inputs={**self.inputs, **numbers}, outputs=numbers)

    @staticmethod
    def read(values: Mapping[str, Any]) -> Preset | None:
        """Return the chosen preset; None where the model has none. Raises InvalidRequest."""
        chosen = values.get("preset")
        return None if chosen is None else choice_in("preset", chosen)


def _choices(fast: StepBounds) -> list[tuple[str, str]]:
    return [(label(f"preset.{preset.value}", steps=fast.most), preset.value) for preset in Preset]
