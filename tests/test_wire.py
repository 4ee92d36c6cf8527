"""The v3 API's words against recorded answers, and against every kind of garbage."""

from __future__ import annotations

import base64
import contextlib
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from components import messages
from components.errors import (
    Busy,
    Charge,
    InvalidRequest,
    KeyRefused,
    ModelNotFound,
    NoCredit,
    NotAccepted,
    PlaygroundError,
    Sentence,
    SubmissionUnknown,
    TaskGone,
    WatchTrouble,
)
from components.generation import GenerationRequest, LoraWeight, Preset, TaskStatus, TaskUpdate
from components.retry import retry_after_seconds
from components.wire import (
    MESSAGE_LIMIT,
    PREVIEW_LIMIT,
    STAGE_LIMIT,
    STANDARD,
    Answer,
    decode_look,
    decode_picture,
    decode_recent,
    decode_submit,
    encode,
    encode_recent,
)

GOLDEN = Path(__file__).parent / "golden"
TASK = "a1b2c3d4e5f60718293a4b5c6d7e8f90"
PICTURE = f"https://d1q70pf5vjeyhc.cloudfront.net/predictions/{TASK}/1.png"
CREATED = 1_680_352_496.789

ACCEPTED = ("submit_accepted", "processing", "completed_url", "completed_base64", "completed_nsfw", "failed")
REFUSALS: dict[str, tuple[type[PlaygroundError], str | Sentence]] = {
    "error_400": (InvalidRequest, "prompt"),
    "error_1400": (InvalidRequest, "prompt"),
    "error_1401": (InvalidRequest, "guidance_scale"),
    "envelope_refuses": (InvalidRequest, "size"),
    "error_401": (KeyRefused, messages.KEY_REFUSED),
    "error_402": (NoCredit, messages.NO_CREDIT),
    "error_403": (KeyRefused, messages.MODEL_FORBIDDEN),
    "error_404": (ModelNotFound, messages.MODEL_GONE),
    "error_413": (NotAccepted, messages.TOO_LARGE),
    "error_429": (Busy, messages.BUSY),
    "error_1200": (NotAccepted, messages.UNSUITABLE),
    "error_1402": (NotAccepted, messages.LINK_NOT_FETCHED),
    "error_1403": (NotAccepted, ""),
    "error_1405": (NotAccepted, ""),
}
"""The field of a setting that was refused, else the sentence; empty: the service's own words."""
UNCLEAR = (
    *(f"error_{code}" for code in (500, 502, 503, 504, 5000, 5003)),
    "gateway_page",
    "login_page",
    "envelope_empty",
)
TOLD_BY_CODE = ("error_1200", "error_1402", "error_1403", "error_1405")


def recorded(name: str) -> Answer:
    record = json.loads((GOLDEN / f"{name}.json").read_text())
    body = record["text"] if "text" in record else json.dumps(record["body"])
    return Answer(record["status"], body.encode(), retry_after_seconds(record["headers"].get("retry-after"), 0))


def answer(data: Any, *, code: int = 200, status: int = 200, message: str = "") -> Answer:
    return Answer(status, json.dumps({"code": code, "message": message, "data": data}).encode())


def test_every_recorded_answer_is_used():
    used = {*ACCEPTED, *REFUSALS, *UNCLEAR, "error_5004_with_id", "list_page"}
    lists = {"models_family", "models_aliases", "models_lora_alone"}  # see test_model_list.py
    assert {path.stem for path in GOLDEN.glob("*.json")} == used | lists


# --- requests ---


def test_a_submit_has_each_field_with_its_type():
    request = GenerationRequest(
        "a cat",
        "a dog",
        width=1536,
        height=256,
        guidance_scale=7,
        num_inference_steps=50,
        seed=0,
        loras=(LoraWeight("owner/name", 1), LoraWeight("https://x.test/y.safetensors", 0.0)),
    )
    assert json.dumps(encode(request), sort_keys=True) == json.dumps(
        {
            "enable_base64_output": False,
            "guidance_scale": 7.0,
            "loras": [{"path": "owner/name", "scale": 1.0}, {"path": "https://x.test/y.safetensors", "scale": 0.0}],
            "negative_prompt": "a dog",
            "num_inference_steps": 50,
            "prompt": "a cat",
            "seed": 0,
            "size": "1536*256",
        },
        sort_keys=True,
    )


