"""`PLAYGROUND_BACKEND=sdxl python app.py`, as a person starts it, with the tiny model behind the page."""

from __future__ import annotations

import io
import json
from typing import Any

import httpx
import pytest
from PIL import Image

from components.domain.backend_choice import BackendChoice
from components.settings import Settings
from tests.sdxl.reference import same
from tests.support.app_process import AppProcess


def answered(app: AppProcess, **fields) -> tuple[str, Any]:
    """Return the last event of the page's own endpoint, and what it carries."""
    call = f"{app.url}/gradio_api/call/v2/generate"
    event = httpx.post(call, json={"prompt": "a cat", "seed": 7, "width": 256, "height": 256, **fields}).json()
    answer = httpx.get(f"{call}/{event['event_id']}", timeout=120).text
    name, data = answer.strip().split("\n")[-2:]
    return name, json.loads(data.removeprefix("data: "))


def generated(app: AppProcess, **fields) -> Image.Image:
    name, told = answered(app, **fields)
    assert name == "event: complete", told
    with Image.open(io.BytesIO(httpx.get(told[0][0]["url"]).content)) as picture:
        return picture.convert("RGB")


@pytest.mark.full
def test_the_page_paints_with_sdxl_itself(app, studio):
    for steps in (1, 3):
        ours = studio.paint(width=256, height=256, num_inference_steps=steps)
        assert same(generated(app, num_inference_steps=steps), ours)


@pytest.mark.full
def test_a_lora_from_elsewhere_is_refused_in_words(app):
    name, said = answered(app, loras=[{"path": "https://elsewhere.example/a.safetensors", "scale": 1}])
    assert name == "event: error"
    assert "LoRAs can come from Hugging Face or Civitai only." in said["error"]


@pytest.mark.full
def test_the_page_says_who_paints(app):
    assert "Made with SDXL on this machine" in httpx.get(app.url).text


def test_auto_is_sdxl_where_it_is_installed_and_there_is_no_key():
    assert Settings.from_env({"HOME": "/home/x"}).backend is BackendChoice.SDXL
