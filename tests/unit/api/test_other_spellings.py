"""Answers in the words of other services, gateways and frameworks: each has its end, its reason and its time.

The sources are public: repository and number, or the address of the page, stand beside each.
"""

from __future__ import annotations

import json
from typing import Any

import pytest

from components import messages
from components.api.decode import decode_recent, decode_submit, decode_task
from components.api.envelope import ApiResponse
from components.api.reasons import MESSAGE_LIMIT
from components.domain.task import TaskStatus
from components.errors import InsufficientCredit, InvalidRequest, SubmissionUnknown, SubmitRejected
from components.messages.message import Charge
from tests.support.recorded import TASK, answer

ENDS = {
    "canceled": TaskStatus.CANCELLED,  # replicate/replicate-python#21: waited for ever
    "CANCELLED": TaskStatus.CANCELLED,  # docs.runpod.io, serverless job states
    "aborted": TaskStatus.FAILED,  # replicate/replicate-python#460: looped for ever
    "succeeded": TaskStatus.COMPLETED,  # Replicate
    "succeed": TaskStatus.COMPLETED,  # Kling (cuijinyu/new-api relay/channel/task/kling)
    "SUCCESS": TaskStatus.COMPLETED,  # RunningHub, Tripo, AWS IoT jobs
    "COMPLETED": TaskStatus.COMPLETED,  # fal, Runpod
    "Complete": TaskStatus.COMPLETED,  # AWS data transfer jobs, Leonardo
    "DONE": TaskStatus.COMPLETED,  # amzn/selling-partner-api-docs#1262
    "JOB_STATE_SUCCEEDED": TaskStatus.COMPLETED,  # Vertex AI
    "TASK_STATUS_SUCCEED": TaskStatus.COMPLETED,  # Novita
    "error": TaskStatus.FAILED,  # MediaConvert: ERROR; many small servers
    "FAILURE": TaskStatus.FAILED,  # Celery, Midjourney proxies
    "Fail": TaskStatus.FAILED,  # MiniMax
    " failed\n": TaskStatus.FAILED,
    "REJECTED": TaskStatus.FAILED,  # AWS IoT jobs
    "TIMED_OUT": TaskStatus.TIMED_OUT,  # Runpod
    "timed-out": TaskStatus.TIMED_OUT,
    "FINISH": TaskStatus.COMPLETED,  # Hailuo, several Chinese services
    "TASK_FINISHED": TaskStatus.COMPLETED,
    "job_failed": TaskStatus.FAILED,
    "Content Moderated": TaskStatus.FAILED,  # docs.bfl.ai, get_result
    "Request Moderated": TaskStatus.FAILED,
    "PARTIALLY_SUCCEEDED": TaskStatus.COMPLETED,  # Vertex AI: has what was made
    "DEADLINE_EXCEEDED": TaskStatus.TIMED_OUT,  # gRPC
    "cancelled_by_user": TaskStatus.CANCELLED,
    "expired": TaskStatus.TIMED_OUT,  # Vertex AI, OpenAI batches
    "REMOVED": TaskStatus.DELETED,  # AWS IoT jobs
}
NO_ENDS = {
    "IN_QUEUE": TaskStatus.QUEUED,  # fal, Runpod
    "queued": TaskStatus.QUEUED,
    "PENDING": TaskStatus.QUEUED,
    "submitted": TaskStatus.QUEUED,
    "starting": TaskStatus.RUNNING,
    "IN_PROGRESS": TaskStatus.RUNNING,
    "Finalizing": TaskStatus.RUNNING,  # Azure ML: before "Completed"
    "Canceling": TaskStatus.RUNNING,  # Vertex AI: may still end as SUCCEEDED
    "CancelRequested": TaskStatus.RUNNING,  # Azure ML
    "stopped": TaskStatus.RUNNING,  # Vertex AI: can be resumed
    "Ready": TaskStatus.RUNNING,
    "not completed": TaskStatus.RUNNING,
    "task": TaskStatus.RUNNING,
    "unknown": TaskStatus.RUNNING,
    "s" * 5000: TaskStatus.RUNNING,
}


@pytest.mark.parametrize("word", ENDS)
def test_a_word_that_certainly_means_an_end_is_one(word):
    assert decode_task(answer({"id": TASK, "status": word}), TASK).status is ENDS[word]


@pytest.mark.parametrize("word", NO_ENDS)
def test_any_other_word_is_work_in_progress(word):
    assert decode_task(answer({"id": TASK, "status": word}), TASK).status is NO_ENDS[word]


