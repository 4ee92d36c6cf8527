"""Pool of lanes: which of them generates an image, and which image is next where none is free."""

from __future__ import annotations

import contextlib
import threading
from collections import deque
from collections.abc import Callable, Collection, Generator, Sequence

from components.engines.lanes.frames import LaneSpec
from components.engines.lanes.lane import Lane
from components.engines.lanes.lane_process import LOOK_SECONDS, LaneProcess
from components.engines.lanes.messages import NOT_STARTED, WAITING
from components.engines.protocol import Machine
from components.errors import EngineError
from components.messages.message import Message


class LanePool:
    """Lanes; any thread may call."""

    def __init__(self, specs: Sequence[LaneSpec]) -> None:
        """Start nothing yet."""
        self._changed = threading.Condition()
        self._lanes = [Lane(spec, self._changed) for spec in specs]
        self._line: deque[object] = deque()
        """Images that wait for a lane, the next one first."""
        self._is_started, self._is_closed = False, False

    def __len__(self) -> int:
        return len(self._lanes)

    @property
    def ready_lanes(self) -> int:
        with self._changed:
            return sum(lane.process is not None for lane in self._lanes)

    @property
    def machines(self) -> list[Machine | None]:
        with self._changed:
            return [lane.machine for lane in self._lanes]

    def prepare(self, on_stage: Callable[[Message], None]) -> None:
        """Start the lanes, and wait until one is ready or all have failed."""
        self._start()
        shown = None
        with self._changed:
            while not self._is_hopeless and all(lane.process is None for lane in self._lanes):
                if (stage := self._stage) != shown:
                    on_stage(stage)
                    shown = stage
                self._changed.wait()

    @contextlib.contextmanager
    def lane_for(
        self, loras: Collection[str], on_wait: Callable[[Message], None], *, is_next: bool = False
    ) -> Generator[LaneProcess, None, None]:
        """Take the best free lane for an image with these LoRAs while the context is open; wait for one.

        `on_wait` gets what is waited for, again and again; what it raises ends the waiting. `is_next`: before all
        others that wait. Raise EngineError when no lane starts.
        """
        self._start()
        lane, process = self._taken(loras, on_wait, is_next=is_next)
        try:
            yield process
            lane.note_image()
        finally:
            with self._changed:
                lane.is_taken = False
                self._changed.notify_all()

    def close(self) -> None:
        """End all processes; those who wait get an error."""
        with self._changed:
            self._is_closed = True
            self._changed.notify_all()
        if self._is_started:
            for lane in self._lanes:
                lane.close()

    def _start(self) -> None:
        with self._changed:
            is_first, self._is_started = not self._is_started and not self._is_closed, True
        if is_first:
            for lane in self._lanes:
                lane.start()

    def _taken(
        self, loras: Collection[str], on_wait: Callable[[Message], None], *, is_next: bool
    ) -> tuple[Lane, LaneProcess]:
        place = object()
        with self._changed:
            self._line.insert(0 if is_next else len(self._line), place)
        try:
            while True:
                with self._changed:
                    if taken := self._take(place, loras):
                        return taken
                    self._changed.wait(LOOK_SECONDS)
                    stage = self._stage
                on_wait(stage)
        finally:
            with self._changed:
                self._line.remove(place)
                self._changed.notify_all()

    def _take(self, place: object, loras: Collection[str]) -> tuple[Lane, LaneProcess] | None:
        """Take a lane for the first in line; None: there is none, or others come first. Raise EngineError."""
        if self._is_hopeless:
            reasons = [lane.reason for lane in self._lanes if lane.reason]
            raise EngineError(reasons[0] if reasons else NOT_STARTED)
        if self._line[0] is not place or not (free := [lane for lane in self._lanes if lane.is_free]):
            return None
        lane = max(free, key=lambda lane: lane.fit(loras))
        return lane, lane.take(loras)

    @property
    def _is_hopeless(self) -> bool:
        return self._is_closed or all(lane.is_broken for lane in self._lanes)

    @property
    def _stage(self) -> Message:
        return next((lane.stage for lane in self._lanes if lane.stage), WAITING)
