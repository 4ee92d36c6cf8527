"""What the API says of its models, read without trusting any of it."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from components import messages
from components.api.encode import encode
from components.api.envelope import ApiResponse
from components.api.model_list import decode_models
from components.domain.model_family import Model, ModelFamily
from components.domain.request import FAST_STEPS, GenerationRequest, Preset, Refine, Sampler, StepBounds
from components.domain.schema import BUILT_IN_SCHEMA, OWN_SERVER_SCHEMA
from components.errors import NotProvided, Unauthorized
from components.server.http import models
from components.server.tasks.fields import Field, Kind
from tests.support.recorded import recorded

LORA, PLAIN = "stability-ai/sdxl-lora", "stability-ai/sdxl"


def answer(data: Any, status: int = 200) -> ApiResponse:
    return ApiResponse(status, json.dumps({"code": status, "message": "", "data": data}).encode())


def entry(properties: Any, name: str = LORA) -> dict[str, Any]:
    schema = {"type": "model_run", "request_schema": {"properties": properties}}
    return {"model_id": name, "api_schema": {"api_schemas": [schema]}}


def told(**properties: Any) -> Model:
    """Return what is made of one model's fields; it has a prompt."""
    return decode_models(answer([entry({"prompt": {"type": "string"}, **properties})]), [LORA]).preferred


def test_the_vendor_s_family_in_the_order_of_the_settings():
    family = decode_models(recorded("models_family"), [LORA, PLAIN])
    first, second = family.models
    assert family.is_from_api
    assert first.schema == BUILT_IN_SCHEMA
    assert (first.schema.max_loras, second.schema.max_loras) == (4, 0)
    assert second.schema.fields == BUILT_IN_SCHEMA.fields - {"loras"} | {"image", "prompt_strength"}
    assert "image" not in first.field_names


def test_other_names_for_the_same_fields_and_other_ranges():
    model = decode_models(recorded("models_aliases"), [LORA]).preferred
    assert (model.field_names["mask_image"], model.field_names["prompt_strength"]) == ("mask", "strength")
    steps = model.schema.range("num_inference_steps")
    assert (steps.minimum, steps.maximum, steps.default) == (10, 40, 30)
    assert model.schema.max_loras == 3
    assert model.schema.range("prompt_strength").minimum == 0.01


def test_our_own_server_tells_what_is_built_in_for_it():
    model = decode_models(answer([models.entry("http://127.0.0.1:1")]), [LORA]).preferred
    assert model.schema == OWN_SERVER_SCHEMA
    assert model.schema.refine_modes == frozenset(Refine)


@pytest.mark.parametrize(
    ("properties", "name", "wanted"),
    [
        ({"guidance_scale": {"minimum": "2", "maximum": "9.5", "default": "4"}}, "guidance_scale", (2, 9.5, 4)),
        ({"guidance_scale": {"minimum": 9, "maximum": 2}}, "guidance_scale", (1, 20, 3.5)),
        ({"guidance_scale": {"minimum": 5}}, "guidance_scale", (5, 20, 5)),
        ({"guidance_scale": {"minimum": True, "maximum": None, "default": []}}, "guidance_scale", (1, 20, 3.5)),
        ({"guidance_scale": {"minimum": "NaN", "maximum": "Infinity"}}, "guidance_scale", (1, 20, 3.5)),
        ({"guidance_scale": "a text"}, "guidance_scale", (1, 20, 3.5)),
        (
            {"num_inference_steps": {"minimum": 0.5, "maximum": 40.9, "default": 20.4}},
            "num_inference_steps",
            (1, 40, 20),
        ),
        ({"size": {"minimum": 513, "maximum": 1030}}, "width", (520, 1024, 1024)),
        ({"size": {"minimum": 512, "maximum": 768}}, "height", (512, 768, 768)),
        ({"size": {"enum": ["1024*1024"]}}, "width", (256, 1536, 1024)),
        ({"size": {"minimum": 1025, "maximum": 1026}}, "width", (256, 1536, 1024)),
        ({"seed": {}}, "seed", (-1, 2**31 - 1, -1)),
    ],
)
def test_f34_each_end_of_a_range_falls_back_by_itself(properties, name, wanted):
    span = told(**properties).schema.range(name)
    assert (span.minimum, span.maximum, span.default) == wanted


