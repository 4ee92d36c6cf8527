"""Messages through the code that raises them, where no test of that code compares with them."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import gradio as gr
import httpx
import pytest

from components import messages
from components.api.client import Endpoint
from components.budget.limits import BudgetLimits
from components.domain.batch import batch
from components.domain.fields import PROMPT_LIMIT
from components.domain.job import Job, JobState
from components.domain.model_family import Catalogue, Model, ModelFamily
from components.domain.request import GenerationRequest, LoraWeight, SourceImage
from components.domain.schema import BUILT_IN_SCHEMA, OWN_SERVER_SCHEMA, built_in_schema
from components.errors import InvalidRequest, StorageError
from components.messages.catalogue import Text
from components.messages.message import Message
from components.services.backend import Backend
from components.services.playground import Playground
from components.storage.database import Database
from components.storage.store import Store
from components.ui.panels.sampling import SamplingPanel
from components.ui.programs.generate import generate_endpoint
from components.ui.programs.picture_calls import PictureCalls
from components.ui.widgets import number_of, text_of
from tests.support import core, v3_service
from tests.support.core import host_config, running
from tests.support.scripted_api import BASE, KEY, MODEL, refuses
from tests.support.waiting import wait_until

# --- through the code that says them ---

CAT = GenerationRequest("a cat")
LORA = LoraWeight("owner/name")


def refused(work: Callable[[], object]) -> Message:
    with pytest.raises(InvalidRequest) as caught:
        work()
    return caught.value.message


@pytest.mark.parametrize(
    ("values", "told"),
    [
        ({"prompt": " \n"}, messages.NO_PROMPT),
        ({"prompt": "half \ud83d"}, messages.HALF_A_CHARACTER),
        ({"negative_prompt": "\udc00"}, messages.HALF_A_CHARACTER),
        ({"width": 512.5}, messages.not_whole("width")),
        ({"num_inference_steps": True}, messages.not_whole("num_inference_steps")),
        ({"guidance_scale": float("nan")}, messages.not_finite("guidance_scale")),
    ],
)
def test_f04_what_is_no_request(values, told):
    assert refused(lambda: replace(CAT, **values)) == told


@pytest.mark.parametrize(
    ("path", "scale", "told"),
    [
        ("  ", 1.0, messages.NO_LORA_PATH),
        ("owner/name", float("inf"), messages.not_finite("lora_scale")),
    ],
)
def test_f04_what_is_no_lora(path, scale, told):
    assert refused(lambda: LoraWeight(path, scale)) == told


@pytest.mark.parametrize(
    ("values", "told"),
    [
        ({"prompt": "x" * (PROMPT_LIMIT + 1)}, messages.too_long("prompt", PROMPT_LIMIT)),
        ({"width": 255}, messages.outside("width", 256, 1536, 255)),
        ({"height": 300}, messages.not_on_grid("height")),
        ({"loras": (LORA,) * 5}, messages.too_many_loras(4)),
        ({"loras": (LoraWeight("http://inside"),)}, messages.NOT_A_LORA_PATH),
        ({"loras": (LoraWeight("owner/name", 4.5),)}, messages.outside("lora_scale", 0, 4, 4.5)),
    ],
)
def test_f04_what_the_model_does_not_take(values, told):
    assert refused(lambda: BUILT_IN_SCHEMA.check(replace(CAT, **values))) == told


def test_f04_what_the_model_has_no_field_for():
    without = built_in_schema("stability-ai/sdxl")
    assert refused(lambda: without.check(replace(CAT, loras=(LORA,)))) == messages.NO_LORAS_HERE


def test_f04_a_lora_of_the_host_s_folder_goes_to_our_own_engine_alone():
    request = replace(CAT, loras=(LoraWeight("ink.safetensors"),))
    OWN_SERVER_SCHEMA.check(request)
    assert refused(lambda: BUILT_IN_SCHEMA.check(request)) == messages.NO_HOST_LORAS_THERE


@pytest.mark.parametrize("count", [0, 5])
def test_f04_how_many_pictures(count):
    assert refused(lambda: batch(CAT, count)) == messages.too_many_pictures(4)


@pytest.mark.parametrize(
    ("reply", "told"),
    [
        (refuses(502), messages.SLOW_CONNECTION),
        (lambda request: httpx.Response(200, content=b"<html>log in"), messages.PAGE_IN_PLACE_OF_API),
    ],
)
async def test_f16_a_look_that_finds_trouble_twice_says_so_and_goes_on(tmp_path, api, clock, reply, told):
    heard: list[Message | None] = []
    api.next_polls = [reply] * 4
    async with running(tmp_path, api.client(), clock) as rig:
        show = rig.repository.publish

        async def listen(*jobs: Job) -> None:
            heard.extend(job.problem for job in jobs)
            await show(*jobs)

        rig.repository.publish = listen  # type: ignore[method-assign]
        done = await rig.picture()
    assert told in heard
    assert (done.state, done.problem) == (JobState.COMPLETED, None)


async def test_c04_a_list_that_cannot_be_read_is_said_while_a_lost_picture_is_looked_for(tmp_path, api, clock):
    heard: list[Message | None] = []
    api.list_fails = True
    api.next_submits = [api.loses(made=True)]
    async with running(tmp_path, api.client(), clock) as rig:
        show = rig.repository.publish

        async def listen(*jobs: Job) -> None:
            heard.extend(job.problem for job in jobs)
            await show(*jobs)

        rig.repository.publish = listen  # type: ignore[method-assign]
        end = await rig.picture()
    assert messages.LIST_UNREADABLE in heard
    assert core.problem_of(end) == messages.NOT_FOUND


async def test_f17_a_task_the_service_has_forgotten(tmp_path, api, clock):
    api.next_polls = [refuses(404)] * 3
    async with running(tmp_path, api.client(), clock) as rig:
        end = await rig.picture()
    assert (end.state, core.problem_of(end)) == (JobState.FAILED, messages.GONE)


async def test_c07_a_long_task_is_said_to_take_long_and_then_not_to_be_finished_and_never_to_have_failed(
    tmp_path, api, clock
):
    api.course = [*[{"status": "processing"}] * 700, {"status": "completed"}]
    heard: list[tuple[float, Message]] = []
    async with running(tmp_path, api.client(), clock) as rig:
        show = rig.repository.publish

        async def listen(*jobs: Job) -> None:
            heard.extend((clock.now() - (job.accepted or 0), job.problem) for job in jobs if job.problem)
            await show(*jobs)

        rig.repository.publish = listen  # type: ignore[method-assign]
        done = await rig.picture()
    assert (done.state, done.problem) == (JobState.COMPLETED, None)
    first = {told: min(at for at, other in heard if other == told) for _, told in heard}
    assert set(first) == {messages.TAKES_LONG, messages.NOT_FINISHED}
    assert 180 < first[messages.TAKES_LONG] < 200
    assert 900 < first[messages.NOT_FINISHED] < 920


async def test_f28_a_click_that_can_be_written_down_nowhere_is_not_sent(tmp_path, api, clock, monkeypatch):
    def fails(self: Database, work: object) -> None:
        raise sqlite3.OperationalError("out of memory")

    async with running(tmp_path, api.client(), clock) as rig:
        monkeypatch.setattr(Database, "write", fails)
        with pytest.raises(StorageError) as caught:
            await rig.click()
        assert caught.value.message == messages.STORE_TROUBLE
        monkeypatch.undo()
        assert (await rig.picture("c2")).state is JobState.COMPLETED
    assert len(api.posts) == 1


@pytest.fixture
def noticed():
    """What the page says of a store and a host's settings."""
    backend = Backend.hosted(Endpoint(BASE, KEY), [MODEL])
    backend.catalogue.family = ModelFamily((replace(Model.built_in(MODEL), is_from_api=True),))

    async def notices(folder: Path, *, lasting: bool) -> tuple[Message, ...]:
        playground = Playground(backend, Store(folder), replace(host_config(backend), is_persistent=lasting))
        playground.quotes = None  # nobody is asked for a price here
        async with playground.running():
            return playground.notices

    return notices


