"""What is said when a request could not be answered: one plain sentence, never a traceback, never what was sent."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from fastapi.exception_handlers import http_exception_handler
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from components.ui.doors import FILES
from components.ui.generate import misnamed_parameter
from components.ui.posts import UPLOAD
from components.ui.refusals import refusal


def handlers() -> Mapping[Any, Callable[..., Any]]:
    """Return the exception handlers of the app. What none of them takes is our fault: logged in full by the server."""
    return {
        AttributeError: _wrong_form,
        TypeError: _wrong_type,
        ValueError: _wrong_range,
        RequestValidationError: _misshapen,
        HTTPException: _refused,
        Exception: _own_fault,
    }


async def _wrong_form(request: Request, error: Exception) -> Response:
    """Answer an upload in which Gradio found a text where it looked for a file."""
    if request.url.path != UPLOAD:
        raise error
    return refusal(request.scope, 400, "The form must hold files, under the name files, and nothing else.")


async def _wrong_type(request: Request, error: Exception) -> Response:
    if request.url.path == UPLOAD:
        return await _wrong_form(request, error)
    return await misnamed_parameter(request, error)


async def _wrong_range(request: Request, error: Exception) -> Response:
    if "range" not in request.headers or not request.url.path.startswith(FILES):
        raise error
    return refusal(request.scope, 416, "The file has no such range.")


async def _misshapen(request: Request, _: RequestValidationError) -> Response:
    """FastAPI's own answer repeats what was sent."""
    return refusal(request.scope, 422, "This request is not of the form that this address takes.")


async def _refused(request: Request, error: HTTPException) -> Response:
    """Gradio's answers about files repeat their paths."""
    if request.url.path.startswith(FILES):
        return refusal(request.scope, 404, "There is no such file.")
    return await http_exception_handler(request, error)


async def _own_fault(request: Request, _: Exception) -> Response:
    return refusal(request.scope, 500, "Something went wrong in this app. Its log says what.")
