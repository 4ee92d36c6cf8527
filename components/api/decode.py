"""Decoding: responses of the v3 API as values. Pure; nothing in a response is trusted."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Mapping
from typing import Any

from components import messages
from components.api.decode_message import message_or_text, messages_or_text, reason_or_text
from components.api.envelope import ApiResponse, Envelope, envelope_of
from components.api.error_codes import refusal_of
from components.api.reasons import reason_in
from components.api.status_words import status_named
from components.api.times import unix_seconds
from components.domain.json_values import as_count, as_list, as_mapping, as_text
from components.domain.money import Micros, Quote, micros
from components.domain.task import TaskStatus, TaskUpdate
from components.errors import (
    NotProvided,
    PollFailed,
    PollUnauthorized,
    SubmissionUnknown,
    SubmitRejected,
    TaskNotFound,
    Unauthorized,
    UploadFailed,
)
from components.messages.catalogue import Param
from components.messages.message import Message

PREVIEW_LIMIT = 64 * 1024
"""Characters of a preview's data URI; a longer one is dropped."""
PREVIEW_START = "data:image/jpeg;base64,"
STAGE_LIMIT = 80
"""Characters of a stage's name."""
NOTE_LIMIT = 1000
"""Characters of a note."""
MODEL_LIMIT = 200
"""Characters of a model's id."""
URL_LIMIT = 4096
"""Characters of a URL, the signatures of signed ones included; a longer one counts as missing."""
MAX_OUTPUTS = 4
"""Outputs of a task, as many as any model makes of one request; further ones are ignored."""
MAX_ENTRIES = 1000
"""Entries of a page of a list, of which 100 are asked for; further ones are ignored."""

_TASK_ID = re.compile(r"[A-Za-z0-9_-]{1,128}")
_FAILURES = frozenset({TaskStatus.FAILED, TaskStatus.CANCELLED, TaskStatus.TIMED_OUT, TaskStatus.DELETED})
_TASK_FAILED_CODES = frozenset({1200, 1402, 1403, 1405})
"""Codes of a query that mean that the task has failed, by the v3 API's contract."""


def decode_submit(response: ApiResponse) -> TaskUpdate:
    """Return the task of a submit's response.

    Raises SubmitRejected (or a kind of it) or InvalidRequest when the API certainly created no task, else
    SubmissionUnknown.
    """
    envelope = envelope_of(response)
    data = as_mapping(envelope.data)
    if task_id_of(data):  # an error with a task id counts as accepted: the task exists and may be charged
        return _update(data)
    if refusal := refusal_of(envelope.code, envelope.message, response.retry_after, _reason(envelope)):
        raise refusal
    raise SubmissionUnknown(messages.UNEXPECTED_PAGE if envelope.is_page else messages.unclear(envelope.message))


def decode_task(response: ApiResponse, task_id: str) -> TaskUpdate:
    """Return the task of a query's response. Raises PollFailed, PollUnauthorized or TaskNotFound.

    PollFailed says nothing about the task itself, which goes on.
    """
    envelope = envelope_of(response)
    code, data = envelope.code, as_mapping(envelope.data)
    # An error may carry the task's state: a timeout of the API (504, 5004) comes with `processing`, and the task goes
    # on.
    if task_id_of(data) == task_id and (code == 200 or "status" in data):
        return _update(data, envelope.message)
    if code in _TASK_FAILED_CODES:
        return TaskUpdate(task_id, TaskStatus.FAILED, error=_reason(envelope))
    if code == 404:
        raise TaskNotFound(messages.GONE)
    if code in (401, 403):
        raise PollUnauthorized(messages.LOOK_REFUSED)
    message = messages.PAGE_IN_PLACE_OF_API if envelope.is_page else messages.SLOW_CONNECTION
    raise PollFailed(message, response.retry_after)


def decode_recent(response: ApiResponse) -> tuple[TaskUpdate, ...]:
    """Return one page of the account's tasks, newest first. Raises PollFailed."""
    envelope = envelope_of(response)
    items = as_mapping(envelope.data).get("items")
    if envelope.code != 200 or not isinstance(items, list):
        raise PollFailed(messages.LIST_UNREADABLE)
    entries = [as_mapping(item) for item in as_list(items)[:MAX_ENTRIES]]
    return tuple(_update(entry) for entry in entries if task_id_of(entry))


def decode_upload(response: ApiResponse) -> str:
    """Return the URL of an uploaded image.

    Raises SubmitRejected (or a kind of it), and NotProvided when the API has no such call.
    """
    envelope = envelope_of(response)
    if envelope.lacks_call:
        raise NotProvided(messages.NOT_UPLOADED, is_offered=False)
    link = _url(as_mapping(envelope.data).get("download_url"))
    if envelope.code == 200 and link:
        return link
    refusal = refusal_of(envelope.code, envelope.message, response.retry_after, _reason(envelope))
    # No InvalidRequest: it would be shown at a field of the form, of which none is wrong.
    raise refusal if isinstance(refusal, SubmitRejected) else UploadFailed(messages.NOT_UPLOADED)


def decode_price(response: ApiResponse) -> Quote:
    """Return the price of one image. Raises Unauthorized, and NotProvided for no price in US dollars.

    A price of 0 must be named twice, as list price and discounted; else it is taken for unknown. Whether it is to be
    believed is decided by `QuoteCache`.
    """
    data = _data_object(response, messages.PRICE_UNAVAILABLE)
    if data.get("currency") == "USD" and all(_is_zero(data.get(name)) for name in ("discounted_price", "price")):
        return Quote(0, 0)
    prices = [amount for name in ("discounted_price", "price") if (amount := micros(data.get(name))) and amount > 0]
    if not prices or data.get("currency", "USD") != "USD":
        raise NotProvided(messages.PRICE_UNAVAILABLE, is_offered=True)
    # Nothing promises that a discount is below the list price: the budget reserves the larger one.
    return Quote(prices[0], max(prices))


