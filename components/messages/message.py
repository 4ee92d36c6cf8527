"""Message to a visitor: a code of the catalogue with its parameters, and whether money may have been spent."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from enum import Enum
from typing import Any

from components.messages.catalogue import Param, Text, text, texts


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
        return text(f"message.{self.code}.happened", self.params)

    @property
    def advice(self) -> str:
        """Return what to do next, in English; empty when there is nothing."""
        key = f"message.{self.code}.advice"
        return text(key, self.params) if key in texts() else ""


def literal(happened: str, advice: str = "", charge: Charge = Charge.NONE) -> Message:
    """Return a message with texts of its own: from a record of an earlier version, or another program's words."""
    return Message("literal", {"happened": happened, "advice": advice}, charge)


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
    return Message(record["code"], {name: _param(value) for name, value in record["params"].items()}, charge)


def _param(value: Any) -> Param:
    if isinstance(value, Mapping):
        return Text(value["key"], {name: _param(inner) for name, inner in value["params"].items()})
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise TypeError(value)
    return value
