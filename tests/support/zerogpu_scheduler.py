"""Scheduler of ZeroGPU on loopback in place of Hugging Face's: it hears what an app's package `spaces` reports."""

from __future__ import annotations

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class ZeroGpuScheduler:
    """Scheduler without a GPU: an app that reports no decorated function at its start counts as stopped."""

    def __init__(self) -> None:
        self.calls: list[str] = []
        """Paths of the requests, without their queries."""
        scheduler = self

        class Handler(_Handler):
            calls = scheduler.calls

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,))

    @property
    def url(self) -> str:
        """Return the value of SPACES_ZERO_DEVICE_API_URL."""
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    @property
    def is_satisfied(self) -> bool:
        """Return whether the app reported its start, as `spaces` does for an app with a decorated function."""
        return "/startup-report" in self.calls

    def start(self) -> ZeroGpuScheduler:
        """Start serving."""
        self._thread.start()
        return self

    def stop(self) -> None:
        """Stop serving and close the socket."""
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


class _Handler(BaseHTTPRequestHandler):
    calls: list[str]

    def do_POST(self) -> None:
        """Take a report of a start; there is no GPU to schedule."""
        path = self.path.partition("?")[0]
        self.calls.append(path)
        self.send_response(200 if path == "/startup-report" else 503)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:
        """Print nothing."""
