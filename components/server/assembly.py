"""Puts the server together around one folder and one engine."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Generator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from starlette.applications import Starlette

from components.errors import SetupError
from components.server.account import Account
from components.server.app import Collaborators, create_app
from components.server.engine import Engine
from components.server.fields import preset_of
from components.server.housekeeping import Housekeeping
from components.server.intake import Intake
from components.server.media import Media
from components.server.pace import Pace
from components.server.predictions import SYNC_PATIENCE, Predictions
from components.server.records import Records
from components.server.shelf import Shelf
from components.server.tasks import MAX_WAITING, Tasks
from components.server.times import now_ms
from components.server.uploads import Uploads
from components.server.worker import Studio, Worker

ENGINES = {"demo": "components.engines.demo:DemoPainter", "sdxl": "components.engines.sdxl.engine:SdxlEngine"}
"""Short names; any other engine is named by its class as package.module:Class."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What tests make small."""

    waiting: int = MAX_WAITING
    patience: float = SYNC_PATIENCE
    now: Callable[[], int] = now_ms
    """Milliseconds of Unix time."""


@dataclass(frozen=True, slots=True)
class Assembled:
    """A server that is ready to run; `tasks.stop()` lets go of all who wait for a picture."""

    app: Starlette
    tasks: Tasks


@contextmanager
def assembled(
    engine: Engine, folder: Path, key: str | None, pace: Pace, limits: Limits
) -> Generator[Assembled, None, None]:
    """Own the folder's records while the context is open. Raise SetupError when another server does."""
    shelf = Shelf(folder)
    with closing(Records(folder / "server.sqlite3")) as records:
        tasks = Tasks(records, shelf, limits.waiting)
        uploads = Uploads(records, shelf, limits.now)
        intake = Intake(tasks, uploads, limits.now, engine)
        collaborators = Collaborators(
            Predictions(tasks, intake, records, shelf, limits.patience),
            Media(uploads, records, shelf),
            Worker(Studio(tasks, records, shelf, engine, pace)),
            Housekeeping(tasks, records, shelf, limits.now),
            Account(preset_of(engine)),
        )
        yield Assembled(create_app(collaborators, key), tasks)


def engine_named(name: str) -> Engine:
    """Import an engine only when it is asked for. Raise SetupError when there is none."""
    module, colon, attribute = ENGINES.get(name, name).partition(":")
    if not colon:
        raise SetupError(f"There is no engine called {name}.", "The engines are demo and sdxl.")
    try:
        build: Any = getattr(importlib.import_module(module), attribute)
    except (ImportError, AttributeError) as error:
        raise SetupError(f"The engine {name} is not installed ({error}).") from error
    return build()
