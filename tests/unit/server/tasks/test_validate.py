"""What a submit's body may hold."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from components.engines.protocol import EngineRequest, Refine
from components.server.errors import Refused
from components.server.tasks.fields import FIELDS, Field, Kind
from components.server.tasks.validate import request_of, source_images_of


def drawn():
    return 42


def refusal(**body):
    with pytest.raises(Refused) as caught:
        request_of({"prompt": "x"} | body, drawn)
    return caught.value


@pytest.mark.parametrize("body", [{}, {"prompt": ""}, {"prompt": " \n"}, {"prompt": None}])
def test_a_prompt_is_required(body):
    with pytest.raises(Refused) as caught:
        request_of(body, drawn)
    assert (caught.value.status, caught.value.code) == (400, 1400)
    assert caught.value.message == "prompt is required."


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("prompt", 5),
        ("prompt", ["x"]),
        ("prompt", "half \ud83d"),
        ("negative_prompt", 1),
        ("size", "1024x1024"),
        ("size", "1024"),
        ("size", ""),
        ("size", "255*1024"),
        ("size", "1024*1537"),
        ("size", " 1024*1024"),
        ("size", "1024*1024\n"),
        ("size", "１０２４*1024"),
        ("size", 1024),
        ("guidance_scale", 0.99),
        ("guidance_scale", 20.01),
        ("guidance_scale", "7"),
        ("guidance_scale", True),
        ("guidance_scale", float("inf")),
        ("guidance_scale", 10**400),
        ("num_inference_steps", 0),
        ("num_inference_steps", 51),
        ("num_inference_steps", 28.0),
        ("num_inference_steps", True),
        ("num_inference_steps", "28"),
        ("seed", -2),
        ("seed", 2**31),
        ("seed", 10**400),
        ("seed", 1.0),
        ("prompt_strength", -0.1),
        ("prompt_strength", 1.1),
        ("refine", "yes"),
        ("refine", 1),
        ("refine", ["no_refiner"]),
        ("high_noise_frac", 1.5),
        ("refine_steps", 0),
        ("refine_steps", 51),
        ("loras", "owner/name"),
        ("loras", {"path": "a", "scale": 1}),
        ("loras", [{"path": "a", "scale": 1}] * 5),
    ],
)
def test_wrong_values_name_their_field(field, value):
    error = refusal(**{field: value})
    assert (error.status, error.code) == (400, 1401)
    assert error.message.startswith(f"{field} must be ")


@pytest.mark.parametrize(
    ("lora", "code", "name"),
    [
        ("owner/name", 1401, "loras[1]"),
        ({"scale": 1}, 1400, "loras[1].path"),
        ({"path": "", "scale": 1}, 1400, "loras[1].path"),
        ({"path": 5, "scale": 1}, 1401, "loras[1].path"),
        ({"path": "a"}, 1400, "loras[1].scale"),
        ({"path": "a", "scale": -0.1}, 1401, "loras[1].scale"),
        ({"path": "a", "scale": 4.1}, 1401, "loras[1].scale"),
        ({"path": "a", "scale": True}, 1401, "loras[1].scale"),
        ({"path": "a", "scale": "1"}, 1401, "loras[1].scale"),
    ],
)
def test_a_lora_has_both_fields(lora, code, name):
    error = refusal(loras=[{"path": "good", "scale": 0}, lora])
    assert error.code == code
    assert error.message.startswith(f"{name} ")


@pytest.mark.parametrize("name", ["expert_ensemble_refiner", "base_model_refiner"])
def test_the_ensemble_has_two_names(name):
    assert request_of({"prompt": "x", "refine": name}, drawn).refine is Refine.ENSEMBLE


def test_limits_are_inclusive():
    request = request_of(
        {"prompt": "x", "size": "256*1536", "guidance_scale": 1, "num_inference_steps": 50, "seed": 0}, drawn
    )
    assert (request.width, request.height, request.guidance_scale, request.seed) == (256, 1536, 1.0, 0)


@pytest.mark.parametrize(
    ("minimum", "maximum", "taken", "refused"),
    [
        (None, None, (-(10**9), 0, 10**9), {}),
        (2, None, (2, 10**9), {1: "server_below"}),
        (0, None, (0,), {-1: "server_below"}),
        (None, 5, (-(10**9), 5), {6: "server_above"}),
        (None, 0, (0,), {1: "server_above"}),
        (2, 5, (2, 5), {1: "server_outside", 6: "server_outside"}),
    ],
)
@pytest.mark.parametrize("kind", [Kind.INTEGER, Kind.NUMBER])
def test_a_parameter_may_have_one_limit_or_none(kind, minimum, maximum, taken, refused):
    field = Field("depth", kind, "", minimum=minimum, maximum=maximum)

    def read(value):
        return request_of({"prompt": "x", "depth": value}, drawn, (field,)).options["depth"]

    assert tuple(read(value) for value in taken) == taken
    for value, code in refused.items():
        with pytest.raises(Refused) as caught:
            read(value)
        assert (caught.value.code, caught.value.reason.code) == (1401, code)
    with pytest.raises(Refused, match="depth must be"):
        read("1")


@pytest.mark.parametrize("value", [float("inf"), 10**400, -(10**400)])
def test_what_is_no_finite_number_is_none_without_limits_too(value):
    field = Field("depth", Kind.NUMBER, "")
    with pytest.raises(Refused, match="depth must be a finite number"):
        request_of({"prompt": "x", "depth": value}, drawn, (field,))


def test_null_is_left_out():
    names = ("negative_prompt", "size", "guidance_scale", "seed", "loras", "refine", "refine_steps")
    assert request_of({"prompt": "x"} | dict.fromkeys(names), drawn) == EngineRequest("x", 42)


def test_a_mask_needs_an_image():
    with pytest.raises(Refused, match="image is required"):
        source_images_of({"mask_image": "data:..."})


WORDS = st.text("a1* \u00e9\ud800", max_size=6)  # a fixed alphabet: building the whole of Unicode takes seconds
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | WORDS,
    lambda inner: st.lists(inner, max_size=5) | st.dictionaries(WORDS, inner, max_size=3),
    max_leaves=8,
)
NAMES = st.sampled_from([field.name for field in FIELDS])


@given(st.dictionaries(NAMES, VALUES))
def test_any_json_is_an_order_or_a_refusal(body):
    try:
        request, _ = request_of(body, drawn), source_images_of(body)
    except Refused as error:
        assert error.status == 400
        return
    assert 256 <= request.width <= 1536
    assert 1 <= request.num_inference_steps <= 50
    assert 1 <= request.guidance_scale <= 20
    assert 0 <= request.seed < 2**31