def test_what_was_left_empty_is_not_sent():
    assert set(encode(GenerationRequest("a cat"))) == {
        "prompt",
        "size",
        "guidance_scale",
        "num_inference_steps",
        "seed",
        "enable_base64_output",
    }


@pytest.mark.parametrize("preset", Preset)
def test_a_preset_is_sent_to_a_model_that_has_it(preset):
    request = GenerationRequest("a cat", preset=preset)
    assert encode(request)["preset"] == preset.value
    assert "preset" not in encode(request, {name: theirs for name, theirs in STANDARD.items() if name != "preset"})
    assert "preset" not in encode(GenerationRequest("a cat"))


@given(st.text(min_size=1).filter(str.strip))
def test_any_prompt_that_is_accepted_can_be_sent(prompt):
    try:
        request = GenerationRequest(prompt)
    except InvalidRequest:
        return
    assert json.loads(json.dumps(encode(request), ensure_ascii=False).encode())["prompt"] == prompt


def test_the_list_is_asked_for_by_model():
    assert encode_recent("owner/model", 2) == {"page": 2, "page_size": 100, "model": "owner/model"}


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
    update = decode_look(recorded(name), TASK)
    assert (update.task_id, update.status, update.outputs, update.nsfw) == (TASK, status, outputs, nsfw)
    assert update == decode_submit(recorded(name))


def test_an_inline_picture_is_its_bytes():
    (output,) = decode_look(recorded("completed_base64"), TASK).outputs
    assert isinstance(output, bytes)
    assert output.startswith(b"\x89PNG")


def test_a_failed_task_brings_the_services_own_words_and_time():
    assert decode_look(recorded("failed"), TASK).error == "LoRA weights do not fit this base model."
    assert decode_look(recorded("completed_url"), TASK).inference_ms == 2534


@pytest.mark.parametrize("name", REFUSALS)
def test_a_refusal_is_its_own_error_and_costs_nothing(name):
    kind, told = REFUSALS[name]
    reason = json.loads(recorded(name).body)["message"]
    with pytest.raises(PlaygroundError) as caught:
        decode_submit(recorded(name))
    error = caught.value
    assert type(error) is kind
    assert error.sentence.charge is Charge.NONE
    if isinstance(error, InvalidRequest):
        assert error.field == told
        assert error.sentence == messages.setting_refused(reason)
    else:
        assert error.sentence == (told or messages.refused(reason))


def test_a_busy_service_says_when():
    with pytest.raises(Busy) as caught:
        decode_submit(recorded("error_429"))
    assert caught.value.retry_after == 7


@pytest.mark.parametrize("name", UNCLEAR)
def test_an_unclear_answer_to_a_submit_may_have_made_a_task(name):
    with pytest.raises(SubmissionUnknown) as caught:
        decode_submit(recorded(name))
    assert caught.value.sentence.charge is Charge.MAYBE
    assert "<" not in str(caught.value)


def test_an_error_that_carries_an_id_is_an_accepted_task():
    update = decode_submit(recorded("error_5004_with_id"))
    assert (update.task_id, update.status) == (TASK, TaskStatus.RUNNING)
    assert decode_look(recorded("error_5004_with_id"), TASK) == update


@pytest.mark.parametrize("name", [*UNCLEAR, "error_429", "error_400", "error_401", "error_403"])
def test_a_look_that_fails_says_nothing_about_the_task(name):
    with pytest.raises(WatchTrouble) as caught:
        decode_look(recorded(name), TASK)
    assert not isinstance(caught.value, TaskGone)


def test_a_task_that_is_not_known_is_gone():
    with pytest.raises(TaskGone):
        decode_look(recorded("error_404"), TASK)


@pytest.mark.parametrize("name", TOLD_BY_CODE)
def test_a_look_whose_code_says_failed_is_the_end(name):
    update = decode_look(recorded(name), TASK)
    assert update.status is TaskStatus.FAILED
    assert update.error


