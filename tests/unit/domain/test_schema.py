from __future__ import annotations

import math
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from components.domain.fields import MAX_SEED, PROMPT_LIMIT
from components.domain.lora_path import is_lora_path
from components.domain.request import GenerationRequest, LoraWeight
from components.domain.schema import BUILT_IN_SCHEMA, built_in_schema
from components.errors import InvalidRequest
from components.messages.formats import number

PLAIN = GenerationRequest("a cat")


def refused(**values: object) -> InvalidRequest:
    """Return why a request with these values is refused."""
    with pytest.raises(InvalidRequest) as caught:
        BUILT_IN_SCHEMA.check(replace(PLAIN, **values))
    return caught.value


@pytest.mark.parametrize(
    ("field", "low", "high"),
    [
        ("width", 256, 1536),
        ("height", 256, 1536),
        ("guidance_scale", 1.0, 20.0),
        ("guidance_scale", 1, 20),
        ("num_inference_steps", 1, 50),
        ("seed", -1, MAX_SEED),
    ],
)
def test_both_ends_of_a_range_are_in_and_what_lies_beyond_is_not(field, low, high):
    for value in (low, high):
        BUILT_IN_SCHEMA.check(replace(PLAIN, **{field: value}))
    step = 0.01 if isinstance(low, float) else 1
    for value in (low - step, high + step):
        error = refused(**{field: value})
        assert error.field == field
        assert number(value) in str(error)
        assert f"between {number(low)} and {number(high)}" in str(error)


@pytest.mark.parametrize("field", ["width", "height", "num_inference_steps", "seed"])
@pytest.mark.parametrize("value", [1024.5, 1024.0, True, "1024", None, math.nan, math.inf])
def test_a_whole_number_is_nothing_else(field, value):
    error = refused(**{field: value})
    assert error.field == field
    assert "whole number" in str(error)


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf, True, "3.5", None])
def test_guidance_is_a_finite_number(value):
    assert refused(guidance_scale=value).field == "guidance_scale"


@pytest.mark.parametrize("field", ["width", "guidance_scale", "num_inference_steps", "seed"])
@pytest.mark.parametrize("value", [10**400, -(10**400), 10**5000], ids=["large", "negative", "beyond-str"])
def test_a_number_beyond_all_measure_is_refused_as_any_other(field, value):
    assert refused(**{field: value}).field == field


@pytest.mark.parametrize("field", ["width", "height"])
@pytest.mark.parametrize("value", [257, 1000 + 4, 1535])
def test_sides_are_multiples_of_8(field, value):
    assert "multiple of 8" in str(refused(**{field: value}))


@given(st.integers(256, 1536), st.integers(256, 1536))
def test_every_size_on_the_grid_is_taken(width, height):
    BUILT_IN_SCHEMA.check(replace(PLAIN, width=width // 8 * 8, height=height // 8 * 8))


@pytest.mark.parametrize("prompt", ["", "   ", "\n\t"])
def test_a_prompt_says_something(prompt):
    assert refused(prompt=prompt).field == "prompt"


@pytest.mark.parametrize("field", ["prompt", "negative_prompt"])
def test_texts_have_a_limit_and_no_half_characters(field):
    BUILT_IN_SCHEMA.check(replace(PLAIN, **{field: "x" * PROMPT_LIMIT}))
    assert "10,000" in str(refused(**{field: "x" * (PROMPT_LIMIT + 1)}))
    assert "broken character" in str(refused(**{field: "cat \ud83d"}))


@pytest.mark.parametrize("prompt", ["😀", "شجرة", "<script>", "=1+1", "**bold**", "a\0b"])
def test_any_real_text_is_taken_as_it_is(prompt):
    BUILT_IN_SCHEMA.check(replace(PLAIN, prompt=prompt))


def loras(count: int, scale: float = 1.0, path: str = "owner/name") -> tuple[LoraWeight, ...]:
    return tuple(LoraWeight(path, scale) for _ in range(count))


def test_four_loras_are_taken_and_a_fifth_is_not():
    BUILT_IN_SCHEMA.check(replace(PLAIN, loras=loras(4)))
    assert refused(loras=loras(5)).field == "loras"


@pytest.mark.parametrize("scale", [0, 0.0, 4, 4.0])
def test_the_scale_of_a_lora_goes_from_0_to_4(scale):
    BUILT_IN_SCHEMA.check(replace(PLAIN, loras=loras(1, scale)))


@pytest.mark.parametrize("scale", [-0.01, 4.01])
def test_a_scale_beyond_is_refused_at_its_row(scale):
    assert refused(loras=(*loras(2), *loras(1, scale))).field == "lora_3_scale"


@pytest.mark.parametrize("scale", [math.nan, math.inf, True, "1", None])
def test_a_scale_is_a_finite_number(scale):
    with pytest.raises(InvalidRequest):
        LoraWeight("owner/name", scale)


@pytest.mark.parametrize(
    "path",
    [
        "owner/name",
        "nerijs/pixel-art-xl",
        "CiroN2022/toy-face",
        "a/b.c_d-e",
        "https://huggingface.co/o/n/resolve/main/x.safetensors",
        "https://civitai.com/api/download/models/135867?type=Model&format=SafeTensor",
    ],
)
def test_a_lora_is_named_by_repository_or_link(path):
    assert is_lora_path(path)


@pytest.mark.parametrize(
    "path",
    [
        "",
        "name",
        "owner/",
        "/name",
        "a/b/c",
        "../name",
        "owner/..",
        "./name",
        "~/name",
        "/etc/passwd",
        "owner/na me",
        "owner/name\n",
        "owner/na\0me",
        "C:\\loras/x",
        "data:image/png;base64,AAAA",
        "<script>/x",
        "owner/name?x=1",
        "http://x.test/y.safetensors",
        "ftp://x.test/y",
        "file:///etc/passwd",
        "https://",
        "https:///x.safetensors",
        "https://user:password@x.test/y",
        "https://[",
        "https://[::1",
        "javascript://x/%0aalert(1)",
        "https://x.test/a b",
        "owner\u2028/name",
    ],
)
def test_anything_else_is_refused_at_its_row(path):
    assert not is_lora_path(path)
    if path:
        assert refused(loras=(*loras(1), *loras(1, path=path))).field == "lora_2"


@given(st.text() | st.text().map("https://".__add__))
def test_no_path_makes_trouble(path):
    assert is_lora_path(path) in (True, False)


def test_a_lora_needs_a_path():
    with pytest.raises(InvalidRequest, match="Enter a LoRA"):
        LoraWeight("  ")


def test_every_default_is_allowed():
    for span in (
        BUILT_IN_SCHEMA.range("width"),
        BUILT_IN_SCHEMA.range("guidance_scale"),
        BUILT_IN_SCHEMA.range("num_inference_steps"),
        BUILT_IN_SCHEMA.range("lora_scale"),
    ):
        span.check("x", span.default)
    BUILT_IN_SCHEMA.check(PLAIN)


def test_a_model_without_loras_refuses_them_in_words():
    plain = built_in_schema("stability-ai/sdxl")
    plain.check(GenerationRequest("a cat"))
    with pytest.raises(InvalidRequest, match="can't use LoRAs") as refused:
        plain.check(GenerationRequest("a cat", loras=(LoraWeight("owner/name"),)))
    assert refused.value.field == "lora_1"
    assert built_in_schema("stability-ai/sdxl-lora") == built_in_schema("another/model") == BUILT_IN_SCHEMA
