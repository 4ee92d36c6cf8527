"""Following an image that a replica makes: its steps, its end, and another try where the replica went away."""

from __future__ import annotations

import logging
import queue
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Protocol

from components.engines.events import Done, Failed, Step
from components.engines.messages import MADE_AGAIN
from components.engines.protocol import EngineResult, OnStep
from components.engines.ray import messages
from components.engines.ray.events import Broken, Event, Events
from components.errors import EngineError
from components.messages.message import Message

log = logging.getLogger(__name__)

LISTEN_SECONDS = 0.1
"""Seconds after which a silent replica's last step is reported again, so that a cancelled image ends."""


class EventStream(Protocol):
    """Answer of a replica that still comes."""

    def __iter__(self) -> Iterator[Events]: ...

    def cancel(self) -> None:
        """End the work at the replica's next step; harmless when it has ended."""
        ...


class ReplicaFailed(Exception):
    """A replica's engine failed with an error that is none of ours. Its text is the traceback there."""


def followed_twice(
    send: Callable[[], EventStream], is_gone: Callable[[Exception], bool], on_step: OnStep, steps: int
) -> EngineResult:
    """Return the image. Where its replica goes away, send it once more: the image then has a note that says so.

    Raise EngineError where the second replica goes away too. `is_gone` tells this from other errors, which pass, as
    does what `on_step` raises.
    """
    try:
        return _followed(send(), on_step, Step(0, steps, stage=messages.WAITING), None)
    except Exception as error:
        if not is_gone(error):
            raise
        log.warning("a replica went away with its picture: %s", error)
    again = Step(0, steps, stage=messages.AGAIN)
    on_step(again.step, again.steps, stage=again.stage)
    try:
        result = _followed(send(), on_step, again, again.stage)
    except Exception as error:
        if not is_gone(error):
            raise
        log.warning("a second replica went away with the same picture: %s", error)
        raise EngineError(messages.GONE) from error
    return replace(result, notes=(*result.notes, MADE_AGAIN))


def _followed(stream: EventStream, on_step: OnStep, latest: Step, first_stage: Message | None) -> EngineResult:
    """Return the image of a stream. `latest` is reported before its first event, `first_stage` before step 1."""
    events: queue.SimpleQueue[Event | Exception] = queue.SimpleQueue()
    threading.Thread(target=_read, args=(stream, events), name="ray-events", daemon=True).start()
    try:
        while True:
            try:
                event = events.get(timeout=LISTEN_SECONDS)
            except queue.Empty:
                event = replace(latest, preview=None)
            if not isinstance(event, Step):
                break
            latest = event if event.step or event.stage else replace(event, stage=first_stage)
            on_step(latest.step, latest.steps, latest.preview, latest.stage)
    except BaseException:
        stream.cancel()
        raise
    return _result_of(event)


def _read(stream: EventStream, events: queue.SimpleQueue[Event | Exception]) -> None:
    """Put the events of a stream in a queue, and at last what it raises."""
    try:
        for batch in stream:
            for event in batch:
                events.put(event)
        events.put(ReplicaFailed("its answer has no end"))
    except Exception as error:  # noqa: BLE001 - raised in the thread that waits
        events.put(error)


def _result_of(end: Done | Failed | Broken | Exception) -> EngineResult:
    match end:
        case Done(result):
            return result
        case Failed(message):
            raise EngineError(message)
        case Broken(traceback):
            raise ReplicaFailed(traceback)
        case error:
            raise error