PYDANTIC = [{"loc": ["body", "loras", 0, "path"], "msg": "field required", "type": "value_error.missing"}]
REASONS: dict[str, tuple[Any, str]] = {
    "text": ("LoRA could not be loaded", "LoRA could not be loaded"),
    "object": ({"message": "LoRA could not be loaded"}, "LoRA could not be loaded"),
    # huggingface/text-generation-inference and OpenAI: `error` in `error`.
    "object in object": ({"error": {"message": "no memory", "type": "server_error", "code": None}}, "no memory"),
    "FastAPI (superduper-io/superduper#376)": (PYDANTIC, "loras.0.path: field required"),
    "detail of FastAPI": ({"detail": PYDANTIC}, "loras.0.path: field required"),
    # fal.ai/docs/model-apis/errors
    "fal": ([{"loc": ["body", "prompt"], "msg": "flagged", "type": "content_policy_violation"}], "prompt: flagged"),
    "fal, whole": ([{"loc": ["body"], "msg": "Could not generate", "type": "x"}], "Could not generate"),
    # RFC 9457, developers.cloudflare.com
    "problem": ({"type": "about:blank", "title": "Too slow", "status": 500, "detail": "It took 60 s"}, "It took 60 s"),
    "title alone": ({"type": "about:blank", "title": "Too slow", "status": 500}, "Too slow"),
    # NestJS and Spring: `error` has the HTTP phrase, `message` the cause.
    "NestJS": ({"statusCode": 400, "message": ["size is wrong", "seed too"], "error": "Bad Request"},
               "size is wrong; seed too"),
    "Laravel": ({"message": "The given data was invalid.", "errors": {"size": ["must be a text"]}},
                "size: must be a text"),
    "JSON:API": ({"errors": [{"title": "Invalid", "detail": "size is wrong"}]}, "size is wrong"),
    "cloudflare API": ({"success": False, "errors": [{"code": 7003, "message": "No route"}]}, "No route"),
    "Google": ({"error": {"code": 400, "message": "bad size", "status": "INVALID_ARGUMENT"}}, "bad size"),
    "AWS": ({"__type": "ThrottlingException", "Message": "Rate exceeded"}, "Rate exceeded"),
    "OAuth": ({"error": "invalid_request", "error_description": "size is wrong"}, "size is wrong"),
    "phrase alone": ({"error": "Bad Request"}, "Bad Request"),
    "code of a word": ({"error": "OUT_OF_MEMORY"}, "OUT_OF_MEMORY"),
    "camel case": ({"errorMessage": "no memory", "errorType": "x"}, "no memory"),
    # Django REST framework and Flask-RESTful: a list for each field.
    "Django": ({"size": ["This field is required."], "non_field_errors": ["Too many."]},
               "size: This field is required.; non_field_errors: Too many."),
    "Tencent": ({"Response": {"Error": {"Code": "AuthFailure", "Message": "no secret"}}}, "no secret"),
    "Apigee": ({"fault": {"faultstring": "Rate exceeded", "detail": {"errorcode": "x"}}}, "Rate exceeded"),
    "Runpod's text of JSON": ('{"error_type": "OutOfMemoryError", "error_message": "no memory"}', "no memory"),
    "text of a list": ('[{"msg": "no memory"}]', "no memory"),
    "text in brackets": ("{no JSON}", "{no JSON}"),
    "err": ({"err": "no memory"}, "no memory"),
    "TMDB": ({"status_code": 7, "status_message": "Invalid size."}, "Invalid size."),
    "XML": ('<?xml version="1.0"?><Error><Code>AccessDenied</Code></Error>', ""),
    "SOAP": ("<soap:Envelope><soap:Fault/></soap:Envelope>", ""),
    "Node's stack": ("RangeError: Invalid length\n    at x (/srv/app.js:1:2)", "RangeError: Invalid length"),
    "Java's stack": ("IllegalState: no model\n\tat com.x.Y(Z.java:1)", "IllegalState: no model"),
    "Go's stack": ("panic: no memory\n\ngoroutine 1 [running]:\nmain.main()", "panic: no memory"),
    "nothing": ({}, ""),
    "empty": ({"message": "", "detail": None, "error": []}, ""),
    "number": (500, ""),
    "success": ({"message": "success"}, ""),
    "page": ("<html><h1>502 Bad Gateway</h1></html>", ""),
    "page in it": ({"message": "upstream said <html><h1>502</h1></html>"}, ""),
    "traceback": ("Traceback (most recent call last):\n  File \"/srv/x.py\", line 1\nValueError: no LoRA", ""),
    "deep": ([[[[[[[[[["x"]]]]]]]]]], ""),
}  # fmt: skip


@pytest.mark.parametrize("shape", REASONS)
def test_a_failed_task_has_its_reason_in_any_shape(shape):
    value, reason = REASONS[shape]
    assert decode_task(answer({"id": TASK, "status": "failed", "error": value}), TASK).error == reason


@pytest.mark.parametrize("shape", REASONS)
def test_a_refusal_has_its_reason_in_any_shape(shape):
    value, reason = REASONS[shape]
    fields = {"code": 1403, "message": ""}
    for body in ({**fields, "error": value}, {**fields, "message": value}, {**fields, "data": {"error": value}}):
        with pytest.raises(SubmitRejected) as caught:
            decode_submit(ApiResponse(200, json.dumps(body).encode()))
        assert caught.value.message == messages.refused(reason)


