"""Pictures to start from: taken, fitted and kept for the person who gave them."""

from __future__ import annotations

import asyncio
import io
from collections.abc import Callable
from dataclasses import dataclass
from typing import ParamSpec, TypeVar

from PIL import Image

from components import messages
from components.clock import Clock
from components.errors import InvalidRequest
from components.generation import SourceImage
from components.ledger import Ledger
from components.outpaint import Box, Room, outpaint
from components.person import Person
from components.schema import Schema
from components.source_pictures import Placement, Way, binary_mask, fit, png, upright
from components.store import Store

Given = ParamSpec("Given")
Result = TypeVar("Result")

_AT_ONCE = 2
"""Pictures that are worked on at the same time; each may take some 300 MB."""
_REMEMBERED = 500


@dataclass(frozen=True, slots=True)
class Fitted:
    """A picture of the very size that is asked for."""

    image: SourceImage
    placement: Placement


@dataclass(frozen=True, slots=True)
class WithRoom:
    """A picture that was made wider or taller."""

    image: SourceImage
    kept: Box
    """What stays as it is."""
    is_smaller: bool
    """All of it had to become smaller to be legal."""


class Sources:
    """Keeps people's own pictures. All work on them is done in threads, few at a time."""

    def __init__(self, store: Store, ledger: Ledger, clock: Clock) -> None:
        self._store, self._ledger, self._clock = store, ledger, clock
        self._working = asyncio.Semaphore(_AT_ONCE)
        self._fitted: dict[tuple[str, str, int, int, Way], Fitted] = {}
        """What was fitted lately, the latest last."""

    async def take(self, person: Person, data: bytes) -> SourceImage:
        """Keep a picture file of a person. Raises InvalidRequest for what cannot be used, and StoreTrouble."""
        return await self._keep(person, *await self._work(_master, data))

    async def fit(self, person: Person, name: str, width: int, height: int, way: Way) -> Fitted:
        """Bring a kept picture to a size in pixels. Raises InvalidRequest for another's picture, and StoreTrouble."""
        which = (person.board, name, width, height, way)
        known = self._fitted.pop(which, None)
        if known and await self.find(person, known.image.name):
            self._fitted[which] = known
            return known
        content = await self._content(person, name)
        made, size, placement = await self._work(_fitted, content, width, height, way)
        self._fitted[which] = Fitted(await self._keep(person, made, size), placement)
        if len(self._fitted) > _REMEMBERED:
            del self._fitted[next(iter(self._fitted))]
        return self._fitted[which]

    async def take_mask(self, person: Person, image_name: str, data: bytes) -> SourceImage:
        """Keep the mask of a fitted picture, of the same size. Raises InvalidRequest and StoreTrouble."""
        image = await self.require(person, image_name)
        return await self._keep(person, await self._work(_mask, data, image.size), image.size)

    async def add_room(self, person: Person, name: str, room: Room, schema: Schema) -> WithRoom:
        """Make a kept picture wider or taller. Raises InvalidRequest for what cannot be, and StoreTrouble."""
        content = await self._content(person, name)
        made, size, kept, is_smaller = await self._work(_with_room, content, room, schema)
        return WithRoom(await self._keep(person, made, size), kept, is_smaller)

    async def fit_mask(
        self, person: Person, data: bytes, source: tuple[int, int], size: tuple[int, int]
    ) -> SourceImage:
        """Keep the mask of a picture of size `source` that was cropped to `size`.

        Raises InvalidRequest and StoreTrouble.
        """
        return await self._keep(person, await self._work(_mask_fitted, data, source, size), size)

    async def use_result(self, person: Person, job_id: str, index: int) -> SourceImage:
        """Take a finished picture of the person's own board. Raises InvalidRequest and StoreTrouble."""
        job = await self._ledger.call(self._store.job, job_id)
        if job is None or job.visitor != person.board or not 0 <= index < len(job.pictures):
            raise InvalidRequest("image", messages.SOURCE_GONE)
        content = await self._ledger.call(self._store.content, job.pictures[index].name)
        if content is None:
            raise InvalidRequest("image", messages.SOURCE_GONE)
        return await self.take(person, content)

    async def find(self, person: Person, name: str) -> SourceImage | None:
        """Return a person's own picture by its name; None for another's."""
        return await self._ledger.call(self._store.source, person.board, name)

    async def require(self, person: Person, name: str, field: str = "image") -> SourceImage:
        """Return a person's own picture by its name. Raises InvalidRequest at `field` for another's."""
        found = await self.find(person, name)
        if found is None:
            raise InvalidRequest(field, messages.SOURCE_GONE)
        return found

    async def _content(self, person: Person, name: str) -> bytes:
        await self.require(person, name)
        content = await self._ledger.call(self._store.content, name)
        if content is None:
            raise InvalidRequest("image", messages.SOURCE_GONE)
        return content

    async def _keep(self, person: Person, content: bytes, size: tuple[int, int]) -> SourceImage:
        return await self._ledger.call(self._store.keep_source, person.board, content, size, self._clock.now())

    async def _work(self, work: Callable[Given, Result], *args: Given.args, **kwargs: Given.kwargs) -> Result:
        async with self._working:
            return await asyncio.to_thread(work, *args, **kwargs)


def _master(data: bytes) -> tuple[bytes, tuple[int, int]]:
    image = upright(data)
    return png(image), image.size


def _fitted(content: bytes, width: int, height: int, way: Way) -> tuple[bytes, tuple[int, int], Placement]:
    with Image.open(io.BytesIO(content), formats=("PNG",)) as image:
        made, placement = fit(image.convert("RGB"), width, height, way)
    return png(made), made.size, placement


def _with_room(content: bytes, room: Room, schema: Schema) -> tuple[bytes, tuple[int, int], Box, bool]:
    with Image.open(io.BytesIO(content), formats=("PNG",)) as image:
        made = outpaint(image.convert("RGB"), room, schema)
    return png(made.image), made.image.size, made.kept, made.scale < 1


def _mask_fitted(data: bytes, source: tuple[int, int], size: tuple[int, int]) -> bytes:
    white, _ = fit(binary_mask(data, source, resize=True).convert("RGB"), *size, Way.CROP)
    return png(white.convert("L").point([0] * 128 + [255] * 128))


def _mask(data: bytes, size: tuple[int, int]) -> bytes:
    return png(binary_mask(data, size))
