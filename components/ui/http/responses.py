"""Responses to refused requests: a status and a message, never a part of the request."""

from __future__ import annotations

from collections.abc import Callable
from math import ceil
from typing import Any

from starlette.datastructures import Headers
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.types import Scope

from components import messages
from components.messages.message import Message
from components.ui.http.language import VARY, language_of
from components.ui.message_json import message_json

READ_METHODS = ("GET", "HEAD", "OPTIONS")
"""Methods that change nothing and have no body."""


def refusal(scope: Scope, status: int, message: Message) -> Response:
    """Return the message as plain text for a read, else as JSON, with its code for the page's scripts."""
    text = messages.in_full(message, is_free=True, language=language_of(Headers(scope=scope)))
    return _response(scope, status, text, {"refused": message_json(message, is_free=True)})


def program_refusal(scope: Scope, status: int, text: str) -> Response:
    """Return an English text as `refusal` does: for what only programs, and pages of other sites, can meet."""
    return _response(scope, status, text, {})


def _response(scope: Scope, status: int, text: str, more: dict[str, Any]) -> Response:
    if scope["method"] in READ_METHODS:
        return PlainTextResponse(text, status, {"Vary": VARY})
    # The name is that of Gradio's own answers.
    return JSONResponse({"error": text, **more}, status)


def too_many_requests(scope: Scope, seconds: float) -> Response:
    """Return 429 with `Retry-After`: whole seconds, at least 1 (RFC 9110, 10.2.3)."""
    return _later(scope, 429, messages.too_many_requests, seconds)


def uploads_full(scope: Scope, seconds: float) -> Response:
    """Return 503 with `Retry-After`: others send as many uploads as there may be."""
    return _later(scope, 503, messages.uploads_full, seconds)


def _later(scope: Scope, status: int, message: Callable[[int], Message], seconds: float) -> Response:
    wait = max(1, ceil(seconds))
    answer = refusal(scope, status, message(wait))
    answer.headers["Retry-After"] = str(wait)
    return answer


def too_large(scope: Scope, max_bytes: int) -> Response:
    """Return 413 for a body over `max_bytes`. It closes the connection, on which the rest of the body would follow."""
    limit = messages.request_too_large(max_bytes // 1024 // 1024) if max_bytes else messages.NO_BODY_TAKEN
    answer = refusal(scope, 413, limit)
    answer.headers["Connection"] = "close"
    return answer


def too_slow(scope: Scope) -> Response:
    """Return 408 for a body that did not arrive in time; it closes the connection too."""
    answer = refusal(scope, 408, messages.REQUEST_TOO_SLOW)
    answer.headers["Connection"] = "close"
    return answer
