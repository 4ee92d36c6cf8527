"""Error responses of the API, with its codes. Pure: no HTTP library."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from components.messages.message import Message

NO_HEADERS: Mapping[str, str] = MappingProxyType({})


class Refused(Exception):
    """HTTP error response to a request; `message` is sent to the caller unchanged."""

    def __init__(
        self,
        status: int,
        message: str,
        code: int | None = None,
        headers: Mapping[str, str] = NO_HEADERS,
        reason: Message | None = None,
    ) -> None:
        super().__init__(message)
        self.status = status
        """The HTTP status."""
        self.message = message
        self.code = status if code is None else code
        """The envelope's code."""
        self.headers = headers
        self.reason = reason
        """The engine's message, of which `message` has the text; None where the server itself refuses."""


def malformed(message: str) -> Refused:
    """Return the error for a body that cannot be parsed."""
    return Refused(400, message)


def missing(field: str) -> Refused:
    """Return the error for a required field that is missing."""
    return Refused(400, f"{field} is required", 1400)


def out_of_range(field: str, must: str) -> Refused:
    """Return the error for a field of a wrong type or out of range; `must` completes "it must be"."""
    return Refused(400, f"{field} must be {must}", 1401)


def unusable(field: str, why: Message) -> Refused:
    """Return the error for a value that the engine cannot use; `why` is the engine's message."""
    return Refused(400, f"{field}: {why}", 1401, reason=why)


def not_fetched(field: str) -> Refused:
    """Return the error for an image URL that is no upload of this server; others are never fetched (SSRF)."""
    return Refused(
        400,
        f"{field} must be a data URI or the URL of an upload on this server; no other URL is fetched",
        1402,
    )


def wrong_key() -> Refused:
    return Refused(401, "Invalid API key", headers={"WWW-Authenticate": "Bearer"})


def unknown(what: str) -> Refused:
    return Refused(404, f"{what} not found")


def too_large(what: str, limit: int) -> Refused:
    """Return the error for too many bytes; `limit` in bytes."""
    return Refused(413, f"{what} is larger than {limit // 1_000_000} MB")


def busy(retry_after: int) -> Refused:
    """Return the error for a full queue; `retry_after` in seconds."""
    return Refused(429, "Too many tasks are waiting; try again later", headers={"Retry-After": str(retry_after)})
