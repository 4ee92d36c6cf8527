"""What the page is told of a grid before its press: the price of each cell, or why it cannot be made."""

from __future__ import annotations

from collections.abc import Sequence
from types import SimpleNamespace
from typing import Any, cast

import gradio as gr
import pytest

from components import messages
from components.domain.request import GenerationRequest, Refine
from components.messages.message import Message
from components.services.estimate import PressEstimate
from components.ui.message_json import message_json
from components.ui.panels.grid import GridPanel

FORM: dict[str, Any] = {
    "visitor": "a" * 32,
    "width": 1024,
    "height": 1024,
    "num_inference_steps": 28,
    "loras": 1,
    "refine": "no_refiner",
    "high_noise_frac": 0.8,
}


class Prices:
    """What the panel uses of the services; a step costs a cent."""

    def __init__(self, denied: Message | None = None) -> None:
        self.config = SimpleNamespace(job_limits=SimpleNamespace(per_visitor=25))
        self.denied = denied
        self.asked: Sequence[GenerationRequest] = ()

    def is_payer(self, person: object, token: str) -> bool:
        return True

    async def estimate_press(
        self, person: object, token: str, requests: Sequence[GenerationRequest], client_address: str
    ) -> PressEstimate:
        self.asked = requests
        cost = sum(request.num_inference_steps for request in requests) * 10_000
        return PressEstimate(is_free=False, price=cost, denied=self.denied)


async def plan(prices: Prices, *axes: tuple[str, str], **changes: Any) -> dict[str, Any]:
    with gr.Blocks() as blocks:
        GridPanel(cast("Any", prices))
    (component,) = [block for block in blocks.blocks.values() if getattr(block, "elem_id", "") == "field-grid"]
    lists = [{"field": field, "values": values} for field, values in axes]
    request = gr.Request(username=None, session_hash="s")
    return await cast("Any", component).server_fns[0]({**FORM, **changes, "axes": lists}, request)


@pytest.mark.parametrize(
    ("axes", "price"),
    [
        ([("num_inference_steps", "1-7, 50")], 0.78),
        ([("num_inference_steps", "1, 50"), ("seed", "1-3")], 1.53),
        ([("words", "cat, dog")], 0.56),
    ],
)
async def test_each_cell_is_told_at_its_own_price(axes, price):
    answer = await plan(Prices(), *axes)
    assert (answer["cost"], answer["price"]) == ("known", price)


async def test_each_cell_is_priced_with_the_values_of_its_lists():
    prices = Prices()
    await plan(prices, ("high_noise_frac", "0.5, 0.9"), refine=Refine.ENSEMBLE.value)
    assert [request.high_noise_frac for request in prices.asked] == [0.5, 0.9]


async def test_a_grid_that_the_host_never_pays_for_is_refused_before_its_press():
    denied = messages.press_above_hour(25, 20)
    assert await plan(Prices(denied), ("seed", "1-25")) == {"refused": message_json(denied, is_free=True)}


async def test_a_grid_with_a_value_that_no_image_has_has_no_price():
    prices = Prices()
    assert await plan(prices, ("num_inference_steps", "1, 9999")) == {"count": 2, "columns": 2, "cost": "free"}
    assert not prices.asked
