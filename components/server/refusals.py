"""What the API refuses, in its own codes. Pure: no HTTP library here."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

NO_HEADERS: Mapping[str, str] = MappingProxyType({})


class Refused(Exception):
    """A request that gets an error for an answer; `message` is shown to the caller as it is."""

    def __init__(
        self, status: int, message: str, code: int | None = None, headers: Mapping[str, str] = NO_HEADERS
    ) -> None:
        super().__init__(message)
        self.status = status
        """The HTTP status."""
        self.message = message
        self.code = status if code is None else code
        """The envelope's code."""
        self.headers = headers


def malformed(message: str) -> Refused:
    """The body as a whole cannot be read."""
    return Refused(400, message)


def missing(field: str) -> Refused:
    """A field that must be there is not."""
    return Refused(400, f"{field} is required", 1400)


def out_of_range(field: str, must: str) -> Refused:
    """A field is of the wrong type or outside its range; `must` finishes the sentence "it must be"."""
    return Refused(400, f"{field} must be {must}", 1401)


def unusable(field: str, why: str) -> Refused:
    """The engine cannot do with what a field names; `why` is its own sentence."""
    return Refused(400, f"{field}: {why}", 1401)


def not_fetched(field: str) -> Refused:
    """A picture's address is not one of our own uploads, and no other is ever fetched."""
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
    """`limit` in bytes."""
    return Refused(413, f"{what} is larger than {limit // 1_000_000} MB")


def busy(retry_after: int) -> Refused:
    """The line is full; `retry_after` in seconds."""
    return Refused(429, "Too many tasks are waiting; try again later", headers={"Retry-After": str(retry_after)})
