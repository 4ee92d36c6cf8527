"""What a replica sends reaches the server; one that goes away is replaced once; who cancels is heard at once."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest
from PIL import Image

from components.engines.events import Done, Failed, Step
from components.engines.messages import MADE_AGAIN
from components.engines.protocol import EngineResult
from components.engines.ray import messages
from components.engines.ray.events import Broken, Event, Events
from components.engines.ray.following import ReplicaFailed, followed_twice
from components.errors import EngineError
from components.messages.message import Message, literal

RESULT = EngineResult(Image.new("RGB", (1, 1)))
NOTED = replace(RESULT, notes=(literal("Small."),))
Call = tuple[int, int, bytes | None, Message | None]


class GoneError(Exception):
    """A replica ended."""


class Stream:
    """Answer of a replica that is known beforehand; `then` is raised at its end, or called."""

    def __init__(self, *events: Event, then: Exception | Callable[[], object] | None = None) -> None:
        self._events, self._then = events, then
        self.cancelled = threading.Event()

    def __iter__(self) -> Iterator[Events]:
        for event in self._events:
            yield (event,)
        if isinstance(self._then, Exception):
            raise self._then
        if self._then:
            self._then()

    def cancel(self) -> None:
        self.cancelled.set()


class Recorder:
    """Step callback that records, and raises `error` at a step with these values."""

    def __init__(self, stops_at: int | None = None) -> None:
        self.calls: list[Call] = []
        self._stops_at = stops_at

    def __call__(self, step: int, steps: int, preview: bytes | None = None, stage: Message | None = None) -> None:
        self.calls.append((step, steps, preview, stage))
        if step == self._stops_at:
            raise KeyboardInterrupt


def follow(streams: list[Stream], on_step: Recorder) -> EngineResult:
    waiting = iter(streams)
    return followed_twice(lambda: next(waiting), lambda error: isinstance(error, GoneError), on_step, 4)


def test_steps_previews_and_the_picture_come():
    recorder = Recorder()
    loading = Message("stage_loading_model")
    stream = Stream(Step(0, 4), Step(0, 4, stage=loading), Step(1, 4, b"jpeg"), Step(2, 4), Done(RESULT))
    assert follow([stream], recorder) is RESULT
    assert recorder.calls == [(0, 4, None, None), (0, 4, None, loading), (1, 4, b"jpeg", None), (2, 4, None, None)]
    assert not stream.cancelled.is_set()


def test_a_reason_comes_as_it_is():
    with pytest.raises(EngineError) as caught:
        follow([Stream(Step(0, 4), Failed(literal("No paint.")))], Recorder())
    assert caught.value.message == literal("No paint.")


def test_a_bug_over_there_comes_with_its_traceback_and_is_not_tried_again():
    with pytest.raises(ReplicaFailed, match="ZeroDivisionError"):
        follow([Stream(Broken("Traceback: ZeroDivisionError"))], Recorder())


def test_an_answer_without_an_end_is_an_error():
    with pytest.raises(ReplicaFailed, match="no end"):
        follow([Stream(Step(1, 4))], Recorder())


def test_another_replica_takes_over_once_and_the_visitor_is_told():
    recorder = Recorder()
    gone, other = Stream(Step(3, 4), then=GoneError()), Stream(Step(0, 4), Step(1, 4), Done(NOTED))
    assert follow([gone, other], recorder) == replace(RESULT, notes=(literal("Small."), MADE_AGAIN))
    assert recorder.calls == [
        (3, 4, None, None),
        (0, 4, None, messages.AGAIN),
        (0, 4, None, messages.AGAIN),
        (1, 4, None, None),
    ]


def test_the_second_that_goes_away_is_the_last():
    streams = [Stream(Step(3, 4), then=GoneError()), Stream(Step(1, 4), then=GoneError()), Stream(Done(RESULT))]
    with pytest.raises(EngineError) as caught:
        follow(streams, Recorder())
    assert caught.value.message == messages.GONE


def test_a_failure_after_the_first_went_away_is_its_own():
    with pytest.raises(EngineError) as caught:
        follow([Stream(then=GoneError()), Stream(Failed(literal("No paint.")))], Recorder())
    assert caught.value.message == literal("No paint.")


def test_who_stops_ends_the_work_over_there():
    stream = Stream(Step(1, 4), Step(2, 4), Step(3, 4), Done(RESULT))
    with pytest.raises(KeyboardInterrupt):
        follow([stream], Recorder(stops_at=2))
    assert stream.cancelled.is_set()


def test_who_stops_while_no_replica_is_free_is_heard_too():
    released = threading.Event()
    stream = Stream(then=released.wait)
    recorder = Recorder(stops_at=0)
    with pytest.raises(KeyboardInterrupt):
        follow([stream], recorder)
    assert stream.cancelled.is_set()
    assert recorder.calls == [(0, 4, None, messages.WAITING)]
    released.set()


def test_who_stops_in_a_long_step_is_heard_and_the_preview_is_not_sent_again():
    released = threading.Event()
    stream = Stream(Step(1, 4, b"jpeg"), then=released.wait)
    calls: list[Call] = []

    def on_step(step: int, steps: int, preview: bytes | None = None, stage: Message | None = None) -> None:
        calls.append((step, steps, preview, stage))
        if len(calls) == 3:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        followed_twice(lambda: stream, lambda _: False, on_step, 4)
    assert calls == [(1, 4, b"jpeg", None), (1, 4, None, None), (1, 4, None, None)]
    released.set()
