"""Answers of the API, as recorded and as they may come: each is a value, or one of the errors agreed on."""

from __future__ import annotations

import json

import pytest

from components import messages
from components.api.decode import decode_recent, decode_submit, decode_task
from components.api.reasons import MESSAGE_LIMIT
from components.domain.task import TaskStatus, TaskUpdate
from components.errors import (
    InsufficientCredit,
    InvalidRequest,
    ModelNotFound,
    PlaygroundError,
    PollFailed,
    RateLimited,
    SubmissionUnknown,
    SubmitRejected,
    TaskNotFound,
    Unauthorized,
)
from components.messages.message import Charge, Message
from tests.support.paths import GOLDEN
from tests.support.recorded import PICTURE, TASK, answer, recorded

CREATED = 1_680_352_496.789

ACCEPTED = ("submit_accepted", "processing", "completed_url", "completed_base64", "completed_nsfw", "failed")
REFUSALS: dict[str, tuple[type[PlaygroundError], str | Message]] = {
    "error_400": (InvalidRequest, "prompt"),
    "error_1400": (InvalidRequest, "prompt"),
    "error_1401": (InvalidRequest, "guidance_scale"),
    "envelope_refuses": (InvalidRequest, "size"),
    "error_401": (Unauthorized, messages.KEY_REFUSED),
    "error_402": (InsufficientCredit, messages.NO_CREDIT),
    "error_403": (Unauthorized, messages.MODEL_FORBIDDEN),
    "error_404": (ModelNotFound, messages.MODEL_GONE),
    "error_413": (SubmitRejected, messages.TOO_LARGE),
    "error_429": (RateLimited, messages.BUSY),
    "error_1200": (SubmitRejected, messages.UNSUITABLE),
    "error_1402": (SubmitRejected, messages.LINK_NOT_FETCHED),
    "error_1403": (SubmitRejected, ""),
    "error_1405": (SubmitRejected, ""),
}
"""The field of a setting that was refused, else the sentence; empty: the service's own words."""
UNCLEAR = (
    *(f"error_{code}" for code in (500, 502, 503, 504, 5000, 5003)),
    "gateway_page",
    "login_page",
    "envelope_empty",
)
TOLD_BY_CODE = ("error_1200", "error_1402", "error_1403", "error_1405")


def test_every_recorded_answer_is_used():
    used = {*ACCEPTED, *REFUSALS, *UNCLEAR, "error_5004_with_id", "list_page"}
    lists = {"models_family", "models_aliases", "models_lora_alone"}  # see test_model_list.py
    assert {path.stem for path in GOLDEN.glob("*.json")} == used | lists


# --- recorded answers ---


def test_an_accepted_submit_is_a_queued_task():
    assert decode_submit(recorded("submit_accepted")) == TaskUpdate(
        TASK,
        TaskStatus.QUEUED,
        inference_ms=0,
        query_url=f"https://api.wavespeed.ai/api/v3/predictions/{TASK}/result",
        created_at=CREATED,
        model="stability-ai/sdxl-lora",
    )


@pytest.mark.parametrize(
    ("name", "status", "outputs", "nsfw"),
    [
        ("submit_accepted", TaskStatus.QUEUED, (), ()),
        ("processing", TaskStatus.RUNNING, (), ()),
        ("completed_url", TaskStatus.COMPLETED, (PICTURE,), (False,)),
        ("completed_nsfw", TaskStatus.COMPLETED, (PICTURE,), (True,)),
        ("failed", TaskStatus.FAILED, (), ()),
    ],
)
def test_a_look_tells_where_the_task_is(name, status, outputs, nsfw):
    update = decode_task(recorded(name), TASK)
    assert (update.task_id, update.status, update.outputs, update.nsfw) == (TASK, status, outputs, nsfw)
    assert update == decode_submit(recorded(name))


def test_an_inline_picture_is_its_bytes():
    (output,) = decode_task(recorded("completed_base64"), TASK).outputs
    assert isinstance(output, bytes)
    assert output.startswith(b"\x89PNG")


def test_a_failed_task_brings_the_services_own_words_and_time():
    assert decode_task(recorded("failed"), TASK).error == "LoRA weights do not fit this base model."
    assert decode_task(recorded("completed_url"), TASK).inference_ms == 2534


@pytest.mark.parametrize("name", REFUSALS)
def test_a_refusal_is_its_own_error_and_costs_nothing(name):
    kind, told = REFUSALS[name]
    reason = json.loads(recorded(name).body)["message"]
    with pytest.raises(PlaygroundError) as caught:
        decode_submit(recorded(name))
    error = caught.value
    assert type(error) is kind
    assert error.message.charge is Charge.NONE
    if isinstance(error, InvalidRequest):
        assert error.field == told
        assert error.message == messages.setting_refused(reason)
    else:
        assert error.message == (told or messages.refused(reason))


def test_a_busy_service_says_when():
    with pytest.raises(RateLimited) as caught:
        decode_submit(recorded("error_429"))
    assert caught.value.retry_after == 7


@pytest.mark.parametrize("name", UNCLEAR)
def test_an_unclear_answer_to_a_submit_may_have_made_a_task(name):
    with pytest.raises(SubmissionUnknown) as caught:
        decode_submit(recorded(name))
    assert caught.value.message.charge is Charge.MAYBE
    assert "<" not in str(caught.value)


