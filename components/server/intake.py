"""A submit's bytes -> a task in line. Blocking: pictures are decoded here."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from components.errors import EngineError
from components.server import checks, fields
from components.server.body import parse_object
from components.server.checks import Body, Sources
from components.server.engine import Engine, Foreseeing, Order
from components.server.pictures import decode
from components.server.records import TaskRecord
from components.server.refusals import Refused, out_of_range, unusable
from components.server.tasks import Tasks
from components.server.uploads import Uploads, data_in, is_data_uri

KNOWN = frozenset(field.name for field in fields.FIELDS)


@dataclass(frozen=True, slots=True)
class Asked:
    """A submit that was read, its pictures not yet."""

    body: Body
    order: Order
    waits: bool


@dataclass(frozen=True, slots=True)
class Accepted:
    """A task that was made; `waits` when the caller wants to be answered at its end."""

    task_id: str
    waits: bool


@dataclass(frozen=True, slots=True)
class Found:
    """A picture that a body named."""

    data: bytes
    name: str = ""
    """Of the upload; empty for a picture inside the body."""


class Intake:
    """Checks a submit whole before anything of it is kept."""

    def __init__(self, tasks: Tasks, uploads: Uploads, now: Callable[[], int], engine: Engine | None = None) -> None:
        """`now` gives milliseconds of Unix time; an engine that is Foreseeing is asked about each order."""
        self._preset = fields.preset_of(engine)
        self._tasks, self._uploads, self._now = tasks, uploads, now
        self._engine = engine if isinstance(engine, Foreseeing) else None

    def read(self, raw: bytes) -> Asked:
        """Check everything but the pictures. Raise Refused naming the field that is wrong, or for a full line."""
        body = parse_object(raw)
        self._tasks.check_room()
        order = checks.order_of(body, _draw_seed, self._preset)
        waits = checks.flag(body, fields.SYNC)
        checks.flag(body, fields.BASE64)
        return Asked(body, order, waits)

    @property
    def foresees(self) -> bool:
        """Tell whether the engine can tell beforehand what it cannot paint."""
        return self._engine is not None

    def foresee(self, asked: Asked) -> None:
        """Raise Refused for what the engine cannot paint. It may ask others over the network."""
        if self._engine is None:
            return
        try:
            self._engine.check(asked.order)
        except EngineError as error:
            raise unusable(fields.LORAS.name, str(error)) from error

    def accept(self, asked: Asked) -> Accepted:
        """Check the pictures and put the task in line. Raise Refused."""
        task_id = secrets.token_hex(16)
        try:
            names = self._keep_pictures(checks.sources_of(asked.body), task_id)
            kept = _known(asked.body) | self._decided(asked.order) | names
            self._tasks.add(TaskRecord(task_id, kept, self._now()))
        except Refused:
            self._uploads.forget_all_of(task_id)
            raise
        return Accepted(task_id, asked.waits)

    def _decided(self, order: Order) -> dict[str, object]:
        """What holds for this task, whatever is usual when it is painted."""
        preset: dict[str, object] = {self._preset.name: order.preset} if self._preset else {}
        return preset | {fields.SEED.name: order.seed}

    def _keep_pictures(self, sources: Sources, task_id: str) -> dict[str, object]:
        """Check all pictures, then keep those that came inside the body; their names, by field."""
        named = ((fields.IMAGE.name, sources.image), (fields.MASK.name, sources.mask))
        found = {field: self._find(field, source) for field, source in named if source is not None}
        _check_pictures(found)
        return {
            field: item.name or self._uploads.keep(field, item.data, task_id).name for field, item in found.items()
        }

    def _find(self, field: str, source: str) -> Found:
        if is_data_uri(source):
            return Found(data_in(field, source))
        upload = self._uploads.named_in(field, source)
        return Found(self._uploads.read(upload), upload.name)


def _check_pictures(found: Mapping[str, Found]) -> None:
    """Raise Refused unless all can be decoded and are of one size."""
    sizes = [decode(field, item.data, "RGB").size for field, item in found.items()]
    if len(set(sizes)) > 1:
        width, height = sizes[0]
        raise out_of_range(fields.MASK.name, f"as large as the image, {width}*{height} pixels upright")


def _known(body: Body) -> dict[str, object]:
    """What the model takes; the hosted API, too, silently drops the rest."""
    return {name: value for name, value in body.items() if name in KNOWN and value is not None}


def _draw_seed() -> int:
    return secrets.randbelow(fields.MAX_SEED + 1)
