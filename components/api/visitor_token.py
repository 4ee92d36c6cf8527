"""Visitor's token on a ZeroGPU Space: of whose share a GPU is lent. In memory alone, for our own server alone."""

from __future__ import annotations

import re
from collections.abc import Generator
from contextlib import contextmanager
from contextvars import ContextVar

TOKEN_HEADER = "X-IP-Token"
"""Header that Hugging Face's proxy adds to each visitor's request. Also in server/http/predictions.py."""
_TOKEN = re.compile(r"[\w.=-]{1,4096}", re.ASCII)

_token: ContextVar[str] = ContextVar("visitor_token", default="")


@contextmanager
def visitor_token(header: str) -> Generator[None]:
    """Let all jobs that start in this context submit with a visitor's token; none for a header that is no token.

    The task of a job inherits its context, so that the token lives as long as that task, and is in no record.
    """
    before = _token.set(header if _TOKEN.fullmatch(header) else "")
    try:
        yield
    finally:
        _token.reset(before)


def current_token() -> str:
    """Return the token of the running job's visitor; empty where there is none, as after a restart."""
    return _token.get()
