"""Envelope: the JSON object around every answer of the v3 API, and what an answer without one means. Pure.

An answer is the API's own when its body is a JSON object with a whole number as `code`. Any other one, whatever its
HTTP status, comes from something in between, such as a gateway's error page, a proxy's login page or a bot check. It
says nothing about the task, the key, the model or the price: a query goes on, a submit may have created a task, a key
is kept, and no call counts as missing, so that nothing is spent without a price. HTTP itself allows two exceptions:

- 429 is a rate limit: what it refuses was not carried out, so a submit may be sent again.
- 404 `{"detail": "Not Found"}` and 405 `{"detail": "Method Not Allowed"}` are what a web framework answers where a
  program has no such route. They are believed of calls that are free of charge only, and mean that a server of the
  same API lacks the call; they say nothing about a task, a key or a model either.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any

from components.api.reasons import reason_in
from components.domain.json_values import as_mapping

MAX_VALUES = 400_000
"""Values of an answer; a list of a thousand models has about 100,000. Python reads a million in 0.2 s, in which no
other thread runs; an inline image of 64 MB is one value, read in 0.2 s (measured)."""
NO_CODE = 0
"""Code of an answer that is not the API's own."""

_RATE_LIMIT = 429
_MISSING_CALL_CODES = (404, 405)


@dataclass(frozen=True, slots=True)
class ApiResponse:
    """HTTP response of the API, undecoded."""

    status: int
    body: bytes
    retry_after: float | None = None
    """Seconds from the Retry-After header; None without one."""


@dataclass(frozen=True, slots=True)
class Envelope:
    """Body of a response as a JSON object, and the code by which it counts."""

    code: int
    """The API's code, or NO_CODE; 200 is success."""
    fields: Mapping[str, Any] = field(default_factory=dict)
    lacks_call: bool = False
    """True: the server has no such call at all."""
    is_page: bool = False
    """True: a web page came in place of an answer, such as the login page of a proxy."""

    @property
    def data(self) -> object:
        """Return the data; None without any."""
        return self.fields.get("data")

    @property
    def message(self) -> str:
        """Return what the answer says, in whatever shape, at most MESSAGE_LIMIT characters; empty for nothing."""
        return reason_in(dict(self.fields))


def envelope_of(response: ApiResponse) -> Envelope:
    """Return the envelope of a response; one with NO_CODE for a body that is none."""
    fields = _json_object(response.body)
    code = _code(response.status, fields)
    return Envelope(
        code,
        fields,
        lacks_call=code in _MISSING_CALL_CODES or _is_no_route(response.status, fields),
        # A gateway's page about its own trouble (5xx) is no page that a visitor could do anything about.
        is_page=not code and response.status < 500 and response.body.lstrip()[:1] == b"<",
    )


def _code(status: int, fields: Mapping[str, Any]) -> int:
    """Return the code of the envelope, which precedes the HTTP status, since errors may come with status 200.

    A 200 in the envelope does not turn an HTTP error into a success: such an answer contradicts itself.
    """
    code = fields.get("code")
    # In Python `True` is an int.
    if isinstance(code, int) and not isinstance(code, bool) and (code != 200 or 200 <= status < 300):
        return code
    return _RATE_LIMIT if status == _RATE_LIMIT else NO_CODE


def _is_no_route(status: int, fields: Mapping[str, Any]) -> bool:
    return status in _MISSING_CALL_CODES and fields == {"detail": HTTPStatus(status).phrase}


def _json_object(body: bytes) -> Mapping[str, Any]:
    """Return the JSON object of a body; an empty one for anything else, and for one of too many values.

    A list, as some services answer, is the `errors` of an object.
    """
    # Each value but the first of a list or an object has a comma before it.
    if sum(body.count(mark) for mark in (b",", b"[", b"{")) > MAX_VALUES:
        return {}
    try:
        value = json.loads(body)
        return {"errors": value} if isinstance(value, list) else as_mapping(value)
    except (ValueError, RecursionError):  # RecursionError: thousands of nested arrays
        return {}