def test_an_error_that_carries_an_id_is_an_accepted_task():
    update = decode_submit(recorded("error_5004_with_id"))
    assert (update.task_id, update.status) == (TASK, TaskStatus.RUNNING)
    assert decode_task(recorded("error_5004_with_id"), TASK) == update


@pytest.mark.parametrize("name", [*UNCLEAR, "error_429", "error_400", "error_401", "error_403"])
def test_a_look_that_fails_says_nothing_about_the_task(name):
    with pytest.raises(PollFailed) as caught:
        decode_task(recorded(name), TASK)
    assert not isinstance(caught.value, TaskNotFound)


def test_a_task_that_is_not_known_is_gone():
    with pytest.raises(TaskNotFound):
        decode_task(recorded("error_404"), TASK)


@pytest.mark.parametrize("name", TOLD_BY_CODE)
def test_a_look_whose_code_says_failed_is_the_end(name):
    update = decode_task(recorded(name), TASK)
    assert update.status is TaskStatus.FAILED
    assert update.error


def test_the_list_has_its_tasks_in_order():
    newest, oldest = decode_recent(recorded("list_page"))
    assert (newest.task_id, newest.created_at) == (TASK, CREATED)
    assert (oldest.task_id, oldest.status) == ("0f" * 16, TaskStatus.FAILED)


@pytest.mark.parametrize("name", [*UNCLEAR, "error_401", "error_429", "processing"])
def test_a_list_that_is_none_is_trouble(name):
    with pytest.raises(PollFailed):
        decode_recent(recorded(name))


# --- what is not quite as agreed ---


def test_a_look_must_be_about_the_task_that_was_asked_for():
    with pytest.raises(PollFailed):
        decode_task(recorded("processing"), "another")


def test_a_task_whose_id_is_a_number_can_be_looked_at():
    made = decode_submit(answer({"id": 77, "status": "created"}))
    assert decode_task(answer({"id": 77, "status": "processing"}), made.task_id).status is TaskStatus.RUNNING


@pytest.mark.parametrize("task_id", ["", "a/b", "../x", "a b", "é", "x" * 129, None, [], {}, "a\n"])
def test_an_id_that_cannot_stand_in_an_address_is_none(task_id):
    with pytest.raises(SubmissionUnknown):
        decode_submit(answer({"id": task_id, "status": "created"}))


@pytest.mark.parametrize("status", ["dreaming", "", None, 7, [], {}])
def test_a_status_that_is_not_known_is_work_in_progress(status):
    assert decode_task(answer({"id": TASK, "status": status}), TASK).status is TaskStatus.RUNNING


def test_flags_and_outputs_keep_their_places():
    data = {"id": TASK, "status": "completed", "outputs": [None, 7, "", "https://x.test/1"]}
    assert decode_task(answer(data), TASK).outputs == (b"", b"", b"", "https://x.test/1")


def test_the_code_of_the_envelope_counts_over_a_good_status():
    with pytest.raises(Unauthorized):
        decode_submit(answer(None, code=401))


def test_a_bad_status_counts_over_a_good_envelope():
    with pytest.raises(SubmissionUnknown):
        decode_submit(answer(None, status=502))


def test_no_credit_is_also_told_by_its_word():
    with pytest.raises(InsufficientCredit):
        decode_submit(answer(None, code=400, status=400, message="Insufficient balance"))


def test_trouble_at_the_service_is_no_refusal_whatever_it_says():
    with pytest.raises(SubmissionUnknown):
        decode_submit(answer(None, code=500, status=500, message="insufficient capacity"))


def test_a_refusal_without_a_reason_is_still_a_whole_sentence():
    with pytest.raises(InvalidRequest, match=r"didn't say which one\.$"):
        decode_submit(answer(None, code=400, status=400))


def test_a_long_message_is_cut():
    with pytest.raises(InvalidRequest) as caught:
        decode_submit(answer(None, code=400, status=400, message="x" * 5000))
    assert len(str(caught.value)) < MESSAGE_LIMIT + 50


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2023-04-01T12:34:56.789Z", CREATED),
        ("2023-04-01T14:34:56.789+02:00", CREATED),
        ("2023-04-01T12:34:56.789", CREATED),
        ("0001-01-01T00:00:00+14:00", -62135647200.0),
        ("yesterday", None),
        (1680352496, 1680352496.0),
        (None, None),
    ],
)
def test_a_time_is_read_as_utc_unless_it_says_otherwise(text, moment):
    assert decode_task(answer({"id": TASK, "created_at": text}), TASK).created_at == moment


@pytest.mark.parametrize("value", ["", "-1", True, -1, 1e300, float("nan"), float("inf"), 10**400, [], {}], ids=repr)
def test_a_count_that_is_none_is_left_out(value):
    assert decode_task(answer({"id": TASK, "timings": {"inference": value}}), TASK).inference_ms is None


def test_half_a_character_goes_no_further():
    data = {"id": TASK, "status": "failed", "error": "\ud800", "model": "\ud800", "urls": {"get": "\udfff"}}
    update = decode_task(answer({**data, "x-note": "\ud800", "outputs": ["https://x.test/\ud800"]}), TASK)
    repr(update).encode()
    for text in (update.error, update.model, update.query_url, *map(str, update.notes), *update.outputs):
        assert isinstance(text, str)
        text.encode()