async def test_f28_and_f29_what_is_said_of_the_disk(tmp_path, noticed):
    assert await noticed(tmp_path / "good", lasting=True) == ()
    assert await noticed(tmp_path / "space", lasting=False) == (messages.UNTIL_RESTART,)
    assert await noticed(Path("/dev/null/nowhere"), lasting=True) == (messages.HISTORY_NOT_STORED,)
    assert await noticed(Path("/dev/null/nowhere"), lasting=False) == (messages.HISTORY_NOT_STORED,)
    (tmp_path / "good" / "playground.sqlite3").write_text("a shopping list " * 100)
    assert await noticed(tmp_path / "good", lasting=True) == (messages.SET_ASIDE,)
    assert await noticed(tmp_path / "good", lasting=True) == (), "once"


async def test_a_folder_of_a_newer_version_is_said_to_be_one(tmp_path, noticed):
    Store(tmp_path).close()
    with sqlite3.connect(tmp_path / "playground.sqlite3") as db:
        db.execute("PRAGMA user_version = 99")
    db.close()
    for lasting in (True, False):
        assert await noticed(tmp_path, lasting=lasting) == (messages.NEWER_HISTORY,)


async def test_f34_what_the_models_take_is_said_to_be_unknown(tmp_path):
    backend = Backend.hosted(Endpoint(BASE, KEY), [MODEL])
    playground = Playground(backend, Store(tmp_path), host_config(backend))
    assert playground.notices == (messages.MODELS_UNAVAILABLE,)
    assert backend.family.reason("mask_image") is None, "nobody said that it is not taken"
    picture = SourceImage("i.png", "d", 256, 256)
    with pytest.raises(InvalidRequest) as refused:
        backend.family.choose(GenerationRequest("a cat", width=256, height=256, image=picture))
    assert refused.value.message == messages.not_known_to_take("image")


