"""Limits of what an answer may bring: outputs are counted, texts and addresses have a length."""

from __future__ import annotations

from typing import Any

import pytest

from components.api.decode import MAX_OUTPUTS, NOTE_LIMIT, URL_LIMIT, decode_task, decode_upload
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
