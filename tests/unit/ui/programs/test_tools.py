"""Tools for programs that speak MCP: one picture for one request id, and to each caller what is the caller's own."""

from __future__ import annotations

import io
from contextlib import asynccontextmanager
from dataclasses import replace

import pytest
from PIL import Image

from components import messages
from components.api.endpoint import Endpoint
from components.budget.limits import Access, BudgetLimits
from components.domain.person import Person
from components.errors import BudgetDenied, InvalidRequest
from components.services.backend import Backend
from components.services.playground import Playground
from components.storage.store import Store
from components.ui.programs.picture_calls import CallFailed, PictureCalls
from components.ui.programs.tools import ProgramTools, ToolCaller
from tests.support import v3_service
from tests.support.core import host_config
from tests.support.scripted_api import MODEL

ID = "5f0c6c1e-0001"
ROOT = "http://pictures.test"
ANYBODY = ToolCaller(Person.program(""), "192.0.2.1", ROOT)
ANN = replace(ANYBODY, program=Person.program("ann"))
HOST_ELSEWHERE = BudgetLimits(is_local=False)
"""Limits of a page that others can reach too."""


@asynccontextmanager
async def tools(hosted, folder, limits=HOST_ELSEWHERE, **config):
    backend = Backend.hosted(Endpoint(hosted.base_url, v3_service.KEY), [MODEL])
    playground = Playground(backend, Store(folder), host_config(backend, limits=limits, **config))
    async with playground.running():
        yield ProgramTools(PictureCalls(playground))


async def test_the_same_request_id_is_one_picture_also_after_a_restart(hosted, tmp_path):
    values = {"prompt": "a cat", "request_id": ID}
    async with tools(hosted, tmp_path) as first:
        made = await first.generate(values, ANYBODY, None)
        again = await first.generate(values, ANYBODY, None)
    async with tools(hosted, tmp_path) as second:
        later = await second.generate(values, ANYBODY, None)
    assert made.details["job"] == again.details["job"] == later.details["job"]
    assert made.content == again.content == later.content
    assert len(hosted.posts) == 1


async def test_a_request_id_with_other_settings_is_refused_and_each_caller_has_ids_of_its_own(hosted, tmp_path):
    async with tools(hosted, tmp_path) as found:
        await found.generate({"prompt": "a cat", "request_id": ID}, ANYBODY, None)
        with pytest.raises(CallFailed) as refused:
            await found.generate({"prompt": "a dog", "request_id": ID}, ANYBODY, None)
        assert str(refused.value) == messages.in_full(messages.REQUEST_ID_USED, is_free=True)
        assert len(hosted.posts) == 1
        await found.generate({"prompt": "a dog", "request_id": ID}, ANN, None)
    assert [post["prompt"] for post in hosted.posts] == ["a cat", "a dog"]


@pytest.mark.parametrize("request_id", ["1", "x" * 101, 12345678, ["x" * 9]])
async def test_a_request_id_that_others_may_have_too_is_refused(hosted, tmp_path, request_id):
    async with tools(hosted, tmp_path) as found:
        with pytest.raises(InvalidRequest) as refused:
            await found.generate({"prompt": "a cat", "request_id": request_id}, ANYBODY, None)
    assert refused.value.message == messages.REQUEST_ID_UNFIT
    assert hosted.posts == []


async def test_a_picture_comes_in_a_small_file_and_with_its_link(hosted, tmp_path):
    told: list[str] = []

    async def report(job):
        told.append(job.state.value)

    async with tools(hosted, tmp_path) as found:
        made = await found.generate({"prompt": "a cat"}, ANYBODY, report)
        (url,) = made.details["urls"]
        stored = found.playground.store.image_file(url.removeprefix(f"{ROOT}/playground/pictures/"))
        assert stored
    with Image.open(io.BytesIO(made.content)) as image:
        assert (image.format, made.media_type) == ("WEBP", "image/webp")
    assert told[0] == "waiting"
    assert "completed" not in told


async def test_recent_pictures_are_the_caller_s_own(hosted, tmp_path):
    async with tools(hosted, tmp_path) as found:
        made = await found.generate({"prompt": "of all"}, ANYBODY, None)
        await found.generate({"prompt": "of ann"}, ANN, None)
        (row,) = (await found.recent({}, ANN))["pictures"]
        assert (row["prompt"], row["state"]) == ("of ann", "completed")
        # All other programs are one person here: what one of them made is nothing for the next.
        with pytest.raises(BudgetDenied) as refused:
            await found.recent({}, ANYBODY)
        assert refused.value.message == messages.PROGRAMS_UNKNOWN
    async with tools(hosted, tmp_path, BudgetLimits()) as at_home:
        (row,) = (await at_home.recent({"count": 1}, ANYBODY))["pictures"]
        assert row["urls"] == made.details["urls"]


async def test_the_account_is_shown_to_the_host_alone(hosted, tmp_path):
    async with tools(hosted, tmp_path, owner="ann") as found:
        anybody, host = await found.balance({}, ANYBODY), await found.balance({}, ANN)
    assert anybody == {"is_free": False, "pictures_left": 20, "problem": None}
    assert host == anybody | {"account_usd": 100.0}


async def test_the_balance_of_a_caller_who_has_made_all_of_an_hour(hosted, tmp_path):
    async with tools(hosted, tmp_path, replace(HOST_ELSEWHERE, images_per_hour=1)) as found:
        await found.generate({"prompt": "a cat"}, ANYBODY, None)
        left = await found.balance({}, ANYBODY)
        assert left["pictures_left"] == 0
        assert left["problem"]
        with pytest.raises(CallFailed):
            await found.generate({"prompt": "a dog"}, ANYBODY, None)
    assert len(hosted.posts) == 1


async def test_a_price_is_asked_for_and_nothing_is_made(hosted, tmp_path):
    async with tools(hosted, tmp_path) as found:
        assert await found.price({"prompt": "a cat"}, ANYBODY) == {"is_free": False, "usd": 0.01}
        with pytest.raises(InvalidRequest):
            await found.price({}, ANYBODY)
    assert hosted.posts == []


async def test_where_each_brings_a_key_programs_are_refused(hosted, tmp_path):
    limits = replace(HOST_ELSEWHERE, access=Access.OWN_KEY_ONLY)
    async with tools(hosted, tmp_path, limits) as found:
        for answer in (found.price({"prompt": "a cat"}, ANYBODY), found.balance({}, ANYBODY)):
            with pytest.raises(BudgetDenied) as refused:
                await answer
            assert refused.value.message == messages.OWN_KEY_ONLY_PROGRAM
        with pytest.raises(CallFailed) as failed:
            await found.generate({"prompt": "a cat"}, ANYBODY, None)
        assert str(failed.value) == messages.in_full(messages.OWN_KEY_ONLY_PROGRAM, is_free=True)
    assert hosted.posts == []


async def test_an_image_is_an_upload_and_no_other_file(hosted, tmp_path):
    secret = tmp_path / "secret.png"
    secret.write_bytes(b"secret")
    backend = Backend.demo(Endpoint(hosted.base_url, v3_service.KEY))  # which takes images
    found = ProgramTools(PictureCalls(Playground(backend, Store(tmp_path / "data"), host_config(backend))))
    for image in (str(secret), "/etc/hostname", "http://127.0.0.1/a.png"):
        with pytest.raises(CallFailed) as refused:
            await found.generate({"prompt": "a cat", "image": image}, ANYBODY, None)
        assert str(refused.value) == messages.in_full(messages.picture_must_be_sent("image"), is_free=True)
    assert hosted.posts == []