@pytest.mark.parametrize("name", ["error_message", "failure_reason", "message", "detail", "reason"])
def test_a_failed_task_may_tell_its_reason_under_another_name(name):
    data = {"id": TASK, "status": "failed", "error": "", name: "no memory"}
    assert decode_task(answer(data), TASK).error == "no memory"


def test_the_envelope_may_have_the_reason_of_a_task():
    assert decode_task(answer({"id": TASK, "status": "error"}, message="no memory"), TASK).error == "no memory"
    assert decode_task(answer({"id": TASK, "status": "error"}, message="success"), TASK).error == ""
    assert decode_task(answer({"id": TASK, "status": "processing"}, message="no memory"), TASK).error == ""


def test_a_reason_is_short_whatever_its_shape():
    many = [{"loc": ["body", f"field{number}"], "msg": "x" * 200} for number in range(5000)]
    update = decode_task(answer({"id": TASK, "status": "failed", "error": many}), TASK)
    assert isinstance(update.error, str)
    assert 0 < len(update.error) <= MESSAGE_LIMIT


def test_a_refused_field_is_found_in_any_shape():
    body = {"code": 1400, "message": "", "detail": [{"loc": ["body", "num_inference_steps"], "msg": "too many"}]}
    with pytest.raises(InvalidRequest) as caught:
        decode_submit(ApiResponse(200, json.dumps(body).encode()))
    assert caught.value.field == "num_inference_steps"
    assert caught.value.message == messages.setting_refused("num_inference_steps: too many")


def test_no_credit_is_told_by_its_word_in_any_shape():
    body = {"code": 400, "message": "", "error": {"message": "Insufficient balance"}}
    with pytest.raises(InsufficientCredit):
        decode_submit(ApiResponse(400, json.dumps(body).encode()))


NO_ENVELOPES: dict[str, tuple[int, Any, str]] = {
    "FastAPI": (422, {"detail": PYDANTIC}, "loras.0.path: field required"),
    "fal": (422, [{"loc": ["body", "prompt"], "msg": "flagged"}], "prompt: flagged"),
    "OpenAI": (400, {"error": {"message": "bad size", "type": "invalid_request_error"}}, "bad size"),
    "AWS API Gateway": (403, {"message": "Forbidden"}, "Forbidden"),
    "AWS API Gateway, slow": (504, {"message": "Endpoint request timed out"}, "Endpoint request timed out"),
    "Cloudflare": (403, {"title": "Error 1020: Access denied", "status": 403}, "Error 1020: Access denied"),
    "Replicate": (422, {"title": "Input validation failed", "detail": "- input: seed is required"},
                  "- input: seed is required"),
    "Envoy": (503, {"message": "no healthy upstream"}, "no healthy upstream"),
}  # fmt: skip


@pytest.mark.parametrize("name", NO_ENVELOPES)
def test_an_answer_without_an_envelope_is_unclear_and_says_what_it_said(name):
    status, body, reason = NO_ENVELOPES[name]
    with pytest.raises(SubmissionUnknown) as caught:
        decode_submit(ApiResponse(status, json.dumps(body).encode()))
    assert caught.value.message == messages.unclear(reason)
    assert caught.value.message.charge is Charge.MAYBE, "fal and gateways refuse after the work was done, too"


MOMENT = 1_708_229_555.0


@pytest.mark.parametrize(
    "time",
    [
        1708229555,
        1708229555.0,
        1708229555000,
        1708229555000000,
        1708229555000000000,
        "1708229555",
        "1708229555000",
        "2024-02-18T04:12:35Z",
        "2024-02-18 04:12:35 UTC",
        "2024-02-18 04:12:35 +0000 UTC",  # Go's time.String
        "2024-02-18T04:12:35.000000000Z",
        "20240218T041235Z",
        "Sun, 18 Feb 2024 04:12:35 GMT",
        "Sun, 18 Feb 2024 05:12:35 +0100",
    ],
    ids=str,
)
def test_a_time_is_read_in_any_spelling(time):
    items = {"items": [{"id": "t1", "status": "completed", "created_at": time}]}
    (found,) = decode_recent(answer(items))
    assert found.created_at == MOMENT


@pytest.mark.parametrize(
    "time",
    [0, -1, 20240218, True, 1e300, float("nan"), float("inf"), 10**400, "17", "Feb", "9" * 400, [], {}],
    ids=repr,
)
def test_what_is_no_time_is_none(time):
    assert decode_task(answer({"id": TASK, "created_at": time}), TASK).created_at is None


@pytest.mark.parametrize(
    "data",
    [
        {"outputs": "https://x.test/1"},
        {"output": ["https://x.test/1"]},  # Replicate
        {"output": "https://x.test/1"},
        {"outputs": [{"url": "https://x.test/1", "content_type": "image/png"}]},  # fal
        {"outputs": [{"image": "https://x.test/1"}]},
        {"outputs": {"url": "https://x.test/1"}},
    ],
)
def test_a_paid_picture_is_found_where_others_put_it(data):
    assert decode_task(answer({"id": TASK, "status": "succeeded", **data}), TASK).outputs == ("https://x.test/1",)
