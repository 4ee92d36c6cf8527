"""Every message of the app: plain, complete, used by the code and compared with by a test."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache
from pathlib import Path

import pytest

from components import messages
from components.messages.message import Charge, Message, literal
from tests.support.paths import ROOT

FIXED = {name: value for name, value in vars(messages).items() if isinstance(value, Message)}
MADE = {
    "not_whole": messages.not_whole("width"),
    "not_finite": messages.not_finite("guidance_scale"),
    "outside": messages.outside("width", "256", "1536", "7"),
    "not_on_grid": messages.not_on_grid("width"),
    "too_long": messages.too_long("prompt", 5000),
    "too_many_loras": messages.too_many_loras(4),
    "too_many_cells": messages.too_many_cells(25),
    "too_many_pictures": messages.too_many_pictures(4),
    "code_of_several": messages.code_of_several(3),
    "nearly_full": messages.nearly_full(70, 75),
    "overfull": messages.overfull(92, 75, "at night, in the rain"),
    "not_offered": messages.not_offered("image"),
    "not_text": messages.not_text("prompt"),
    "picture_must_be_sent": messages.picture_must_be_sent("image"),
    "picture_limit": messages.picture_limit(20),
    "person_limit": messages.person_limit("$1.00"),
    "too_many_of_yours": messages.too_many_of_yours(8),
    "busy_until": messages.busy_until("12:30 UTC"),
    "setting_refused": messages.setting_refused(""),
    "refused": messages.refused("It said so."),
    "failed": messages.failed(""),
    "not_taken": messages.not_taken("loras"),
    "no_model_takes": messages.no_model_takes("mask_image"),
    "no_model_takes_together": messages.no_model_takes_together("mask_image", "loras"),
    "lora_for_another": messages.lora_for_another("FLUX"),
    "lora_fits": messages.lora_fits(16),
    "lora_of_make": messages.lora_of_make("LoHa"),
    "moved": messages.moved("num_inference_steps", "80", "50"),
    "more_loras": messages.more_loras(4),
    "lora_not_restored": messages.lora_not_restored("ink"),
    "refiner_not_restored": messages.refiner_not_restored("another"),
    "not_restored": messages.not_restored("Sampler, Model hash"),
    "retention_notice": messages.retention_notice(30, 20.0),
    "lora_several_files": messages.lora_several_files("a.safetensors, b.safetensors"),
}
TELLERS = {"charged", "in_full"}
ALL = FIXED | MADE
NO_ADVICE_NEEDED = {
    "NO_PROMPT": "it says itself what to do",
    "HALF_A_CHARACTER": "it says itself what to do",
    "NOT_TEXT": "it says itself what to do",
    "NOT_A_NUMBER": "it says itself what to do",
    "NO_NUMBER_OF_PICTURES": "it says itself what to do",
    "NO_LORA_PATH": "it says itself what to do",
    "NOT_A_LORA_PATH": "it says itself what to do",
    "NOT_A_LIST_OF_LORAS": "it says itself what to do",
    "NOT_A_LORA": "it says itself what to do",
    "OWN_KEY_ONLY_PROGRAM": "there is nothing a program can do",
    "TAKEN_BACK": "the person wanted it",
    "STOPPED_BY_YOU": "the person wanted it",
    "MODELS_UNAVAILABLE": "there is nothing a person can do",
    "NOT_PUT_BACK": "the picture is there; making it anew costs money",
    "not_taken": "it stands where the thing is off",
    "not_whole": "it says itself what to do",
    "not_finite": "it says itself what to do",
    "outside": "it says itself what to do",
    "not_on_grid": "it says itself what to do",
    "too_long": "it says itself what to do",
    "too_many_loras": "it says itself what to do",
    "too_many_pictures": "it says itself what to do",
    "code_of_several": "it says what Generate does",
    "nearly_full": "nothing is lost yet",
    "not_offered": "the page has no such field; a program reads what to leave out",
    "not_text": "it says itself what to do",
    "picture_must_be_sent": "it says itself what to do",
    "moved": "it says what was done",
    "more_loras": "it says what was done",
    "refiner_not_restored": "it says what was done",
    "not_restored": "it says itself that nothing can be done",
    "setting_refused": "the service's own words say it, at the field",
}
FOR_PROGRAMS = {"NOT_A_LIST_OF_LORAS", "NOT_A_LORA", "not_offered", "not_text", "picture_must_be_sent"}
"""Their words name a parameter and its type."""
JARGON = re.compile(
    r"(?i)\b(tokens?|http|https? error|json|exceptions?|null|none|nan|timed? ?out|timeouts?|traceback|stack|errno|"
    r"status|endpoint|request|response|server error|gateway|retry|backend error|[45]\d\d|[45]xx|uuid|async|sql\w*|"
    r"invalid|abort|fatal|quota|rate.?limit|unauthori[sz]ed|forbidden|exceeded)\b"
)


@pytest.mark.parametrize("name", ALL)
def test_a_message_is_plain_sentences(name):
    told = ALL[name]
    for part in (told.happened, told.advice):
        if not part:
            continue
        assert part[0].isupper() or name in FOR_PROGRAMS, part
        assert part.endswith("."), part
        assert not set(part) & set("\n\r\t<>{}|`_"), part
        assert "  " not in part, part
        assert part == part.strip()
        assert len(part) < 160, part
    assert name in FOR_PROGRAMS or not JARGON.search(f"{told.happened} {told.advice}"), told


@pytest.mark.parametrize("name", ALL)
def test_a_message_says_what_to_do_or_there_is_a_reason_why_not(name):
    assert bool(ALL[name].advice) is (name not in NO_ADVICE_NEEDED)


def test_no_reason_is_given_for_a_message_that_is_gone():
    assert set(NO_ADVICE_NEEDED) | FOR_PROGRAMS <= set(ALL)


def test_every_made_message_is_looked_at_here():
    functions = {
        name
        for name, value in vars(messages).items()
        if callable(value) and getattr(value, "__module__", "").startswith(messages.__name__)
    }
    assert functions - TELLERS == set(MADE)


def test_no_two_messages_say_the_same_of_different_things():
    told = [f"{one.happened} {one.advice}" for one in FIXED.values()]
    assert len(told) == len(set(told))


def test_every_charge_has_its_words():
    assert set(messages.CHARGED) == set(Charge)
    for words in messages.CHARGED.values():
        assert words.endswith(".")
        assert not JARGON.search(words)


def test_a_message_in_full_has_its_three_parts_in_order_and_no_money_where_nothing_is_charged():
    told = literal("It happened.", "Do this.", Charge.MAYBE)
    assert messages.in_full(told, is_free=False) == "It happened. It may have been charged. Do this."
    assert messages.in_full(told, is_free=True) == "It happened. Do this."
    assert messages.in_full(literal("It happened."), is_free=True) == "It happened."
    assert messages.charged(literal("It happened."), is_free=False) == "Nothing was charged."


NOT_SENT = ("nothing was sent", "not sent", "before it was sent", "before this was sent")


@pytest.mark.parametrize("name", ALL)
def test_what_was_not_sent_was_not_charged(name):
    told = ALL[name]
    if any(words in told.happened for words in NOT_SENT):
        assert told.charge is Charge.NONE


@pytest.mark.parametrize(
    ("name", "charge"),
    [
        ("TAKES_LONG", Charge.MAYBE),
        ("NOT_FINISHED", Charge.MAYBE),
        ("SLOW_CONNECTION", Charge.MAYBE),
        ("KEY_NEEDED", Charge.MAYBE),
        ("BACKEND_AWAY", Charge.MAYBE),
        ("OUR_FAULT", Charge.MAYBE),
        ("GONE", Charge.MAYBE),
        ("NO_END", Charge.MAYBE),
        ("NOT_SAVED", Charge.SPENT),
        ("NOT_FETCHED", Charge.SPENT),
        ("FILE_GONE", Charge.SPENT),
        ("failed", Charge.REFUNDED),
    ],
)
def test_of_a_task_at_the_service_nobody_says_that_nothing_was_charged(name, charge):
    assert ALL[name].charge is charge


def test_what_the_service_says_is_handed_on_as_it_is():
    assert messages.refused("<b>no</b>").advice == "<b>no</b>", "shown as text"
    assert messages.failed("Out of paint.").advice == "Out of paint."
    assert "Out of range" in messages.setting_refused("Out of range").happened


def _named(texts: Iterable[str]) -> frozenset[str]:
    return frozenset(name for text in texts for name in re.findall(r"\bmessages\.(\w+)", text))


@cache
def said() -> frozenset[str]:
    """Return the messages that the app's own code names."""
    return _named(path.read_text() for path in (ROOT / "components").rglob("*.py") if path.parent.name != "messages")


@pytest.mark.parametrize("name", ALL)
def test_every_message_is_said_somewhere(name):
    assert name in said()


@pytest.mark.parametrize("name", sorted(ALL))
def test_every_message_is_tried_by_a_test(name):
    assert name in compared_with()


@cache
def compared_with() -> frozenset[str]:
    """Return the messages that tests name; those made in this file, to examine them, do not count."""
    return _named(path.read_text() for path in (ROOT / "tests").rglob("*.py") if path != Path(__file__))
