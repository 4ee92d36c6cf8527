"""The one shape of every answer: {"code", "message", "data"}."""

from __future__ import annotations

import json
from http import HTTPStatus

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from components.server.refusals import Refused


def answer(data: object) -> Response:
    """A success."""
    return _enveloped(200, 200, "success", data)


def refusal(error: Refused) -> Response:
    response = _enveloped(error.status, error.code, error.message, None)
    response.headers.update(error.headers)
    return response


async def on_refused(_: Request, error: Exception) -> Response:
    assert isinstance(error, Refused)
    return refusal(error)


async def on_http_error(_: Request, error: Exception) -> Response:
    """What Starlette itself refuses: no such path, wrong method."""
    assert isinstance(error, HTTPException)
    response = _enveloped(error.status_code, error.status_code, _phrase(error.status_code), None)
    response.headers.update(error.headers or {})
    return response


async def on_disconnect(_: Request, __: Exception) -> Response:
    """The caller left before its request was whole: nobody reads this."""
    return _enveloped(400, 400, "The request was cut off", None)


async def on_crash(_: Request, __: Exception) -> Response:
    """A bug of ours: the log has the traceback, the caller does not."""
    return _enveloped(500, 500, "The server failed on this request", None)


def _phrase(status: int) -> str:
    if status == HTTPStatus.NOT_FOUND:
        return "There is no such model or call"
    return HTTPStatus(status).phrase


def _enveloped(status: int, code: int, message: str, data: object) -> Response:
    body = json.dumps({"code": code, "message": message, "data": data}, allow_nan=False)
    return Response(body, status, media_type="application/json", headers={"Cache-Control": "no-store"})
