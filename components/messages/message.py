"""Message to a visitor: a code of the catalogue with its parameters, and whether money may have been spent."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from enum import Enum
from typing import Any, cast

from components.messages.catalogue import ENGLISH, Param, Text, can_render, pair, text, texts


class Charge(Enum):
    """Whether money may have been spent."""

    NONE = "none"
    MAYBE = "maybe"
    REFUNDED = "refunded"
    SPENT = "spent"


@dataclass(frozen=True, slots=True)
class Message:
    """Message for the visitor: what happened, whether it was charged, what to do next.

    Its texts are `message.<code>.happened` and `message.<code>.advice` of the catalogue; the second may be missing.
    It is stored and sent as it is here; texts are made where they are shown, as plain text, never as HTML.
    """

    code: str
    params: Mapping[str, Param] = field(default_factory=dict)
    charge: Charge = Charge.NONE

    def __hash__(self) -> int:
        """Return the hash of the code: `params` is a dict."""
        return hash(self.code)

    def __str__(self) -> str:
        """Return what happened and what to do, in English."""
        return f"{self.happened} {self.advice}".strip()

    @property
    def happened(self) -> str:
        """Return what happened, in English."""
        return self.texts_in(ENGLISH)[0]

    @property
    def advice(self) -> str:
        """Return what to do next, in English; empty when there is nothing."""
        return " ".join(self.texts_in(ENGLISH)[1:])

    def texts_in(self, language: str) -> tuple[str, ...]:
        """Return what happened and, if there is something, what to do next, in a language of the catalogue."""
        return tuple(text(part.key, part.params, language) for part in renderable(self).texts)

    @property
    def texts(self) -> tuple[Text, ...]:
        """Return the text of what happened and, if there is one, that of what to do next."""
        keys = (f"message.{self.code}.happened", f"message.{self.code}.advice")
        return Text(keys[0], self.params), *(Text(key, self.params) for key in keys[1:] if key in texts())


def renderable(message: Message) -> Message:
    """Return a message, or in place of one without a text, from a newer version's record, one that says so."""
    if all(can_render(part.key, part.params) for part in message.texts):
        return message
    return Message("unknown_message", charge=message.charge)


def as_param(message: Message) -> Param:
    """Return what a message says, without its charge, as the parameter of another message."""
    if message.code == LITERAL:
        return str(message)
    first, *rest = renderable(message).texts
    return pair(first, rest[0]) if rest else first


LITERAL = "literal"
"""Code of a message whose texts are its parameters."""


def literal(happened: str, advice: str = "", charge: Charge = Charge.NONE) -> Message:
    """Return a message with texts of its own: from a record of an earlier version, or another program's words."""
    return Message(LITERAL, {"happened": happened, "advice": advice}, charge)


def message_record(message: Message) -> dict[str, Any]:
    """Return a message as JSON values."""
    return {**asdict(message), "charge": message.charge.value}


def message_of(record: Mapping[str, Any]) -> Message:
    """Return the message in a record of any version: those from before the catalogue have texts in place of a code.

    Raises KeyError, TypeError, ValueError or AttributeError for an invalid record.
    """
    charge = Charge(record["charge"])
    if "code" not in record:
        return literal(record["happened"], record["advice"], charge)
    if not isinstance(record["code"], str):
        raise TypeError(record["code"])
    return Message(record["code"], {name: _param(value) for name, value in record["params"].items()}, charge)


def _param(value: Any) -> Param:
    if isinstance(value, Mapping):
        return Text(value["key"], {name: _param(inner) for name, inner in value["params"].items()})
    if isinstance(value, list | tuple):
        return tuple(_name(one) for one in cast("Sequence[object]", value))
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise TypeError(value)
    return value


def _name(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError(value)
    return value
