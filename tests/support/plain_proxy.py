"""Proxy as nginx is without further settings: it replaces the Host header, and takes no body over 1 MB."""

from __future__ import annotations

import http.client
from http.server import BaseHTTPRequestHandler

from tests.support.loopback_server import LoopbackServer

MOST_BYTES = 1024 * 1024
"""Default of nginx's `client_max_body_size`."""
_OF_ONE_CONNECTION = {"connection", "keep-alive", "transfer-encoding", "host"}


class PlainProxy(LoopbackServer):
    """HTTP proxy of an app on a port of loopback; `path` is where it serves the app, without a slash at its end."""

    def __init__(self, port: int, path: str = "") -> None:
        class Forward(_Forward):
            app_port, prefix = port, path

        super().__init__(Forward)
        self._path = path

    @property
    def page(self) -> str:
        """Return the page's address by a name that the app does not hear of."""
        return self.url.replace("127.0.0.1", "localhost") + self._path + "/"


class _Forward(BaseHTTPRequestHandler):
    app_port = 0
    prefix = ""

    def do_GET(self) -> None:
        self._forward(b"")

    def do_POST(self) -> None:
        length = int(self.headers.get("Content-Length", 0))
        body = self.rfile.read(length)
        if length > MOST_BYTES:
            self.send_error(413)
        else:
            self._forward(body)

    def log_message(self, format: str, *args: object) -> None: ...

    def _forward(self, body: bytes) -> None:
        if not self.path.startswith(f"{self.prefix}/"):
            return self.send_error(404)
        app = http.client.HTTPConnection("127.0.0.1", self.app_port)
        headers = {name: value for name, value in self.headers.items() if name.lower() not in _OF_ONE_CONNECTION}
        # Without a Host of its own: http.client sends that of the app, as nginx does.
        app.request(self.command, self.path.removeprefix(self.prefix), body or None, headers)
        self._answer(app.getresponse())
        app.close()
        return None

    def _answer(self, answer: http.client.HTTPResponse) -> None:
        self.send_response_only(answer.status)
        for name, value in answer.getheaders():
            if name.lower() not in _OF_ONE_CONNECTION:
                self.send_header(name, value)
        self.end_headers()
        try:
            # As soon as there is something: an event stream has no end.
            while piece := answer.read1(65536):
                self.wfile.write(piece)
        except OSError:
            pass  # the browser has left
