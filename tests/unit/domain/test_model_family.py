"""A request goes to the first model that takes all of it, or nowhere."""

from __future__ import annotations

from dataclasses import replace

import pytest

from components import messages
from components.domain.fields import PROMPT_LIMIT
from components.domain.model_family import STANDARD_NAMES, Model, ModelFamily
from components.domain.request import GenerationRequest, LoraWeight, Preset, Refine, SourceImage
from components.domain.schema import BUILT_IN_SCHEMA, OWN_SERVER_SCHEMA, Range
from components.errors import InvalidRequest

PLAIN = GenerationRequest("a cat")
IMAGE = SourceImage("i.png", "d", 1024, 1024)
FROM_IMAGE = replace(PLAIN, image=IMAGE)
LORA = (LoraWeight("owner/name"),)
WITHOUT_LORAS = BUILT_IN_SCHEMA.fields - {"loras"} | {"image", "prompt_strength"}
SDXL = Model("stability-ai/sdxl", replace(BUILT_IN_SCHEMA, max_loras=0, fields=WITHOUT_LORAS), STANDARD_NAMES)
SDXL_LORA = Model("stability-ai/sdxl-lora", BUILT_IN_SCHEMA, STANDARD_NAMES)
FAMILY = ModelFamily((SDXL_LORA, SDXL))
ALL = ModelFamily((Model("ours", OWN_SERVER_SCHEMA, STANDARD_NAMES),))


def refusal(family: ModelFamily, request: GenerationRequest) -> InvalidRequest:
    with pytest.raises(InvalidRequest) as caught:
        family.choose(request)
    return caught.value


@pytest.mark.parametrize(
    ("request_", "model"),
    [
        (PLAIN, SDXL_LORA),
        (replace(PLAIN, loras=LORA), SDXL_LORA),
        (FROM_IMAGE, SDXL),
        (replace(FROM_IMAGE, prompt_strength=0.3), SDXL),
    ],
)
def test_the_first_model_that_takes_everything_is_chosen(request_, model):
    assert FAMILY.choose(request_) is model


DESCRIBED = ModelFamily(tuple(replace(model, is_from_api=True) for model in FAMILY.models))


def test_fields_that_nobody_described_are_not_said_to_be_missing():
    assert FAMILY.reason("mask_image") is None
    assert refusal(FAMILY, replace(FROM_IMAGE, mask=IMAGE)).message == messages.not_known_to_take("mask_image")
    assert DESCRIBED.reason("mask_image") == messages.not_taken("mask_image")


def test_what_no_model_takes_is_refused_at_its_field():
    refused = refusal(DESCRIBED, replace(FROM_IMAGE, mask=IMAGE))
    assert (refused.field, refused.message) == ("mask_image", messages.no_model_takes("mask_image"))
    refused = refusal(DESCRIBED, replace(PLAIN, refine=Refine.ENSEMBLE))
    assert (refused.field, refused.message) == ("refine", messages.no_model_takes("refine"))


def test_a_way_of_the_refiner_that_no_model_knows_is_refused_at_its_field():
    half = replace(OWN_SERVER_SCHEMA, refine_modes=frozenset({Refine.SECOND_PASS}))
    refused = refusal(ModelFamily((Model("half", half, STANDARD_NAMES),)), replace(PLAIN, refine=Refine.ENSEMBLE))
    assert (refused.field, refused.message) == ("refine", messages.no_model_takes("refine_mode"))


def test_what_no_one_model_takes_together_is_said_of_both():
    refused = refusal(FAMILY, replace(FROM_IMAGE, loras=LORA))
    assert refused.message == messages.no_model_takes_together("image", "loras")


def test_what_goes_with_nothing_in_the_form_is_known_before_it_is_chosen():
    assert FAMILY.conflict(PLAIN, "image") is None
    assert FAMILY.conflict(FROM_IMAGE, "loras") == messages.not_together("loras", "image")
    assert FAMILY.conflict(replace(PLAIN, loras=LORA), "image") == messages.not_together("image", "loras")
    both = replace(FROM_IMAGE, loras=LORA)
    assert FAMILY.conflict(both, "image") == messages.not_together("image", "loras"), "said where it is in use too"
    assert FAMILY.conflict(both, "negative_prompt") is None, "another part is to blame"
    assert ALL.conflict(both, "mask_image") is None


