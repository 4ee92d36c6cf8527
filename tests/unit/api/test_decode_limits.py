"""Limits of what an answer may bring: outputs are counted, texts and addresses have a length."""

from __future__ import annotations

import threading
from contextlib import suppress
from typing import Any

import httpx
import pytest

from components.api import client as client_module
from components.api.billings import BillSearch, decode_billings
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
from components.domain.request import GenerationRequest
from components.domain.task import TaskUpdate
from components.errors import UploadFailed
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
