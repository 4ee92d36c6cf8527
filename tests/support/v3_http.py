"""HTTP of the fake hosted API: requests read from a socket, responses and envelopes as bytes."""

from __future__ import annotations

import asyncio
import json
import socket
import struct
from datetime import UTC, datetime
from typing import Any

Response = tuple[int, dict[str, str], bytes]
"""Status, headers and body."""
JSON = {"content-type": "application/json"}


async def end_all() -> None:
    """Cancel the other tasks of the loop and wait until they have ended."""
    others = asyncio.all_tasks() - {asyncio.current_task()}
    for task in others:
        task.cancel()
    await asyncio.gather(*others, asyncio.sleep(0), return_exceptions=True)


async def read_request(reader: asyncio.StreamReader) -> tuple[str, str, dict[str, str], bytes] | None:
    """Return method, path, headers and body; None when the client has closed the connection."""
    line = (await reader.readline()).decode()
    if not line:
        return None
    method, path, _ = line.split(" ", 2)
    headers: dict[str, str] = {}
    while (header := (await reader.readline()).decode().strip()) != "":
        name, _, value = header.partition(":")
        headers[name.lower()] = value.strip()
    body = await reader.readexactly(int(headers.get("content-length", 0)))
    return method, path, headers, body


def response(status: int, headers: dict[str, str], body: bytes) -> bytes:
    """Return the bytes of a response."""
    lines = [f"HTTP/1.1 {status} X", f"content-length: {len(body)}", *(f"{k}: {v}" for k, v in headers.items())]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


def success(data: Any) -> Response:
    """Return the envelope of a success."""
    return 200, dict(JSON), json.dumps({"code": 200, "message": "success", "data": data}).encode()


def failure(status: int, message: str) -> Response:
    """Return the envelope of an error, with an HTTP status of the same code."""
    return status, dict(JSON), json.dumps({"code": status, "message": message, "data": None}).encode()


def page(status: int) -> Response:
    """Return a gateway's HTML page, which is no envelope."""
    return status, {"content-type": "text/html"}, f"<html><h1>{status}</h1><p>gateway</p></html>".encode()


def reset(writer: asyncio.StreamWriter) -> None:
    """Close with RST: with a linger time of 0 the kernel drops unsent data."""
    raw = writer.get_extra_info("socket")
    raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()


def iso(moment: float) -> str:
    """Return Unix seconds as the API writes times."""
    return datetime.fromtimestamp(moment, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
