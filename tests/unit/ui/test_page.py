"""The page shows what the models take, also when they take something else an hour later."""

from __future__ import annotations

from components import messages
from components.api.client import Endpoint
from components.api.model_list import decode_models
from components.domain.model_family import ModelFamily
from components.services.backend import Backend
from components.services.playground import Playground
from components.sqlite.mount import Mount
from components.storage import data_folder
from components.storage.store import Store
from components.ui.message_json import message_json
from components.ui.page import Page
from components.ui.widgets import field_id
from tests.support.core import host_config
from tests.support.recorded import recorded
from tests.support.scripted_api import BASE, KEY, MODEL


def steps_shown(page: Page) -> tuple[float, float, float]:
    components = [one["props"] for one in page.blocks.config["components"]]
    (slider,) = [one for one in components if one.get("elem_id") == field_id("num_inference_steps")]
    return slider["minimum"], slider["maximum"], slider["value"]


async def test_on_a_bucket_a_press_without_an_answer_is_not_said_to_be_free(tmp_path, monkeypatch):
    backend = Backend.hosted(Endpoint(BASE, KEY), [MODEL])
    for is_bucket, message in ((True, messages.UNANSWERED_OR_FORGOTTEN), (False, messages.UNANSWERED)):
        mount = Mount(keeps_synced=not is_bucket)
        monkeypatch.setattr(data_folder, "mount_of", lambda folder, mount=mount: mount)
        store = Store(tmp_path / message.code)
        page = Page(Playground(backend, store, host_config(backend)))
        assert page._results._messages()["unanswered"] == message_json(message, is_free=False)
        store.close()


async def test_an_hourly_answer_is_on_the_page_at_its_next_load(tmp_path):
    backend = Backend.hosted(Endpoint(BASE, KEY), [MODEL])
    playground = Playground(backend, Store(tmp_path), host_config(backend))
    page = Page(playground)
    page.refresh_ranges()
    assert steps_shown(page) == (1, 50, 28)
    backend.catalogue.family = decode_models(recorded("models_aliases"), [MODEL])
    playground.on_models_changed()
    assert steps_shown(page) == (10, 40, 30)
    backend.catalogue.family = ModelFamily.built_in([MODEL])
    playground.on_models_changed()
    assert steps_shown(page) == (1, 50, 28)
