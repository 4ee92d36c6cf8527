"""Painting on a ZeroGPU Space: a card is lent for one call, to a process that is a copy of this one.

What happens there is told as a row of values, as nothing but values comes back: no call, no exception of ours.
"""

from __future__ import annotations

import logging
import queue
import threading
from collections.abc import Callable, Generator, Iterable
from dataclasses import dataclass

from PIL import Image

from components.errors import EngineError, Sentence
from components.server.engine import OnStep

log = logging.getLogger(__name__)

BROKEN = Sentence("The lent card failed on this picture.", "Try again.")


@dataclass(frozen=True, slots=True)
class Step:
    """What `on_step` was told over there."""

    step: int
    steps: int
    preview: bytes | None
    stage: str


@dataclass(frozen=True, slots=True)
class Done:
    """The finished picture."""

    picture: Image.Image


@dataclass(frozen=True, slots=True)
class Failed:
    """Why there is none."""

    told: Sentence


Event = Step | Done | Failed
Work = Callable[[OnStep], Image.Image]


class _Unwanted(Exception):
    """Nobody listens any more."""


def events_of(work: Work) -> Generator[Event, None, None]:
    """Do the work in a thread, and yield what it tells. When nobody listens any more, it stops at its next word."""
    events: queue.SimpleQueue[Event] = queue.SimpleQueue()
    is_unwanted = threading.Event()

    def tell(step: int, steps: int, preview: bytes | None = None, stage: str = "") -> None:
        if is_unwanted.is_set():
            raise _Unwanted
        if preview or stage:  # the looks between two steps need not travel
            events.put(Step(step, steps, preview, stage))

    thread = threading.Thread(target=lambda: events.put(_end_of(work, tell)), name="lent-card", daemon=True)
    thread.start()
    try:
        while True:
            event = events.get()
            yield event
            if not isinstance(event, Step):
                return
    finally:
        is_unwanted.set()
        thread.join()


def followed(events: Iterable[Event], on_step: OnStep) -> Image.Image:
    """Pass on what is told, and return the picture. Raise EngineError, or what `on_step` raises."""
    for event in events:
        match event:
            case Step(step, steps, preview, stage):
                on_step(step, steps, preview, stage)
            case Done(picture):
                return picture
            case Failed(told):
                raise EngineError(told)
    raise EngineError(BROKEN)


def _end_of(work: Work, tell: OnStep) -> Event:
    try:
        return Done(work(tell))
    except EngineError as error:
        return Failed(error.sentence)
    except _Unwanted:
        return Failed(BROKEN)
    except Exception:
        # Whatever it is, it ends this picture alone, and its kind may not exist where it would be raised.
        log.exception("painting on a lent card failed")
        return Failed(BROKEN)
