"""Answers that are not the API's own: what each call makes of a page, an empty body, JSON of another kind.

Sources: replicate/replicate-javascript#68 (looks that say "Not Found" for a while), pollinations/pollinations#5735 (a
firewall's page in place of an answer).
"""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from typing import Any

import httpx
import pytest

from components import messages
from components.api.client import Client
from components.api.endpoint import Endpoint
from components.errors import (
    NotProvided,
    PlaygroundError,
    PollFailed,
    RateLimited,
    SubmissionUnknown,
    UploadFailed,
)
from components.net.http_pool import HttpPool
from tests.support.raw_server import REQUEST
from tests.support.scripted_api import BASE, KEY, MODEL

PAGE = b"<!doctype html><html><head><title>403 Forbidden</title></head><body>insufficient rights</body></html>"
STATUSES = (200, 401, 402, 403, 404, 405, 413, 422, 500, 502, 503, 504)
OTHER_BODIES: dict[str, bytes] = {
    "nothing": b"",
    "list": b"[]",
    "detail": json.dumps({"detail": "Unauthorized: insufficient rights"}).encode(),
    "message": json.dumps({"message": "insufficient rights", "data": {"download_url": "x", "items": []}}).encode(),
    "code as text": json.dumps({"code": "401", "message": "no", "data": None}).encode(),
    "code true": json.dumps({"code": True, "message": "no", "data": None}).encode(),
}
REASONS: dict[bytes, str] = {
    OTHER_BODIES["detail"]: "Unauthorized: insufficient rights",
    OTHER_BODIES["message"]: "insufficient rights",
    OTHER_BODIES["code as text"]: "no",
    OTHER_BODIES["code true"]: "no",
}
"""What the bodies say, which is shown and decides nothing."""
CONTRADICTION = json.dumps({"code": 200, "message": "success", "data": None}).encode()
ANSWERS: dict[str, tuple[int, bytes]] = {
    **{f"{status} page": (status, PAGE) for status in STATUSES},
    **{f"{status} {name}": (status, body) for status in (200, 401, 404, 500) for name, body in OTHER_BODIES.items()},
    **{f"{status} that says 200": (status, CONTRADICTION) for status in STATUSES[1:]},
}

Call = Callable[[Client], Awaitable[Any]]
FREE: dict[str, Call] = {
    "price": lambda client: client.price(MODEL, REQUEST),
    "balance": lambda client: client.balance(),
    "models": lambda client: client.models([MODEL]),
    "delete": lambda client: client.delete(["task1"]),
}
LOOKS: dict[str, Call] = {
    "look": lambda client: client.get_task("task1"),
    "list": lambda client: client.recent_tasks(MODEL),
}
# Of several names one is missing: a page never says that a key, a task or a model is wrong, nor what was charged.
NO_BLAME = {messages.KEY_REFUSED, messages.MODEL_FORBIDDEN, messages.LOOK_REFUSED, messages.GONE, messages.MODEL_GONE}


async def error_of(call: Call, status: int, body: bytes, **headers: str) -> PlaygroundError:
    """Return the error of a call that is answered like this."""
    transport = httpx.MockTransport(lambda request: httpx.Response(status, content=body, headers=headers))
    pool = HttpPool(lambda: httpx.AsyncClient(transport=transport))
    try:
        with pytest.raises(PlaygroundError) as caught:
            await call(Client(pool, pool, Endpoint(BASE, KEY)))
    finally:
        await pool.aclose()
    assert caught.value.message not in NO_BLAME
    return caught.value


def submit(client: Client) -> Awaitable[Any]:
    return client.submit(MODEL, REQUEST)


def upload(client: Client) -> Awaitable[Any]:
    return client.upload(b"png")


@pytest.mark.parametrize("name", ANSWERS)
async def test_a_submit_may_have_made_a_task(name):
    status, body = ANSWERS[name]
    error = await error_of(submit, status, body)
    assert type(error) is SubmissionUnknown
    is_page = body == PAGE and status < 500
    reason = next((reason for known, reason in REASONS.items() if known == body), "")
    assert error.message == (messages.UNEXPECTED_PAGE if is_page else messages.unclear(reason))


@pytest.mark.parametrize("call", LOOKS)
@pytest.mark.parametrize("name", ANSWERS)
async def test_a_look_says_nothing_about_the_task(name, call):
    assert type(await error_of(LOOKS[call], *ANSWERS[name])) is PollFailed


@pytest.mark.parametrize("status", [401, 403, 404, 200])
async def test_a_look_names_the_page_that_came(status):
    assert (await error_of(LOOKS["look"], status, PAGE)).message == messages.PAGE_IN_PLACE_OF_API


@pytest.mark.parametrize("name", ANSWERS)
async def test_an_upload_failed_and_may_be_tried_again(name):
    assert type(await error_of(upload, *ANSWERS[name])) is UploadFailed


@pytest.mark.parametrize("call", FREE)
@pytest.mark.parametrize("name", ANSWERS)
async def test_a_call_about_money_or_models_has_no_answer_and_is_not_missing(name, call):
    error = await error_of(FREE[call], *ANSWERS[name])
    assert isinstance(error, NotProvided)
    assert error.is_offered, "a page turned off the price check"


# --- what HTTP itself says ---


@pytest.mark.parametrize("body", [PAGE, *OTHER_BODIES.values()], ids=["page", *OTHER_BODIES])
async def test_429_is_a_rate_limit_whoever_says_it(body):
    for call in (submit, upload):
        error = await error_of(call, 429, body, **{"retry-after": "7"})
        assert type(error) is RateLimited
        assert error.retry_after == 7
    look = await error_of(LOOKS["look"], 429, body, **{"retry-after": "7"})
    assert isinstance(look, PollFailed)
    assert look.retry_after == 7


NO_ROUTE = {404: {"detail": "Not Found"}, 405: {"detail": "Method Not Allowed"}}


@pytest.mark.parametrize("status", NO_ROUTE)
@pytest.mark.parametrize("call", [upload, *FREE.values()], ids=["upload", *FREE])
async def test_a_framework_s_missing_route_is_a_missing_call(status, call):
    error = await error_of(call, status, json.dumps(NO_ROUTE[status]).encode())
    assert isinstance(error, NotProvided)
    assert not error.is_offered


@pytest.mark.parametrize("status", NO_ROUTE)
async def test_a_framework_s_missing_route_says_nothing_about_a_task(status):
    body = json.dumps(NO_ROUTE[status]).encode()
    assert type(await error_of(submit, status, body)) is SubmissionUnknown
    for look in LOOKS.values():
        assert type(await error_of(look, status, body)) is PollFailed


@pytest.mark.parametrize(("status", "detail"), [(404, "Method Not Allowed"), (403, "Not Found"), (404, "not found")])
async def test_only_the_framework_s_own_words_are_a_missing_call(status, detail):
    error = await error_of(FREE["price"], status, json.dumps({"detail": detail}).encode())
    assert isinstance(error, NotProvided)
    assert error.is_offered


@pytest.mark.parametrize("status", [404, 405])
@pytest.mark.parametrize("call", [upload, *FREE.values()], ids=["upload", *FREE])
async def test_the_api_s_own_404_is_a_missing_call(status, call):
    body = json.dumps({"code": status, "message": "no such call", "data": None}).encode()
    error = await error_of(call, status, body)
    assert isinstance(error, NotProvided)
    assert not error.is_offered
