"""Faults of HTTP responses; each function returns a fault for a Service.

`handled` means that the service processes the request before the fault.
"""

from __future__ import annotations

import asyncio
import gzip
import json
import socket
import struct
from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager
from typing import Any

from tests.faults.service import Exchange, Fault
from tests.support.v3_http import response

MARK = "raw-body-that-nobody-may-see"
"""Text in every raw body here, which no page may show."""
PAGE = f"<!doctype html><html><head><title>{MARK}</title></head><body><h1>Sign in</h1></body></html>".encode()
_JSON = {"content-type": "application/json"}
_HTML = {"content-type": "text/html"}


def resets(*, handled: bool) -> Fault:
    """Reset the connection."""

    async def fault(exchange: Exchange) -> None:
        if handled:
            exchange.handle()
        _reset(exchange)

    return fault


def is_silent(*, handled: bool) -> Fault:
    """Never respond."""

    async def fault(exchange: Exchange) -> None:
        if handled:
            exchange.handle()
        await asyncio.sleep(3600)

    return fault


def drips(pause: float = 0.1) -> Fault:
    """Process the request and respond one byte at a time without end, so that no read timeout applies."""

    async def fault(exchange: Exchange) -> None:
        exchange.handle()
        await exchange.send(b"HTTP/1.1 200 X\r\ncontent-type: application/json\r\ncontent-length: 1000000\r\n\r\n")
        while True:
            await exchange.send(b" ")
            await asyncio.sleep(pause)

    return fault


def is_cut() -> Fault:
    """Process the request and close the connection in the middle of the response."""

    async def fault(exchange: Exchange) -> None:
        answer = response(*exchange.handle())
        await exchange.send(answer[: -max(1, len(answer) // 3)])
        exchange.writer.close()

    return fault


def answers(status: int, body: bytes, headers: Mapping[str, str] = _HTML, *, handled: bool = False) -> Fault:
    """Respond with these bytes."""

    async def fault(exchange: Exchange) -> None:
        if handled:
            exchange.handle()
        await exchange.send(response(status, dict(headers), body))

    return fault


def shows_a_page(status: int = 200, *, handled: bool = False) -> Fault:
    """Respond with a web page, as a proxy or gateway does."""
    return answers(status, PAGE, _HTML, handled=handled)


def says(code: int, message: str = "", data: Any = None, *, status: int = 200, handled: bool = False) -> Fault:
    """Respond with an envelope."""
    body = json.dumps({"code": code, "message": message, "data": data}).encode()
    return answers(status, body, _JSON, handled=handled)


def fails(status: int, message: str = "", *, retry_after: str | None = None) -> Fault:
    """Respond with an error of the API: an HTTP status and an envelope of the same code."""
    body = json.dumps({"code": status, "message": message, "data": None}).encode()
    return answers(status, body, _JSON if retry_after is None else _JSON | {"retry-after": retry_after})


def moves_to(address: str, status: int = 302, *, handled: bool = False) -> Fault:
    """Respond with a redirect."""
    return answers(status, PAGE, {"location": address}, handled=handled)


def bends(change: Callable[[Any], Any]) -> Fault:
    """Process the request and respond with the `data` that `change` returns for the right one."""

    async def fault(exchange: Exchange) -> None:
        status, headers, body = exchange.handle()
        envelope = json.loads(body)
        envelope["data"] = change(envelope["data"])
        await exchange.send(response(status, headers, json.dumps(envelope).encode()))

    return fault


def with_fields(**fields: Any) -> Fault:
    """Process the request and respond with some fields of `data` replaced."""
    return bends(lambda data: {**(data or {}), **fields})


def cuts_file(content: bytes) -> Fault:
    """Announce a whole file and close the connection half-way."""

    async def fault(exchange: Exchange) -> None:
        answer = response(200, {"content-type": "image/png"}, content)
        await exchange.send(answer[: -len(content) // 2])
        exchange.writer.close()

    return fault


def is_endless(piece: bytes, pieces: int) -> Fault:
    """Send a file without a content length, piece by piece."""

    async def fault(exchange: Exchange) -> None:
        await exchange.send(b"HTTP/1.1 200 X\r\ncontent-type: image/png\r\nconnection: close\r\n\r\n")
        for _ in range(pieces):
            await exchange.send(piece)
        exchange.writer.close()

    return fault


def is_gzip_bomb(megabytes: int) -> Fault:
    """Send a small gzip body that expands to so many megabytes."""
    bomb = gzip.compress(bytes(megabytes * 1024 * 1024))
    return answers(200, bomb, {"content-type": "image/png", "content-encoding": "gzip"})


@contextmanager
def full_port(port: int) -> Generator[None]:
    """Listen on a port with a full backlog, so that connecting to it never completes."""
    with socket.socket() as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(("127.0.0.1", port))
        listener.listen(0)
        waiting = [socket.socket() for _ in range(4)]
        for one in waiting:
            one.settimeout(0)
            one.connect_ex(("127.0.0.1", port))
        try:
            yield
        finally:
            for one in waiting:
                one.close()


def _reset(exchange: Exchange) -> None:
    """Close with RST: with a linger time of 0 the kernel drops unsent data."""
    raw = exchange.writer.get_extra_info("socket")
    raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    exchange.writer.transport.abort()