def test_a_model_whose_range_is_too_narrow_is_passed_over_and_the_last_one_says_why():
    narrow = replace(
        SDXL_LORA, id="narrow", schema=BUILT_IN_SCHEMA.with_range("num_inference_steps", Range("Steps", 1, 10, 5, 1))
    )
    assert ModelFamily((narrow, SDXL_LORA)).choose(replace(PLAIN, num_inference_steps=40)) is SDXL_LORA
    refused = refusal(ModelFamily((narrow,)), replace(PLAIN, num_inference_steps=40))
    assert refused.field == "num_inference_steps"


def test_c02_the_model_of_a_press_takes_each_of_its_requests():
    few_steps = BUILT_IN_SCHEMA.with_range("num_inference_steps", Range("Steps", 1, 10, 5, 1))
    narrow = replace(SDXL_LORA, id="narrow", schema=few_steps)
    requests = (replace(PLAIN, num_inference_steps=5, loras=LORA), replace(PLAIN, num_inference_steps=40))
    assert ModelFamily((narrow, SDXL_LORA)).choose_for_all(requests) is SDXL_LORA
    assert FAMILY.choose_for_all((PLAIN, FROM_IMAGE)) is SDXL
    long = replace(PLAIN, prompt="a" * (PROMPT_LIMIT + 1))
    for family, press, field in (
        (ModelFamily((narrow,)), requests, "num_inference_steps"),
        (FAMILY, (replace(PLAIN, loras=LORA), long), "prompt"),
        (FAMILY, (replace(PLAIN, loras=LORA), FROM_IMAGE), "loras"),
    ):
        with pytest.raises(InvalidRequest) as refused:
            family.choose_for_all(press)
        assert refused.value.field == field


@pytest.mark.parametrize("way", [Refine.ENSEMBLE, Refine.SECOND_PASS])
def test_our_own_server_takes_all_of_it_at_once(way):
    ask = replace(FROM_IMAGE, mask=IMAGE, loras=LORA, refine=way, negative_prompt="text", seed=4)
    assert ALL.choose(ask).id == "ours"


def test_a_model_that_left_the_list_is_taken_as_it_is_built_in():
    assert FAMILY.model("stability-ai/sdxl") is SDXL
    assert FAMILY.model("gone/away") == Model.built_in("gone/away")
    assert FAMILY.preferred is SDXL_LORA


def test_the_built_in_family_has_no_names_for_what_its_models_do_not_take():
    family = ModelFamily.built_in(["stability-ai/sdxl-lora", "stability-ai/sdxl"])
    assert "image" not in family.preferred.field_names
    assert "loras" not in family.models[1].field_names
    assert "image" not in family.fields


def test_fast_goes_to_a_model_that_takes_it_alone():
    fast = replace(PLAIN, preset=Preset.FAST)
    refused = refusal(ModelFamily((replace(ALL.preferred, is_from_api=True),)), fast)
    assert (refused.field, refused.message) == ("preset", messages.no_model_takes("preset"))
    quick = Model(
        "quick",
        replace(OWN_SERVER_SCHEMA, fields=OWN_SERVER_SCHEMA.fields | {"preset"}, default_preset=Preset.FULL),
        STANDARD_NAMES,
    )
    assert ModelFamily((SDXL_LORA, quick)).choose(fast) is quick
    assert ALL.choose(replace(PLAIN, preset=Preset.FULL)).id == "ours", (
        "where there is but one way, it is the full one"
    )


def test_required_fields_are_what_a_picture_would_otherwise_ignore():
    assert PLAIN.required_fields == {"prompt"}
    assert replace(PLAIN, width=832, seed=7).required_fields == {"prompt", "size", "seed"}
    assert FROM_IMAGE.required_fields == {"prompt", "image", "prompt_strength"}
    assert replace(PLAIN, refine=Refine.SECOND_PASS).required_fields == {"prompt", "refine", "refine_steps"}
    assert replace(PLAIN, preset=Preset.FAST).required_fields == {"prompt", "preset"}
    assert replace(PLAIN, preset=Preset.FULL).required_fields == {"prompt"}
    assert replace(PLAIN, refine=Refine.ENSEMBLE).required_fields == {"prompt", "refine", "high_noise_frac"}


@pytest.mark.parametrize(
    ("values", "told"),
    [
        ({"mask": IMAGE}, messages.MASK_WITHOUT_IMAGE),
        ({"image": replace(IMAGE, width=512)}, messages.IMAGE_NOT_FITTED),
        ({"image": IMAGE, "mask": replace(IMAGE, height=8)}, messages.MASK_NOT_FITTED),
    ],
)
def test_a_request_whose_pictures_do_not_fit_cannot_be_made(values, told):
    with pytest.raises(InvalidRequest) as caught:
        replace(PLAIN, **values)
    assert caught.value.message == told
