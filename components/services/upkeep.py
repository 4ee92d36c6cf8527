"""Upkeep: periodic clean-up, every ten minutes, and hourly refresh of the list of models."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager, suppress

from components.api.client import Client
from components.budget.limits import BudgetLimits
from components.budget.quotes import QuoteCache
from components.clock import Clock
from components.domain.request import GenerationRequest
from components.errors import PlaygroundError, StorageError
from components.services.backend import Backend, refresh_models
from components.services.host_account import HostAccount
from components.services.retention import Retention
from components.storage.async_store import AsyncStore

CLEANUP_SECONDS = 600.0
"""Pause between two clean-ups."""
UNUSED_SOURCE_SECONDS = 2 * 24 * 3600.0
"""Age at which an uploaded image is deleted when no job was made from it."""
REFRESH_SECONDS, REFRESH_SOON_SECONDS = 3600.0, 60.0
"""Pause before the list of models is read again, and the pause after a failure."""


class Upkeep:
    """Background tasks that clean up and refresh the list of models."""

    def __init__(  # noqa: PLR0913 - all parts that need upkeep
        self,
        backend: Backend,
        client: Client,
        limits: BudgetLimits,
        quotes: QuoteCache | None,
        account: HostAccount | None,
        retention: Retention,
        store: AsyncStore,
        clock: Clock,
        *,
        drop_unused_keys: Callable[[], None],
        on_models_changed: Callable[[], None],
    ) -> None:
        self._backend, self._client, self._limits, self._quotes = backend, client, limits, quotes
        self._account = account
        self._retention, self._store, self._clock = retention, store, clock
        self._drop_unused_keys, self._on_models_changed = drop_unused_keys, on_models_changed

    @asynccontextmanager
    async def running(self) -> AsyncGenerator[None]:
        """Run the background tasks inside the context."""
        tasks = [asyncio.create_task(self._clean_up()), asyncio.create_task(self._refresh_models())]
        try:
            yield
        finally:
            for task in tasks:
                task.cancel()

    async def _clean_up(self) -> None:
        await self._warm_up()
        while True:
            # A disk that fails now may work in ten minutes: an error must not end the loop.
            with suppress(StorageError):
                await self._retention.sweep()
            await asyncio.sleep(CLEANUP_SECONDS)
            self._drop_unused_keys()
            with suppress(StorageError):
                await self._store.drop_sources(self._clock.now() - UNUSED_SOURCE_SECONDS)

    async def _warm_up(self) -> None:
        """Check the host's key, so that the host reads in the log what is wrong with it, and read a default price.

        So the first visitor need not wait for it.
        """
        if not self._account or not self._quotes or self._account.is_unused:
            return
        await self._account.log_low_balance()
        # The page says what is wrong with prices.
        with suppress(PlaygroundError):
            await self._quotes.quote(self._backend.model, GenerationRequest("a picture"))

    async def _refresh_models(self) -> None:
        while True:
            is_known = self._backend.family.is_from_api and not self._backend.is_machine_due
            await asyncio.sleep(REFRESH_SECONDS if is_known else REFRESH_SOON_SECONDS)
            if self._backend.is_host_key_unused(self._limits):
                continue
            if await refresh_models(self._backend, self._client):
                self._on_models_changed()
