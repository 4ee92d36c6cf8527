"""Visitor marks: opaque names of visitors for our own server, whose queue lets visitors take turns."""

from __future__ import annotations

import hashlib
import secrets

from components.api.visitor_token import TOKEN_HEADER, current_token

VISITOR_HEADER = "X-Playground-Visitor"
"""Also in server/http/predictions.py, which shares no code with this package."""


class VisitorMarks:
    """Marks of one process: without its secret they tell nothing of a visitor, and a later process makes others."""

    def __init__(self) -> None:
        self._secret = secrets.token_bytes(32)

    def headers_of(self, visitor: str) -> dict[str, str]:
        """Return the headers of a visitor's submit: the mark, and the token of the running job where it has one."""
        token = current_token()
        return {VISITOR_HEADER: self.of(visitor), **({TOKEN_HEADER: token} if token else {})}

    def of(self, visitor: str) -> str:
        """Return the mark of a visitor id: 32 hex digits."""
        return hashlib.blake2b(visitor.encode(), key=self._secret, digest_size=16).hexdigest()
