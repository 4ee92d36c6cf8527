"""Replica: another engine on one GPU, in a process of its own. It knows nothing of Ray; `cluster.py` deploys it."""

from __future__ import annotations

import asyncio
import logging
import os
import threading
import traceback
from collections.abc import AsyncGenerator, Callable
from concurrent.futures import ThreadPoolExecutor
from typing import NoReturn

from components.engines.by_name import engine_named
from components.engines.events import Done, Failed, Step
from components.engines.protocol import ENGINE_LOST, EngineRequest, OnStep, SupportsWarmup
from components.engines.ray.events import Broken, Event, Events
from components.errors import EngineError, EngineLost
from components.messages.message import Message

log = logging.getLogger(__name__)


class _Stopped(Exception):
    """The consumer of the events is gone."""


class Replica:
    """Generates one image at a time, all in one thread."""

    def __init__(self, engine: str, on_lost: Callable[[], None] | None = None) -> None:
        """Build and prepare the engine with this name. Raises what it raises: the replica then does not start."""
        self._engine = engine_named(engine)
        self._on_lost = on_lost or _end_process
        self._thread = ThreadPoolExecutor(1, "painter")
        if isinstance(self._engine, SupportsWarmup):
            self._thread.submit(self._engine.prepare, _log_stage).result()

    async def remember(self, affinity: str) -> str:
        """Report that the LoRAs with this id are loaded here, where Ray wraps it."""
        return affinity

    async def generate(self, request: EngineRequest, affinity: str) -> AsyncGenerator[Events, None]:
        """Yield a Step at once and after each step, at last how it ended; what waits comes together.

        Closed before its end, it stops at its next step.
        """
        if affinity:
            await self.remember(affinity)
        loop = asyncio.get_running_loop()
        events: asyncio.Queue[Event] = asyncio.Queue()
        is_unwanted = threading.Event()

        def on_step(step: int, steps: int, preview: bytes | None = None, stage: Message | None = None) -> None:
            if is_unwanted.is_set():
                raise _Stopped
            if preview or stage or step != reached[0]:  # calls between two steps stay in this process
                reached[0] = step
                loop.call_soon_threadsafe(events.put_nowait, Step(step, steps, preview, stage))

        reached = [0]
        events.put_nowait(Step(0, request.num_inference_steps))
        work = loop.run_in_executor(self._thread, self._end_of, request, on_step)
        work.add_done_callback(lambda done: events.put_nowait(done.result()))
        try:
            while True:
                batch = await _batch_of(events)
                yield batch
                if not isinstance(batch[-1], Step):
                    return
        finally:
            is_unwanted.set()
            await asyncio.shield(asyncio.wait([work]))  # no other image begins before this one has let go

    def _end_of(self, request: EngineRequest, on_step: OnStep) -> Event:
        try:
            return Done(self._engine.generate(request, on_step))
        except EngineLost as error:
            log.exception("the engine is lost")
            self._on_lost()
            return Failed(error.message)
        except EngineError as error:
            return Failed(error.message)
        except _Stopped:
            return Broken("stopped")
        except Exception:
            log.exception("the engine failed")
            return Broken(traceback.format_exc())


async def _batch_of(events: asyncio.Queue[Event]) -> Events:
    """Return all events that are there, and wait for one: each transfer between processes takes a millisecond."""
    batch = [await events.get()]
    while not events.empty():
        batch.append(events.get_nowait())
    return tuple(batch)


def _end_process() -> NoReturn:
    """End the process at once: its image is made on another replica, and Ray starts a new one."""
    os._exit(ENGINE_LOST)


def _log_stage(stage: Message) -> None:
    log.info("%s", stage.happened)
