"""`python -m components.engines.lanes`: the process of a lane, with one engine; it ends with the server's."""

from __future__ import annotations

import logging
import os
import queue
import signal
import threading
from typing import IO, NoReturn

from components.engines.events import Done, Failed, Step
from components.engines.lanes import frames
from components.engines.lanes.frames import (
    Cancel,
    Cancelled,
    Computes,
    Crashed,
    Generate,
    LaneSpec,
    Ready,
    StartStage,
    Unready,
)
from components.engines.protocol import ENGINE_LOST, Engine, EngineRequest, SupportsMachine, SupportsWarmup
from components.errors import EngineError, EngineLost, SetupError
from components.messages.message import Message

log = logging.getLogger(__name__)

STDIN, STDOUT, STDERR = 0, 1, 2
NOT_PREPARED = 1
"""Exit status."""


class _NotNeeded(Exception):
    """The image was canceled."""


class LaneServer:
    """Engine of this process: orders come in over one pipe, and steps and images go out over the other."""

    def __init__(self, orders: IO[bytes], answers: IO[bytes]) -> None:
        self._orders, self._answers = orders, answers
        self._waiting: queue.SimpleQueue[EngineRequest] = queue.SimpleQueue()
        self._is_cancelled = threading.Event()
        self._last: Step | None = None

    def run(self, spec: LaneSpec) -> NoReturn:
        """Prepare the engine and generate, in this thread, until the server ends."""
        threading.Thread(target=self._listen, name="orders", daemon=True).start()
        engine = self._prepared(spec)
        self._send_machine(engine)
        self._send(Ready())
        while True:
            self._send(self._end_of(engine, self._waiting.get()))
            self._send_machine(engine)

    def _listen(self) -> None:
        """Take orders in; end the process, whatever the engine is doing, when the server has ended."""
        while frame := frames.read(self._orders):
            if isinstance(frame, Cancel):
                self._is_cancelled.set()
            elif isinstance(frame, Generate):
                self._is_cancelled.clear()
                self._waiting.put(frame.request)
        os._exit(0)

    def _prepared(self, spec: LaneSpec) -> Engine:
        try:
            engine = spec.build()
            if isinstance(engine, SupportsWarmup):
                engine.prepare(lambda stage: self._send(StartStage(stage)))
        except (EngineError, SetupError) as error:
            log.error("%s", error)
            self._send(Unready(error.message))
            os._exit(NOT_PREPARED)
        return engine

    def _send_machine(self, engine: Engine) -> None:
        if isinstance(engine, SupportsMachine) and (machine := engine.machine()):
            self._send(Computes(machine))

    def _end_of(self, engine: Engine, request: EngineRequest) -> Done | Cancelled | Failed | Crashed:
        self._last = None
        try:
            return Done(engine.generate(request, self._on_step))
        except _NotNeeded:
            return Cancelled()
        except EngineLost:
            log.exception("the engine is lost; this process ends")
            os._exit(ENGINE_LOST)
        except EngineError as error:
            return Failed(error.message)
        except Exception as error:
            # Its class may not exist in the process that would unpickle it.
            log.exception("the engine failed")
            return Crashed(repr(error))

    def _on_step(self, step: int, steps: int, preview: bytes | None = None, stage: Message | None = None) -> None:
        if self._is_cancelled.is_set():
            raise _NotNeeded
        seen = Step(step, steps, None, stage)
        if preview or seen != self._last:  # looks between two steps stay in this process
            self._send(Step(step, steps, preview, stage))
            self._last = seen

    def _send(self, frame: object) -> None:
        try:
            frames.write(self._answers, frame)
        except OSError:
            os._exit(0)


def main() -> NoReturn:
    """Run the lane that the first frame describes."""
    # All processes of a service get these at once; this one ends with the server, which puts its tasks in order first.
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_IGN)
    orders, answers = _own_pipes()
    spec = frames.read(orders)
    if spec is None:
        os._exit(0)
    logging.basicConfig(level=logging.WARNING, format=f"{spec.name}: %(message)s")
    LaneServer(orders, answers).run(spec)


def _own_pipes() -> tuple[IO[bytes], IO[bytes]]:
    """Return stdin and stdout for the frames alone: what a library prints goes to stderr, and it reads nothing."""
    orders, answers = os.fdopen(os.dup(STDIN), "rb"), os.fdopen(os.dup(STDOUT), "wb")
    os.dup2(os.open(os.devnull, os.O_RDONLY), STDIN)
    os.dup2(STDERR, STDOUT)
    return orders, answers


if __name__ == "__main__":
    main()
