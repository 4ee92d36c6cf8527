"""Reasons: what services, gateways and frameworks write as the cause of an error, as one short text. Pure.

They write a text, an object with one under this or that name, a list of such objects (FastAPI, fal, JSON:API), or an
object of lists by field (Laravel, Rails). Pages and tracebacks are no reasons.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from contextlib import suppress
from itertools import islice
from typing import Any

from components.domain.json_values import as_list, as_mapping, as_text

MESSAGE_LIMIT = 300
"""Characters of a reason, which is shown to a visitor."""

_NAMES = (
    *("message", "msg", "detail", "errordescription", "errormessage", "errormsg", "errmsg", "statusmessage"),
    *("error", "errors", "err", "failurereason", "failreason", "faultstring", "reason", "details", "description"),
    *("title", "data", "response", "fault"),
)
"""Names of a reason in small letters without `_`, the most telling first."""
_BY_FIELD = ("error", "errors", "detail", "details", "message")
"""Names of objects that may have a list of reasons for each field."""
_GENERAL = frozenset(
    {
        *("error", "fail", "failed", "failure", "invalid request", "bad request", "unprocessable entity"),
        *("validation error", "validation failed", "input validation failed", "the given data was invalid."),
        *("internal server error",),
    }
)
"""Texts in small letters that give way to a more telling one beside them."""
_NO_REASONS = frozenset({"success", "succeeded", "ok", "none", "null"})
_UNSHOWN = re.compile(r"<(?:!doctype|\?xml|soap|html|head|body|h1|title)\b|Traceback \(most recent call last\)", re.I)
_STACK = re.compile(r"\n\s{1,20}at |\n\s{0,5}goroutine \d")
"""Start of a list of calls behind a reason: of Node, Java, .NET, Go."""
_JSON_LIMIT = 20_000
"""Characters of JSON that is written as a text in place of a reason."""
_DEPTH = 9
"""Objects and lists in one another; services nest five."""
_ITEMS = 5
"""Reasons of one list."""
_FIELDS = 50
"""Names of one object that are looked at."""
_PLACES = ("body", "query", "path", "header")
"""Where FastAPI found the field; the visitor knows only the field."""


def reason_in(value: object) -> str:
    """Return the reason in a JSON value, at most MESSAGE_LIMIT characters; empty without one."""
    return _reason(value, _DEPTH)[:MESSAGE_LIMIT].strip()


def _reason(value: object, depth: int) -> str:
    if not depth:
        return ""
    if isinstance(value, str):
        inner = _inner(value)
        return _shown(value) if inner is None else _reason(inner, depth - 1)
    if isinstance(value, list):
        return _joined(_reason(item, depth - 1) for item in as_list(value)[:_ITEMS])
    return _reason_of_object(as_mapping(value), depth)


def _inner(text: str) -> object:
    """Return the object or list that a text is in JSON; None for any other text."""
    if text[:1] not in ("{", "[") or len(text) > _JSON_LIMIT:
        return None
    with suppress(ValueError, RecursionError):
        return json.loads(text)
    return None


def _reason_of_object(fields: Mapping[str, Any], depth: int) -> str:
    named = {key.lower().replace("_", ""): item for key, item in islice(fields.items(), _FIELDS)}
    found = [text for name in _NAMES if name in named and (text := _reason_named(name, named[name], depth - 1))]
    text = next((text for text in found if text.lower() not in _GENERAL), found[0] if found else "")
    place = _place(named.get("loc"))
    return f"{place}: {text}" if place and text else text


def _reason_named(name: str, value: object, depth: int) -> str:
    reason = _reason(value, depth)
    if reason or name not in _BY_FIELD:
        return reason
    fields = islice(as_mapping(value).items(), _ITEMS)
    return _joined(f"{as_text(field)}: {text}" for field, item in fields if (text := _joined_texts(item)))


def _shown(value: str) -> str:
    # A page may be megabytes long: only what could be shown is looked at.
    text = " ".join(as_text(_STACK.split(value[: 2 * MESSAGE_LIMIT], maxsplit=1)[0]).split())
    return "" if _UNSHOWN.search(text) or text.lower() in _NO_REASONS else text[:MESSAGE_LIMIT]


def _joined_texts(value: object) -> str:
    return _joined(_shown(item) for item in as_list(value)[:_ITEMS] if isinstance(item, str))


def _joined(texts: Iterable[str]) -> str:
    return "; ".join(text for text in texts if text)[:MESSAGE_LIMIT]


def _place(loc: object) -> str:
    """Return the field that FastAPI names, such as `loras.0.path`; empty for none."""
    parts = [str(part) for part in as_list(loc)[:_ITEMS] if isinstance(part, str | int)]
    return as_text(".".join(parts[1:] if parts and parts[0] in _PLACES else parts))[:MESSAGE_LIMIT]
