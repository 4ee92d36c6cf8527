"""TCP proxy that forwards a browser's connections to the app and records all bytes."""

from __future__ import annotations

import asyncio
import threading


class RecordingProxy:
    """TCP proxy on a loopback port; it prevents compression so that responses can be searched."""

    def __init__(self, port: int) -> None:
        self._app_port = port
        self.port = 0
        self.sent = bytearray()
        """Bytes that browsers sent."""
        self.answered = bytearray()
        """Bytes that the app sent."""
        self._writers: set[asyncio.StreamWriter] = set()
        self._loop = asyncio.new_event_loop()
        self._ready = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)

    @property
    def url(self) -> str:
        """Return the address of the page through the proxy."""
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> RecordingProxy:
        """Start listening."""
        self._thread.start()
        assert self._ready.wait(10)
        return self

    def stop(self) -> None:
        """Close every connection."""
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        server = self._loop.run_until_complete(asyncio.start_server(self._serve, "127.0.0.1", 0))
        self.port = server.sockets[0].getsockname()[1]
        self._ready.set()
        self._loop.run_forever()
        server.close()
        tasks = asyncio.all_tasks(self._loop)
        for task in tasks:
            task.cancel()
        self._loop.run_until_complete(asyncio.gather(*tasks, return_exceptions=True))
        for writer in self._writers:
            writer.transport.abort()  # `close` would wait for a browser that reads no more
        for _ in range(3):
            self._loop.run_until_complete(asyncio.sleep(0))
        self._loop.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._writers.add(writer)
        from_app, to_app = await asyncio.open_connection("127.0.0.1", self._app_port)
        self._writers.add(to_app)
        try:
            await asyncio.gather(_forward(reader, to_app, self.sent), _forward(from_app, writer, self.answered))
            self._writers -= {writer, to_app}
        finally:
            writer.close()
            to_app.close()


async def _forward(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, record: bytearray) -> None:
    try:
        while piece := await reader.read(65536):
            record.extend(piece)
            # Renamed, the header no longer lets the app compress.
            writer.write(piece.replace(b"Accept-Encoding:", b"Accept-Nothing-:"))
            await writer.drain()
        writer.write_eof()
    except (ConnectionError, OSError):
        writer.close()
