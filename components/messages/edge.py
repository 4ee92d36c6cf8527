"""Messages of the HTTP edge: refused requests, and files that are not there."""

from __future__ import annotations

from components.messages.message import Message

REQUEST_TOO_SLOW = Message("request_too_slow")
NO_BODY_TAKEN = Message("no_body_taken")
SESSION_UNKNOWN = Message("session_unknown")
NOTHING_HERE = Message("nothing_here")
NO_SUCH_FILE = Message("no_such_file")
PICTURE_NOT_HERE = Message("picture_not_here")
ARCHIVE_GONE = Message("archive_gone")
APP_FAILED = Message("app_failed")
FOREIGN_HOST = Message("foreign_host")
HOST_ONLY = Message("host_only")
HOST_ONLY_ON_SPACE = Message("host_only_on_space")


def too_many_requests(seconds: int) -> Message:
    """Return the message for a client address beyond its rate limit, with the seconds to wait."""
    return Message("too_many_requests", {"count": seconds})


def uploads_full(seconds: int) -> Message:
    """Return the message for an upload while others send as many as there may be, with the seconds to wait."""
    return Message("uploads_full", {"count": seconds})


def request_too_large(megabytes: int) -> Message:
    """Return the message for a request's body of more than so many MB."""
    return Message("request_too_large", {"megabytes": megabytes})
