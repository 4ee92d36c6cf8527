"""LoRA panel: four rows that exist from the start, and are shown and hidden in the browser."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import gradio as gr
from gradio.components import Component

from components.domain.fields import LORA_SCALE, MAX_LORAS
from components.domain.request import LoraWeight
from components.domain.schema import ModelSchema
from components.loras.checker import LoraChecker
from components.services.lora_finder import LoraFinder
from components.ui.labels import label
from components.ui.listeners import listen
from components.ui.panels.lora_rows import LoraNotes, place_under_row, tie_prompt, tie_rows
from components.ui.widgets import field_id, help_text, number_of, slider, text_of

ROWS = MAX_LORAS
"""Number of rows, which the scripts rely on; a model that accepts fewer refuses a request with more."""
_MAX_LISTED = 30
"""Names of the host's LoRAs in the help text."""


class LoraPanel:
    """Rows of LoRAs.

    They are never created again: `gr.render` and gr.Dataframe lose what was typed (tried with Gradio 6.31).
    """

    def __init__(self, schema: ModelSchema, checker: LoraChecker, finder: LoraFinder | None) -> None:
        """`finder`: None where LoRAs are not searched."""
        self._schema, self._checker = schema, checker
        self.inputs: dict[str, Component] = {}
        self.rows: dict[str, gr.Group] = {}
        removers: list[gr.Button] = []
        help_text(
            "loras",
            label("lora.help"),
        )
        if names := checker.host.names:
            help_text("host_loras", label("lora.host_names", names=tuple(names)[:_MAX_LISTED]))
        for number in range(1, ROWS + 1):
            with gr.Group(visible=number == 1, elem_classes=["lora-row"]) as group:
                removers.append(self._row(number, schema))
            self.rows[f"lora_{number}_row"] = group
        LoraNotes(checker, finder, ROWS)
        with gr.Row(elem_id="lora-adders"):
            add = gr.Button(label("lora.add"), size="sm", elem_id="add-lora", elem_classes=["minor", "plus"], scale=0)
            choose = gr.Button(label("lora.choose"), size="sm", elem_id="choose-lora", elem_classes=["minor"], scale=0)
        compare = gr.Button(label("lora.compare"), size="sm", elem_id="compare-loras", elem_classes=["minor"])
        listen(compare.click, "form/form", "compare_loras")
        self._tie(add, choose, removers)
        tie_rows(self.inputs, len(self.rows))

    def _row(self, number: int, schema: ModelSchema) -> gr.Button:
        with gr.Row(elem_classes=["lora-head"]):
            path = gr.Textbox(
                label=label("lora.path", number=str(number)),
                placeholder=label("lora.placeholder"),
                elem_id=field_id(f"lora_{number}"),
                max_lines=1,
                scale=5,
            )
            remove = gr.Button(
                label("lora.remove", number=str(number)),
                size="sm",
                elem_id=f"remove-lora-{number}",
                elem_classes=["remove"],
                scale=0,
                # px: the smallest target for a finger (WCAG 2.5.5).
                min_width=44,
            )
        with gr.Row(elem_classes=["lora-foot"]):
            on = gr.Checkbox(
                value=True,
                label=label("lora.use", number=str(number)),
                info=label("lora.use_help"),
                elem_id=field_id(f"lora_{number}_on"),
                scale=1,
            )
            scale = slider(
                schema.range(LORA_SCALE.name),
                f"lora_{number}_scale",
                label=label("lora.scale", number=str(number)),
                info=label("lora.scale_help"),
                scale=2,
            )
        place_under_row(number)
        self.inputs |= {f"lora_{number}": path, f"lora_{number}_scale": scale, f"lora_{number}_on": on}
        return remove

    def _tie(self, add: gr.Button, choose: gr.Button, removers: list[gr.Button]) -> None:
        filled = {**self.inputs, **self.rows}
        listen(choose.click, "loras/row_check", "choose", inputs=self.inputs, outputs=filled)
        listen(add.click, "loras/rows", "add_lora", outputs=self.rows)
        for number, remove in enumerate(removers, start=1):
            listen(remove.click, "loras/rows", "remove_lora", number, inputs=self.inputs, outputs=filled)

    def take_tags_from(self, prompt: Component) -> None:
        """Connect the prompt, whose LoRA tags move into rows."""
        tie_prompt(prompt, self.inputs, self.rows)

    def read(self, values: Mapping[str, Any]) -> tuple[LoraWeight, ...]:
        """Return the LoRAs of rows with a path that are switched on. Raises InvalidRequest at the row. Blocks."""
        loras = (self._read_row(number, values) for number in range(1, len(self.rows) + 1))
        return tuple(lora for lora in loras if lora)

    def _read_row(self, number: int, values: Mapping[str, Any]) -> LoraWeight | None:
        name = f"lora_{number}"
        path = text_of(values.get(name), name).strip()
        if not path or values.get(f"{name}_on") is False:
            return None
        reference = self._checker.resolve(path, name)
        # The weight of a pasted `<lora:name:weight>` tag counts before the slider.
        own_scale = reference.weight
        scale = number_of(values.get(f"{name}_scale"), f"{name}_scale") if own_scale is None else own_scale
        lora = LoraWeight(reference.path, scale)
        self._schema.check_lora(name, lora)
        return lora