@pytest.mark.parametrize(("most", "wanted"), [(2, 2), (40, 4), (0, 4), (-1, 4), ("3", 4), (True, 4), (None, 4)])
def test_f34_how_many_loras(most, wanted):
    assert told(loras={"maxItems": most}).schema.max_loras == wanted
    assert told().schema.max_loras == 0


@pytest.mark.parametrize(
    ("enum", "ways"),
    [
        (["no_refiner", "expert_ensemble_refiner"], {Refine.OFF, Refine.ENSEMBLE}),
        (["base_image_refiner", "by_hand", 5], {Refine.SECOND_PASS}),
        (["no_refiner", "base_model_refiner"], {Refine.OFF, Refine.ENSEMBLE}),
        (["base_model_refiner", ["x"], {}], {Refine.ENSEMBLE}),
        (["no_refiner"], set()),
        (["by_hand"], set()),
        ("base_image_refiner", set()),
        (None, set()),
    ],
)
def test_f34_the_ways_of_the_refiner(enum, ways):
    schema = told(refine={"enum": enum}, refine_steps={}).schema
    assert schema.refine_modes == ways
    assert ("refine" in schema.fields) is bool(ways)


@pytest.mark.parametrize(
    ("enum", "samplers"),
    [(["DDIM", "Heun", "Euler", 5], (Sampler.EULER, Sampler.DDIM)), (["Heun"], ()), ("Euler", ()), (None, ())],
)
def test_samplers(enum, samplers):
    schema = told(sampler={"enum": enum}).schema
    assert schema.samplers == samplers
    assert ("sampler" in schema.fields) is bool(samplers)
    euler = GenerationRequest("a fox", sampler=Sampler.EULER)
    assert schema.takes(euler) is (Sampler.EULER in samplers)


@pytest.mark.parametrize(
    ("enum", "sent"),
    [
        (["no_refiner", "base_model_refiner", "base_image_refiner"], "base_model_refiner"),
        (["no_refiner", "expert_ensemble_refiner", "base_image_refiner"], "expert_ensemble_refiner"),
        (["base_model_refiner", "expert_ensemble_refiner"], "expert_ensemble_refiner"),
    ],
)
def test_the_ensemble_is_sent_by_the_name_that_the_model_lists(enum, sent):
    model = told(refine={"enum": enum}, high_noise_frac={}, refine_steps={})
    request = GenerationRequest("a cat", refine=Refine.ENSEMBLE, high_noise_frac=0.7)
    body = encode(request, model.field_names)
    assert (body["refine"], body["high_noise_frac"]) == (sent, 0.7)
    second = encode(GenerationRequest("base_model_refiner", refine=Refine.SECOND_PASS), model.field_names)
    assert (second["refine"], second["prompt"]) == ("base_image_refiner", "base_model_refiner")


@pytest.mark.parametrize(
    ("facts", "usual"),
    [
        ({"enum": ["full", "fast"], "default": "full"}, Preset.FULL),
        ({"enum": ["full", "fast", "middling"], "default": "fast"}, Preset.FAST),
        ({"enum": ["full", "fast"], "default": ["fast"]}, Preset.FULL),
        ({"enum": ["full"]}, None),
        ({"enum": ["fast"], "default": "fast"}, None),
        ({"enum": ["anime", "photo"]}, None),
        ({"enum": "full, fast"}, None),
        ({"enum": None}, None),
        ({}, None),
    ],
)
def test_a_preset_is_known_where_it_has_our_choices(facts, usual):
    model = told(preset=facts)
    assert model.schema.default_preset is usual
    assert ("preset" in model.schema.fields) is ("preset" in model.field_names) is (usual is not None)


