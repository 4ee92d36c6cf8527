"""Messages as they are stored and sent: they come back as they were, and what is not known here is said kindly."""

from __future__ import annotations

import json
from dataclasses import replace
from itertools import product

import pytest

from components import messages
from components.messages.catalogue import Text, can_render, placeholders, text
from components.messages.message import Charge, Message, as_param, literal, message_of, message_record, renderable
from components.ui.message_json import message_json
from tests.support.sample_messages import CODES, sample

NEWER = Message("from_a_newer_version", {"depth": 3}, Charge.SPENT)


def test_a_message_comes_back_from_its_record_as_it_was():
    for code, charge in product(CODES, Charge):
        message = replace(sample(code), charge=charge)
        assert message_of(json.loads(json.dumps(message_record(message)))) == message


def test_a_text_inside_a_text_comes_back_too():
    message = messages.failed(as_param(messages.too_many_loras(4)))
    assert message_of(json.loads(json.dumps(message_record(message)))) == message
    assert message.advice == str(messages.too_many_loras(4))


def test_a_record_from_before_there_were_codes_keeps_its_texts():
    record = {"happened": "It broke.", "advice": "Mend it.", "charge": "maybe"}
    message = message_of(record)
    assert (message.happened, message.advice, message.charge) == ("It broke.", "Mend it.", Charge.MAYBE)
    assert message_of(json.loads(json.dumps(message_record(message)))) == message


def test_a_message_of_a_newer_version_is_kept_and_said_kindly():
    assert message_of(message_record(NEWER)) == NEWER
    assert renderable(NEWER) == Message("unknown_message", charge=Charge.SPENT)
    assert NEWER.happened == text("message.unknown_message.happened")
    assert NEWER.advice == text("message.unknown_message.advice")
    assert message_json(NEWER, is_free=True) == {"code": "unknown_message", "params": {}, "charge": ""}
    assert str(as_param(NEWER)) == str(NEWER)


@pytest.mark.parametrize(
    "message",
    [
        Message("too_many_loras"),
        Message("not_whole", {"field": Text("field.depth.title")}),
        Message("moved", {"field": Text("lora_site.host"), "old": "1", "new": "2"}),
    ],
)
def test_a_message_that_lacks_a_value_here_is_said_kindly_too(message):
    assert renderable(message).code == "unknown_message"
    assert str(message) == str(Message("unknown_message"))


@pytest.mark.parametrize(
    "damage",
    [
        {"code": 7},
        {"params": {"count": True}},
        {"params": {"count": None}},
        {"params": {"count": [4]}},
        {"params": {"field": {"key": "field.width.title"}}},
        {"params": []},
        {"charge": "free"},
    ],
)
def test_a_record_that_is_no_message_says_so(damage):
    with pytest.raises((KeyError, TypeError, ValueError, AttributeError)):
        message_of({**message_record(messages.too_many_loras(4)), **damage})


def test_what_a_template_needs():
    assert placeholders("{used} of {room}") == {"used", "room"}
    assert placeholders({"one": "{count} day", "other": "{count} days of {name}"}) == {"count", "name"}
    assert placeholders({"one": "One.", "other": "Several."}) == {"count"}
    assert can_render("field.width.title", {}) and not can_render("field.depth.title", {})


def test_a_literal_is_a_parameter_as_its_text():
    assert as_param(literal("Out of paint.", "Buy some.")) == "Out of paint. Buy some."
