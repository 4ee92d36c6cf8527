"""Answers to requests that are turned away: a status and one plain sentence, never what was sent."""

from __future__ import annotations

from math import ceil

from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.types import Scope

READS = ("GET", "HEAD", "OPTIONS")


def refusal(scope: Scope, status: int, sentence: str) -> Response:
    """Return the sentence as text for who reads, and as Gradio's own scripts expect it for who posts."""
    if scope["method"] in READS:
        return PlainTextResponse(sentence, status)
    return JSONResponse({"error": sentence}, status)


def too_often(scope: Scope, seconds: float) -> Response:
    """Return that there is a limit, and when to come back."""
    wait = max(1, ceil(seconds))
    unit = "second" if wait == 1 else "seconds"
    answer = refusal(scope, 429, f"Too many requests from your address. Try again in {wait} {unit}.")
    answer.headers["Retry-After"] = str(wait)
    return answer


def too_large(scope: Scope, most: int) -> Response:
    """Return that the body is over its limit. The connection ends: the rest of the body is not wanted."""
    limit = f"at most {most // 1024 // 1024} MB" if most else "this address takes no body"
    answer = refusal(scope, 413, f"This request is too large: {limit}.")
    answer.headers["Connection"] = "close"
    return answer


def too_slow(scope: Scope) -> Response:
    """Return that the body did not arrive in time."""
    answer = refusal(scope, 408, "The request took too long to arrive.")
    answer.headers["Connection"] = "close"
    return answer
