"""Source images: uploads of visitors, their masks, fitted and extended versions."""

from __future__ import annotations

import io
from dataclasses import dataclass

from PIL import Image

from components import messages
from components.clock import Clock
from components.domain.person import Person
from components.domain.request import SourceImage
from components.domain.schema import ModelSchema
from components.errors import InvalidRequest
from components.images.fit import FitMode, Placement, fit
from components.images.mask_fit import fit_mask
from components.images.mask_reading import read_mask
from components.images.outpaint import Box, Padding, outpaint
from components.images.source import normalize_upload, png
from components.services.source_quota import SourceQuota
from components.storage.async_store import AsyncStore
from components.threads import image_threads

_MAX_CACHED = 500
"""Fitted images remembered over all visitors."""


@dataclass(frozen=True, slots=True)
class FittedImage:
    """A source image of exactly the requested size, and where the original lies in it."""

    image: SourceImage
    placement: Placement


@dataclass(frozen=True, slots=True)
class ExtendedImage:
    """A source image with room added around it."""

    image: SourceImage
    original: Box
    """Box of the original in it, in pixels."""
    is_smaller: bool
    """True: the image was scaled down, since the whole would exceed the model's largest size."""


class SourceImages:
    """Store of source images, each for its visitor alone. Image work runs in `image_threads`."""

    def __init__(self, store: AsyncStore, clock: Clock) -> None:
        self._store, self._clock, self._quota = store, clock, SourceQuota(store)
        self._fitted: dict[tuple[str, str, int, int, FitMode], FittedImage] = {}
        """Fitted images by visitor, name, width, height and mode, the latest used last."""

    async def add(self, person: Person, data: bytes) -> SourceImage:
        """Store an uploaded image file. Raises InvalidRequest for an unusable one, and StorageError."""
        return await self._save(person, *await image_threads().run(_normalized, data))

    async def fit(self, person: Person, name: str, width: int, height: int, mode: FitMode) -> FittedImage:
        """Return a stored image fitted to a size in pixels.

        Raises InvalidRequest for another visitor's image, and StorageError.
        """
        key = (person.visitor_id, name, width, height, mode)
        # Taken out and, if valid, put in again: a dict lists its keys in the order of insertion, and drops the first.
        known = self._fitted.pop(key, None)
        # Looked up again: the upkeep deletes fitted images that no job used.
        if known and await self.find(person, known.image.name):
            self._fitted[key] = known
            return known
        content = await self._content(person, name)
        fitted, size, placement = await image_threads().run(_fitted, content, width, height, mode)
        self._fitted[key] = FittedImage(await self._save(person, fitted, size), placement)
        if self._fitted[key].image.name != name:
            self._quota.note_fitted(self._fitted[key].image.name)
        if len(self._fitted) > _MAX_CACHED:
            del self._fitted[next(iter(self._fitted))]
        return self._fitted[key]

    async def add_mask(self, person: Person, image_name: str, data: bytes) -> SourceImage:
        """Store the mask of a fitted image, white on black and of its size. Raises InvalidRequest and StorageError."""
        image = await self.require(person, image_name)
        return await self._save(person, await image_threads().run(_same_size_mask, data, image.size), image.size)

    async def extend(self, person: Person, name: str, padding: Padding, schema: ModelSchema) -> ExtendedImage:
        """Return a stored image with `padding` pixels of room added at its sides, legal for the model.

        Raises InvalidRequest for another visitor's image or an impossible padding, and StorageError.
        """
        content = await self._content(person, name)
        extended, size, original, is_smaller = await image_threads().run(_extended, content, padding, schema)
        return ExtendedImage(await self._save(person, extended, size), original, is_smaller)

    async def add_mask_file(
        self, person: Person, data: bytes, name: str, fitted: FittedImage
    ) -> tuple[SourceImage, bool]:
        """Store what a mask file marks in a fitted image, and return whether that is certain: the rest may be meant.

        The file was made for image `name`, or for the fitted image. Raises InvalidRequest and StorageError.
        """
        source = await self.require(person, name)
        content, is_certain = await image_threads().run(_fitted_mask, data, source.size, fitted)
        return await self._save(person, content, fitted.image.size), is_certain

    async def add_result(self, person: Person, job_id: str, index: int) -> SourceImage:
        """Store image number `index` of a completed job as a source image. Raises InvalidRequest and StorageError."""
        job = await self._store.job(job_id)
        if job is None or job.visitor != person.visitor_id or not 0 <= index < len(job.images):
            raise InvalidRequest("image", messages.SOURCE_GONE)
        content = await self._store.image_bytes(job.images[index].name)
        if content is None:
            raise InvalidRequest("image", messages.SOURCE_GONE)
        # Like an upload: a result may be a JPEG or WebP, with metadata.
        return await self.add(person, content)

    async def find(self, person: Person, name: str) -> SourceImage | None:
        """Return a visitor's own source image by its stored name; None for another visitor's."""
        return await self._store.source(person.visitor_id, name)

    async def require(self, person: Person, name: str, field: str = "image") -> SourceImage:
        """Return a visitor's own source image by its stored name. Raises InvalidRequest at `field` for any other."""
        found = await self.find(person, name)
        if found is None:
            raise InvalidRequest(field, messages.SOURCE_GONE)
        return found

    async def _content(self, person: Person, name: str) -> bytes:
        await self.require(person, name)
        content = await self._store.image_bytes(name)
        if content is None:
            raise InvalidRequest("image", messages.SOURCE_GONE)
        return content

    async def _save(self, person: Person, content: bytes, size: tuple[int, int]) -> SourceImage:
        await self._quota.make_room(person.visitor_id, len(content))
        return await self._store.add_source(person.visitor_id, content, size, self._clock.now())


def _normalized(data: bytes) -> tuple[bytes, tuple[int, int]]:
    image = normalize_upload(data)
    return png(image), image.size


def _fitted(content: bytes, width: int, height: int, mode: FitMode) -> tuple[bytes, tuple[int, int], Placement]:
    with Image.open(io.BytesIO(content), formats=("PNG",)) as image:
        fitted, placement = fit(image.convert("RGB"), width, height, mode)
    return png(fitted), fitted.size, placement


def _extended(content: bytes, padding: Padding, schema: ModelSchema) -> tuple[bytes, tuple[int, int], Box, bool]:
    with Image.open(io.BytesIO(content), formats=("PNG",)) as image:
        extended = outpaint(image.convert("RGB"), padding, schema)
    return png(extended.image), extended.image.size, extended.unchanged, extended.scale < 1


def _fitted_mask(data: bytes, source: tuple[int, int], fitted: FittedImage) -> tuple[bytes, bool]:
    reading = read_mask(data)
    return _mask_png(fit_mask(reading.changed, source, fitted.image.size, fitted.placement)), reading.is_certain


def _same_size_mask(data: bytes, size: tuple[int, int]) -> bytes:
    reading = read_mask(data)
    if reading.changed.size != size:
        raise InvalidRequest("mask_image", messages.MASK_NOT_FITTED)
    return _mask_png(reading.changed)


def _mask_png(mask: Image.Image) -> bytes:
    if mask.getbbox() is None:
        raise InvalidRequest("mask_image", messages.MASK_CHANGES_NOTHING)
    return png(mask)
