"""Any bytes and any JSON: one of the errors agreed on, never another, and no answer cut short is believed."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from components.api.decode import decode_recent, decode_submit, decode_task
from components.api.envelope import ApiResponse
from components.errors import InvalidRequest, PollFailed, SubmissionUnknown, SubmitRejected
from tests.support.recorded import TASK, recorded

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


def check_all(raw: ApiResponse) -> None:
    for decode, allowed in (
        (decode_submit, (SubmitRejected, InvalidRequest, SubmissionUnknown)),
        (lambda given: decode_task(given, TASK), (PollFailed,)),
        (decode_recent, (PollFailed,)),
    ):
        try:
            decode(raw)
        except allowed as error:
            str(error).encode()


@given(STATUS, st.binary() | st.text().map(str.encode))
def test_any_bytes_are_one_of_the_errors_agreed_on(status, body):
    check_all(ApiResponse(status, body))


@given(STATUS, ENVELOPE | JSON)
def test_any_json_is_one_of_the_errors_agreed_on(status, value):
    check_all(ApiResponse(status, json.dumps(value).encode()))


@pytest.mark.parametrize("body", [b"[" * 100_000, b"9" * 5000, b'{"code": ' + b"9" * 5000 + b"}", b"\xff\xfe{}"])
def test_json_made_to_hurt_does_not(body):
    check_all(ApiResponse(200, body))


@pytest.mark.parametrize("name", ["submit_accepted", "completed_url", "list_page"])
def test_a_body_cut_at_any_byte_is_never_taken_for_an_answer(name):
    whole = recorded(name)
    for end in range(len(whole.body)):
        cut = ApiResponse(whole.status, whole.body[:end])
        with pytest.raises(SubmissionUnknown):
            decode_submit(cut)
        with pytest.raises(PollFailed):
            decode_task(cut, TASK)
        with pytest.raises(PollFailed):
            decode_recent(cut)
