"""Server on another loopback port that must get no connection; it records those that arrive."""

from __future__ import annotations

import socket
import threading
from types import TracebackType

ANSWER = b"HTTP/1.1 200 X\r\ncontent-length: 2\r\nconnection: close\r\n\r\n{}"


class OtherServer:
    """Server that listens inside its `with` block."""

    def __init__(self) -> None:
        self.visits: list[bytes] = []
        """First bytes of each connection."""
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._listener.settimeout(0.1)
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._serve, daemon=True)

    @property
    def port(self) -> int:
        """Return the port it listens on."""
        return self._listener.getsockname()[1]

    def __enter__(self) -> OtherServer:
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
                connection, _ = self._listener.accept()
            except TimeoutError:
                continue
            with connection:
                connection.settimeout(1)
                try:
                    self.visits.append(connection.recv(65536))
                    connection.sendall(ANSWER)
                except OSError:
                    self.visits.append(b"connected without sending")
