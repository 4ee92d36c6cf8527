"""What must not stand in a log is taken out of every record before anybody formats it: keys, signed addresses."""

from __future__ import annotations

import logging
import re
import traceback
from collections.abc import Callable

HIDDEN = "[hidden]"
_BEARER = re.compile(r"(?i)(bearer\s+)[^\s\"',;)]+")
_QUERY = re.compile(r"(https?://[^\s\"'<>?#]+)[?#][^\s\"'<>)]*")
_USER = re.compile(r"(https?://)[^\s\"'<>/@]+@")


def redacted(text: str, secrets: tuple[str, ...] = ()) -> str:
    """Return a text without keys, without user names in addresses, and without what signs an address."""
    for secret in secrets:
        text = text.replace(secret, HIDDEN)
    text = _BEARER.sub(rf"\1{HIDDEN}", text)
    return _QUERY.sub(rf"\1?{HIDDEN}", _USER.sub(r"\1", text))


def redact_logs(*secrets: str) -> None:
    """Redact every log record of this process from now on, tracebacks too, whichever library makes it."""
    logging.setLogRecordFactory(_redacting(logging.getLogRecordFactory(), tuple(filter(None, secrets))))


def _redacting(make: Callable[..., logging.LogRecord], secrets: tuple[str, ...]) -> Callable[..., logging.LogRecord]:
    def record(*args: object, **kwargs: object) -> logging.LogRecord:
        made = make(*args, **kwargs)
        try:
            said = made.getMessage()
        except (TypeError, ValueError):
            return made  # a record that is wrong in itself: logging says so when it is formatted
        if (clean := redacted(said, secrets)) != said:
            made.msg, made.args = clean, ()
        if made.exc_info and made.exc_info[0]:
            made.exc_text = redacted("".join(traceback.format_exception(*made.exc_info)).rstrip(), secrets)
        return made

    return record
