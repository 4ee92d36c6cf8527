"""The panel of the refiner, a second model for the last details: off, at the end of the first, or over the whole."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import gradio as gr
from gradio.components import Component

from components import messages
from components.errors import InvalidRequest
from components.generation import Refine
from components.handover import shared_steps
from components.schema import Schema
from components.ui import assets
from components.ui.fields import field_id, number_of, slider

WAYS = {
    Refine.OFF: "Off",
    Refine.ENSEMBLE: "Ensemble of experts",
    Refine.SECOND_PASS: "Second pass",
}


@dataclass(frozen=True, slots=True)
class Refinement:
    """What a request says of the refiner; all as usual where it is off."""

    refine: Refine = Refine.OFF
    high_noise_frac: float = 0.8
    refine_steps: int | None = None

    @property
    def fields(self) -> dict[str, Any]:
        """Return the fields of a request that it decides."""
        if self.refine is Refine.ENSEMBLE:
            return {"refine": self.refine, "high_noise_frac": self.high_noise_frac}
        if self.refine is Refine.SECOND_PASS:
            return {"refine": self.refine, "refine_steps": self.refine_steps}
        return {}


class RefinerPanel:
    """Owns the choice of the way and a slider for each."""

    def __init__(self, schema: Schema, *, each: bool = False) -> None:
        """`each`: base and refiner have a step at least, whatever the handover."""
        self.place = gr.Accordion("Refiner: off", open=False, elem_id="refiner")
        with self.place:
            self.way = gr.Radio(
                [(label, way.value) for way, label in WAYS.items()],
                value=Refine.OFF.value,
                label="Refiner",
                info="A second model that finishes the details. It takes longer.",
                elem_id=field_id("refine"),
            )
            with gr.Group(visible=False) as self.ensemble:
                handover = slider(
                    schema.high_noise_frac,
                    "high_noise_frac",
                    label="Handover",
                    info="The share of the steps after which the refiner takes over.",
                )
                self.shares = gr.HTML(
                    _words(int(schema.num_inference_steps.default), schema.high_noise_frac.default, each=each),
                    html_template=assets.text("html/line.html"),
                    apply_default_css=False,
                    elem_id="shares",
                    elem_classes=["each"] if each else None,
                )
            with gr.Group(visible=False) as self.second:
                steps = slider(
                    schema.refine_steps,
                    "refine_steps",
                    label="Refiner steps",
                    info="How long the refiner works over the finished picture.",
                )
        self.places = [self.place, self.ensemble, self.second]
        self.inputs: dict[str, Component] = {"refine": self.way, "high_noise_frac": handover, "refine_steps": steps}

    def tie(self, steps: gr.Slider) -> None:
        """Show what belongs to the way that is chosen, and how the steps are shared."""
        self.way.input(
            None,
            self.way,
            self.places,
            js=assets.hook("refiner", "show_way"),
            api_visibility="private",
        )
        handover = self.inputs["high_noise_frac"]
        assert isinstance(handover, gr.Slider)
        gr.on(
            [handover.input, steps.input, self.way.input],
            None,
            [steps, handover],
            self.shares,
            js=assets.hook("refiner", "share_steps"),
            api_visibility="private",
        )

    @staticmethod
    def read(values: Mapping[str, Any]) -> Refinement:
        """Return the refiner's part. Raises InvalidRequest."""
        try:
            way = Refine(values.get("refine", Refine.OFF.value))
        except ValueError as error:
            raise InvalidRequest("refine", messages.NO_SUCH_REFINER) from error
        if way is Refine.ENSEMBLE:
            return Refinement(way, number_of(values.get("high_noise_frac"), "high_noise_frac"))
        if way is Refine.SECOND_PASS:
            return Refinement(way, refine_steps=_whole(values.get("refine_steps")))
        return Refinement()


def _whole(value: Any) -> int:
    steps = number_of(value, "refine_steps")
    if not isinstance(steps, int):
        raise InvalidRequest("refine_steps", messages.not_whole("The refiner's steps"))
    return steps


def _words(steps: int, handover: float, *, each: bool) -> str:
    base, refiner = shared_steps(steps, handover, each=each)
    return f"{steps} steps: {base} base + {refiner} refiner."
