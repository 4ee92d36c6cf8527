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
from components.ui import assets
from components.ui.labels import label
from components.ui.widgets import field_id, number_of, slider


@dataclass(frozen=True, slots=True)
class Sampling:
    """Sampling settings as numbers; the model's schema checks their ranges."""

    guidance_scale: Any
    num_inference_steps: Any
    seed: Any
    image_count: int


class SamplingPanel:
    """Sliders of guidance, steps and seed, the choice of the number of images, and the random seed button."""

    def __init__(self, schema: ModelSchema) -> None:
        guidance = slider(
            schema.guidance_scale,
            "guidance_scale",
            label=label("field.guidance_scale.title"),
            info=label("field.guidance_scale.help"),
        )
        steps = slider(
            schema.num_inference_steps,
            "num_inference_steps",
            label=label("field.num_inference_steps.title"),
            info=label("field.num_inference_steps.help"),
        )
        seed = slider(
            schema.seed,
            "seed",
            label=label("field.seed.title"),
            info=label("field.seed.help"),
        )
        dice = gr.Button(label("field.seed.random"), size="sm", elem_classes=["minor", "dice"])
        # Without a function: the script sets the value in the browser, and nothing is requested.
        dice.click(None, None, seed, js=assets.hook("form/form", "random_seed"), api_visibility="private")
        pictures = gr.Radio(
            list(range(1, MAX_IMAGES + 1)),
            value=1,
            label=label("field.pictures.title"),
            info=label("field.pictures.help"),
            elem_id=field_id("pictures"),
        )
        self.guidance, self.steps = guidance, steps
        self.inputs: dict[str, Component] = {
            "guidance_scale": guidance,
            "num_inference_steps": steps,
            "seed": seed,
            "pictures": pictures,
        }

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
