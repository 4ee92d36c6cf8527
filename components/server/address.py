"""Which address a caller knows this server by."""

from __future__ import annotations

from starlette.requests import Request


def base_of(request: Request) -> str:
    """The server's address as the caller reached it, from the Host header; no slash at the end."""
    return str(request.base_url).rstrip("/")
