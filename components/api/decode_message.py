"""Decoding of messages: the codes that our own server sends beside its English texts. Nothing in them is trusted."""

from __future__ import annotations

from components.domain.fields import FIELDS, SIZE
from components.domain.json_values import as_list, as_mapping, as_text
from components.messages.catalogue import Param, Text, placeholders, texts
from components.messages.message import LITERAL, Message, as_param, literal

MAX_MESSAGES = 10
"""Messages in one list; a longer list is not used."""
PARAM_LIMIT = 300
"""Characters of a parameter, and of each item of one that is a list."""
_ITEM_LIMIT = 20
"""Items of a parameter."""
_NUMBER_LIMIT = 1e12
_FIELD_PARAMS = ("field", "other")
"""Parameters that name a field of the request."""
_TITLES = {name: f"field.{field.name}.title" for field in FIELDS for name in field.api_names} | {
    SIZE: "field.size.title"
}
"""Titles on the page by the API's names, which mean nothing to visitors."""


def message_or_text(value: object, text: str) -> Message | None:
    """Return the message of a code, else a message with the text; None without either."""
    return _message(value) or (literal(text) if text else None)


def messages_or_text(value: object, text: str) -> tuple[Message, ...]:
    """Return the messages of a list of codes, else one with the text, which says the same; empty without either."""
    found = [_message(one) for one in as_list(value)]
    known = tuple(one for one in found if one)
    if known and len(known) == len(found) <= MAX_MESSAGES:
        return known
    return (literal(text),) if text else ()


def reason_or_text(value: object, text: str) -> Param:
    """Return the message of a code as the parameter of another message, else the text, which may be empty."""
    message = _message(value)
    return as_param(message) if message else text


def _message(value: object) -> Message | None:
    """Return the message of a code that the catalogue has, with the parameters that its texts need; else None."""
    code = as_text(as_mapping(value).get("code"))
    message = Message(code)
    if code == LITERAL or message.texts[0].key not in texts():
        return None
    values = as_mapping(as_mapping(value).get("params"))
    needed = {name for part in message.texts for name in placeholders(texts()[part.key])}
    params = {name: checked for name in needed if (checked := _param(values.get(name))) is not None}
    return Message(code, _with_titles(params)) if params.keys() == needed else None


def _with_titles(params: dict[str, Param]) -> dict[str, Param]:
    """Return parameters with the title of a field in place of the API's name for it."""
    keys = {name: _TITLES.get(str(params.get(name)), "") for name in _FIELD_PARAMS}
    return params | {name: Text(key) for name, key in keys.items() if key in texts()}


def _param(value: object) -> Param | None:
    if isinstance(value, list):
        names = [_name(one) for one in as_list(value)[:_ITEM_LIMIT]]
        return tuple(names) if names and all(names) else None
    if isinstance(value, str):
        return _name(value) or None
    if not isinstance(value, int | float) or isinstance(value, bool):
        return None
    # A number that is not finite is below no limit.
    return value if abs(value) < _NUMBER_LIMIT else None


def _name(value: object) -> str:
    """Return a text; empty for any other value, and for one that is too long."""
    return as_text(value) if isinstance(value, str) and len(value) <= PARAM_LIMIT else ""
