"""Exception handlers: one message as the answer, never a traceback, never a part of the request."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from functools import partial
from typing import Any

from fastapi.exception_handlers import http_exception_handler
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response

from components import messages
from components.errors import TooBusy
from components.ui.http.allowlist import FILES
from components.ui.http.payload_schema import UPLOAD
from components.ui.http.responses import program_refusal, refusal, too_many_requests

Handler = Callable[[Request, Exception], Awaitable[Response]]


def handlers(misnamed_parameter: Handler) -> Mapping[Any, Callable[..., Any]]:
    """Return the exception handlers of the app, by exception class.

    `misnamed_parameter` answers a call of `/generate` with a parameter that it does not have; it is passed in, because
    this package imports nothing of the endpoints. An exception that a handler raises again is an error of the app: the
    answer is a 500, and the server logs the traceback.
    """
    return {
        AttributeError: _invalid_upload,
        TypeError: partial(_type_error, misnamed_parameter),
        ValueError: _invalid_range,
        RequestValidationError: _invalid_request,
        HTTPException: _http_error,
        ClientDisconnect: _client_left,
        TooBusy: _too_busy,
        Exception: _internal_error,
    }


async def _invalid_upload(request: Request, error: Exception) -> Response:
    """Answer 400 to an upload with text in place of a file, for which Gradio raises AttributeError or TypeError."""
    if request.url.path != UPLOAD:
        raise error
    return program_refusal(request.scope, 400, "The form must hold files, under the name files, and nothing else.")


async def _type_error(misnamed_parameter: Handler, request: Request, error: Exception) -> Response:
    if request.url.path == UPLOAD:
        return await _invalid_upload(request, error)
    return await misnamed_parameter(request, error)


async def _invalid_range(request: Request, error: Exception) -> Response:
    """Answer 416 to a `Range` header that Gradio's file route fails to read."""
    if "range" not in request.headers or not request.url.path.startswith(FILES):
        raise error
    return program_refusal(request.scope, 416, "The file has no such range.")


async def _invalid_request(request: Request, _: RequestValidationError) -> Response:
    """Answer 422 without FastAPI's own text, which repeats what was sent."""
    return program_refusal(request.scope, 422, "This request is not of the form that this address takes.")


async def _http_error(request: Request, error: HTTPException) -> Response:
    """Answer 404 to every error about files: Gradio's own texts repeat their paths."""
    if request.url.path.startswith(FILES):
        return refusal(request.scope, 404, messages.NO_SUCH_FILE)
    return await http_exception_handler(request, error)


async def _client_left(_: Request, __: Exception) -> Response:
    """Answer a request whose client left before its end: no one reads it, and no fault of the app is logged."""
    return Response(status_code=400)


async def _too_busy(request: Request, _: Exception) -> Response:
    return too_many_requests(request.scope, 1)


async def _internal_error(request: Request, _: Exception) -> Response:
    return refusal(request.scope, 500, messages.APP_FAILED)
