from __future__ import annotations

import json
from dataclasses import fields, replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from components.domain.bill import Bill
from components.domain.job import Job, JobState, StoredFile, StoredImage
from components.domain.request import GenerationRequest, LoraWeight, Preset, Refine
from components.domain.task import TaskStatus, TaskUpdate
from components.messages.catalogue import Text
from components.messages.message import Charge, Message, literal
from components.storage.jobs_table import from_record, to_record

TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
WORDS = TEXT.filter(lambda text: bool(text.strip()))
TIME = st.floats(0, 4e9)
REQUESTS = st.builds(
    GenerationRequest,
    prompt=WORDS,
    negative_prompt=TEXT,
    width=st.integers(256, 1536),
    height=st.integers(256, 1536),
    guidance_scale=st.floats(1, 20) | st.integers(1, 20),
    num_inference_steps=st.integers(1, 50),
    seed=st.integers(-1, 2**31 - 1),
    loras=st.lists(st.builds(LoraWeight, WORDS, st.floats(0, 4)), max_size=4).map(tuple),
    refine=st.sampled_from(Refine),
    preset=st.none() | st.sampled_from(Preset),
)
PICTURES = st.builds(
    StoredImage,
    TEXT,
    st.integers(1),
    st.integers(1),
    st.sampled_from(["PNG", "JPEG", "WEBP"]),
    st.integers(0),
    st.booleans(),
)
PARAMS = st.dictionaries(TEXT, TEXT | st.integers() | st.floats(0, 1) | st.builds(Text, TEXT), max_size=3)
SENTENCES = st.builds(Message, TEXT, PARAMS, st.sampled_from(Charge))
MICROS = st.none() | st.integers(0)
GIVEN: dict[str, st.SearchStrategy[object]] = dict(
    id=TEXT,
    visitor=TEXT,
    click=TEXT,
    number=st.integers(1, 4),
    backend=TEXT,
    model=TEXT,
    request=REQUESTS,
    created=TIME,
    key=TEXT,
    person=TEXT,
    price=st.none() | st.integers(0),
    bill=st.none() | st.builds(Bill, MICROS, MICROS, TIME, st.booleans()),
    state=st.sampled_from(JobState),
    sent=st.none() | TIME,
    lost=st.none() | TIME,
    task_id=st.none() | TEXT,
    query_url=st.none() | TEXT,
    accepted=st.none() | TIME,
    started=st.none() | TIME,
    stop_requested=st.none() | TIME,
    ended=st.none() | TIME,
    inference_ms=st.none() | st.integers(0),
    images=st.lists(PICTURES, max_size=4).map(tuple),
    problem=st.none() | SENTENCES,
    notes=st.lists(SENTENCES, max_size=2).map(tuple),
    seed_note=st.none() | SENTENCES,
    is_paused=st.booleans(),
    refused_field=TEXT,
    position=st.none() | st.integers(0),
    step=st.none() | st.integers(0),
    steps=st.none() | st.integers(0),
    preview=st.just(""),
    stage=st.none(),
    next_send=st.none() | TIME,
    files=st.lists(st.builds(StoredFile, TEXT, TEXT, st.integers(0, 10**9)), max_size=4).map(tuple),
    links=st.lists(TEXT, max_size=4).map(tuple),
    is_favourite=st.booleans(),
    is_readable=st.sampled_from([True]),
)
FRESH = Job("c-1", "v", "c", 1, "hosted", "a/b", GenerationRequest("a cat", seed=1), created=100.0)
NOTE = literal("A note.")


def test_the_jobs_that_are_tried_have_every_field():
    assert {field.name for field in fields(Job)} == set(GIVEN)


@given(st.builds(Job, **GIVEN))
def test_a_job_comes_back_from_its_record_as_it_was(job):
    assert from_record(json.loads(json.dumps(to_record(job)))) == job


OLDER = {"key", "person", "price", "is_set_aside", "refused_field", "next_send", "links", "files"}
"""What records of earlier versions do not have."""


def test_a_record_of_an_earlier_version_is_read():
    record = to_record(FRESH)
    assert from_record({name: value for name, value in record.items() if name not in OLDER}) == FRESH


def test_a_record_with_texts_in_place_of_codes_is_read():
    texts = {"happened": "It broke.", "advice": "Mend it.", "charge": "maybe"}
    read = from_record({**to_record(FRESH), "trouble": texts, "note": "Tiny.", "seed_note": "Went on from 0."})
    assert read.problem == literal("It broke.", "Mend it.", Charge.MAYBE)
    assert (read.notes, read.seed_note) == ((literal("Tiny."),), literal("Went on from 0."))
    assert from_record({**to_record(FRESH), "note": "", "seed_note": ""}) == FRESH


def test_a_record_from_before_there_were_presets_is_read():
    record = to_record(FRESH)
    del record["request"]["preset"]
    assert from_record(record) == FRESH


def test_keys_that_are_not_known_are_passed_over():
    job = replace(FRESH, images=(StoredImage("a.png", 8, 8, "PNG", 9),))
    record: dict[str, Any] = {**to_record(job), "from_the_future": 1}
    record["request"]["depth_map"] = "x"
    record["pictures"][0]["frames"] = 3
    assert from_record(record) == job


UNKNOWN_PRESET = {"request": to_record(FRESH)["request"] | {"preset": "slow"}}


@pytest.mark.parametrize("damage", [{"state": "gone"}, {"request": {}}, {"pictures": 3}, UNKNOWN_PRESET])
def test_a_record_that_is_none_says_so(damage):
    with pytest.raises((KeyError, TypeError, ValueError)):
        from_record({**to_record(FRESH), **damage})


