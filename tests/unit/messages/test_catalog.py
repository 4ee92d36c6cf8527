"""Every message of the app: plain, complete, used by the code and compared with by a test."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache
from pathlib import Path

import pytest

from components import messages
from components.messages.catalogue import texts
from components.messages.message import Charge, Message, as_param, literal
from tests.support.paths import ROOT
from tests.support.sample_messages import CODES, sample

FIXED = {name: value for name, value in vars(messages).items() if isinstance(value, Message)}
FIRST_ANSWER = messages.first_answer(messages.unclear("It said so."))
assert FIRST_ANSWER
MADE = {
    "not_whole": messages.not_whole("width"),
    "not_finite": messages.not_finite("guidance_scale"),
    "outside": messages.outside("width", 256, 1536, 7),
    "not_on_grid": messages.not_on_grid("width"),
    "too_long": messages.too_long("prompt", 5000),
    "too_many_loras": messages.too_many_loras(4),
    "too_many_cells": messages.too_many_cells(25),
    "too_many_pictures": messages.too_many_pictures(4),
    "fast_sampling": messages.fast_sampling(8),
    "code_of_several": messages.code_of_several(3),
    "nearly_full": messages.nearly_full(70, 75),
    "overfull": messages.overfull(92, 75, "at night, in the rain"),
    "not_offered": messages.not_offered("image"),
    "not_text": messages.not_text("prompt"),
    "picture_must_be_sent": messages.picture_must_be_sent("image"),
    "picture_limit": messages.picture_limit(20),
    "press_above_left": messages.press_above_left(4, 2),
    "renewed_at": messages.renewed_at(messages.picture_limit(20), 1_800_000_000),
    "not_known_to_take": messages.not_known_to_take("image"),
    "press_above_hour": messages.press_above_hour(25, 20),
    "press_above_amount": messages.press_above_amount(25),
    "too_many_of_yours": messages.too_many_of_yours(8),
    "too_many_of_programs": messages.too_many_of_programs(8),
    "busy_until": messages.busy_until(1_800_000_000),
    "setting_refused": messages.setting_refused(""),
    "refused": messages.refused("It said so."),
    "unclear": messages.unclear("It said so."),
    "first_answer": FIRST_ANSWER,
    "failed": messages.failed(""),
    "too_many_requests": messages.too_many_requests(3),
    "uploads_full": messages.uploads_full(3),
    "request_too_large": messages.request_too_large(25),
    "not_taken": messages.not_taken("loras"),
    "no_model_takes": messages.no_model_takes("mask_image"),
    "not_together": messages.not_together("image", "loras"),
    "no_model_takes_together": messages.no_model_takes_together("mask_image", "loras"),
    "lora_for_another": messages.lora_for_another("FLUX"),
    "lora_fits": messages.lora_fits(16),
    "lora_fits_of_kin": messages.lora_fits_of_kin("Pony"),
    "no_lora_but": messages.no_lora_but("vae"),
    "lora_of_make": messages.lora_of_make("LoHa"),
    "moved": messages.moved("num_inference_steps", 80, 50),
    "more_loras": messages.more_loras(4),
    "lora_not_restored": messages.lora_not_restored("ink"),
    "refiner_not_restored": messages.refiner_not_restored("another"),
    "not_restored": messages.not_restored(("Sampler", "Model hash")),
    "not_in_file": messages.not_in_file("seed"),
    "retention_notice": messages.retention_notice(30, 20.0),
    "stored_as_file": messages.stored_as_file("JPEG XL"),
    "lora_several_files": messages.lora_several_files(("a.safetensors", "b.safetensors")),
    "lora_which_file": messages.lora_which_file("https://huggingface.co/owner/name/tree/v2"),
}
TELLERS = {"charged", "in_full", "text", "literal", "field_title", "feature", "Charge", "Message", "Text"}
"""Not the maker of one message."""
ALL = FIXED | MADE
NO_ADVICE_NEEDED = {
    "first_answer": "a note beside a problem that says what to do",
    "no_prompt": "it says itself what to do",
    "half_a_character": "it says itself what to do",
    "not_text": "it says itself what to do",
    "not_a_number": "it says itself what to do",
    "no_number_of_pictures": "it says itself what to do",
    "no_lora_path": "it says itself what to do",
    "not_a_lora_path": "it says itself what to do",
    "not_a_list_of_loras": "it says itself what to do",
    "not_a_lora": "it says itself what to do",
    "own_key_only_program": "there is nothing a program can do",
    "taken_back": "the person wanted it",
    "stopped_by_you": "the person wanted it",
    "stopped_at_service": "the person wanted it",
    "may_be_another": "there is nothing a person can do",
    "models_unavailable": "there is nothing a person can do",
    "not_put_back": "the picture is there; making it anew costs money",
    "not_taken": "it stands where the thing is off",
    "not_whole": "it says itself what to do",
    "not_finite": "it says itself what to do",
    "outside": "it says itself what to do",
    "far_outside": "it says itself what to do",
    "not_on_grid": "it says itself what to do",
    "too_long": "it says itself what to do",
    "too_many_loras": "it says itself what to do",
    "too_many_pictures": "it says itself what to do",
    "code_of_several": "it says what Generate does",
    "nearly_full": "nothing is lost yet",
    "not_offered": "the page has no such field; a program reads what to leave out",
    "named_not_text": "it says itself what to do",
    "picture_must_be_sent": "it says itself what to do",
    "moved": "it says what was done",
    "more_loras": "it says what was done",
    "refiner_not_restored": "it says what was done",
    "not_restored": "it says itself that nothing can be done",
    "setting_refused": "the service's own words say it, at the field",
    "loras_left_out": "it says what was done",
    "not_in_file": "it says what was done",
    "setting_refused_because": "the service's own words say it, at the field",
    "note_fast_without_refiner": "it says what was done",
    "note_too_few_steps": "it says what was done",
    "note_lora_layers_left_out": "it says what was done",
    "note_lora_embeddings_left_out": "it says what was done",
    "note_as_it_was": "it says what was done",
    "note_made_again": "it says what was done",
    "note_made_after_restart": "it says what was done",
    "demo_knows_none": "it names words that are known",
    "stage_loading_model": "it says what is being done",
    "stage_fetching_model": "it says what is being done",
    "stage_fetching_lora": "it says what is being done",
    "stage_smaller": "it says what is being done",
    "stage_waiting_for_lane": "it says what is being done",
    "stage_made_again": "it says what is being done",
    "stage_ray_starting": "it says what is being done",
    "stage_ray_waiting": "it says what is being done",
    "stage_ray_again": "it says what is being done",
    "server_engine_failed": "nobody knows what would help",
    "server_gave_up": "nobody knows what would help",
    "server_image_lost": "a new press of Generate sends the picture again",
    "server_image_not_stored": "the host's disk is full, which the log says",
    "seeds_wrapped": "it says what was done",
    "refused": "the service gave no reason",
    "request_too_slow": "a program reads it, or the browser's own error page stands in its place",
    "no_body_taken": "only a program sends one",
    "request_too_large": "the page checks files before it sends them",
    "nothing_here": "there is nothing a person can do",
    "no_such_file": "there is nothing a person can do",
    "picture_not_here": "there is nothing a person can do",
    "host_only": "it says itself what to do",
    "host_only_on_space": "it says itself what to do",
}
ENDS_OF_TASKS = {"server_engine_failed", "server_gave_up", "server_image_lost", "server_image_not_stored"}
REFUSALS = {code for code in CODES if code.startswith("server_")} - ENDS_OF_TASKS
"""Our own server's answers to a request that the page does not send, or in the place of the hosted API's own words."""
FOR_PROGRAMS = {
    *("programs_unknown", "request_id_unfit", "request_id_used"),
    "not_a_list_of_loras",
    "not_a_lora",
    "not_offered",
    "named_not_text",
    "picture_must_be_sent",
} | REFUSALS
"""Their words name a parameter and its type."""
OF_THE_EDGE = {"request_too_slow", "no_body_taken", "request_too_large"}
"""They answer a request that may be a program's, and say so."""
FOR_THE_HOST = {
    "your_setting_refused",
    "engine_model_unreadable",
    "engine_no_device",
    "engine_no_decode",
    "foreign_host",
}
"""They name a setting of the host's."""
EVERYDAY_NONE = {"demo_knows_none"}
"""Their "none" is the everyday word."""
LONG = {"demo_knows_none": "it lists the words that the demo painter knows"}
JARGON = re.compile(
    r"(?i)\b(tokens?|http|https? error|json|exceptions?|null|none|nan|timed? ?out|timeouts?|traceback|stack|errno|"
    r"status|endpoint|request|response|server error|gateway|retry|backend error|[45]\d\d|[45]xx|uuid|async|sql\w*|"
    r"invalid|abort|fatal|quota|rate.?limit|unauthori[sz]ed|forbidden|exceeded)\b"
)


