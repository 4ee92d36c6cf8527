"""Engines for the processes of lanes: words of a prompt make them sleep, fail, end, or say what their process is."""

from __future__ import annotations

import logging
import os
import signal
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from components.engines.lanes.engine import LanesEngine
from components.engines.lanes.frames import LaneSpec
from components.engines.protocol import Card, EngineRequest, EngineResult, Machine, OnStep
from components.errors import EngineError, EngineLost
from components.messages.message import Message, literal
from tests.support.tiny_engines import TinyEngine

LOADING = Message("stage_loading_model")
FETCHING = Message("stage_fetching_lora", {"percent": 50})


def ignore(step: int, steps: int, preview: bytes | None = None, stage: Message | None = None) -> None:
    """Take no note of a step."""


@dataclass(frozen=True)
class SleepingEngine:
    """Engine that sleeps for each step, notes each begun and ended image in a folder, and names its process.

    A prompt with "kill" or "lost" ends its process in the second step, "once" only the first time. A source image is
    returned as it is.
    """

    folder: Path
    step_seconds: float = 0.0
    start_error: Message | None = None

    def prepare(self, on_stage: Callable[[Message], None]) -> None:
        on_stage(LOADING)
        (self.folder / f"started-{os.getpid()}").touch()
        if self.start_error:
            raise EngineError(self.start_error)

    def generate(self, request: EngineRequest, on_step: OnStep) -> EngineResult:
        self._note("begun", request)
        print("a library that prints")  # noqa: T201 - stdout is the pipe of the frames
        on_step(0, request.num_inference_steps, stage=FETCHING)
        for step in range(1, request.num_inference_steps + 1):
            self._sleep(on_step, step - 1, request.num_inference_steps)
            on_step(step, request.num_inference_steps, b"preview %d" % step)
            if step == 2:
                self._end_process(request)
        result = TinyEngine().generate(request, ignore)
        self._note("ended", request)
        notes = (literal(f"pid {os.getpid()}"), *result.notes)
        return replace(result, image=request.image or result.image, notes=notes)

    def _sleep(self, on_step: OnStep, step: int, steps: int) -> None:
        """Sleep for a step in pieces, as an engine whose model has blocks."""
        end = time.monotonic() + self.step_seconds
        while (rest := end - time.monotonic()) > 0:
            time.sleep(min(rest, 0.02))
            on_step(step, steps)

    def _end_process(self, request: EngineRequest) -> None:
        is_first = not (self.folder / f"ended-by-{request.seed}").exists()
        if is_first or "once" not in request.prompt:
            (self.folder / f"ended-by-{request.seed}").touch()
            if "kill" in request.prompt:
                os.kill(os.getpid(), signal.SIGKILL)
            if "lost" in request.prompt:
                raise EngineLost(literal("The card works no more."))

    def machine(self) -> Machine:
        """Return a card named as the process, with as many bytes free as it has made images."""
        made = sum(what == "ended" and pid == os.getpid() for what, _, pid in notes(self.folder))
        return Machine((Card(f"card of {os.getpid()}", "float16", made, 100),))

    def _note(self, what: str, request: EngineRequest) -> None:
        with (self.folder / "notes").open("a") as file:
            file.write(f"{what} {request.seed} {os.getpid()}\n")


class DyingEngine(TinyEngine):
    """Engine whose process ends at its start."""

    def __init__(self) -> None:
        logging.getLogger(__name__).warning("this process ends")
        os._exit(3)


def sleeping(folder: Path, lanes: int = 2, step_seconds: float = 0.0) -> list[LaneSpec]:
    """Return lanes that note what they do in a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    build = partial(SleepingEngine, folder, step_seconds)
    return [LaneSpec(f"lane {number}", build) for number in range(1, lanes + 1)]


def slow_lanes() -> LanesEngine:
    """Return an engine for a server of its own, with two lanes that note what they do in the folder of LANE_NOTES."""
    return LanesEngine(sleeping(Path(os.environ["LANE_NOTES"]), step_seconds=0.1))


def slow_engine() -> SleepingEngine:
    """Return one of such engines, for a replica of a cluster."""
    return SleepingEngine(Path(os.environ["LANE_NOTES"]), step_seconds=0.1)


def notes(folder: Path) -> list[tuple[str, int, int]]:
    """Return what was noted: begun or ended, the seed, the process."""
    path = folder / "notes"
    lines = path.read_text().splitlines() if path.exists() else []
    return [(what, int(seed), int(pid)) for what, seed, pid in (line.split() for line in lines)]
