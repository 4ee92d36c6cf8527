"""The page shows what the models take, also when they take something else an hour later."""

from __future__ import annotations

from components.api.client import Endpoint
from components.api.model_list import decode_models
from components.domain.model_family import ModelFamily
from components.services.backend import Backend
from components.services.playground import Playground
from components.storage.store import Store
from components.ui.page import Page
from components.ui.widgets import field_id
from tests.support.core import host_config
from tests.support.recorded import recorded
from tests.support.scripted_api import BASE, KEY, MODEL


def steps_shown(page: Page) -> tuple[float, float, float]:
    components = [one["props"] for one in page.blocks.config["components"]]
    (slider,) = [one for one in components if one.get("elem_id") == field_id("num_inference_steps")]
    return slider["minimum"], slider["maximum"], slider["value"]


async def test_an_hourly_answer_is_on_the_page_at_its_next_load(tmp_path):
    backend = Backend.hosted(Endpoint(BASE, KEY), [MODEL])
    playground = Playground(backend, Store(tmp_path), host_config(backend))
    page = Page(playground)
    page.refresh_ranges()
    assert steps_shown(page) == (1, 50, 28)
    backend.catalogue.family = decode_models(recorded("models_aliases"), [MODEL])
    playground._models_changed()
    assert steps_shown(page) == (10, 40, 30)
    backend.catalogue.family = ModelFamily.built_in([MODEL])
    playground._models_changed()
    assert steps_shown(page) == (1, 50, 28)
