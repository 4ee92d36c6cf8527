"""What the models take, asked at the start, hourly, and with the first own key; and what is then sent."""

from __future__ import annotations

import asyncio
import json
from dataclasses import replace

import pytest

from components import messages
from components.api.client import Client, Endpoint
from components.budget.limits import BudgetLimits
from components.domain.machine import Machine
from components.domain.model_family import Catalogue, Model, ModelFamily
from components.domain.person import Person
from components.domain.request import GenerationRequest, LoraWeight, SourceImage
from components.errors import InvalidRequest
from components.services import upkeep
from components.services.backend import Backend, refresh_models, refresh_models_at_start
from components.services.playground import Playground
from components.storage.store import Store
from tests.support.addresses import HERE
from tests.support.core import host_config, problem_of, running
from tests.support.scripted_api import ALICE, BASE, KEY, MODEL, everything, picture_bytes
from tests.support.v3_service import KEY as HOSTED_KEY
from tests.support.v3_service import HostedApi, recorded_models

SIZE = (256, 256)
FROM_IMAGE = GenerationRequest("a cat", width=256, height=256, image=SourceImage("i.png", "d", *SIZE))


@pytest.fixture
def hosted():
    api = HostedApi().start()
    yield api
    api.stop()


def backend_of(api: HostedApi, *models: str) -> Backend:
    return Backend.hosted(Endpoint(api.base_url, HOSTED_KEY), models or (MODEL,))


async def test_at_the_start_the_page_s_ranges_are_those_that_are_told(hosted):
    hosted.models = recorded_models("models_aliases")
    backend = await refresh_models_at_start(backend_of(hosted), BudgetLimits())
    assert backend.schema.range("num_inference_steps").maximum == 40
    assert backend.family.is_from_api


async def test_f34_what_is_not_told_is_built_in_and_the_start_goes_on(hosted):
    hosted.models = None
    backend = await refresh_models_at_start(backend_of(hosted), BudgetLimits())
    assert not backend.family.is_from_api
    assert backend.schema == ModelFamily.built_in([MODEL]).preferred.schema
    gone = Backend.hosted(Endpoint("http://127.0.0.1:9", HOSTED_KEY), (MODEL,))
    assert not (await refresh_models_at_start(gone, BudgetLimits())).family.is_from_api


async def test_a_later_answer_takes_the_place_of_the_first_and_no_answer_of_none(hosted, api):
    backend = Backend.hosted(Endpoint(BASE, KEY), (MODEL,))
    client = Client(api.connections, api.public_web, backend.endpoint, catalogue=backend.catalogue)
    api.models = recorded_models("models_aliases")
    await refresh_models(backend, client)
    assert "mask_image" in backend.family.fields
    api.models = "nonsense"
    await refresh_models(backend, client)
    assert "mask_image" in backend.family.fields
    api.models = recorded_models("models_family")
    await refresh_models(backend, client)
    assert "mask_image" not in backend.family.fields


async def test_an_own_key_brings_what_its_models_take(hosted, tmp_path):
    hosted.models = recorded_models("models_aliases")
    backend = Backend.demo(Endpoint("http://127.0.0.1:9", "x"))
    there = host_config(backend, visitor_base_url=hosted.base_url, visitor_models=(MODEL,))
    playground = Playground(backend, Store(tmp_path), there)

    async with playground.running():
        grant = await playground.use_key(Person(ALICE), HOSTED_KEY, HERE)
        assert playground.backend_for(grant.token).schema.range("num_inference_steps").maximum == 40


async def test_where_the_host_s_api_is_the_visitors_too_it_is_known_once(hosted, tmp_path):
    backend = backend_of(hosted)
    playground = Playground(backend, Store(tmp_path), host_config(backend))
    assert playground.visitor_backend.catalogue is backend.catalogue
    async with playground.running():
        pass


# --- what is sent ---


