"""Grid panel: one press over lists of values, with its number of images and price before it."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import product
from typing import Any

import gradio as gr

from components import messages
from components.domain.batch import FIELD, Axis, batch, cells, count, read_axes
from components.domain.money import dollars
from components.domain.request import GenerationRequest
from components.domain.schema import ModelSchema
from components.errors import InvalidRequest
from components.messages.message import Message
from components.services.estimate import PressEstimate
from components.services.playground import Playground
from components.ui import assets
from components.ui.http.client_address import address_of
from components.ui.identity import as_object, person_of, session_key
from components.ui.message_json import message_json
from components.ui.panels.price import priced_request
from components.ui.widgets import field_id


class GridPanel:
    """Component with the server function; its script is assets/ui/grid/grid.js."""

    def __init__(self, playground: Playground) -> None:
        async def plan(payload: Any, request: gr.Request) -> dict[str, Any]:
            """Return `{count, columns, cost, price}` of the lists' images, or `{refused}` with the reason."""
            values = as_object(payload)
            try:
                axes = read_axes(values.get("axes"))
                number = count(axes)
            except InvalidRequest as error:
                return {"refused": message_json(error.message, is_free=True)}
            # The press would be refused as a whole.
            if number > (limit := playground.config.job_limits.per_visitor):
                return {"refused": message_json(messages.too_many_cells(limit), is_free=True)}
            if not (priced := _priced_cells(axes, values)):
                return {"count": number, "columns": len(axes[0].values), "cost": "free"}
            person, address = person_of(values, request), address_of(request)
            estimate = await playground.estimate_press(person, session_key(values), priced, address)
            # A press that no wait makes possible is refused before it, and not by a failed tile for each image.
            if estimate.denied:
                return {"refused": message_json(estimate.denied, is_free=True)}
            if not playground.is_payer(person, session_key(values)):
                return {"count": number, "cost": "free"}
            return {"count": number, "columns": len(axes[0].values), **_cost_json(estimate)}

        gr.HTML(
            "",
            html_template="",
            js_on_load=assets.mount("grid/grid", "mount", {}),
            elem_id=field_id(FIELD),
            apply_default_css=False,
            padding=False,
            server_functions=[plan],
        )

    @staticmethod
    def read(
        values: Mapping[str, Any], request: GenerationRequest, image_count: int, schema: ModelSchema
    ) -> tuple[tuple[GenerationRequest, ...], Message | None]:
        """Return one request for each cell of the grid, or for each of so many images without one, and a note.

        The note says something about the seeds; it is None in most cases. Raises InvalidRequest.
        """
        if values.get(FIELD) is None:
            return batch(request, image_count)
        return cells(request, read_axes(values[FIELD]), schema), None


def _cost_json(estimate: PressEstimate) -> dict[str, Any]:
    """Return the code of a text about the price, and the price in dollars where it is known."""
    if estimate.is_free or estimate.price == 0:
        return {"cost": "free"}
    if estimate.price is None:
        return {"cost": "unknown"}
    return {"cost": "known", "price": dollars(estimate.price)}


def _priced_cells(axes: tuple[Axis, ...], values: Mapping[str, Any]) -> list[GenerationRequest]:
    """Return a request with the price of each cell; none while the form has values that no request may have."""
    names = [axis.field for axis in axes]
    chosen = product(*(axis.values for axis in axes))
    priced = [priced_request({**values, **dict(zip(names, cell, strict=True))}) for cell in chosen]
    return [request for request in priced if request] if all(priced) else []
