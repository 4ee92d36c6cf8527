"""HTTPS server on loopback with a certificate for each of its names; every response is the same file."""

from __future__ import annotations

import socket
import ssl
import threading

import trustme


class HttpsSite:
    """HTTPS server of one file that records the requests and their SNI names."""

    def __init__(self, *names: str, body: bytes = b"lora") -> None:
        self.authority = trustme.CA()
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.authority.issue_cert(*names).configure_cert(context)
        self.names: list[str | None] = []
        """SNI name of each connection."""
        self.heads: list[bytes] = []
        """Raw request heads."""
        self._answer = b"HTTP/1.1 200 OK\r\ncontent-length: %d\r\n\r\n" % len(body) + body
        context.sni_callback = lambda _, name, __: self.names.append(name)
        self._listener = context.wrap_socket(socket.create_server(("127.0.0.1", 0)), server_side=True)
        self.port = int(self._listener.getsockname()[1])
        threading.Thread(target=self._serve, daemon=True).start()

    def trusting_context(self) -> ssl.SSLContext:
        """Return a client's TLS context that trusts this server's authority."""
        context = ssl.create_default_context()
        self.authority.configure_trust(context)
        return context

    def _serve(self) -> None:
        while self._listener.fileno() != -1:
            try:
                connection, _ = self._listener.accept()
            except OSError:  # refused by the client, or closed
                continue
            with connection:
                while head := connection.recv(65536):
                    self.heads.append(head)
                    connection.sendall(self._answer)

    def close(self) -> None:
        self._listener.close()
        with socket.socket() as last:  # wakes accept
            last.settimeout(1)
            last.connect_ex(("127.0.0.1", self.port))