def update(status: TaskStatus, **more: object) -> TaskUpdate:
    return replace(TaskUpdate("t", status), **more)


def test_a_job_goes_from_waiting_over_created_to_processing():
    sent = FRESH.with_sent(101.0)
    assert (sent.state, sent.sent) == (JobState.WAITING, 101.0)
    queued = sent.with_task(update(TaskStatus.QUEUED), 102.0)
    assert (queued.state, queued.task_id, queued.accepted, queued.started) == (JobState.CREATED, "t", 102.0, None)
    running = queued.with_update(update(TaskStatus.RUNNING, step=3, steps=9, notes=(NOTE,)), 103.0)
    assert (running.state, running.started, running.step, running.notes) == (JobState.PROCESSING, 103.0, 3, (NOTE,))
    assert running.with_update(update(TaskStatus.QUEUED), 104.0).state is JobState.PROCESSING, (
        "it does not go backwards"
    )
    assert running.with_update(update(TaskStatus.RUNNING), 104.0).started == 103.0


def test_a_look_that_works_takes_the_trouble_back():
    job = FRESH.with_task(update(TaskStatus.RUNNING), 1.0).with_problem(literal("Slow."))
    assert job.with_update(update(TaskStatus.RUNNING), 2.0).problem is None


def test_what_was_turned_away_was_not_sent():
    assert FRESH.with_sent(1.0).with_send_rejected(literal("Busy.")).sent is None


def test_a_lost_job_remembers_when_it_was_lost_first():
    lost = FRESH.with_sent(1.0).as_unknown(Message("?"), 2.0)
    again = lost.ended_as(JobState.UNKNOWN, 3.0).as_unknown(Message("?"), 4.0)
    assert (again.lost, again.ended, again.state) == (2.0, None, JobState.UNKNOWN)


def test_an_adopted_job_is_open_again_and_free_of_trouble():
    job = FRESH.with_sent(1.0).as_unknown(Message("?"), 2.0).ended_as(JobState.UNKNOWN, 3.0, Message("?"))
    adopted = job.with_task(update(TaskStatus.COMPLETED), 4.0)
    assert (adopted.ended, adopted.problem, adopted.accepted) == (None, None, 4.0)


def test_at_the_end_no_progress_is_shown():
    job = FRESH.with_update(update(TaskStatus.RUNNING, step=3, steps=9, position=2), 1.0).ended_as(
        JobState.FAILED, 2.0
    )
    assert (job.step, job.steps, job.position, job.ended) == (None, None, None, 2.0)


def test_a_preview_is_shown_until_the_end_and_never_written_down():
    seen = FRESH.with_update(update(TaskStatus.RUNNING, preview="data:image/jpeg;base64,/9j/", stage=NOTE), 1.0)
    assert (seen.preview, seen.stage) == ("data:image/jpeg;base64,/9j/", NOTE)
    assert not {"preview", "stage"} & set(to_record(seen))
    assert from_record(to_record(seen)) == replace(seen, preview="", stage=None)
    ended = seen.ended_as(JobState.COMPLETED, 2.0)
    assert (ended.preview, ended.stage) == ("", None)


def test_a_kind_is_what_decides_how_long_it_takes():
    other_words = replace(FRESH, id="x", request=replace(FRESH.request, prompt="a dog", seed=9))
    assert other_words.duration_key == FRESH.duration_key
    assert replace(FRESH, request=replace(FRESH.request, width=512)).duration_key != FRESH.duration_key
    assert replace(FRESH, request=replace(FRESH.request, preset=Preset.FAST)).duration_key != FRESH.duration_key
    hash(FRESH.duration_key)


def test_a_visitor_s_own_key_is_an_account_of_its_own():
    assert FRESH.account == "hosted"
    own = replace(FRESH, key="0123456789abcdef")
    assert own.account not in (FRESH.account, replace(own, key="fedcba9876543210").account)
    assert own.duration_key == FRESH.duration_key, "who pays changes nothing about how long it takes"


def test_only_what_waits_unsent_can_be_taken_back():
    assert FRESH.is_cancellable
    assert FRESH.with_queue_position(3, 200.0).is_cancellable
    assert FRESH.with_sent(1.0).with_send_rejected(literal("Busy.")).is_cancellable
    assert not FRESH.with_sent(1.0).is_cancellable
    assert not FRESH.with_sent(1.0).as_unknown(Message("?"), 2.0).is_cancellable
    assert not FRESH.with_sent(1.0).with_task(update(TaskStatus.QUEUED), 2.0).is_cancellable
    assert not FRESH.ended_as(JobState.STOPPED, 2.0).is_cancellable


def test_what_leaves_the_line_has_no_place_in_it():
    waiting = FRESH.with_queue_position(0, 200.0)
    assert (waiting.position, waiting.next_send) == (0, 200.0)
    sent = waiting.with_sent(201.0)
    assert (sent.position, sent.next_send) == (None, None)
    ended = waiting.ended_as(JobState.STOPPED, 201.0)
    assert (ended.position, ended.next_send) == (None, None)


def test_what_was_set_aside_is_taken_up_without_its_trouble():
    running = FRESH.with_task(update(TaskStatus.RUNNING), 1.0)
    aside = running.paused(literal("No key."))
    assert aside.is_paused
    assert aside.unpaused() == running
    slow = running.with_problem(literal("Slow."))
    assert slow.unpaused() == slow
