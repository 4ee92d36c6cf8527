"""A plain server on another port of this computer. Nothing is to go there: it notes who came."""

from __future__ import annotations

import socket
import threading
from types import TracebackType

ANSWER = b"HTTP/1.1 200 X\r\ncontent-length: 2\r\nconnection: close\r\n\r\n{}"


class Elsewhere:
    """Listens while it is entered."""

    def __init__(self) -> None:
        self.visits: list[bytes] = []
        """The first bytes of whoever connected."""
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._listener.settimeout(0.1)
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._serve, daemon=True)

    @property
    def port(self) -> int:
        """Return its port."""
        return self._listener.getsockname()[1]

    def __enter__(self) -> Elsewhere:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._over.set()
        self._thread.join(10)
        self._listener.close()

    def _serve(self) -> None:
        while not self._over.is_set():
            try:
                visitor, _ = self._listener.accept()
            except TimeoutError:
                continue
            with visitor:
                visitor.settimeout(1)
                try:
                    self.visits.append(visitor.recv(65536))
                    visitor.sendall(ANSWER)
                except OSError:
                    self.visits.append(b"came, and said nothing")
