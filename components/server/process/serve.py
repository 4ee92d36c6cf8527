"""Serve the app on a socket until a stop is requested."""

from __future__ import annotations

import asyncio
import os
import socket
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from pathlib import Path

import uvicorn

from components.engines.protocol import Engine
from components.errors import SetupError
from components.net.http_connections import HEAD_BYTES, ConnectionBounds, OpenConnections
from components.net.proxies import LOOPBACK_ONLY
from components.server.assembly import AssembledServer, ServerLimits, assemble, go_on
from components.server.tasks.demo_delay import DemoDelay

_BOUNDS = ConnectionBounds(per_address=250, per_proxy=750, in_all=750)
"""Within the 1,024 open files that a process usually may have. The page on the same computer is the only client."""


@dataclass(frozen=True, slots=True)
class Service:
    """Engine, folder and address of a server. Port 0: any free one."""

    engine: Engine
    folder: Path
    host: str
    port: int
    pace: DemoDelay
    key: str | None = field(default=None, repr=False)
    limits: ServerLimits = field(default_factory=ServerLimits)
    on_engine_lost: Callable[[], None] = go_on
    """Called in the worker's thread."""


class Server(uvicorn.Server):
    """uvicorn with a callback when it accepts requests, and one that ends waiting requests before it stops."""

    def __init__(self, config: uvicorn.Config, on_started: Callable[[], None], on_leaving: Callable[[], None]) -> None:
        super().__init__(config)
        self._on_started, self._on_leaving = on_started, on_leaving

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self._on_started()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        self._on_leaving()
        await super().shutdown(sockets)

    def leave(self) -> None:
        """Stop soon; any thread may call."""
        self.should_exit = True


def serve(service: Service, on_started: Callable[[int, Callable[[], None]], None]) -> None:
    """Block until the server ends. `on_started` gets the port, and a function that any thread may call to stop it.

    Raise SetupError when the port or the folder is taken.
    """
    with (
        _assembled(service) as server,
        _listen(service.host, service.port) as listener,
    ):
        _run(server, listener, on_started)


def _assembled(service: Service) -> AbstractContextManager[AssembledServer]:
    return assemble(service.engine, service.folder, service.key, service.pace, service.limits, service.on_engine_lost)


def _run(
    server: AssembledServer, listener: socket.socket, on_started: Callable[[int, Callable[[], None]], None]
) -> None:
    port = int(listener.getsockname()[1])
    running = Server(_config(server), lambda: on_started(port, running.leave), on_leaving=server.tasks.stop)
    asyncio.run(running.serve(sockets=[listener]))


def _config(server: AssembledServer) -> uvicorn.Config:
    return uvicorn.Config(
        server.app,
        http=OpenConnections(_BOUNDS, LOOPBACK_ONLY).protocol,  # type: ignore[arg-type]
        h11_max_incomplete_event_size=HEAD_BYTES,
        ws="none",
        lifespan="on",
        access_log=False,
        log_level="warning",
        server_header=False,
        timeout_keep_alive=75,
        timeout_graceful_shutdown=1,
    )


def _listen(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # The protocol is named because asyncio sets TCP_NODELAY only then; without, each response takes 40 ms more.
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        if os.name == "posix":
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((host, port))
        listener.listen(2048)
    except (OSError, OverflowError) as error:
        listener.close()
        raise SetupError(f"Port {port} of {host} cannot be used ({error}).", "Choose another port.") from error
    return listener
