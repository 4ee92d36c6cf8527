"""Lent GPU: on a ZeroGPU Space a visitor's pictures are taken off that visitor's share, by a token in the request."""

from __future__ import annotations

from contextlib import AbstractContextManager
from typing import Any

from components.api.visitor_token import TOKEN_HEADER, visitor_token


def on_share_of(request: Any) -> AbstractContextManager[None]:
    """Let the jobs that start in the context carry the token of a gr.Request or Starlette's; None has none."""
    headers = getattr(request, "headers", None)
    return visitor_token("" if headers is None else headers.get(TOKEN_HEADER.lower()) or "")
