"""Error responses of the API, with its codes. Pure: no HTTP library."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from components.messages.message import Message

NO_HEADERS: Mapping[str, str] = MappingProxyType({})


class Refused(Exception):
    """HTTP error response to a request; `reason` is sent to the caller as a code and in English."""

    def __init__(
        self,
        status: int,
        reason: Message,
        code: int | None = None,
        headers: Mapping[str, str] = NO_HEADERS,
        field: str = "",
    ) -> None:
        """`field` is named before an English text that does not name it itself."""
        super().__init__(reason)
        self.status = status
        """The HTTP status."""
        self.reason = reason
        self.code = status if code is None else code
        """The envelope's code."""
        self.headers = headers
        self._field = field

    @property
    def message(self) -> str:
        """Return the reason in English."""
        return f"{self._field}: {self.reason}" if self._field else str(self.reason)

    def __str__(self) -> str:
        """Return the reason in English."""
        return self.message


def malformed(why: Message) -> Refused:
    """Return the error for a body that cannot be parsed."""
    return Refused(400, why)


def missing(field: str) -> Refused:
    """Return the error for a required field that is missing."""
    return Refused(400, Message("server_field_missing", {"field": field}), 1400)


def out_of_range(why: Message) -> Refused:
    """Return the error for a field of a wrong type or out of range; `why` names the field."""
    return Refused(400, why, 1401)


def unusable(field: str, why: Message) -> Refused:
    """Return the error for a value that the engine cannot use; `why` is the engine's message."""
    return Refused(400, why, 1401, field=field)


def not_fetched(field: str) -> Refused:
    """Return the error for an image URL that is no upload of this server; others are never fetched (SSRF)."""
    return Refused(400, Message("server_image_not_fetched", {"field": field}), 1402)


def wrong_key() -> Refused:
    return Refused(401, Message("server_wrong_key"), headers={"WWW-Authenticate": "Bearer"})


def unknown(what: Message) -> Refused:
    return Refused(404, what)


def too_large(what: str, limit: int) -> Refused:
    """Return the error for too many bytes; `limit` in bytes, `what` is the field, or `body` for all of it."""
    return Refused(413, Message("server_too_large", {"field": what, "megabytes": limit // 1_000_000}))


def busy(retry_after: int) -> Refused:
    """Return the error for a full queue; `retry_after` in seconds."""
    return Refused(429, Message("server_busy"), headers={"Retry-After": str(retry_after)})
