"""Worker threads of the engine, one for each lane: a task at a time, in the order of the queue."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, replace

from PIL import Image

from components.engines.protocol import Engine, EngineRequest, EngineResult, OnStep, SupportsWarmup, lanes_of
from components.errors import EngineError, EngineLost
from components.messages.message import Message
from components.server.errors import Refused
from components.server.tasks import images, validate
from components.server.tasks.database import TaskDatabase, TaskRecord
from components.server.tasks.demo_delay import DemoDelay
from components.server.tasks.fields import fields_of
from components.server.tasks.image_files import ImageFiles, output_name
from components.server.tasks.outcome import Outcome, Status
from components.server.tasks.queue import MAX_ATTEMPTS, RunningTask, TaskQueue

log = logging.getLogger(__name__)

BROKEN = Message("server_engine_failed")
GIVEN_UP = Message("server_gave_up", {"count": MAX_ATTEMPTS})
LOST = Message("server_image_lost")
NOT_STORED = Message("server_image_not_stored")
MADE_AFTER_RESTART = Message("note_made_after_restart")
"""Note of an image during whose first try the process died; an orderly stop is none."""

WORKER_THREAD = "painter"
"""Name of the worker threads."""


class Cancelled(Exception):
    """The task was deleted or the server stops: its result is not needed."""


@dataclass(frozen=True, slots=True)
class WorkerContext:
    """Collaborators of a run."""

    tasks: TaskQueue
    records: TaskDatabase
    files: ImageFiles
    engine: Engine
    pace: DemoDelay
    on_engine_lost: Callable[[], None]
    """Ends the process where another one takes its task up again; else the task fails."""


class Worker:
    """Worker threads. They are daemons: an engine deep in a step does not keep the process alive."""

    def __init__(self, context: WorkerContext) -> None:
        self._context = context
        self._prepared = threading.Event()
        loops = [self._run_first, *[self._run_further] * (lanes_of(context.engine) - 1)]
        self._threads = [threading.Thread(target=loop, name=WORKER_THREAD, daemon=True) for loop in loops]

    def start(self) -> None:
        for thread in self._threads:
            thread.start()

    def stop(self, timeout: float = 0.5) -> None:
        """Cancel the running tasks, wait at most `timeout` seconds for their steps, requeue them."""
        self._context.tasks.stop()
        end = time.monotonic() + timeout
        for thread in self._threads:
            thread.join(max(end - time.monotonic(), 0.0))
        for task in self._context.records.unfinished():
            if task.status is Status.PROCESSING:
                self._context.records.requeue(task.id, in_good_order=True)

    def _run_first(self) -> None:
        self._prepare()
        self._prepared.set()
        self._run()

    def _run_further(self) -> None:
        self._prepared.wait()
        self._run()

    def _run(self) -> None:
        tasks = self._context.tasks
        while (live := tasks.take()) is not None:
            try:
                run_task(self._context, live)
            except Exception:
                # The task database itself fails, on a full disk for example. The next task may succeed.
                log.exception("task %s could not be brought to an end", live.id)
            finally:
                tasks.release(live)

    def _prepare(self) -> None:
        engine, tasks = self._context.engine, self._context.tasks
        if not isinstance(engine, SupportsWarmup):
            return
        try:
            engine.prepare(tasks.prepare)
        except Exception:
            # The first task meets the same error again and reports it.
            log.exception("the engine could not be prepared")
        finally:
            tasks.prepare(None)


def run_task(context: WorkerContext, live: RunningTask) -> None:
    """Run one task to its end; a cancelled one is left unfinished."""
    context.records.begin(live.id)
    started = time.monotonic()
    try:
        end = _attempt(context, live, started)
    except Cancelled:
        return
    end = replace(end, inference_ms=round((time.monotonic() - started) * 1000))
    if not context.records.finish(live.id, end) and end.output:
        context.files.delete(context.files.output(end.output))


def _attempt(context: WorkerContext, live: RunningTask, started: float) -> Outcome:
    """Return how a task ended; every error becomes its message."""
    try:
        task = _task(context, live)
        result = context.engine.generate(_request(context, live, task), _stepper(context.pace, live, started))
        notes = (*result.notes, MADE_AFTER_RESTART) if task.attempts > 1 else result.notes
        return _store(context, live, replace(result, notes=notes))
    except Cancelled:
        raise
    except EngineLost as error:
        log.exception("the engine is lost on task %s", live.id)
        context.on_engine_lost()
        return Outcome(error=error.message)
    except EngineError as error:
        return Outcome(error=error.message)
    except Refused as error:
        return Outcome(error=error.reason)
    except Exception:
        # An engine is other people's code on top of a GPU: whatever it raises ends this task alone.
        log.exception("the engine failed on task %s", live.id)
        return Outcome(error=BROKEN)


def _task(context: WorkerContext, live: RunningTask) -> TaskRecord:
    task = context.records.task(live.id)
    if task is None:
        raise Cancelled
    if task.attempts > MAX_ATTEMPTS:
        raise EngineError(GIVEN_UP)
    return task


def _request(context: WorkerContext, live: RunningTask, task: TaskRecord) -> EngineRequest:
    # The seed was drawn at the submit and is in the input.
    request = validate.request_of(task.input, draw_seed=lambda: 0, further=fields_of(context.engine))
    live.progress = (0, request.num_inference_steps)
    sources = validate.source_images_of(task.input)
    image, mask = _load(context, sources.image, "RGB"), _load(context, sources.mask, "L")
    return replace(request, image=image, mask=mask, visitor_token=live.visitor_token)


def _load(context: WorkerContext, name: str | None, mode: images.Mode) -> Image.Image | None:
    if name is None:
        return None
    try:
        data = context.files.upload(name).read_bytes()
    except OSError as error:
        raise EngineError(LOST) from error
    return images.decode("image", data, mode)


def _stepper(pace: DemoDelay, live: RunningTask, started: float) -> OnStep:
    def on_step(step: int, steps: int, preview: bytes | None = None, stage: Message | None = None) -> None:
        rest = started + pace.due(step) - time.monotonic()
        if live.halt.wait(max(rest, 0.0)):
            raise Cancelled
        live.preview = live.preview if preview is None else preview
        live.progress, live.stage = (step, steps), stage

    return on_step


def _store(context: WorkerContext, live: RunningTask, result: EngineResult) -> Outcome:
    name = output_name(live.id)
    try:
        context.files.put(context.files.output(name), images.encode_png(result.image))
    except OSError as error:
        raise EngineError(NOT_STORED) from error
    return Outcome(output=name, nsfw=result.nsfw, notes=result.notes)
