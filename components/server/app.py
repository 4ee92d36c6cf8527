"""ASGI app of the server: routes around its parts."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncGenerator
from dataclasses import dataclass

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import ClientDisconnect

from components.server.errors import Refused
from components.server.http import envelope
from components.server.http.auth import BearerAuth
from components.server.http.files import Files
from components.server.http.models import ModelRoutes
from components.server.http.openapi import OpenApiRoute
from components.server.http.predictions import Predictions
from components.server.tasks.cleanup import Cleanup
from components.server.tasks.worker import Worker

CLEANUP_SECONDS = 60 * 60.0
"""Seconds between two cleanups."""


@dataclass(frozen=True, slots=True)
class ServerParts:
    """Endpoints, worker and cleanup of one server."""

    predictions: Predictions
    files: Files
    worker: Worker
    cleanup: Cleanup
    models: ModelRoutes
    openapi: OpenApiRoute


def create_app(parts: ServerParts, key: str | None) -> Starlette:
    """Return the app; its lifespan starts and stops the worker. `key` None: requests need no key."""

    @contextlib.asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncGenerator[None, None]:
        await run_in_threadpool(parts.cleanup.remove_unknown_files)
        parts.worker.start()
        sweeping = asyncio.create_task(_sweep(parts.cleanup))
        try:
            yield
        finally:
            sweeping.cancel()
            await run_in_threadpool(parts.worker.stop)

    routed = (parts.predictions, parts.files, parts.models, parts.openapi)
    app = Starlette(
        routes=[route for part in routed for route in part.routes()],
        middleware=[Middleware(BearerAuth, key=key)],
        exception_handlers={
            Refused: envelope.on_refused,
            HTTPException: envelope.on_http_error,
            ClientDisconnect: envelope.on_disconnect,
            Exception: envelope.on_crash,
        },
        lifespan=lifespan,
    )
    app.router.redirect_slashes = False  # a redirect has no envelope
    return app


async def _sweep(cleanup: Cleanup) -> None:
    while True:
        await asyncio.sleep(CLEANUP_SECONDS)
        await run_in_threadpool(cleanup.delete_old)
