"""ZeroGPU Space: a GPU is lent for one call, to a process that is a copy of this one.

What happens there comes back as events, as only picklable values can: no call, no exception of ours.
"""

from __future__ import annotations

import logging
import queue
import re
import threading
from collections.abc import Callable, Generator, Iterable
from contextlib import contextmanager
from dataclasses import dataclass
from types import SimpleNamespace

from PIL import Image

from components.engines.events import Failed, Step
from components.engines.protocol import OnStep
from components.engines.sdxl import messages
from components.engines.sdxl.model.libraries import library
from components.errors import EngineError
from components.messages.message import Message

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Done:
    """Generated image."""

    picture: Image.Image


Event = Step | Done | Failed
Work = Callable[[OnStep], Image.Image]


_REASONS = {
    "zerogpu quota exceeded": messages.LENT_CARD_QUOTA,
    "zerogpu pending credits exceeded": messages.LENT_CARD_QUOTA,
    "zerogpu illegal duration": messages.LENT_CARD_TOO_LONG,
    "zerogpu queue timeout": messages.LENT_CARD_BUSY,
    "zerogpu client error": messages.LENT_CARD_BUSY,
}
"""Messages by the titles, in lower case, of the library's errors (`spaces/zero/client.py` of spaces 0.51)."""


_WAIT = re.compile(r"Try again in (\d{1,3}:\d\d:\d\d)")
"""In the words of the library's error where a visitor's quota is used up."""


_EXPIRED = "Expired ZeroGPU proxy token"
"""In the words of the library's error where the scheduler takes a visitor's token no more."""


class _Stopped(Exception):
    """The consumer of the events is gone."""


def place_on_lent_card() -> None:
    """Let the calling thread place models on a GPU that is lent only later: the library patches each thread apart."""
    library("spaces.zero.torch").enter_mode()


@contextmanager
def of_visitor(token: str) -> Generator[None]:
    """Let a GPU be lent from the share of the visitor with a token, of which the library asks Gradio's request."""
    if not token:
        yield
        return
    request = library("gradio.context").LocalContext.request
    before = request.set(SimpleNamespace(headers=_Headers({"x-ip-token": token})))
    try:
        yield
    finally:
        request.reset(before)


class _Headers(dict[str, str]):
    """Headers; the library takes only those that have attributes, as Gradio's."""


class TokenExpired(EngineError):
    """A visitor's token is too old: it waited in the queue for longer than it lives."""


def events_of(work: Work) -> Generator[Event, None, None]:
    """Do the work in a thread and yield its events. When the generator is closed, it stops at its next event."""
    events: queue.SimpleQueue[Event] = queue.SimpleQueue()
    is_unwanted = threading.Event()

    def on_step(step: int, steps: int, preview: bytes | None = None, stage: Message | None = None) -> None:
        if is_unwanted.is_set():
            raise _Stopped
        if preview or stage:  # calls between two steps stay in this process
            events.put(Step(step, steps, preview, stage))

    thread = threading.Thread(target=lambda: events.put(_end_of(work, on_step)), name="lent-card", daemon=True)
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


def result_of(events: Iterable[Event], on_step: OnStep) -> Image.Image:
    """Pass the events to `on_step` and return the image. Raise EngineError, or what `on_step` raises."""
    for event in _lent(events):
        match event:
            case Step(step, steps, preview, stage):
                on_step(step, steps, preview, stage)
            case Done(picture):
                return picture
            case Failed(message):
                raise EngineError(message)
    raise EngineError(messages.LENT_CARD_FAILED)


def _lent(events: Iterable[Event]) -> Generator[Event, None, None]:
    """Yield the events. Raise EngineError where the library of the Space says why it lends no GPU."""
    try:
        yield from events
    except library("gradio.exceptions").Error as error:
        log.warning("no GPU was lent: %s", error)
        kind = TokenExpired if _EXPIRED in str(error) else EngineError
        raise kind(_reason(str(error), getattr(error, "title", ""))) from error


def _reason(words: str, title: str) -> Message:
    reason = _REASONS.get(title.lower(), messages.LENT_CARD_FAILED)
    wait = _WAIT.search(words)
    return messages.quota_used_up(wait[1]) if wait and reason == messages.LENT_CARD_QUOTA else reason


def _end_of(work: Work, on_step: OnStep) -> Event:
    try:
        return Done(work(on_step))
    except EngineError as error:
        return Failed(error.message)
    except _Stopped:
        return Failed(messages.LENT_CARD_FAILED)
    except Exception:
        # Any error ends this image alone; its class may not exist in the process that would unpickle it.
        log.exception("painting on a lent card failed")
        return Failed(messages.LENT_CARD_FAILED)
