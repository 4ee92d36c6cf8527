"""Refusals: error codes of the v3 API as errors. Pure. Source: the error table of the v3 API's contract."""

from __future__ import annotations

from collections.abc import Mapping

from components import messages
from components.api.envelope import NO_CODE
from components.domain.field import TakenBy
from components.domain.fields import FIELDS
from components.errors import (
    InsufficientCredit,
    InvalidRequest,
    ModelNotFound,
    PlaygroundError,
    RateLimited,
    SubmitRejected,
    Unauthorized,
)
from components.messages.catalogue import Param
from components.messages.message import Message

_PARAMETER_CODES = frozenset({400, 422, 1400, 1401})
_REFUSALS: Mapping[int, tuple[type[SubmitRejected], Message]] = {
    401: (Unauthorized, messages.KEY_REFUSED),
    403: (Unauthorized, messages.MODEL_FORBIDDEN),
    404: (ModelNotFound, messages.MODEL_GONE),
    413: (SubmitRejected, messages.TOO_LARGE),
    1200: (SubmitRejected, messages.UNSUITABLE),
    1402: (SubmitRejected, messages.LINK_NOT_FETCHED),
}
# After each of these a task may exist: a gateway gave up waiting, or (5004) the task goes on after a timeout.
_SERVER_ERROR_CODES = frozenset({500, 502, 503, 504, 5000, 5003, 5004})


def refusal_of(
    code: int, message: str, retry_after: float | None, reason: Param | None = None
) -> PlaygroundError | None:
    """Return the error for a code that means that no task was created; None when that is not certain.

    `message` is the API's own, `retry_after` in seconds. `reason` is shown in place of `message`, if there is one.
    """
    # An answer that is not the API's own refuses nothing, whatever its words.
    if code == NO_CODE:
        return None
    shown = message if reason is None else reason
    if code == 429:
        return RateLimited(messages.BUSY, retry_after)
    # No credit comes as 402 or under another code, with a message that says so; a server error proves nothing.
    if code == 402 or (code not in _SERVER_ERROR_CODES and code != 200 and "insufficient" in message.lower()):
        return InsufficientCredit(messages.NO_CREDIT)
    if code in _REFUSALS:
        error_class, explanation = _REFUSALS[code]
        return error_class(explanation)
    if code in _PARAMETER_CODES:
        return InvalidRequest(_field_named_in(message), messages.setting_refused(shown))
    # The API's own codes have four digits: those from 1000 are about the request, those from 5000 about the service.
    if 400 <= code < 500 or 1000 <= code < 2000:
        return SubmitRejected(messages.refused(shown))
    return None


def _field_named_in(message: str) -> str:
    """Return the parameter that a message of the API names, at whose field it is shown; empty for none."""
    named = [name for name in _NAMES if name in message]
    # "prompt" is part of "negative_prompt".
    return next((name for name in named if not any(name in other for other in named if other != name)), "")


# Of the others, such as "image", a message may speak without meaning the parameter.
_NAMES = [
    field.api_name for field in FIELDS if field.taken_by is TakenBy.HOSTED or (field.is_number and field.api_names)
]