UNFINISHED = re.compile(r"%s|%d|TODO|XXX|FIXME|\.\.\.|Traceback")


@pytest.mark.parametrize("code", CODES)
@pytest.mark.parametrize("count", [1, 3])
def test_a_message_is_plain_sentences(code, count):
    told = sample(code, count)
    for part in (told.happened, told.advice):
        if not part:
            continue
        assert part[0].isupper() or code in FOR_PROGRAMS, part
        assert part.endswith((".", "…")) or code.startswith("stage_"), part
        assert not set(part) & set("\n\r\t<>{}|`" if code in FOR_THE_HOST else "\n\r\t<>{}|`_"), part
        assert not UNFINISHED.search(part), part
        assert "  " not in part, part
        assert part == part.strip()
        assert len(part) < 160 or code in LONG, part
    assert code in FOR_PROGRAMS | OF_THE_EDGE | EVERYDAY_NONE or not JARGON.search(f"{told.happened} {told.advice}"), (
        told
    )


@pytest.mark.parametrize("code", CODES)
def test_a_message_says_what_to_do_or_there_is_a_reason_why_not(code):
    assert code in REFUSALS or bool(sample(code).advice) is (code not in NO_ADVICE_NEEDED)


def test_no_reason_is_given_for_a_message_that_is_gone():
    assert set(NO_ADVICE_NEEDED) | FOR_PROGRAMS | OF_THE_EDGE | FOR_THE_HOST | EVERYDAY_NONE | set(LONG) <= set(CODES)


