"""Lane: an engine in a process of its own, which is started again whenever it ends."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Collection

from components.engines.lanes.frames import Computes, LaneSpec, Ready, StartStage, Unready
from components.engines.lanes.lane_process import LaneProcess
from components.engines.protocol import Machine
from components.messages.message import Message

log = logging.getLogger(__name__)

FAILED_STARTS = 2
"""Failed starts in a row after which no image waits for a lane; it goes on trying."""
LONGEST_PAUSE = 60.0
"""Seconds."""
RECENT_LORAS = 16
"""LoRAs that a process is taken to have loaded: the last ones of its images."""


def pause_after(ends: int) -> float:
    """Return the seconds from a process's end to the next start, after `ends` ends in a row without an image."""
    return 0.0 if ends <= 1 else min(2.0 ** min(ends - 2, 10), LONGEST_PAUSE)


class Lane:
    """State of one lane, read and changed while the condition `changed` is locked, but for `start` and `close`."""

    def __init__(self, spec: LaneSpec, changed: threading.Condition) -> None:
        """`changed` is notified whenever the lane has become free, or is in another stage of its start."""
        self._spec, self._changed = spec, changed
        self.process: LaneProcess | None = None
        """The process that is ready for images; None: there is none at present."""
        self.is_taken = False
        """True while a thread generates in it."""
        self.stage: Message | None = None
        """What its start does."""
        self.reason: Message | None = None
        """Why its last start failed."""
        self.machine: Machine | None = None
        """What its process computes on; None: that is not known, or there is no process."""
        self._loras: dict[str, None] = {}
        """The last LoRAs of its process, the latest last."""
        self._last_taken = 0.0
        self._failed_starts, self._ends = 0, 0
        self._closing = threading.Event()
        self._started: LaneProcess | None = None
        self._thread = threading.Thread(target=self._keep, name="lane", daemon=True)

    @property
    def is_free(self) -> bool:
        return self.process is not None and not self.is_taken

    @property
    def is_broken(self) -> bool:
        """Return whether it does not start, so that nothing is to wait for it."""
        return self._failed_starts >= FAILED_STARTS

    def fit(self, loras: Collection[str]) -> tuple[int, float]:
        """Return how well it fits an image: by the LoRAs that are loaded, then by how long it was not taken."""
        return len(self._loras.keys() & set(loras)), -self._last_taken

    def take(self, loras: Collection[str]) -> LaneProcess:
        """Take it, while it is free, for an image with these LoRAs."""
        assert self.process is not None
        self.is_taken, self._last_taken = True, time.monotonic()
        recent = [name for name in self._loras if name not in loras] + list(loras)
        self._loras = dict.fromkeys(recent[-RECENT_LORAS:])
        return self.process

    def note_image(self) -> None:
        """Take note that it has generated an image: when its process ends, the next may start at once."""
        self._ends = 0

    def start(self) -> None:
        self._thread.start()

    def close(self) -> None:
        """End its process and start no more. Blocks until it has ended."""
        self._closing.set()
        with self._changed:
            if self._started:
                self._started.kill()
        self._thread.join()

    def _keep(self) -> None:
        """Start the process, and start it again whenever it ends."""
        while not self._closing.is_set():
            try:
                self._run_process()
            except Exception:
                # It cannot be started, or what it sent cannot be read: the next one may do better.
                log.exception("the process of %s could not be used", self._spec.name)
            with self._changed:
                pause = self._note_end()
            self._closing.wait(pause)

    def _run_process(self) -> None:
        """Start the process and follow it to its end."""
        process = LaneProcess(self._spec)
        with self._changed:
            self._started = process
            if self._closing.is_set():
                process.kill()
        for frame in process.frames():
            with self._changed:
                self._note(process, frame)

    def _note(self, process: LaneProcess, frame: object) -> None:
        match frame:
            case StartStage(stage):
                self.stage = stage
            case Unready(message):
                self.reason = message
            case Computes(machine):
                self.machine = machine
            case Ready():
                self.process, self.stage, self.reason, self._failed_starts = process, None, None, 0
            case _:
                return
        self._changed.notify_all()

    def _note_end(self) -> float:
        """Return the seconds until the next start."""
        if not self._closing.is_set():
            log.warning("the process of %s ended by itself; starting it again", self._spec.name)
        self._ends += 1
        self._failed_starts += self.process is None
        self.process, self.stage, self.machine, self._loras = None, None, None, {}
        self._changed.notify_all()
        return pause_after(self._ends)
