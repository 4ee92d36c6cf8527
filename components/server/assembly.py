"""Assembly of the server around one folder and one engine."""

from __future__ import annotations

from collections.abc import Callable, Generator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from starlette.applications import Starlette

from components.engines.protocol import Engine, lanes_of
from components.server.app import ServerParts, create_app
from components.server.http.files import Files
from components.server.http.models import ModelRoutes
from components.server.http.openapi import OpenApiRoute
from components.server.http.predictions import SYNC_TIMEOUT, Predictions
from components.server.http.timestamps import now_ms
from components.server.tasks.cleanup import Cleanup
from components.server.tasks.database import TaskDatabase
from components.server.tasks.demo_delay import DemoDelay
from components.server.tasks.fields import fields_of
from components.server.tasks.image_files import ImageFiles
from components.server.tasks.queue import MAX_WAITING, TaskQueue
from components.server.tasks.submit import SubmitHandler
from components.server.tasks.uploads import Uploads
from components.server.tasks.worker import Worker, WorkerContext


@dataclass(frozen=True, slots=True)
class ServerLimits:
    """Limits of a server; tests use smaller ones."""

    waiting: int = MAX_WAITING
    sync_timeout: float = SYNC_TIMEOUT
    """Seconds."""
    now: Callable[[], int] = now_ms
    """Milliseconds of Unix time."""


@dataclass(frozen=True, slots=True)
class AssembledServer:
    """A server that is ready to run; `tasks.stop()` ends all waiting requests."""

    app: Starlette
    tasks: TaskQueue


def go_on() -> None:
    """Answer to a lost engine in a process that nobody starts again: only its task ends."""


@contextmanager
def assemble(
    engine: Engine,
    folder: Path,
    key: str | None,
    pace: DemoDelay,
    limits: ServerLimits,
    on_engine_lost: Callable[[], None] = go_on,
) -> Generator[AssembledServer, None, None]:
    """Lock the folder's database while the context is open. Raise SetupError when another server has it.

    One that a newer version wrote is served from a copy in memory, and nothing in the folder is changed or deleted.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with closing(TaskDatabase(folder / "server.sqlite3")) as records:
        files = ImageFiles(folder, keeps_all=records.is_from_newer_version)
        tasks = TaskQueue(records, files, limits.waiting, lanes_of(engine))
        uploads = Uploads(records, files, limits.now)
        submit_handler = SubmitHandler(tasks, uploads, limits.now, engine)
        parts = ServerParts(
            Predictions(tasks, submit_handler, records, files, limits.sync_timeout),
            Files(uploads, records, files),
            Worker(WorkerContext(tasks, records, files, engine, pace, on_engine_lost)),
            Cleanup(tasks, records, files, limits.now),
            ModelRoutes(fields_of(engine), engine),
            OpenApiRoute(fields_of(engine)),
        )
        yield AssembledServer(create_app(parts, key), tasks)
