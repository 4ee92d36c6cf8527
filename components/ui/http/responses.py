"""Responses to refused requests: a status and one plain sentence, never a part of the request."""

from __future__ import annotations

from math import ceil

from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.types import Scope

READ_METHODS = ("GET", "HEAD", "OPTIONS")
"""Methods that change nothing and have no body."""


def refusal(scope: Scope, status: int, text: str) -> Response:
    """Return the sentence as plain text for a read, else as the JSON `{"error": text}` of Gradio's own answers."""
    if scope["method"] in READ_METHODS:
        return PlainTextResponse(text, status)
    return JSONResponse({"error": text}, status)


def too_many_requests(scope: Scope, seconds: float) -> Response:
    """Return 429 with `Retry-After`: whole seconds, at least 1 (RFC 9110, 10.2.3)."""
    wait = max(1, ceil(seconds))
    unit = "second" if wait == 1 else "seconds"
    answer = refusal(scope, 429, f"Too many requests from your address. Try again in {wait} {unit}.")
    answer.headers["Retry-After"] = str(wait)
    return answer


def too_large(scope: Scope, max_bytes: int) -> Response:
    """Return 413 for a body over `max_bytes`. It closes the connection, on which the rest of the body would follow."""
    limit = f"at most {max_bytes // 1024 // 1024} MB" if max_bytes else "this address takes no body"
    answer = refusal(scope, 413, f"This request is too large: {limit}.")
    answer.headers["Connection"] = "close"
    return answer


def too_slow(scope: Scope) -> Response:
    """Return 408 for a body that did not arrive in time; it closes the connection too."""
    answer = refusal(scope, 408, "The request took too long to arrive.")
    answer.headers["Connection"] = "close"
    return answer
