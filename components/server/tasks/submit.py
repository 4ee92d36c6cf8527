"""Submit handler: from a request's body to a queued task. Blocking: images are decoded here."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from components.domain.fields import MAX_SEED
from components.engines.protocol import Engine, EngineRequest, SupportsPrecheck
from components.errors import EngineError
from components.messages.message import Message
from components.server.errors import Refused, out_of_range, unusable
from components.server.tasks import fields, validate
from components.server.tasks.database import TaskRecord
from components.server.tasks.images import decode
from components.server.tasks.queue import TaskQueue
from components.server.tasks.uploads import Uploads, data_in, is_data_uri
from components.server.tasks.validate import Body, SourceImages, parse_object

KNOWN = frozenset(field.name for field in fields.FIELDS)
"""Names of the fields of every engine."""


@dataclass(frozen=True, slots=True)
class ParsedSubmit:
    """Parsed submit; its images are not decoded yet."""

    body: Body
    request: EngineRequest
    waits: bool


@dataclass(frozen=True, slots=True)
class Accepted:
    """Queued task; `waits` in sync mode, when the client waits for its end."""

    task_id: str
    waits: bool


@dataclass(frozen=True, slots=True)
class ImageInput:
    """Image of a body."""

    data: bytes
    name: str = ""
    """Name of the upload; empty for a data URI."""


class SubmitHandler:
    """Checks a whole submit before any of it is stored."""

    def __init__(
        self, tasks: TaskQueue, uploads: Uploads, now: Callable[[], int], engine: Engine | None = None
    ) -> None:
        """`now` gives milliseconds of Unix time; an engine that SupportsPrecheck checks each request."""
        self._preset, self._further = fields.preset_of(engine), fields.fields_of(engine)
        self._tasks, self._uploads, self._now = tasks, uploads, now
        self._engine = engine if isinstance(engine, SupportsPrecheck) else None

    def read(self, raw: bytes) -> ParsedSubmit:
        """Check everything but the images. Raise Refused naming the invalid field, or for a full queue."""
        body = parse_object(raw)
        self._tasks.check_room()
        request = validate.request_of(body, _draw_seed, self._further)
        waits = validate.flag(body, fields.SYNC)
        validate.flag(body, fields.BASE64)
        return ParsedSubmit(body, request, waits)

    @property
    def has_precheck(self) -> bool:
        """Return whether the engine can refuse requests before they are queued."""
        return self._engine is not None

    def precheck(self, submit: ParsedSubmit) -> None:
        """Raise Refused for what the engine cannot generate. It may use the network."""
        if self._engine is None:
            return
        try:
            self._engine.check(submit.request)
        except EngineError as error:
            raise unusable(fields.LORAS.name, error.message) from error

    def accept(self, submit: ParsedSubmit, visitor: str | None = None, visitor_token: str = "") -> Accepted:
        """Check the images and queue the task of a visitor, None for callers that name none. Raise Refused."""
        task_id = secrets.token_hex(16)
        try:
            names = self._store_images(validate.source_images_of(submit.body), task_id)
            stored = self._known(submit.body) | self._decided(submit.request) | names
            self._tasks.add(TaskRecord(task_id, stored, self._now(), visitor=visitor), visitor_token)
        except Refused:
            self._uploads.delete_all_of(task_id)
            raise
        return Accepted(task_id, submit.waits)

    def _known(self, body: Body) -> dict[str, object]:
        """Return the known fields; like the hosted API, others are ignored."""
        known = KNOWN | {field.name for field in self._further}
        return {name: value for name, value in body.items() if name in known and value is not None}

    def _decided(self, request: EngineRequest) -> dict[str, object]:
        """Return the values decided at submit: later changes of the defaults do not change the task."""
        preset: dict[str, object] = {self._preset.name: request.preset} if self._preset else {}
        return preset | {fields.SEED.name: request.seed}

    def _store_images(self, sources: SourceImages, task_id: str) -> dict[str, object]:
        """Check all images, then store those inside the body. Return the names by field."""
        named = ((fields.IMAGE.name, sources.image), (fields.MASK.name, sources.mask))
        found = {field: self._find(field, source) for field, source in named if source is not None}
        _check_pictures(found)
        return {
            field: item.name or self._uploads.store(field, item.data, task_id).name for field, item in found.items()
        }

    def _find(self, field: str, source: str) -> ImageInput:
        if is_data_uri(source):
            return ImageInput(data_in(field, source))
        upload = self._uploads.named_in(field, source)
        return ImageInput(self._uploads.read(upload), upload.name)


def _check_pictures(found: Mapping[str, ImageInput]) -> None:
    """Raise Refused unless all can be decoded and are of one size."""
    sizes = [decode(field, item.data, "RGB").size for field, item in found.items()]
    if len(set(sizes)) > 1:
        width, height = sizes[0]
        raise out_of_range(Message("server_mask_size", {"field": fields.MASK.name, "width": width, "height": height}))


def _draw_seed() -> int:
    return secrets.randbelow(MAX_SEED + 1)
