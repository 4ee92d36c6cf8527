"""What a press costs: each LoRA's text is parsed once."""

from __future__ import annotations

import pytest

from components.api.endpoint import Endpoint
from components.domain.request import GenerationRequest
from components.loras import checker
from components.services.backend import Backend
from components.services.playground import Playground
from components.storage.store import Store
from components.ui.page import Page
from tests.support.core import host_config
from tests.support.scripted_api import BASE, KEY, MODEL


@pytest.fixture
async def page(tmp_path):
    backend = Backend.hosted(Endpoint(BASE, KEY), [MODEL])
    store = Store(tmp_path)
    yield Page(Playground(backend, store, host_config(backend)))
    store.close()


async def test_a_lora_s_text_is_parsed_once(page, monkeypatch):
    parsed: list[str] = []
    real = checker.parse_lora
    monkeypatch.setattr(checker, "parse_lora", lambda text, names: parsed.append(text) or real(text, names))
    values = {name: widget.value for name, widget in page._inputs.items()}
    request, _ = page._request({**values, "prompt": "a cat", "lora_1": "https://huggingface.co/nerijs/pixel-art-xl"})
    assert isinstance(request, GenerationRequest)
    assert page._playground.backend.family.choose(request).id == MODEL
    assert parsed == ["https://huggingface.co/nerijs/pixel-art-xl"]
