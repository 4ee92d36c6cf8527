"""The one thread that paints: one task at a time, in the order of submission."""

from __future__ import annotations

import logging
import threading
import time
from dataclasses import dataclass, replace

from PIL import Image

from components.errors import EngineError
from components.server import checks, pictures
from components.server.engine import Engine, OnStep, Order, Painting, Preparing
from components.server.fields import preset_of
from components.server.pace import Pace
from components.server.records import Outcome, Records, Status
from components.server.refusals import Refused
from components.server.shelf import Shelf, output_name
from components.server.tasks import MAX_ATTEMPTS, Live, Tasks

log = logging.getLogger(__name__)

BROKEN = "The painter failed on this picture."
GIVEN_UP = f"The server stopped {MAX_ATTEMPTS} times while painting this picture; it is not tried again."
LOST = "The picture to start from is not on the server any more."
NOT_STORED = "The finished picture could not be stored on the server."


PAINTER = "painter"
"""The name of the thread that paints."""


class Halted(Exception):
    """The task was deleted, or the server stops: nobody waits for this painting."""


@dataclass(frozen=True, slots=True)
class Studio:
    """What a painting needs."""

    tasks: Tasks
    records: Records
    shelf: Shelf
    engine: Engine
    pace: Pace


class Worker:
    """Owns the painting thread. It is a daemon: an engine deep in a step never keeps the process alive."""

    def __init__(self, studio: Studio) -> None:
        self._studio = studio
        self._thread = threading.Thread(target=self._run, name=PAINTER, daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self, timeout: float = 0.5) -> None:
        """Halt the painting, wait at most `timeout` seconds for its step, put its task back in line."""
        self._studio.tasks.stop()
        self._thread.join(timeout)
        for task in self._studio.records.unfinished():
            if task.status is Status.PROCESSING:
                self._studio.records.put_back(task.id, in_good_order=True)

    def _run(self) -> None:
        tasks = self._studio.tasks
        self._prepare()
        while (live := tasks.take()) is not None:
            try:
                paint(self._studio, live)
            except Exception:
                # The records themselves fail: the disk is full, say. The next task may fare better.
                log.exception("task %s could not be brought to an end", live.id)
            finally:
                tasks.release(live)

    def _prepare(self) -> None:
        engine, tasks = self._studio.engine, self._studio.tasks
        if not isinstance(engine, Preparing):
            return
        try:
            engine.prepare(tasks.prepare)
        except Exception:
            # Whatever it is, the first picture meets it again, and its person is told.
            log.exception("the engine could not be prepared")
        finally:
            tasks.prepare("")


def paint(studio: Studio, live: Live) -> None:
    """Bring one task to its end; a halted one is left as it is."""
    studio.records.begin(live.id)
    started = time.monotonic()
    try:
        end = _attempt(studio, live, started)
    except Halted:
        return
    end = replace(end, inference_ms=round((time.monotonic() - started) * 1000))
    if not studio.records.finish(live.id, end) and end.output:
        studio.shelf.output(end.output).unlink(missing_ok=True)


def _attempt(studio: Studio, live: Live, started: float) -> Outcome:
    """Everything that can go wrong with one order becomes its error."""
    try:
        painting = studio.engine.paint(_order(studio, live), _stepper(studio.pace, live, started))
        return _keep(studio, live, painting)
    except Halted:
        raise
    except EngineError as error:
        return Outcome(error=str(error))
    except Refused as error:
        return Outcome(error=error.message)
    except Exception:
        # An engine is other people's code on top of a GPU: whatever it raises ends this task alone.
        log.exception("the engine failed on task %s", live.id)
        return Outcome(error=BROKEN)


def _order(studio: Studio, live: Live) -> Order:
    task = studio.records.task(live.id)
    if task is None:
        raise Halted
    if task.attempts > MAX_ATTEMPTS:
        raise EngineError(GIVEN_UP)
    # Its seed was drawn when it was accepted.
    order = checks.order_of(task.input, draw_seed=lambda: 0, preset=preset_of(studio.engine))
    live.progress = (0, order.num_inference_steps)
    sources = checks.sources_of(task.input)
    return replace(order, image=_load(studio, sources.image, "RGB"), mask=_load(studio, sources.mask, "L"))


def _load(studio: Studio, name: str | None, mode: pictures.Mode) -> Image.Image | None:
    if name is None:
        return None
    try:
        data = studio.shelf.upload(name).read_bytes()
    except OSError as error:
        raise EngineError(LOST) from error
    return pictures.decode("image", data, mode)


def _stepper(pace: Pace, live: Live, started: float) -> OnStep:
    def on_step(step: int, steps: int, preview: bytes | None = None, stage: str = "") -> None:
        rest = started + pace.due(step) - time.monotonic()
        if live.halt.wait(max(rest, 0.0)):
            raise Halted
        live.preview = live.preview if preview is None else preview
        live.progress, live.stage = (step, steps), stage

    return on_step


def _keep(studio: Studio, live: Live, painting: Painting) -> Outcome:
    name = output_name(live.id)
    try:
        studio.shelf.put(studio.shelf.output(name), pictures.encode_png(painting.image))
    except OSError as error:
        raise EngineError(NOT_STORED) from error
    return Outcome(output=name, nsfw=painting.nsfw, note=painting.note)