def test_the_list_has_its_tasks_in_order():
    newest, oldest = decode_recent(recorded("list_page"))
    assert (newest.task_id, newest.created_at) == (TASK, CREATED)
    assert (oldest.task_id, oldest.status) == ("0f" * 16, TaskStatus.FAILED)


@pytest.mark.parametrize("name", [*UNCLEAR, "error_401", "error_429", "processing"])
def test_a_list_that_is_none_is_trouble(name):
    with pytest.raises(WatchTrouble):
        decode_recent(recorded(name))


# --- what is not quite as agreed ---


def test_a_look_must_be_about_the_task_that_was_asked_for():
    with pytest.raises(WatchTrouble):
        decode_look(recorded("processing"), "another")


def test_a_task_whose_id_is_a_number_can_be_looked_at():
    made = decode_submit(answer({"id": 77, "status": "created"}))
    assert decode_look(answer({"id": 77, "status": "processing"}), made.task_id).status is TaskStatus.RUNNING


@pytest.mark.parametrize("task_id", ["", "a/b", "../x", "a b", "é", "x" * 129, None, [], {}, "a\n"])
def test_an_id_that_cannot_stand_in_an_address_is_none(task_id):
    with pytest.raises(SubmissionUnknown):
        decode_submit(answer({"id": task_id, "status": "created"}))


@pytest.mark.parametrize("status", ["dreaming", "", None, 7, [], {}])
def test_a_status_that_is_not_known_is_work_in_progress(status):
    assert decode_look(answer({"id": TASK, "status": status}), TASK).status is TaskStatus.RUNNING


def test_flags_and_outputs_keep_their_places():
    data = {"id": TASK, "status": "completed", "outputs": [None, 7, "", "https://x.test/1"]}
    assert decode_look(answer(data), TASK).outputs == (b"", b"", b"", "https://x.test/1")


def test_the_code_of_the_envelope_counts_over_a_good_status():
    with pytest.raises(KeyRefused):
        decode_submit(answer(None, code=401))


def test_a_bad_status_counts_over_a_good_envelope():
    with pytest.raises(SubmissionUnknown):
        decode_submit(answer(None, status=502))


def test_no_credit_is_also_told_by_its_word():
    with pytest.raises(NoCredit):
        decode_submit(answer(None, code=400, status=400, message="Insufficient balance"))


def test_trouble_at_the_service_is_no_refusal_whatever_it_says():
    with pytest.raises(SubmissionUnknown):
        decode_submit(answer(None, code=500, status=500, message="insufficient capacity"))


def test_a_refusal_without_a_reason_is_still_a_whole_sentence():
    with pytest.raises(InvalidRequest, match=r"did not say which\.$"):
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
        (1680352496, None),
        (None, None),
    ],
)
def test_a_time_is_read_as_utc_unless_it_says_otherwise(text, moment):
    assert decode_look(answer({"id": TASK, "created_at": text}), TASK).created_at == moment


@pytest.mark.parametrize("value", ["", "-1", True, -1, 1e300, float("nan"), float("inf"), 10**400, [], {}], ids=repr)
def test_a_count_that_is_none_is_left_out(value):
    assert decode_look(answer({"id": TASK, "timings": {"inference": value}}), TASK).inference_ms is None


def test_half_a_character_goes_no_further():
    data = {"id": TASK, "status": "failed", "error": "\ud800", "model": "\ud800", "urls": {"get": "\udfff"}}
    update = decode_look(answer({**data, "x-note": "\ud800", "outputs": ["https://x.test/\ud800"]}), TASK)
    repr(update).encode()
    for text in (update.error, update.model, update.query_url, update.note, *update.outputs):
        assert isinstance(text, str)
        text.encode()


# --- previews ---

JPEG = b"\xff\xd8\xff\xe0 a small picture"


def shown(preview: object, stage: object = None) -> TaskUpdate:
    return decode_look(answer({"id": TASK, "status": "processing", "x-preview": preview, "x-stage": stage}), TASK)


