from __future__ import annotations

import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from components.errors import Charge, Sentence
from components.generation import GenerationRequest, LoraWeight, TaskStatus, TaskUpdate
from components.job import Job, JobState, Picture, from_record, is_token, to_record, visitor_name

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
)
PICTURES = st.builds(
    Picture,
    TEXT,
    st.integers(1),
    st.integers(1),
    st.sampled_from(["PNG", "JPEG", "WEBP"]),
    st.integers(0),
    st.booleans(),
)
SENTENCES = st.builds(Sentence, TEXT, TEXT, st.sampled_from(Charge))
JOBS = st.builds(
    Job,
    id=TEXT,
    visitor=TEXT,
    click=TEXT,
    number=st.integers(1, 4),
    backend=TEXT,
    model=TEXT,
    request=REQUESTS,
    created=TIME,
    state=st.sampled_from(JobState),
    sent=st.none() | TIME,
    lost=st.none() | TIME,
    task_id=st.none() | TEXT,
    query_url=st.none() | TEXT,
    accepted=st.none() | TIME,
    started=st.none() | TIME,
    ended=st.none() | TIME,
    inference_ms=st.none() | st.integers(0),
    pictures=st.lists(PICTURES, max_size=4).map(tuple),
    trouble=st.none() | SENTENCES,
    note=TEXT,
    seed_note=TEXT,
    position=st.none() | st.integers(0),
    step=st.none() | st.integers(0),
    steps=st.none() | st.integers(0),
)
FRESH = Job("c-1", "v", "c", 1, "hosted", "a/b", GenerationRequest("a cat", seed=1), created=100.0)


@given(JOBS)
def test_a_job_comes_back_from_its_record_as_it_was(job):
    assert from_record(json.loads(json.dumps(to_record(job)))) == job


@pytest.mark.parametrize("damage", [{"state": "gone"}, {"request": {}}, {"from_the_future": 1}, {"pictures": 3}])
def test_a_record_that_is_none_says_so(damage):
    with pytest.raises((KeyError, TypeError, ValueError)):
        from_record({**to_record(FRESH), **damage})


def test_the_visitors_token_is_not_stored():
    token = "0123456789abcdef" * 2
    job = replace(FRESH, visitor=visitor_name(token))
    assert token not in json.dumps(to_record(job))
    assert is_token(visitor_name(token))
    assert visitor_name(token) == visitor_name(token) != visitor_name(token[::-1])


@pytest.mark.parametrize(
    "text", ["", "a" * 31, "a" * 33, "A" * 32, "g" * 32, "a" * 32 + "\n", None, 7, b"a" * 32, ["a"]]
)
def test_a_token_is_128_bits_in_hex_and_nothing_else(text):
    assert not is_token(text)
    assert is_token("0123456789abcdef" * 2)


def update(status: TaskStatus, **more: object) -> TaskUpdate:
    return replace(TaskUpdate("t", status), **more)


def test_a_job_goes_from_waiting_over_created_to_processing():
    sent = FRESH.sending(101.0)
    assert (sent.state, sent.sent) == (JobState.WAITING, 101.0)
    queued = sent.accepted_as(update(TaskStatus.QUEUED), 102.0)
    assert (queued.state, queued.task_id, queued.accepted, queued.started) == (JobState.CREATED, "t", 102.0, None)
    running = queued.seen(update(TaskStatus.RUNNING, step=3, steps=9, note="n"), 103.0)
    assert (running.state, running.started, running.step, running.note) == (JobState.PROCESSING, 103.0, 3, "n")
    assert running.seen(update(TaskStatus.QUEUED), 104.0).state is JobState.PROCESSING, "it does not go backwards"
    assert running.seen(update(TaskStatus.RUNNING), 104.0).started == 103.0


def test_a_look_that_works_takes_the_trouble_back():
    job = FRESH.accepted_as(update(TaskStatus.RUNNING), 1.0).troubled(Sentence("Slow."))
    assert job.seen(update(TaskStatus.RUNNING), 2.0).trouble is None


def test_what_was_turned_away_was_not_sent():
    assert FRESH.sending(1.0).turned_away(Sentence("Busy.")).sent is None


def test_a_lost_job_remembers_when_it_was_lost_first():
    lost = FRESH.sending(1.0).lost_sight(Sentence("?"), 2.0)
    again = lost.ended_as(JobState.UNKNOWN, 3.0).lost_sight(Sentence("?"), 4.0)
    assert (again.lost, again.ended, again.state) == (2.0, None, JobState.UNKNOWN)


def test_an_adopted_job_is_open_again_and_free_of_trouble():
    job = FRESH.sending(1.0).lost_sight(Sentence("?"), 2.0).ended_as(JobState.UNKNOWN, 3.0, Sentence("?"))
    adopted = job.accepted_as(update(TaskStatus.COMPLETED), 4.0)
    assert (adopted.ended, adopted.trouble, adopted.accepted) == (None, None, 4.0)


def test_at_the_end_no_progress_is_shown():
    job = FRESH.seen(update(TaskStatus.RUNNING, step=3, steps=9, position=2), 1.0).ended_as(JobState.FAILED, 2.0)
    assert (job.step, job.steps, job.position, job.ended) == (None, None, None, 2.0)


def test_a_kind_is_what_decides_how_long_it_takes():
    other_words = replace(FRESH, id="x", request=replace(FRESH.request, prompt="a dog", seed=9))
    assert other_words.kind == FRESH.kind
    assert replace(FRESH, request=replace(FRESH.request, width=512)).kind != FRESH.kind
    hash(FRESH.kind)