def test_every_made_message_is_looked_at_here():
    functions = {
        name
        for name, value in vars(messages).items()
        if callable(value) and getattr(value, "__module__", "").startswith(messages.__name__)
    }
    assert functions - TELLERS == set(MADE)


def test_no_two_messages_say_the_same_of_different_things():
    told = [str(sample(code)) for code in CODES]
    assert len(told) == len(set(told))


def test_every_charge_has_its_words():
    assert {key.partition(".")[2] for key in texts() if key.startswith("charge.")} == {one.value for one in Charge}
    for words in (texts()[f"charge.{one.value}"] for one in Charge):
        assert isinstance(words, str)
        assert words.endswith(".")
        assert not JARGON.search(words)


def test_a_message_in_full_has_its_three_parts_in_order_and_no_money_where_nothing_is_charged():
    told = literal("It happened.", "Do this.", Charge.MAYBE)
    assert messages.in_full(told, is_free=False) == "It happened. This may have been charged. Do this."
    assert messages.in_full(told, is_free=True) == "It happened. Do this."
    assert messages.in_full(literal("It happened."), is_free=True) == "It happened."
    assert messages.charged(literal("It happened."), is_free=False) == "Nothing was charged."


NOT_SENT = ("nothing was sent", "not sent", "before it was sent", "before this was sent")


def test_what_was_not_sent_was_not_charged():
    for name, told in ALL.items():
        if any(words in told.happened for words in NOT_SENT):
            assert told.charge is Charge.NONE, name


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
    assert messages.failed(as_param(messages.BUSY)).advice == str(messages.BUSY), "a message of our own server"
    assert "Out of range" in messages.setting_refused("Out of range").happened


def _named(texts: Iterable[str]) -> frozenset[str]:
    return frozenset(name for text in texts for name in re.findall(r"\bmessages\.(\w+)", text))


@cache
def said() -> frozenset[str]:
    """Return the messages that the app's own code names."""
    return _named(path.read_text() for path in (ROOT / "components").rglob("*.py") if path.parent.name != "messages")


def test_every_message_is_said_somewhere():
    assert set(ALL) - said() == set()


def test_every_message_is_tried_by_a_test():
    assert set(ALL) - compared_with() == set()


@cache
def compared_with() -> frozenset[str]:
    """Return the messages that tests name; those made in this file, to examine them, do not count."""
    return _named(path.read_text() for path in (ROOT / "tests").rglob("*.py") if path != Path(__file__))
