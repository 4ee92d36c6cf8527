"""Scheduler of ZeroGPU on loopback in place of Hugging Face's: it hears what an app's package `spaces` reports."""

from __future__ import annotations

from http.server import BaseHTTPRequestHandler

from tests.support.loopback_server import LoopbackServer


class ZeroGpuScheduler(LoopbackServer):
    """Scheduler without a GPU: an app that reports no decorated function at its start counts as stopped."""

    def __init__(self) -> None:
        self.calls: list[str] = []
        """Paths of the requests, without their queries."""
        scheduler = self

        class Handler(_Handler):
            calls = scheduler.calls

        super().__init__(Handler)

    @property
    def is_satisfied(self) -> bool:
        """Return whether the app reported its start, as `spaces` does for an app with a decorated function."""
        return "/startup-report" in self.calls


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