# --- at the page's own doors ---


def test_f04_what_a_field_of_the_page_cannot_hold():
    assert refused(lambda: text_of(["a"], "prompt")) == messages.NOT_TEXT
    for value in ("7", None, True, [7]):
        assert refused(lambda value=value: number_of(value, "width")) == messages.NOT_A_NUMBER
    assert refused(lambda: SamplingPanel.read({"pictures": 1.5})) == messages.NO_NUMBER_OF_PICTURES


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"loras": {"path": "owner/name"}}, messages.NOT_A_LIST_OF_LORAS),
        ({"loras": ["owner/name"]}, messages.NOT_A_LORA),
        ({"loras": [{"path": "owner/name", "weight": 1}]}, messages.NOT_A_LORA),
        ({"prompt": 7}, messages.not_text("prompt")),
        ({"image": "x.png"}, messages.not_offered("image")),
    ],
)
async def test_f04_what_a_program_may_not_send(given, told):
    backend = Backend.hosted(Endpoint(BASE, KEY), [MODEL])
    playground = Playground(backend, Store(Path("/dev/null/nowhere")), host_config(backend))
    with pytest.raises(gr.Error) as caught:
        await generate_endpoint(PictureCalls(playground))(**{"prompt": "a cat", **given})
    assert caught.value.message == messages.in_full(told, is_free=True)


async def test_f28_a_picture_whose_file_is_gone_is_said_to_a_program(hosted, tmp_path, monkeypatch):
    backend = Backend(
        "hosted",
        Text("backend.demo"),
        Catalogue(ModelFamily.built_in([MODEL])),
        Endpoint(hosted.base_url, v3_service.KEY),
        free=False,
    )
    home = replace(host_config(backend), limits=BudgetLimits())
    playground = Playground(backend, Store(tmp_path), home)
    monkeypatch.setattr(playground.store, "image_file", lambda name: None)
    async with playground.running():
        making = asyncio.ensure_future(generate_endpoint(PictureCalls(playground))(prompt="a cat"))
        await asyncio.to_thread(wait_until, lambda: hosted.finish_all() or making.done(), pause=0.02)
        with pytest.raises(gr.Error) as caught:
            await making
    assert caught.value.message == messages.in_full(messages.FILE_GONE, is_free=False)
