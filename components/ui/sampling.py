"""The panel of how the picture is made: guidance, steps, seed, how many."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import gradio as gr
from gradio.components import Component

from components import messages
from components.errors import InvalidRequest
from components.schema import Schema
from components.seeds import MOST_PICTURES
from components.ui import assets
from components.ui.fields import field_id, number_of, slider


@dataclass(frozen=True, slots=True)
class Sampling:
    """How the picture is made. The numbers' ranges are the schema's business."""

    guidance_scale: Any
    num_inference_steps: Any
    seed: Any
    pictures: int


class SamplingPanel:
    """Owns four controls and the dice."""

    def __init__(self, schema: Schema) -> None:
        guidance = slider(
            schema.guidance_scale,
            "guidance_scale",
            label="Guidance",
            info="How strictly to follow your words.",
        )
        steps = slider(
            schema.num_inference_steps,
            "num_inference_steps",
            label="Steps",
            info="More steps: finer, but slower.",
        )
        seed = slider(
            schema.seed,
            "seed",
            label="Seed",
            info="Same seed, same picture. -1 draws a new one.",
        )
        dice = gr.Button("Random seed", size="sm", elem_classes=["minor", "dice"])
        dice.click(None, None, seed, js=assets.hook("form", "random_seed"), api_visibility="private")
        pictures = gr.Radio(
            list(range(1, MOST_PICTURES + 1)),
            value=1,
            label="Pictures",
            info="How many at once. Each gets the next seed.",
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
        """Return the settings. Raises InvalidRequest for what is no number."""
        pictures = number_of(values.get("pictures", 1), "pictures")
        if not isinstance(pictures, int):
            raise InvalidRequest("pictures", messages.NO_NUMBER_OF_PICTURES)
        return Sampling(
            guidance_scale=number_of(values.get("guidance_scale"), "guidance_scale"),
            num_inference_steps=number_of(values.get("num_inference_steps"), "num_inference_steps"),
            seed=number_of(values.get("seed"), "seed"),
            pictures=pictures,
        )
