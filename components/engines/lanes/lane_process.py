"""Process of a lane, from its start to its end, as the server sees it."""

from __future__ import annotations

import contextlib
import os
import queue
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import IO

from components.engines.events import Done, Failed, Step
from components.engines.lanes import frames
from components.engines.lanes.frames import Cancel, Crashed, Generate, LaneSpec
from components.engines.protocol import EngineRequest, EngineResult, OnStep
from components.errors import EngineError

ROOT = Path(__file__).resolve().parents[3]
LOOK_SECONDS = 0.05
"""Seconds between two calls of `on_step`, at most, so that a canceled image is noticed within a long step."""


class LaneEnded(Exception):
    """The process ended before the image."""


class LaneProcess:
    """One process. One thread reads `frames` to their end, another one at a time calls `generate`."""

    def __init__(self, spec: LaneSpec) -> None:
        """Start it. Raise OSError."""
        self._process = _started(spec)
        self._orders, self._answers = _pipes_of(self._process)
        self._events: queue.SimpleQueue[object] = queue.SimpleQueue()
        with contextlib.suppress(OSError):  # it has ended already, which `frames` shows
            frames.write(self._orders, spec)

    @property
    def pid(self) -> int:
        return self._process.pid

    def frames(self) -> Iterator[object]:
        """Yield the frames that belong to no image, until the process has ended."""
        try:
            while (frame := frames.read(self._answers)) is not None:
                if isinstance(frame, frames.StartStage | frames.Computes | frames.Ready | frames.Unready):
                    yield frame
                else:
                    self._events.put(frame)
        finally:
            self._end()

    def _end(self) -> None:
        self._process.kill()
        self._process.wait()
        self._answers.close()
        with contextlib.suppress(OSError):  # of a frame that was not read
            self._orders.close()
        self._events.put(None)

    def kill(self) -> None:
        """End it at once."""
        self._process.kill()

    def generate(self, request: EngineRequest, on_step: OnStep) -> EngineResult:
        """Return the image. Raise EngineError as the engine there did, LaneEnded, and what `on_step` raises.

        The process is free for the next image then, or has ended.
        """
        self._send(Generate(request))
        last = Step(0, request.num_inference_steps)
        while True:
            event = self._next_event() or last
            if not isinstance(event, Step):
                return _result_of(event)
            last = replace(event, preview=None)
            self._pass_on(event, on_step)

    def _next_event(self) -> object | None:
        """Return the next event; None: there is none for LOOK_SECONDS. Raise LaneEnded."""
        try:
            event = self._events.get(timeout=LOOK_SECONDS)
        except queue.Empty:
            return None
        if event is None:
            raise LaneEnded
        return event

    def _pass_on(self, step: Step, on_step: OnStep) -> None:
        try:
            on_step(step.step, step.steps, step.preview, step.stage)
        except BaseException:
            self._cancel()
            raise

    def _cancel(self) -> None:
        """Cancel the image and wait for its end, so that no frame of it is taken for one of the next."""
        with contextlib.suppress(LaneEnded):
            self._send(Cancel())
        while isinstance(self._events.get(), Step):
            pass

    def _send(self, frame: object) -> None:
        try:
            frames.write(self._orders, frame)
        except (OSError, ValueError) as error:  # the latter where the pipe is closed
            raise LaneEnded from error


def _result_of(event: object) -> EngineResult:
    match event:
        case Done(result):
            return result
        case Failed(message):
            raise EngineError(message)
        case Crashed(error):
            raise RuntimeError(error)
        case _:
            raise LaneEnded


def _started(spec: LaneSpec) -> subprocess.Popen[bytes]:
    """Start the process in a group of its own: Ctrl+C goes to the server alone."""
    flags = 0
    if sys.platform == "win32":
        flags = subprocess.CREATE_NEW_PROCESS_GROUP | subprocess.CREATE_NO_WINDOW
    found = os.pathsep.join(path for path in sys.path if path)  # modules are there where they are here
    return subprocess.Popen(
        [sys.executable, "-m", "components.engines.lanes"],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": found, **spec.environment},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        start_new_session=sys.platform != "win32",
        creationflags=flags,
    )


def _pipes_of(process: subprocess.Popen[bytes]) -> tuple[IO[bytes], IO[bytes]]:
    assert process.stdin is not None
    assert process.stdout is not None
    return process.stdin, process.stdout