def jpeg_uri(content: bytes) -> str:
    return f"data:image/jpeg;base64,{base64.b64encode(content).decode()}"


def test_a_preview_of_our_own_server_is_passed_on():
    assert shown(jpeg_uri(JPEG)).preview == jpeg_uri(JPEG)
    assert decode_look(answer({"id": TASK, "status": "processing"}), TASK).preview == ""


@pytest.mark.parametrize(
    "value",
    [
        None,
        7,
        "",
        "https://elsewhere.test/a.jpg",
        "javascript:alert(1)",
        "data:text/html;base64,/9j/",
        "data:image/svg+xml;base64,/9j/",
        'data:image/jpeg;base64,/9j/" onerror="x',
        "data:image/jpeg;base64,",
        jpeg_uri(b"<svg>"),
        jpeg_uri(JPEG + bytes(PREVIEW_LIMIT)),
    ],
    ids=lambda value: repr(value)[:40],
)
def test_anything_else_is_no_preview(value):
    assert shown(value).preview == ""


def test_a_stage_is_a_short_text():
    assert shown("", " Fetching the model, 34 % ").stage == "Fetching the model, 34 %"
    assert shown("", 34).stage == ""
    assert len(shown("", "x" * 500).stage) == STAGE_LIMIT


# --- inline pictures ---


@given(st.binary(max_size=200), st.booleans(), st.integers(0, 20))
def test_an_inline_picture_is_read_in_every_usual_form(content, is_uri, width):
    text = base64.b64encode(content).decode()
    if width:
        text = "\r\n".join(text[place : place + width] for place in range(0, len(text), width))
    assert decode_picture(("data:image/png;base64," if is_uri else "") + text) == content
    assert decode_picture(text.rstrip("=")) == content


@given(st.text())
def test_no_text_but_base64_is_a_picture(text):
    with contextlib.suppress(ValueError):
        decode_picture(text)


# --- garbage ---

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=8,
)
FIELDS = ("id", "status", "outputs", "has_nsfw_contents", "error", "timings", "urls", "created_at", "model")
PREDICTION = st.dictionaries(
    st.sampled_from([*FIELDS, "x-progress", "x-position", "x-note", "x-preview", "x-stage"]), JSON
)
ENVELOPE = st.fixed_dictionaries(
    {}, optional={"code": JSON, "message": JSON, "data": JSON | PREDICTION | st.fixed_dictionaries({"items": JSON})}
)
STATUS = st.sampled_from([200, 200, 201, 204, 302, 400, 401, 402, 403, 404, 413, 418, 422, 429, 500, 502, 503, 504])


def check_all(raw: Answer) -> None:
    for decode, allowed in (
        (decode_submit, (NotAccepted, InvalidRequest, SubmissionUnknown)),
        (lambda given: decode_look(given, TASK), (WatchTrouble,)),
        (decode_recent, (WatchTrouble,)),
    ):
        try:
            decode(raw)
        except allowed as error:
            str(error).encode()


@given(STATUS, st.binary() | st.text().map(str.encode))
def test_any_bytes_are_one_of_the_errors_agreed_on(status, body):
    check_all(Answer(status, body))


@given(STATUS, ENVELOPE | JSON)
def test_any_json_is_one_of_the_errors_agreed_on(status, value):
    check_all(Answer(status, json.dumps(value).encode()))


@pytest.mark.parametrize("body", [b"[" * 100_000, b"9" * 5000, b'{"code": ' + b"9" * 5000 + b"}", b"\xff\xfe{}"])
def test_json_made_to_hurt_does_not(body):
    check_all(Answer(200, body))


@pytest.mark.parametrize("name", ["submit_accepted", "completed_url", "list_page"])
def test_a_body_cut_at_any_byte_is_never_taken_for_an_answer(name):
    whole = recorded(name)
    for end in range(len(whole.body)):
        cut = Answer(whole.status, whole.body[:end])
        with pytest.raises(SubmissionUnknown):
            decode_submit(cut)
        with pytest.raises(WatchTrouble):
            decode_look(cut, TASK)
        with pytest.raises(WatchTrouble):
            decode_recent(cut)
