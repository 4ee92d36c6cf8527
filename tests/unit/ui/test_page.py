"""The page shows what the models take, also when they take something else an hour later; a press starts jobs."""

from __future__ import annotations

import pytest

from components import messages
from components.api.client import Endpoint
from components.api.model_list import decode_models
from components.api.visitor_token import current_token
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
from tests.support.scripted_api import ALICE, BASE, KEY, MODEL
from tests.support.zerogpu_visit import TOKEN, RefusingStart, visit


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


@pytest.mark.parametrize(("token", "started_with"), [(TOKEN, TOKEN), (None, "")])
async def test_a_press_starts_its_jobs_with_the_visitor_s_token_of_zerogpu(tmp_path, monkeypatch, token, started_with):
    backend = Backend.hosted(Endpoint(BASE, KEY), [MODEL])
    page, refusing = Page(Playground(backend, Store(tmp_path), host_config(backend))), RefusingStart()
    monkeypatch.setattr(page._playground, "start", refusing.start)
    values = {name: widget.value for name, widget in page._inputs.items()} | {"prompt": "a cat"}
    receipt = await page.generate(visit(token), ticket={"visitor": ALICE, "click": "c" * 32}, **values)
    assert refusing.tokens == [started_with], receipt
    assert current_token() == "", "it is that press's alone"
    page._playground.store.blocking.close()