@pytest.mark.parametrize(
    ("facts", "bounds"),
    [
        ([8, 8], (8, 8)),
        ([1, 4], (1, 4)),
        ([8, 4], None),
        ([0, 4], None),
        ([1, 51], None),
        ([True, 4], None),
        ([1.0, 4], None),
        ([4], None),
        ("44", None),
        (None, None),
    ],
)
def test_the_steps_of_the_fast_preset_are_told_or_built_in(facts, bounds):
    model = told(preset={"enum": ["full", "fast"], "x-fast-steps": facts})
    assert model.schema.fast_steps == (StepBounds(*bounds) if bounds else FAST_STEPS)


def test_our_own_server_tells_of_its_engine_s_presets():
    field = Field(
        "preset", Kind.STRING, "Its way.", "fast", choices=("full", "fast"), own_facts={"x-fast-steps": [8, 8]}
    )
    model = decode_models(answer([models.entry("http://127.0.0.1:1", [field])]), [LORA]).preferred
    assert model.schema == replace(
        OWN_SERVER_SCHEMA,
        fields=OWN_SERVER_SCHEMA.fields | {"preset"},
        default_preset=Preset.FAST,
        fast_steps=StepBounds(8, 8),
    )


def test_a_mask_without_a_picture_is_not_offered():
    assert not {"mask_image", "prompt_strength"} & told(mask={}, strength={}).schema.fields


@pytest.mark.parametrize(
    "data",
    [None, [], {}, "x", 5, [None], [[]], [{"model_id": 5}], [{"model_id": LORA}], [entry(None)], [entry({})]],
    ids=str,
)
def test_f34_a_list_that_says_nothing_of_ours_is_not_told(data):
    with pytest.raises(NotProvided) as caught:
        decode_models(answer(data), [LORA, PLAIN])
    assert caught.value.message == messages.MODELS_UNAVAILABLE


def test_f34_a_model_that_is_not_described_is_built_in():
    family = decode_models(answer([entry({"prompt": {}}), entry({"text": {}}, PLAIN)]), [LORA, PLAIN])
    assert family.models[0].is_from_api
    assert family.models[1] == Model.built_in(PLAIN)


def test_f34_a_key_that_is_not_good_and_a_page_in_place_of_the_list():
    with pytest.raises(Unauthorized):
        decode_models(answer(None, 401), [LORA])
    with pytest.raises(NotProvided):
        decode_models(ApiResponse(200, b"<html>"), [LORA])


junk = st.recursive(
    st.none() | st.booleans() | st.floats(allow_nan=False) | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)
fields = st.dictionaries(
    st.sampled_from(["prompt", "size", "loras", "refine", "seed", "guidance_scale", "mask", "image", "strength"]),
    st.dictionaries(st.sampled_from(["minimum", "maximum", "default", "enum", "items", "maxItems"]), junk, max_size=6),
)


@given(st.one_of(junk, st.lists(st.builds(entry, fields | junk), max_size=3)))
@example([entry({"prompt": {}, "seed": {"minimum": 0.3}})])
@example([entry({"prompt": {}, "seed": {"minimum": -1, "maximum": -0.5}})])
def test_f34_whatever_comes_leaves_ranges_that_hold(data):
    try:
        family = decode_models(answer(data), [LORA])
    except NotProvided:
        return
    schema = family.preferred.schema
    for name in ("width", "height", "guidance_scale", "num_inference_steps", "seed", "prompt_strength", "lora_scale"):
        span = schema.range(name)
        assert span.minimum < span.maximum
        assert span.minimum <= span.default <= span.maximum
    assert schema.range("width").minimum % 8 == schema.range("width").maximum % 8 == 0
    assert set(family.preferred.field_names) >= schema.fields


def test_a_thousand_models_of_others_are_passed_over():
    many = [entry({"prompt": {}}, f"other/{number}") for number in range(5000)]
    assert decode_models(answer([*many, entry({"prompt": {}})]), [LORA]).preferred.is_from_api
    assert isinstance(ModelFamily.built_in([LORA]).preferred.field_names, dict)
