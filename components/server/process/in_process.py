"""Server in the app's own process: a ZeroGPU Space lends its GPU only to the process that has the page."""

from __future__ import annotations

import logging
import queue
import secrets
import threading
from collections.abc import Callable
from pathlib import Path

from components.engines.by_name import engine_named
from components.errors import SetupError
from components.server.process.child import FAILED, START_SECONDS, STOP_SECONDS
from components.server.process.serve import Service, serve
from components.server.tasks.demo_delay import DemoDelay

log = logging.getLogger(__name__)

Started = tuple[int, Callable[[], None]] | SetupError
"""Port and stop function of a started server, or the error."""


class InProcessServer:
    """Server thread with a random key and a free loopback port; same interface as ServerChild."""

    def __init__(self, engine: str, folder: Path) -> None:
        self._engine, self._folder = engine, folder.resolve()
        self._thread: threading.Thread | None = None
        self._leave: Callable[[], None] = _nothing
        self.base_url = ""
        """Set by `start`."""
        self.key = ""
        """Set by `start`."""

    def start(self) -> None:
        """Block until the server answers. Raise SetupError when it does not within START_SECONDS."""
        self.key = secrets.token_urlsafe(32)
        service = Service(engine_named(self._engine), self._folder, "127.0.0.1", 0, DemoDelay(0), self.key)
        started: queue.Queue[Started] = queue.Queue()
        self._thread = threading.Thread(target=_serve, args=(service, started), name="server", daemon=True)
        self._thread.start()
        try:
            outcome = started.get(timeout=START_SECONDS)
            if isinstance(outcome, SetupError):
                raise outcome
        except (queue.Empty, SetupError) as error:
            log.error("the server did not start: %s", error)
            raise SetupError(*FAILED) from error
        port, self._leave = outcome
        self.base_url = f"http://127.0.0.1:{port}"

    def stop(self) -> None:
        """End the server; harmless when it has ended."""
        self._leave()
        if self._thread:
            self._thread.join(STOP_SECONDS)


def _serve(service: Service, started: queue.Queue[Started]) -> None:
    try:
        serve(service, lambda port, leave: started.put((port, leave)))
    except SetupError as error:
        started.put(error)


def _nothing() -> None:
    """Stop function before the start."""
