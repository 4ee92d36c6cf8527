"""Shape panel: named shapes, exact width and height, and swapping the two."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import gradio as gr
from gradio.components import Component

from components.domain.schema import ModelSchema, Range
from components.ui import assets
from components.ui.labels import label
from components.ui.widgets import number_of, slider

SHAPES = {
    "square": (1024, 1024),
    "portrait": (896, 1152),
    "tall": (832, 1216),
    "phone": (768, 1344),
    "landscape": (1152, 896),
    "wide": (1216, 832),
    "screen": (1344, 768),
    "cinema": (1536, 640),
}
"""The sizes SDXL was trained on, in pixels."""


@dataclass(frozen=True, slots=True)
class Size:
    """Width and height in pixels; the model's schema checks their ranges."""

    width: Any
    height: Any


class ShapePanel:
    """Named shapes and both sliders. Choosing one moves the others, by scripts in the browser."""

    def __init__(self, schema: ModelSchema) -> None:
        choices = [(label(f"shape.{name}"), f"{width}x{height}") for name, (width, height) in SHAPES.items()]
        shape = gr.Radio(
            choices,
            value="1024x1024",
            label=label("shape.title"),
            info=label("shape.help"),
            elem_id="shape",
            elem_classes=["shapes"],
        )
        with gr.Row(elem_classes=["size-row"]):
            width, height = (_side(name, getattr(schema, name)) for name in ("width", "height"))
        swap = gr.Button(label("shape.swap"), size="sm", elem_id="swap-size", elem_classes=["minor", "swap"])
        self.inputs: dict[str, Component] = {"width": width, "height": height}
        self.shape = shape
        self._tie(width, height, swap)

    def _tie(self, width: gr.Slider, height: gr.Slider, swap: gr.Button) -> None:
        sizes = [width, height]
        self.shape.input(
            None, self.shape, sizes, js=assets.hook("shape/shape", "size_of_shape"), api_visibility="private"
        )
        gr.on(
            # Not `change`, which also follows when a named shape sets the sliders: each would set the other.
            [width.input, height.input],
            None,
            sizes,
            self.shape,
            js=assets.hook("shape/shape", "shape_of_size"),
            api_visibility="private",
        )
        swap.click(
            None, sizes, [*sizes, self.shape], js=assets.hook("shape/shape", "swap_size"), api_visibility="private"
        )

    @staticmethod
    def read(values: Mapping[str, Any]) -> Size:
        """Return the size. Raises InvalidRequest for a value that is no number."""
        return Size(number_of(values.get("width"), "width"), number_of(values.get("height"), "height"))


def _side(name: str, allowed: Range) -> gr.Slider:
    return slider(allowed, name, label=label(f"field.{name}.title"), info=label(f"field.{name}.help"))
