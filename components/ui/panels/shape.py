"""Shape panel: named shapes, exact width and height, and swapping the two."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

import gradio as gr
from gradio.components import Component

from components.domain.schema import ModelSchema, Range
from components.ui.labels import label
from components.ui.listeners import listen
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
        """Make the widgets; `place_shapes` and `place_size` put them on the page."""
        choices = [(label(f"shape.{name}"), f"{width}x{height}") for name, (width, height) in SHAPES.items()]
        self.shape = gr.Radio(
            choices,
            value="1024x1024",
            label=label("shape.title"),
            elem_id="shape",
            elem_classes=["shapes"],
            render=False,
        )
        self._width, self._height = (_side(name, schema.range(name)) for name in ("width", "height"))
        self.inputs: dict[str, Component] = {"width": self._width, "height": self._height}

    def place_shapes(self) -> None:
        """Place the named shapes."""
        self.shape.render()

    def place_size(self) -> None:
        """Place width and height, and the button that swaps them."""
        with gr.Row(elem_classes=["size-row"]):
            self._width.render()
            self._height.render()
        swap = gr.Button(label("shape.swap"), size="sm", elem_id="swap-size", elem_classes=["minor", "swap"])
        self._tie(self._width, self._height, swap)

    def _tie(self, width: gr.Slider, height: gr.Slider, swap: gr.Button) -> None:
        size, shape = {"width": width, "height": height}, {"shape": self.shape}
        listen(self.shape.input, "shape/shape", "size_of_shape", inputs=shape, outputs=size)
        # Not `change`, which also follows when a named shape sets the sliders: each would set the other.
        moved = partial(gr.on, [width.input, height.input])
        listen(moved, "shape/shape", "shape_of_size", inputs=size, outputs=shape)
        listen(swap.click, "shape/shape", "swap_size", inputs=size, outputs={**size, **shape})

    @staticmethod
    def read(values: Mapping[str, Any]) -> Size:
        """Return the size. Raises InvalidRequest for a value that is no number."""
        return Size(number_of(values.get("width"), "width"), number_of(values.get("height"), "height"))


def _side(name: str, allowed: Range) -> gr.Slider:
    return slider(allowed, name, label=label(f"field.{name}.title"), info=label(f"field.{name}.help"), render=False)
