"""A wire that is listened to: passes a browser's connections on to the app and keeps all that went over it."""

from __future__ import annotations

import asyncio
import threading


class Tee:
    """Listens on a loopback port of its own. Answers are not compressed, so that they can be read."""

    def __init__(self, port: int) -> None:
        self._app_port = port
        self.port = 0
        self.sent = bytearray()
        """All that browsers sent."""
        self.answered = bytearray()
        """All that the app answered."""
        self._loop = asyncio.new_event_loop()
        self._ready = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)

    @property
    def url(self) -> str:
        """Return the page's address."""
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> Tee:
        """Listen."""
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
        self._loop.run_until_complete(asyncio.sleep(0))
        self._loop.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        from_app, to_app = await asyncio.open_connection("127.0.0.1", self._app_port)
        try:
            await asyncio.gather(_pass_on(reader, to_app, self.sent), _pass_on(from_app, writer, self.answered))
        finally:
            writer.close()
            to_app.close()


async def _pass_on(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, kept: bytearray) -> None:
    try:
        while piece := await reader.read(65536):
            kept.extend(piece)
            writer.write(piece.replace(b"Accept-Encoding:", b"Accept-Nothing-:"))
            await writer.drain()
        writer.write_eof()
    except (ConnectionError, OSError):
        writer.close()