@pytest.fixture
async def rig(tmp_path, api, clock):
    api.models = recorded_models("models_aliases")
    backend = Backend.hosted(Endpoint(BASE, KEY), (MODEL,))
    client = Client(api.connections, api.public_web, backend.endpoint, catalogue=backend.catalogue)
    await refresh_models(backend, client)
    async with running(tmp_path, client, clock) as rig:
        yield rig, backend


def masked(rig) -> GenerationRequest:
    image = rig.store.add_source(ALICE, picture_bytes(size=SIZE), SIZE, 1.0)
    return replace(FROM_IMAGE, image=image, mask=image, prompt_strength=0.4)


async def test_a_model_is_asked_by_its_own_names(rig, api):
    rig, _ = rig
    await rig.picture(request=masked(rig))
    body = json.loads(api.posts[0].content)
    assert (body["mask"], body["strength"]) == ("https://media.test/1.png", 0.4)
    assert not {"mask_image", "prompt_strength"} & set(body)


async def test_what_a_model_takes_no_more_is_never_sent_to_it(rig, api):
    rig, backend = rig
    # The hourly answer came after the press.
    backend.catalogue.family = ModelFamily((replace(Model.built_in(MODEL), is_from_api=True),))
    job = await rig.picture(request=masked(rig))
    assert problem_of(job) == messages.no_model_takes("image")
    assert not api.posts


async def test_a_price_is_asked_without_sending_a_picture_up(rig, api):
    rig, _ = rig
    await rig.jobs._accounts["hosted"].sender._client.price(MODEL, masked(rig))
    assert not api.uploads


@pytest.mark.parametrize("names", [("a/b",), ("a/b", "c/d")])
def test_the_api_is_asked_for_the_models_of_the_settings(names):
    assert Catalogue(ModelFamily.built_in(names)).family.names == names


def test_what_a_request_needs_is_asked_of_its_model_alone():
    catalogue = everything()
    assert catalogue.require(MODEL, FROM_IMAGE).id == MODEL
    with pytest.raises(InvalidRequest):
        catalogue.require("other/model", FROM_IMAGE)
    assert catalogue.require("other/model", GenerationRequest("x", loras=(LoraWeight("a/b"),))).id == "other/model"


async def test_the_page_is_told_when_the_models_change(tmp_path, api, monkeypatch):
    monkeypatch.setattr(upkeep, "REFRESH_SOON_SECONDS", 0.0)
    backend = Backend.demo(Endpoint(BASE, KEY))
    told = asyncio.Event()
    playground = Playground(backend, Store(tmp_path), host_config(backend))
    playground.on_models_changed = told.set
    playground._upkeep._client = Client(api.connections, api.public_web, backend.endpoint)
    api.models = recorded_models("models_aliases")
    async with playground.running(), asyncio.timeout(5):
        await told.wait()
    assert playground.backend.schema.max_loras == 3


def test_the_line_names_the_machine_once_it_is_known():
    backend = Backend.sdxl(Endpoint("http://127.0.0.1", ""))
    assert (backend.machine_label(), backend.is_machine_due) == (backend.label, True)

    def say(machine: Machine) -> None:
        backend.catalogue.family = ModelFamily((replace(backend.family.preferred, machine=machine),))

    before = backend.family
    say(Machine("2 × Tesla T4, float16, 15 GiB", not_ready=("cuda:2",)))
    line = "Made with SDXL on this machine: 2 × Tesla T4, float16, 15 GiB. Free, no key needed."
    assert str(backend.machine_label(is_host=True)) == line
    assert backend.is_machine_due, "a third card may come"
    say(Machine("cpu, float32, 24 GiB", "pip install"))
    assert "pip install" not in str(backend.machine_label())
    assert "Run this to use it: pip install" in str(backend.machine_label(is_host=True))
    assert not backend.is_machine_due
    assert backend.family == before, "no page must be told of it"
    assert not Backend.demo(Endpoint("http://127.0.0.1", "")).is_machine_due