def _is_zero(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and value == 0


def decode_balance(response: ApiResponse) -> Micros:
    """Return the account's balance. Raises Unauthorized, and NotProvided when there is none."""
    balance = micros(_data_object(response, messages.BALANCE_UNAVAILABLE).get("balance"))
    if balance is None:
        raise NotProvided(messages.BALANCE_UNAVAILABLE, is_offered=True)
    return balance


def decode_delete(response: ApiResponse) -> None:
    """Check the response to a deletion; ids that the API does not know count as deleted.

    Raises Unauthorized, and NotProvided when the deletion failed.
    """
    data_or_raise(response, messages.NOT_DELETED_AT_SERVICE)


def _data_object(response: ApiResponse, otherwise: Message) -> Mapping[str, Any]:
    return as_mapping(data_or_raise(response, otherwise))


def data_or_raise(response: ApiResponse, otherwise: Message) -> object:
    """Return the data of a successful response. Raises Unauthorized, and NotProvided with the message `otherwise`."""
    envelope = envelope_of(response)
    if envelope.code in (401, 403):
        raise Unauthorized(messages.KEY_REFUSED)
    if envelope.code != 200:
        raise NotProvided(otherwise, is_offered=not envelope.lacks_call, is_busy=envelope.code == 429)
    return envelope.data


def decode_inline_image(text: str) -> bytes:
    """Return the bytes of an inline image: a data URI or bare base64, with or without padding. Raises ValueError."""
    payload = text.partition(",")[2] if text.startswith("data:") else text
    # Services break base64 into lines and leave out the padding; b64decode accepts neither with `validate`.
    compact = "".join(payload.split())
    try:
        return base64.b64decode(compact + "=" * (-len(compact) % 4), validate=True)
    except binascii.Error as error:
        raise ValueError("not base64") from error


def _reason(envelope: Envelope) -> Param:
    """Return the API's own message as the parameter of another message."""
    return reason_or_text(envelope.fields.get("x-message"), envelope.message)


def task_id_of(data: Mapping[str, Any]) -> str:
    """Return the id of a prediction; empty for none, or one with characters that do not belong in a URL path."""
    text = str(data.get("id") or "")
    return text if _TASK_ID.fullmatch(text) else ""


def _update(data: Mapping[str, Any], message: str = "") -> TaskUpdate:
    """Return the task of a prediction; `message` is the envelope's, the reason of a failure that has none itself."""
    progress = as_mapping(data.get("x-progress"))
    status = status_named(data.get("status"))
    return TaskUpdate(
        task_id=task_id_of(data),
        status=status,
        outputs=_outputs(data.get("outputs", data.get("output"))),
        # `is True`: the list may hold anything, and a text such as "false" would count as true.
        nsfw=tuple(flag is True for flag in as_list(data.get("has_nsfw_contents"))[:MAX_OUTPUTS]),
        error=reason_or_text(data.get("x-message"), _cause(data, message) if status in _FAILURES else ""),
        inference_ms=as_count(as_mapping(data.get("timings")).get("inference")),
        # Unchecked here: the client compares it with the API's own address before it sends the key there.
        query_url=_url(as_mapping(data.get("urls")).get("get")) or None,
        created_at=unix_seconds(data.get("created_at")),
        model=as_text(data.get("model"))[:MODEL_LIMIT],
        notes=messages_or_text(data.get("x-notes"), as_text(data.get("x-note"))[:NOTE_LIMIT]),
        step=as_count(progress.get("step")),
        steps=as_count(progress.get("steps")),
        position=as_count(data.get("x-position")),
        preview=_preview(data.get("x-preview")),
        stage=message_or_text(data.get("x-stage-code"), as_text(data.get("x-stage")).strip()[:STAGE_LIMIT]),
    )


def _cause(data: Mapping[str, Any], message: str) -> str:
    """Return the reason of a failed task: its `error`, else what it says elsewhere, else the envelope's message."""
    return reason_in(data.get("error")) or reason_in(dict(data)) or message


def _preview(value: object) -> str:
    """Return the data URI of a small JPEG; empty for anything else, since the page inserts it unchanged."""
    text = as_text(value)
    if len(text) > PREVIEW_LIMIT or not text.startswith(PREVIEW_START):
        return ""
    try:
        data = base64.b64decode(text.removeprefix(PREVIEW_START), validate=True)
    except ValueError:
        return ""
    # The first bytes of every JPEG file: the declared type proves nothing.
    return text if data.startswith(b"\xff\xd8\xff") else ""


def _outputs(value: object) -> tuple[str | bytes, ...]:
    """Return one output per entry; empty bytes for an entry that is no text, since the NSFW flags go by index."""
    entries = as_list(value) if isinstance(value, list) else [value] if value else []
    return tuple(_output(_address_or_text(entry)) for entry in entries[:MAX_OUTPUTS])


def _address_or_text(entry: object) -> str:
    """Return an output, or the address of one that is an object; an empty text for neither."""
    if isinstance(entry, str):
        return entry
    named = as_mapping(entry)
    return next((text for name in ("url", "image") if isinstance(text := named.get(name), str)), "")


def _output(text: str) -> str | bytes:
    """Return a URL unchanged, an inline image as bytes, and empty bytes for what is neither."""
    if text.startswith(("http://", "https://")):
        return _url(text) or b""
    try:
        return decode_inline_image(text)
    except ValueError:
        return b""


def _url(value: object) -> str:
    """Return a URL unchecked; empty for a value that is no text, or too long to be stored with a job."""
    text = as_text(value)
    return text if len(text) <= URL_LIMIT else ""
