"""Log redaction: API keys, user information and query strings are removed from every log record."""

from __future__ import annotations

import logging
import re
import traceback
from collections.abc import Callable

HIDDEN = "[hidden]"
_BEARER = re.compile(r"(?i)(bearer\s+)[^\s\"',;)]+")
# An address without a query matches too, so that those inside it are not looked through to its end as well.
_QUERY = re.compile(r"(https?://[^\s\"'<>?#]+)([?#][^\s\"'<>)]*)?")
_USER = re.compile(r"(https?://)[^\s\"'<>/@]+@")


def redacted(text: str, secrets: tuple[str, ...] = ()) -> str:
    """Return a text without `secrets`, bearer tokens, user information in URLs, and query strings of URLs.

    A query string may be a signature: with it anyone can download the image.
    """
    for secret in secrets:
        text = text.replace(secret, HIDDEN)
    text = _BEARER.sub(rf"\1{HIDDEN}", text)
    return _QUERY.sub(_without_query, _USER.sub(r"\1", text))


def _without_query(address: re.Match[str]) -> str:
    return f"{address[1]}?{HIDDEN}" if address[2] else address[1]


def redact_logs(*secrets: str) -> None:
    """Redact every later log record of this process, tracebacks too, whichever library logs it."""
    logging.setLogRecordFactory(_redacting_factory(logging.getLogRecordFactory(), tuple(filter(None, secrets))))


def _redacting_factory(
    factory: Callable[..., logging.LogRecord], secrets: tuple[str, ...]
) -> Callable[..., logging.LogRecord]:
    def make_record(*args: object, **kwargs: object) -> logging.LogRecord:
        record = factory(*args, **kwargs)
        try:
            text = record.getMessage()
        except (TypeError, ValueError):
            return record  # arguments that do not match the message: logging reports them when it formats the record
        if (clean := redacted(text, secrets)) != text:
            record.msg, record.args = clean, ()
        if record.exc_info and record.exc_info[0]:
            # A Formatter prints exc_text where it is set and does not format exc_info again.
            record.exc_text = redacted("".join(traceback.format_exception(*record.exc_info)).rstrip(), secrets)
        return record

    return make_record
