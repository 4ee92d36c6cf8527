"""The page shows what the models take, also when they take something else an hour later."""

from __future__ import annotations

from components.backend import Backend
from components.client import Endpoint
from components.family import Family
from components.model_list import decode_models
from components.playground import Playground
from components.store import Store
from components.ui.page import Page
from tests.fakes import BASE, KEY, MODEL, house
from tests.test_model_list import golden


def steps_shown(page: Page) -> tuple[float, float, float]:
    (slider,) = [one["props"] for one in page.blocks.config["components"] if one["props"].get("label") == "Steps"]
    return slider["minimum"], slider["maximum"], slider["value"]


async def test_an_hourly_answer_is_on_the_page_at_its_next_load(tmp_path):
    backend = Backend.hosted(Endpoint(BASE, KEY), [MODEL])
    playground = Playground(backend, Store(tmp_path), house(backend))
    page = Page(playground)
    page.fit()
    assert steps_shown(page) == (1, 50, 28)
    backend.catalogue.family = decode_models(golden("models_aliases"), [MODEL])
    playground.when_models_change()
    assert steps_shown(page) == (10, 40, 30)
    backend.catalogue.family = Family.built_in([MODEL])
    playground.when_models_change()
    assert steps_shown(page) == (1, 50, 28)
