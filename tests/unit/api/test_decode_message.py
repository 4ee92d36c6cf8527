"""Codes beside our own server's texts: what is not a known message is not used, whatever it is."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from components import messages
from components.api.decode import decode_submit, decode_task
from components.api.decode_message import PARAM_LIMIT, message_or_text, messages_or_text, reason_or_text
from components.api.envelope import ApiResponse
from components.domain.task import TaskUpdate
from components.errors import InvalidRequest
from components.messages.message import Message, as_param, literal

TASK = "t1"
NO_MEMORY = Message("engine_no_memory")
FETCHING = Message("stage_fetching_model", {"percent": 34})
NO_DEVICE = Message("engine_no_device", {"name": "cuda"})


def code(message: Message) -> dict[str, object]:
    return {"code": message.code, "params": dict(message.params)}


def decoded(**fields: object) -> TaskUpdate:
    body = {"code": 200, "data": {"id": TASK, "status": "failed", **fields}}
    return decode_task(ApiResponse(200, json.dumps(body).encode()), TASK)


def test_a_code_is_taken_in_place_of_its_text():
    update = decoded(
        error="It broke.",
        **{"x-message": code(NO_MEMORY), "x-note": "Two notes.", "x-notes": [code(NO_MEMORY), code(NO_DEVICE)]},
        **{"x-stage": "Fetching", "x-stage-code": code(FETCHING)},
    )
    assert update.error == as_param(NO_MEMORY)
    assert (update.notes, update.stage) == ((NO_MEMORY, NO_DEVICE), FETCHING)
    assert messages.failed(update.error).advice == str(NO_MEMORY)


def test_without_a_code_the_text_is_shown():
    update = decoded(error="It broke.", **{"x-note": "A note.", "x-stage": "Mixing paint"})
    assert update.error == "It broke."
    assert (update.notes, update.stage) == ((literal("A note."),), literal("Mixing paint"))
    assert (decoded().error, decoded().notes, decoded().stage) == ("", (), None)


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("num_inference_steps", "Steps must be at least 1."),
        ("size", "Size must be at least 1."),
        ("loras[0].scale", "loras[0].scale must be at least 1."),
    ],
)
def test_a_setting_is_named_as_on_the_page(name, sentence):
    refusal = message_or_text({"code": "server_below", "params": {"field": name, "low": 1}}, "")
    assert str(refusal) == sentence


@pytest.mark.parametrize(
    "value",
    [
        None,
        "engine_no_memory",
        {"code": 7, "params": {}},
        {"code": "no_such_code", "params": {}},
        {"code": "literal", "params": {"happened": "<b>", "advice": ""}},
        {"code": "engine_no_device"},
        {"code": "engine_no_device", "params": {"name": ""}},
        {"code": "engine_no_device", "params": {"name": "x" * (PARAM_LIMIT + 1)}},
        {"code": "engine_no_device", "params": {"name": []}},
        {"code": "engine_no_device", "params": {"name": ["cuda", 4]}},
        {"code": "engine_no_device", "params": {"name": [["cuda"]]}},
        {"code": "engine_no_device", "params": {"name": ["x" * (PARAM_LIMIT + 1)]}},
        {"code": "engine_no_device", "params": {"name": {"key": "field.width.title", "params": {}}}},
        {"code": "stage_fetching_model", "params": {"percent": True}},
        {"code": "stage_fetching_model", "params": {"percent": 1e300}},
        {"code": "stage_fetching_model", "params": {"percent": float("nan")}},
        {"code": "stage_fetching_model", "params": {"percent": 10**400}},
    ],
)
def test_a_code_that_is_not_known_or_lacks_a_plausible_value_is_not_used(value):
    assert message_or_text(value, "The text.") == literal("The text.")
    assert messages_or_text([code(NO_MEMORY), value], "The text.") == (literal("The text."),)
    assert reason_or_text(value, "The text.") == "The text."


def test_a_list_that_is_too_long_is_not_used():
    assert messages_or_text([code(NO_MEMORY)] * 11, "The text.") == (literal("The text."),)


def test_values_that_the_texts_do_not_name_are_dropped():
    assert message_or_text({"code": "engine_no_memory", "params": {"name": "x"}}, "") == NO_MEMORY


def test_a_refusal_with_a_code_is_shown_by_it_at_its_field():
    body = {"code": 1401, "message": f"loras: {NO_MEMORY}", "data": None, "x-message": code(NO_MEMORY)}
    with pytest.raises(InvalidRequest) as refused:
        decode_submit(ApiResponse(400, json.dumps(body).encode()))
    assert refused.value.field == "loras"
    assert refused.value.message == messages.setting_refused(as_param(NO_MEMORY))


JSON = st.recursive(st.none() | st.booleans() | st.integers() | st.floats() | st.text(), lambda inner: st.lists(
    inner, max_size=3) | st.dictionaries(st.sampled_from(["code", "params", "name", "percent"]), inner))  # fmt: skip


@given(JSON)
def test_whatever_comes_is_a_message_or_the_text(value):
    assert str(message_or_text(value, "The text."))
    assert all(str(one) for one in messages_or_text(value, "The text."))
    assert str(reason_or_text(value, "The text."))
