"""The server as one value: routes around the collaborators it is given."""

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

from components.server import envelope
from components.server.account import Account
from components.server.gate import Gate
from components.server.housekeeping import Housekeeping
from components.server.media import Media
from components.server.predictions import Predictions
from components.server.refusals import Refused
from components.server.worker import Worker

SWEEP_EVERY = 60 * 60.0
"""Seconds."""


@dataclass(frozen=True, slots=True)
class Collaborators:
    """What the endpoints and the life of the server stand on."""

    predictions: Predictions
    media: Media
    worker: Worker
    housekeeping: Housekeeping
    account: Account


def create_app(collaborators: Collaborators, key: str | None) -> Starlette:
    """The worker starts and stops with the app; without a key everybody may call."""

    @contextlib.asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncGenerator[None, None]:
        await run_in_threadpool(collaborators.housekeeping.tidy)
        collaborators.worker.start()
        sweeping = asyncio.create_task(_sweep(collaborators.housekeeping))
        try:
            yield
        finally:
            sweeping.cancel()
            await run_in_threadpool(collaborators.worker.stop)

    app = Starlette(
        routes=[*collaborators.predictions.routes(), *collaborators.media.routes(), *collaborators.account.routes()],
        middleware=[Middleware(Gate, key=key)],
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


async def _sweep(housekeeping: Housekeeping) -> None:
    while True:
        await asyncio.sleep(SWEEP_EVERY)
        await run_in_threadpool(housekeeping.sweep)
