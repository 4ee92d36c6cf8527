"""The LoRA table: four rows that are there from the start, shown and hidden in the browser."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import gradio as gr
from gradio.components import Component

from components.generation import LoraWeight
from components.lora_check import LoraChecker
from components.schema import Schema
from components.ui import assets
from components.ui.fields import field_id, help_text, number_of, slider, text_of
from components.ui.lora_rows import LoraNotes, place_under_row, tie_prompt, tie_rows

ROWS = 4
"""The scripts count on them; a model that takes fewer says so when more are used."""


_MOST_NAMED = 30


class LoraPanel:
    """Owns the rows. Their values stay what was typed, because a row is never made anew."""

    def __init__(self, schema: Schema, checker: LoraChecker) -> None:
        gr.HTML("LoRAs", html_template=assets.text("html/heading.html"), elem_id="loras", apply_default_css=False)
        self._schema, self._checker = schema, checker
        self.inputs: dict[str, Component] = {}
        self.rows: list[gr.Group] = []
        removers: list[gr.Button] = []
        help_text(
            "loras",
            "A LoRA teaches the model one style or subject. Many need a trigger word in the prompt.",
        )
        if names := checker.host.names:
            help_text("host_loras", f"The host's own, by name: {', '.join([*names][:_MOST_NAMED])}.")
        for number in range(1, ROWS + 1):
            with gr.Group(visible=number == 1, elem_classes=["lora-row"]) as group:
                removers.append(self._row(number, schema))
            self.rows.append(group)
        LoraNotes(checker, ROWS)
        with gr.Row(elem_id="lora-adders"):
            add = gr.Button("Add LoRA", size="sm", elem_id="add-lora", elem_classes=["minor", "plus"], scale=0)
            choose = gr.Button(
                "Choose from the shelf", size="sm", elem_id="choose-lora", elem_classes=["minor"], scale=0
            )
        compare = gr.Button("Compare with and without", size="sm", elem_id="compare-loras", elem_classes=["minor"])
        compare.click(None, None, None, js=assets.hook("form", "compare_loras"), api_visibility="private")
        self._tie(add, choose, removers)
        tie_rows(self.inputs, len(self.rows))

    def _row(self, number: int, schema: Schema) -> gr.Button:
        with gr.Row(elem_classes=["lora-head"]):
            path = gr.Textbox(
                label=f"LoRA {number}",
                placeholder="owner/name, or a link to a .safetensors file",
                elem_id=field_id(f"lora_{number}"),
                max_lines=1,
                scale=5,
            )
            remove = gr.Button(f"Remove LoRA {number}", size="sm", elem_classes=["remove"], scale=0, min_width=44)
        with gr.Row(elem_classes=["lora-foot"]):
            on = gr.Checkbox(
                value=True,
                label=f"Use LoRA {number}",
                info="Off: kept, not used.",
                elem_id=field_id(f"lora_{number}_on"),
                scale=1,
            )
            scale = slider(
                schema.lora_scale,
                f"lora_{number}_scale",
                label=f"LoRA {number} scale",
                info="1 is usual, 0 is off.",
                scale=2,
            )
        place_under_row(number)
        self.inputs |= {f"lora_{number}": path, f"lora_{number}_scale": scale, f"lora_{number}_on": on}
        return remove

    def _tie(self, add: gr.Button, choose: gr.Button, removers: list[gr.Button]) -> None:
        values = list(self.inputs.values())
        both = [*values, *self.rows]
        choose.click(None, values, both, js=assets.hook("lora_shelf", "choose"), api_visibility="private")
        add.click(None, None, self.rows, js=assets.hook("form", "add_lora"), api_visibility="private")
        for number, remove in enumerate(removers, start=1):
            remove.click(
                None,
                values,
                both,
                js=assets.hook("form", f"remove_lora_{number}"),
                api_visibility="private",
            )

    def take_tags_from(self, prompt: Component) -> None:
        """Let tags in the prompt move into rows."""
        tie_prompt(prompt, self.inputs, self.rows)

    def read(self, values: Mapping[str, Any]) -> tuple[LoraWeight, ...]:
        """Return the LoRAs that have a path and are switched on. Raises InvalidRequest at the row that is wrong."""
        found = (self._read_row(number, values) for number in range(1, len(self.rows) + 1))
        return tuple(lora for lora in found if lora)

    def _read_row(self, number: int, values: Mapping[str, Any]) -> LoraWeight | None:
        name = f"lora_{number}"
        path = text_of(values.get(name), name).strip()
        if not path or values.get(f"{name}_on") is False:
            return None
        link = self._checker.to_send(path, name)
        scale = number_of(values.get(f"{name}_scale"), f"{name}_scale") if link.weight is None else link.weight
        lora = LoraWeight(link.path, scale)
        self._schema.check_lora(name, lora)
        return lora
