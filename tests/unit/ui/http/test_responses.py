"""Answers to refused requests: an English text, with the message's code beside it where a script may show it."""

from __future__ import annotations

import json

import pytest
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Scope

from components import messages
from components.ui.http import exceptions, responses
from components.ui.message_json import message_json

MB = 1024 * 1024
REFUSALS = {
    "address": (lambda scope: responses.too_many_requests(scope, 2.2), 429, messages.too_many_requests(3)),
    "full": (lambda scope: responses.uploads_full(scope, 2.2), 503, messages.uploads_full(3)),
    "large": (lambda scope: responses.too_large(scope, 25 * MB), 413, messages.request_too_large(25)),
    "no body": (lambda scope: responses.too_large(scope, 0), 413, messages.NO_BODY_TAKEN),
    "slow": (responses.too_slow, 408, messages.REQUEST_TOO_SLOW),
    "session": (
        lambda scope: responses.refusal(scope, 404, messages.SESSION_UNKNOWN),
        404,
        messages.SESSION_UNKNOWN,
    ),
}


def body_of(answer: Response) -> str:
    return bytes(answer.body).decode()


@pytest.mark.parametrize("name", REFUSALS)
def test_a_read_is_answered_by_plain_text_and_all_else_by_json_with_the_code(name: str):
    refuse, status, message = REFUSALS[name]
    read: Response = refuse(scope("GET"))
    assert (read.status_code, body_of(read)) == (status, str(message))
    answer = refuse(scope("POST"))
    assert answer.status_code == status
    assert json.loads(body_of(answer)) == {"error": str(message), "refused": message_json(message, is_free=True)}


def test_one_second_is_one_second():
    assert str(messages.too_many_requests(1)).endswith("Try again in 1 second.")


def test_what_only_programs_meet_has_no_code():
    assert json.loads(body_of(responses.program_refusal(scope("POST"), 422, "No."))) == {"error": "No."}


def scope(method: str) -> Scope:
    return {"type": "http", "method": method, "path": "/", "headers": []}


async def test_an_error_of_the_app_is_answered_without_a_traceback():
    handlers = exceptions.handlers(exceptions._internal_error)
    answer = await handlers[Exception](Request({**scope("GET"), "headers": []}), RuntimeError("secret"))
    assert (answer.status_code, body_of(answer)) == (500, str(messages.APP_FAILED))
