"""Requests as JSON bodies for the API."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from components.api.encode import encode, encode_recent
from components.domain.model_family import STANDARD_NAMES
from components.domain.request import GenerationRequest, LoraWeight, Preset
from components.errors import InvalidRequest


def test_a_submit_has_each_field_with_its_type():
    request = GenerationRequest(
        "a cat",
        "a dog",
        width=1536,
        height=256,
        guidance_scale=7,
        num_inference_steps=50,
        seed=0,
        loras=(LoraWeight("owner/name", 1), LoraWeight("https://x.test/y.safetensors", 0.0)),
    )
    assert json.dumps(encode(request), sort_keys=True) == json.dumps(
        {
            "enable_base64_output": False,
            "guidance_scale": 7.0,
            "loras": [{"path": "owner/name", "scale": 1.0}, {"path": "https://x.test/y.safetensors", "scale": 0.0}],
            "negative_prompt": "a dog",
            "num_inference_steps": 50,
            "prompt": "a cat",
            "seed": 0,
            "size": "1536*256",
        },
        sort_keys=True,
    )


def test_what_was_left_empty_is_not_sent():
    assert set(encode(GenerationRequest("a cat"))) == {
        "prompt",
        "size",
        "guidance_scale",
        "num_inference_steps",
        "seed",
        "enable_base64_output",
    }


@pytest.mark.parametrize("preset", Preset)
def test_a_preset_is_sent_to_a_model_that_has_it(preset):
    request = GenerationRequest("a cat", preset=preset)
    assert encode(request)["preset"] == preset.value
    assert "preset" not in encode(
        request, {name: theirs for name, theirs in STANDARD_NAMES.items() if name != "preset"}
    )
    assert "preset" not in encode(GenerationRequest("a cat"))


@given(st.text(min_size=1).filter(str.strip))
def test_any_prompt_that_is_accepted_can_be_sent(prompt):
    try:
        request = GenerationRequest(prompt)
    except InvalidRequest:
        return
    assert json.loads(json.dumps(encode(request), ensure_ascii=False).encode())["prompt"] == prompt


def test_the_list_is_asked_for_by_model():
    assert encode_recent("owner/model", 2) == {"page": 2, "page_size": 100, "model": "owner/model"}
