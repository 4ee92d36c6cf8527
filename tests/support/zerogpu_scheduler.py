"""Scheduler of ZeroGPU on loopback in place of Hugging Face's: it hears what an app's package `spaces` reports."""

from __future__ import annotations

import json
from http.server import BaseHTTPRequestHandler
from urllib.parse import parse_qs

from tests.support.loopback_server import LoopbackServer


class ZeroGpuScheduler(LoopbackServer):
    """Scheduler without a GPU: an app that reports no decorated function at its start counts as stopped."""

    def __init__(self, quota: dict[str, int] | None = None) -> None:
        """`quota`: seconds that the visitor has left, and must wait; None: it is not asked for a GPU."""
        self.calls: list[str] = []
        """Paths of the requests, without their queries."""
        self.tokens: list[str | None] = []
        """Of the visitors on whose share a GPU was asked for; None: on everyone's."""
        scheduler = self

        class Handler(_Handler):
            calls, tokens, quota_left = scheduler.calls, scheduler.tokens, quota

        super().__init__(Handler)

    @property
    def is_satisfied(self) -> bool:
        """Return whether the app reported its start, as `spaces` does for an app with a decorated function."""
        return "/startup-report" in self.calls


class _Handler(BaseHTTPRequestHandler):
    calls: list[str]
    tokens: list[str | None]
    quota_left: dict[str, int] | None

    def do_POST(self) -> None:
        """Take a report of a start; there is no GPU to schedule, or no quota left for one."""
        path, _, query = self.path.partition("?")
        self.calls.append(path)
        if path == "/schedule":
            self.tokens.append(parse_qs(query).get("token", [None])[0])
        is_over = path == "/schedule" and self.quota_left is not None
        body = json.dumps(self.quota_left).encode() if is_over else b""
        self.send_response(429 if is_over else 200 if path == "/startup-report" else 503)
        if is_over:
            self.send_header("X-Approve-Result", "quota-exceeded")
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Print nothing."""
