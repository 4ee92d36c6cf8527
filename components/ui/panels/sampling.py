"""Sampling panel: guidance, steps, seed, and the number of images."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import gradio as gr
from gradio.components import Component

from components import messages
from components.domain.batch import MAX_IMAGES
from components.domain.schema import ModelSchema
from components.errors import InvalidRequest
from components.ui.labels import label
from components.ui.listeners import listen
from components.ui.widgets import field_id, number_of, slider


@dataclass(frozen=True, slots=True)
class Sampling:
    """Sampling settings as numbers; the model's schema checks their ranges."""

    guidance_scale: Any
    num_inference_steps: Any
    seed: Any
    image_count: int


NUMBERS = ("guidance_scale", "num_inference_steps", "seed")
"""Fields with a slider in this panel."""


class SamplingPanel:
    """Choice of the number of images; sliders of guidance, steps and seed, and the random seed button."""

    def __init__(self, schema: ModelSchema) -> None:
        """Make the widgets; `place_count` and `place_numbers` put them on the page."""
        self.guidance, self.steps, self._seed = (_number(name, schema) for name in NUMBERS)
        self._pictures = gr.Radio(
            list(range(1, MAX_IMAGES + 1)),
            value=1,
            label=label("field.pictures.title"),
            elem_id=field_id("pictures"),
            render=False,
        )
        self.inputs: dict[str, Component] = {
            **dict(zip(NUMBERS, (self.guidance, self.steps, self._seed), strict=True)),
            "pictures": self._pictures,
        }

    def place_count(self) -> None:
        """Place the choice of the number of images."""
        self._pictures.render()

    def place_numbers(self) -> None:
        """Place the sliders, and the button for a random seed."""
        for widget in (self.guidance, self.steps, self._seed):
            widget.render()
        dice = gr.Button(label("field.seed.random"), size="sm", elem_classes=["minor", "dice"])
        # Without a function: the script sets the value in the browser, and nothing is requested.
        listen(dice.click, "form/form", "random_seed", outputs={"seed": self._seed})

    @staticmethod
    def read(values: Mapping[str, Any]) -> Sampling:
        """Return the settings. Raises InvalidRequest for a value that is no number."""
        image_count = number_of(values.get("pictures", 1), "pictures")
        if not isinstance(image_count, int):
            raise InvalidRequest("pictures", messages.NO_NUMBER_OF_PICTURES)
        return Sampling(
            guidance_scale=number_of(values.get("guidance_scale"), "guidance_scale"),
            num_inference_steps=number_of(values.get("num_inference_steps"), "num_inference_steps"),
            seed=number_of(values.get("seed"), "seed"),
            image_count=image_count,
        )


def _number(name: str, schema: ModelSchema) -> gr.Slider:
    title, help_ = label(f"field.{name}.title"), label(f"field.{name}.help")
    return slider(schema.range(name), name, label=title, info=help_, render=False)
