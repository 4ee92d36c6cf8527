"""JSON envelope of every response: {"code", "message", "data"}."""

from __future__ import annotations

import json
from collections.abc import Mapping
from types import MappingProxyType

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from components.messages.message import Message, message_record
from components.server.errors import Refused

_HTTP_ERRORS = {404: Message("server_no_such_call"), 405: Message("server_wrong_method")}
NO_EXTRAS: Mapping[str, object] = MappingProxyType({})


def answer(data: object) -> Response:
    """Return the response to a successful request."""
    return _enveloped(200, 200, "success", data)


def refusal(error: Refused) -> Response:
    extras = {"x-message": code_json(error.reason)}
    response = _enveloped(error.status, error.code, error.message, None, extras)
    response.headers.update(error.headers)
    return response


async def on_refused(_: Request, error: Exception) -> Response:
    assert isinstance(error, Refused)
    return refusal(error)


async def on_http_error(_: Request, error: Exception) -> Response:
    """Return the response for errors of Starlette itself: unknown path, wrong method."""
    assert isinstance(error, HTTPException)
    reason = _HTTP_ERRORS.get(error.status_code, Message("server_bad_request"))
    return refusal(Refused(error.status_code, reason, headers=error.headers or {}))


async def on_disconnect(_: Request, __: Exception) -> Response:
    """Return a response that is never received: the client disconnected before its request was complete."""
    return refusal(Refused(400, Message("server_cut_off")))


async def on_crash(_: Request, __: Exception) -> Response:
    """Return the response for an unexpected error; the traceback is in the log only."""
    return refusal(Refused(500, Message("server_failed")))


def code_json(message: Message) -> dict[str, object]:
    """Return a message as code and parameters, for clients that have its text in their own language."""
    return {"code": message.code, "params": message_record(message)["params"]}


def _enveloped(
    status: int, code: int, message: str, data: object, extras: Mapping[str, object] = NO_EXTRAS
) -> Response:
    body = json.dumps({"code": code, "message": message, "data": data, **extras}, allow_nan=False)
    return Response(body, status, media_type="application/json", headers={"Cache-Control": "no-store"})
