"""The panel for one click over lists of values: an HTML component whose script tells first what it costs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import gradio as gr

from components import messages
from components.errors import InvalidRequest
from components.generation import GenerationRequest
from components.grid import FIELD, Axis, cells, count, read_axes
from components.money import dollars
from components.playground import Playground
from components.schema import Schema
from components.seeds import batch
from components.ui import assets
from components.ui.estimate import outline
from components.ui.fields import field_id
from components.ui.who import key_token, person_of, values_of


class GridPanel:
    """Owns the component; its script is assets/js/grid.js."""

    def __init__(self, playground: Playground) -> None:
        async def plan(ask: Any, request: gr.Request) -> dict[str, Any]:
            """Return how many pictures the lists make and what those cost, or why they make none."""
            values = values_of(ask)
            try:
                axes = read_axes(values.get("axes"))
                number = count(axes)
            except InvalidRequest as error:
                return {"refused": str(error)}
            if number > (most := playground.house.caps.per_visitor):
                return {"refused": str(messages.too_many_cells(most))}
            if (wish := outline(dict(values, num_inference_steps=_most_steps(axes, values)))) is None:
                return {"count": number, "price": ""}
            found = await playground.estimate(person_of(values, request), key_token(values), wish)
            price = "" if found.is_free else "unknown" if found.price is None else dollars(found.price * number)
            return {"count": number, "price": price}

        gr.HTML(
            "",
            html_template="",
            js_on_load=assets.mount("mount_grid.js", {}),
            elem_id=field_id(FIELD),
            apply_default_css=False,
            padding=False,
            server_functions=[plan],
        )

    @staticmethod
    def read(
        values: Mapping[str, Any], request: GenerationRequest, pictures: int, schema: Schema
    ) -> tuple[tuple[GenerationRequest, ...], str]:
        """Return the requests of the lists the script named; where it named none, those of so many pictures.

        Raises InvalidRequest.
        """
        if values.get(FIELD) is None:
            return batch(request, pictures)
        return cells(request, read_axes(values[FIELD]), schema), ""


def _most_steps(axes: tuple[Axis, ...], values: Mapping[str, Any]) -> Any:
    """Return the steps of the dearest picture: at most that is what each costs."""
    steps = [value for axis in axes if axis.field == "num_inference_steps" for value in axis.values]
    return max(steps, key=float) if steps else values.get("num_inference_steps")
