"""Refiner panel: a second model for details, as an ensemble with the base model or as a second pass."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

import gradio as gr
from gradio.components import Component

from components import messages
from components.domain.refiner_steps import split_steps
from components.domain.request import Refine
from components.domain.schema import ModelSchema
from components.errors import InvalidRequest
from components.ui import assets
from components.ui.labels import label
from components.ui.listeners import listen
from components.ui.widgets import choice_in, field_id, number_of, slider


@dataclass(frozen=True, slots=True)
class Refinement:
    """Refiner fields of a request, with defaults for those of other modes."""

    refine: Refine = Refine.OFF
    high_noise_frac: float = 0.8
    refine_steps: int | None = None

    @property
    def fields(self) -> dict[str, Any]:
        """Return the fields of GenerationRequest that the mode uses."""
        if self.refine is Refine.ENSEMBLE:
            return {"refine": self.refine, "high_noise_frac": self.high_noise_frac}
        if self.refine is Refine.SECOND_PASS:
            return {"refine": self.refine, "refine_steps": self.refine_steps}
        return {}


class RefinerPanel:
    """Choice of the mode, and a slider for each mode."""

    def __init__(self, schema: ModelSchema, *, splits_every_step: bool = False) -> None:
        """`splits_every_step`: base and refiner run at least one step each, whatever the handover."""
        self.mode = gr.Radio(
            [(label(f"refiner.mode.{mode.value}"), mode.value) for mode in Refine],
            value=Refine.OFF.value,
            label=label("field.refine.title"),
            info=label("field.refine.help"),
            elem_id=field_id("refine"),
        )
        # Both groups exist from the start: the browser shows one of them without a request to the server.
        with gr.Group(visible=False) as self.ensemble:
            handover = slider(
                schema.range("high_noise_frac"),
                "high_noise_frac",
                label=label("field.high_noise_frac.title"),
                info=label("field.high_noise_frac.help"),
            )
            self.shares = gr.HTML(
                _split_text(
                    int(schema.range("num_inference_steps").default),
                    schema.range("high_noise_frac").default,
                    splits_every_step=splits_every_step,
                ),
                html_template=assets.text("ui/shared/line.html"),
                apply_default_css=False,
                elem_id="shares",
                elem_classes=["each"] if splits_every_step else None,
            )
        with gr.Group(visible=False) as self.second_pass:
            steps = slider(
                schema.range("refine_steps"),
                "refine_steps",
                label=label("field.refine_steps.title"),
                info=label("field.refine_steps.help"),
            )
        self.parts = {
            "refiner_ensemble": self.ensemble,
            "refiner_second_pass": self.second_pass,
        }
        self.inputs: dict[str, Component] = {"refine": self.mode, "high_noise_frac": handover, "refine_steps": steps}

    def tie(self, steps: gr.Slider) -> None:
        """Show the controls of the chosen mode, and how the steps are split between base model and refiner."""
        # `input` and not `change`: the visitor's own choice alone. What a script fills in brings its own updates.
        mode = {"refine": self.mode}
        listen(self.mode.input, "refiner/refiner", "show_mode", inputs=mode, outputs=self.parts)
        handover = self.inputs["high_noise_frac"]
        assert isinstance(handover, gr.Slider)
        changed = partial(gr.on, [handover.input, steps.input, self.mode.input])
        numbers = {"num_inference_steps": steps, "high_noise_frac": handover}
        listen(changed, "refiner/refiner", "split_text", inputs=numbers, outputs={"shares": self.shares})

    @staticmethod
    def read(values: Mapping[str, Any]) -> Refinement:
        """Return the refiner's fields. Raises InvalidRequest."""
        mode = choice_in("refine", values.get("refine", Refine.OFF.value))
        if mode is Refine.ENSEMBLE:
            return Refinement(mode, number_of(values.get("high_noise_frac"), "high_noise_frac"))
        if mode is Refine.SECOND_PASS:
            return Refinement(mode, refine_steps=_whole(values.get("refine_steps")))
        return Refinement()


def _whole(value: Any) -> int:
    steps = number_of(value, "refine_steps")
    if not isinstance(steps, int):
        raise InvalidRequest("refine_steps", messages.not_whole("refine_steps"))
    return steps


def _split_text(steps: int, handover: float, *, splits_every_step: bool) -> str:
    base, refiner = split_steps(steps, handover, each=splits_every_step)
    return label("refiner.split", count=steps, base=base, refiner=refiner)
