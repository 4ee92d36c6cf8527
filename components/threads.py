"""Threads for optional work, apart from asyncio's own, in which paid images are received, checked and written."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from contextvars import ContextVar
from functools import cache, partial
from typing import ParamSpec, TypeVar
from weakref import WeakValueDictionary

from components import messages
from components.errors import TooBusy

Params = ParamSpec("Params")
Result = TypeVar("Result")

CLIENT: ContextVar[str] = ContextVar("CLIENT", default="")
"""Address of the client whose request is being answered; empty outside of requests."""
MAX_WAITING = 200
"""Pieces of work of one client that may wait: a page has about 50 thumbnails, and a class shares an address."""
WORKERS = 2
"""Threads of a pool; one client uses one of them at a time."""


class _ClientQueue:
    """Work of one client: one piece at a time, in the order in which it came."""

    def __init__(self) -> None:
        self.turn, self.waiting = asyncio.Semaphore(1), 0


class ClientTurns:
    """Turns of clients: each waits for its own work alone."""

    def __init__(self) -> None:
        self._queues = WeakValueDictionary[tuple[asyncio.AbstractEventLoop, str], _ClientQueue]()
        """Queue by event loop and client: a loop that was closed ends no turn of its own any more.

        The references are weak: a queue disappears with the last coroutine that waits in it.
        """

    @asynccontextmanager
    async def turn(self) -> AsyncGenerator[None]:
        """Let one coroutine of a client at a time into the context. Raises TooBusy when MAX_WAITING wait already."""
        queue = await self._begun_turn()
        try:
            yield
        finally:
            queue.turn.release()

    async def _begun_turn(self) -> _ClientQueue:
        """Wait for the client's turn; the caller ends it by releasing `turn`. Raises TooBusy."""
        queue = self._queues.setdefault((asyncio.get_running_loop(), CLIENT.get()), _ClientQueue())
        async with _waiting(queue):
            await queue.turn.acquire()
        return queue


class ClientThreads(ClientTurns):
    """Pool of WORKERS threads, of which each client uses one at a time."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self._pool = ThreadPoolExecutor(WORKERS, thread_name_prefix=name)

    async def run(self, work: Callable[Params, Result], *args: Params.args, **kwargs: Params.kwargs) -> Result:
        """Run `work` in a thread when it is the client's turn. Raises TooBusy as `turn` does."""
        queue = await self._begun_turn()
        running = asyncio.get_running_loop().run_in_executor(self._pool, partial(work, *args, **kwargs))
        # At the end of the work, not of the request: a client that closes its connection gets no second thread.
        running.add_done_callback(lambda _: queue.turn.release())
        return await asyncio.shield(running)


@asynccontextmanager
async def _waiting(queue: _ClientQueue) -> AsyncGenerator[None]:
    if queue.waiting >= MAX_WAITING:
        raise TooBusy(messages.too_many_requests(1))
    queue.waiting += 1
    try:
        yield
    finally:
        queue.waiting -= 1


@cache
def optional_threads() -> ClientThreads:
    """Return the threads for what no image depends on: counted words, LoRA texts, thumbnails, downloads, recipes."""
    return ClientThreads("optional")


@cache
def image_threads() -> ClientThreads:
    """Return the threads for images to start from; each may take about 300 MB of memory."""
    return ClientThreads("images")
