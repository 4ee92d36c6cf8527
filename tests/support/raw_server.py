"""Server of raw bytes, for responses that no HTTP server sends."""

from __future__ import annotations

import asyncio
import contextlib
import ssl

from components.domain.request import GenerationRequest, LoraWeight

REQUEST = GenerationRequest("a cat", width=256, height=256, seed=7, loras=(LoraWeight("owner/name", 0.5),))
JSON = b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n"


class RawServer:
    """Server that records request heads and sends fixed parts, `pause` seconds apart.

    With `stay` it leaves the connection open until the client closes it.
    """

    def __init__(self, *parts, pause=0.0, stay=False):
        self.parts, self.pause, self.stay = parts, pause, stay
        self.heads: list[bytes] = []
        self.port = 0

    @property
    def url(self):
        return f"http://127.0.0.1:{self.port}"

    async def _serve(self, reader, writer):
        try:
            self.heads.append(await reader.readuntil(b"\r\n\r\n"))
            for part in self.parts:
                writer.write(part)
                await writer.drain()
                if self.pause:
                    await asyncio.sleep(self.pause)
            if self.stay:
                await reader.read()
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()

    @contextlib.asynccontextmanager
    async def open(self, context: ssl.SSLContext | None = None):
        server = await asyncio.start_server(self._serve, "127.0.0.1", 0, ssl=context)
        self.port = server.sockets[0].getsockname()[1]
        try:
            yield self
        finally:
            server.close()


def whole(body: bytes, **headers: str) -> bytes:
    """Return a complete JSON response with status 200."""
    named = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    return JSON + named.encode() + f"content-length: {len(body)}\r\n\r\n".encode() + body
