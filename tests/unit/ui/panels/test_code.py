"""What the page's script asks for the code of: whatever it is, the answer is code, or a sentence at a field."""

from __future__ import annotations

import itertools
import threading
from collections.abc import AsyncGenerator
from pathlib import Path
from typing import Any, cast

import gradio as gr
import pytest

from components.api.client import Endpoint
from components.domain.fields import PROMPT_LIMIT
from components.services.backend import HOST_PAYS, Backend
from components.services.playground import Playground
from components.storage.store import Store
from components.ui.page import Page
from tests.support.core import host_config
from tests.support.scripted_api import BASE, KEY, MODEL

FORM: dict[str, Any] = {
    "prompt": "a fox",
    "negative_prompt": "",
    "width": 1024,
    "height": 1024,
    "guidance_scale": 3.5,
    "num_inference_steps": 28,
    "seed": -1,
    "pictures": 1,
    "refine": "no_refiner",
    "loras": [{"path": "owner/name", "scale": 0.5, "on": True}],
    "styles": [],
    "has_picture": False,
    "has_mask": False,
    "prompt_strength": 0.8,
    "key": "",
    "page": "http://127.0.0.1:7860/",
}
FORGED: list[Any] = [
    None, True, -1, 10**40, 1e308, float("nan"), "", "x", "\ud800", "é\0", "a" * 200_000, [], {}, [[{}]], [None],
    [{"path": 5}], [{"path": "a/b", "scale": "1", "on": 3}], [{"path": "a/b", "scale": 1}] * 500,
    {"__type__": "update"},
]  # fmt: skip


@pytest.fixture(params=[{}])
async def code(tmp_path: Path, request: pytest.FixtureRequest) -> AsyncGenerator[Any]:
    backend = Backend.hosted(Endpoint(BASE, KEY), (MODEL,), HOST_PAYS)
    store = Store(tmp_path)
    page = Page(Playground(backend, store, host_config(backend, **request.param)))
    (component,) = [block for block in page.blocks.blocks.values() if getattr(block, "elem_id", "") == "code"]
    yield cast("gr.HTML", component).server_fns[0]
    store.close()


async def test_a_form_is_code(code: Any):
    answer = await code(FORM)
    assert set(answer["samples"]) == {"curl", "wavespeed", "gradio", "javascript", "gradio_javascript"}
    assert answer["service"] == answer["page"] == answer["several"] is None
    assert KEY not in str(answer)
    assert all("owner/name" in text for text in answer["samples"].values())


@pytest.mark.parametrize("code", [{"has_mcp_server": True}], indirect=True)
async def test_where_programs_may_speak_mcp_there_is_code_for_it(code: Any):
    samples = (await code(FORM))["samples"]
    for name in ("mcp_python", "mcp_apps"):
        assert '"http://127.0.0.1:7860/gradio_api/mcp/"' in samples[name]


async def test_a_lora_that_is_off_is_left_out(code: Any):
    answer = await code(FORM | {"loras": [{"path": "owner/name", "scale": 1, "on": False}]})
    assert not [name for name, text in answer["samples"].items() if "owner/name" in text]


async def test_a_forged_form_is_code_or_a_sentence(code: Any):
    for field, value in itertools.product(FORM, FORGED):
        answer = await code(FORM | {field: value})
        assert answer.get("samples") or answer["refused"]["message"]["code"]
        str(answer).encode()


async def test_what_is_no_form_is_told_so(code: Any):
    for ask in (None, [], "x", 5):
        assert (await code(ask))["refused"]["field"]


async def test_what_the_model_does_not_take_is_said_and_never_left_out(code: Any):
    answer = await code(FORM | {"has_picture": True, "has_mask": True})
    assert answer["refused"]["field"] in ("image", "mask_image")
    assert "samples" not in answer


async def test_c01_what_is_too_long_is_refused_before_it_is_read(code: Any, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("components.ui.page.take_tags", None)
    for field in ("prompt", "negative_prompt"):
        answer = await code(FORM | {field: "<lora:a/b:1>" + " " * PROMPT_LIMIT})
        assert answer["refused"]["field"] == field


async def test_c01_code_is_written_outside_the_event_loop(code: Any, monkeypatch: pytest.MonkeyPatch):
    threads: list[int] = []
    monkeypatch.setattr("components.ui.panels.code.code_samples", lambda *given: threads.append(threading.get_ident()))
    await code(FORM)
    assert threads and threading.get_ident() not in threads
