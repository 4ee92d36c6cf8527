"""Limits of what an answer may bring: outputs are counted, texts and addresses have a length."""

from __future__ import annotations

import base64
import threading
import time
from contextlib import suppress
from typing import Any

import httpx
import pytest

from components.api import client as client_module
from components.api.billings import BillSearch, decode_billings
from components.api.body import PLAIN_LIMIT
from components.api.client import LARGE_RESPONSE, Client, Endpoint, HttpPool
from components.api.decode import (
    MAX_ENTRIES,
    MAX_OUTPUTS,
    NOTE_LIMIT,
    URL_LIMIT,
    decode_recent,
    decode_task,
    decode_upload,
)
from components.api.envelope import ApiResponse, envelope_of
from components.domain.request import GenerationRequest
from components.domain.task import TaskUpdate
from components.errors import NotProvided, UploadFailed
from components.messages.message import literal
from tests.support.recorded import TASK, answer

MEGABYTES = "x" * 3_000_000


def read(**fields: Any) -> TaskUpdate:
    return decode_task(answer({"id": TASK, "status": "completed", **fields}), TASK)


def test_a_task_has_a_few_outputs_and_what_is_beyond_is_ignored():
    update = read(outputs=[f"https://files.test/{n}.png" for n in range(2000)], has_nsfw_contents=[True] * 2000)
    assert update.outputs == tuple(f"https://files.test/{n}.png" for n in range(MAX_OUTPUTS))
    assert update.nsfw == (True,) * MAX_OUTPUTS
    assert 1 <= MAX_OUTPUTS <= 4


def test_a_note_is_cut():
    assert read(**{"x-note": MEGABYTES}).notes == (literal("x" * NOTE_LIMIT),)


def test_an_address_that_is_too_long_is_none():
    link = f"https://files.test/{MEGABYTES}"
    assert read(outputs=[link, "https://files.test/a.png"]).outputs == (b"", "https://files.test/a.png")
    assert read(urls={"get": link}).query_url is None
    assert read(urls={"get": link[:URL_LIMIT]}).query_url == link[:URL_LIMIT]
    with pytest.raises(UploadFailed):
        decode_upload(answer({"download_url": link}))


@pytest.mark.parametrize("name", ["model", "error", "x-note", "x-stage", "x-preview", "created_at", "status"])
def test_no_text_of_an_answer_goes_on_whole(name):
    assert len(repr(read(**{name: MEGABYTES}))) < 10_000


@pytest.mark.parametrize("name", ["x-message", "x-stage-code"])
def test_no_code_of_an_answer_goes_on_whole(name):
    for code in ({"code": MEGABYTES}, {"code": "failed_because", "params": {"reason": MEGABYTES}}):
        assert len(repr(read(**{name: code}))) < 10_000
    assert len(repr(read(**{"x-notes": [{"code": MEGABYTES}] * 5}))) < 10_000


def test_a_list_has_so_many_entries_and_what_is_beyond_is_ignored():
    assert len(decode_recent(answer({"items": [{"id": TASK}] * 20_000}))) == MAX_ENTRIES
    bill = {"prediction": {"uuid": TASK}, "price": 0.01}
    assert len(decode_billings(answer({"items": [bill] * 20_000}))) == MAX_ENTRIES


@pytest.mark.parametrize("value", [b"[],", b"{},", b"0,"])
def test_an_answer_of_millions_of_values_is_not_read(value):
    """Python reads them without a pause: 64 MB of lists took 10 s, in which no other thread ran."""
    body = b'{"code": 200, "data": {"id": "%s", "x": [%s 0]}}' % (TASK.encode(), value * 2_000_000)
    begun = time.thread_time()
    assert envelope_of(ApiResponse(200, body)).fields == {}
    assert time.thread_time() - begun < 0.1


def test_an_inline_image_is_one_value_however_large():
    image = base64.b64encode(bytes(12_000_000)).decode()
    assert read(outputs=[image] * 4).outputs == (bytes(12_000_000),) * 4


async def test_an_answer_without_images_is_not_read_beyond_its_limit():
    pool = HttpPool(
        lambda: httpx.AsyncClient(
            transport=httpx.MockTransport(lambda request: httpx.Response(200, content=b" " * (PLAIN_LIMIT + 1)))
        )
    )
    with pytest.raises(NotProvided) as found:
        await Client(pool, pool, Endpoint("https://api.test", "key")).balance()
    await pool.aclose()
    assert isinstance(found.value.__cause__, httpx.DecodingError)


@pytest.mark.parametrize("call", ["price", "balance", "delete", "billings", "upload"])
async def test_a_large_answer_is_read_outside_the_event_loop_whatever_was_asked(call, monkeypatch):
    threads: list[int] = []
    decode = f"decode_{call}"
    monkeypatch.setattr(client_module, decode, lambda response: threads.append(threading.get_ident()) or [])
    large = httpx.MockTransport(lambda request: httpx.Response(200, content=b" " * LARGE_RESPONSE))
    pool = HttpPool(lambda: httpx.AsyncClient(transport=large))
    client = Client(pool, pool, Endpoint("https://api.test", "key"))
    given: dict[str, tuple[Any, ...]] = {
        "price": ("m", GenerationRequest("a cat")),
        "balance": (),
        "delete": (["a"],),
        "billings": (BillSearch(),),
        "upload": (b"",),
    }
    with suppress(UploadFailed, TypeError):
        await getattr(client, call)(*given[call])
    await pool.aclose()
    assert len(threads) == 1 and threading.get_ident() not in threads
