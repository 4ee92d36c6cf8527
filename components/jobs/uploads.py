"""Uploads: the source images of requests, sent to the service once per content and account."""

from __future__ import annotations

import asyncio
import base64
from weakref import WeakValueDictionary

from components import messages
from components.api.client import Client
from components.api.encode import NO_IMAGE_LINKS, ImageLinks
from components.clock import Clock
from components.domain.job import Job
from components.domain.request import SourceImage
from components.errors import NotProvided, SubmitRejected, UploadFailed
from components.images.mask_reading import is_blank
from components.storage.async_store import AsyncStore

LINK_VALID_SECONDS = 6 * 24 * 3600.0
"""Age up to which an uploaded file's link is used again; the service stores uploads for seven days."""
RETRY_PAUSES = (1.0, 4.0)
"""Pauses before an upload is repeated. Uploads are free of charge, so unlike a submit they may be."""


class Uploads:
    """Uploader of the source images and masks of jobs on one API."""

    def __init__(self, client: Client, store: AsyncStore, clock: Clock) -> None:
        self._client, self._store, self._clock = client, store, clock
        self._locks: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()
        """Lock by content digest. The references are weak: a lock disappears with the last coroutine that has it."""

    async def links(self, job: Job) -> ImageLinks:
        """Return the links of a job's source image and mask, uploading what is not at the service.

        Raises SubmitRejected (Unauthorized, RateLimited, UploadFailed...), ConnectionFailed, CertificateError and
        StorageError. No task exists then, because the submit was not sent.
        """
        image, mask = job.request.image, job.request.mask
        if not image:
            return NO_IMAGE_LINKS
        if mask:
            await self._require_marks(mask)
        return ImageLinks(await self._link(job.account, image), await self._link(job.account, mask) if mask else "")

    async def forget(self, job: Job) -> None:
        """Forget the links of a job's images, which the service could not read: the next job uploads them again."""
        for source in (job.request.image, job.request.mask):
            if source:
                await self._store.forget_upload(job.account, source.digest)

    async def _require_marks(self, mask: SourceImage) -> None:
        """Raise SubmitRejected for a mask that changes nothing: one of an earlier version, in a job made again."""
        content = await self._store.image_bytes(mask.name)
        if content and await asyncio.to_thread(is_blank, content):
            raise SubmitRejected(messages.MASK_CHANGES_NOTHING)

    async def _link(self, account: str, source: SourceImage) -> str:
        # The jobs of one press share their image: without the lock each of them would upload it.
        async with self._locks.setdefault(source.digest, asyncio.Lock()):
            known = await self._store.upload_link(account, source.digest, self._clock.now() - LINK_VALID_SECONDS)
            return known or await self._upload_source(account, source)

    async def _upload_source(self, account: str, source: SourceImage) -> str:
        content = await self._store.image_bytes(source.name)
        if content is None:
            raise UploadFailed(messages.SOURCE_GONE)
        try:
            link = await self._upload_with_retries(content)
        # An API without an upload call (404 or 405) takes the image inside the request.
        except NotProvided:
            return await asyncio.to_thread(_data_uri, content)
        await self._store.save_upload(account, source.digest, link, self._clock.now())
        return link

    async def _upload_with_retries(self, content: bytes) -> str:
        for pause in RETRY_PAUSES:
            try:
                return await self._client.upload(content)
            except UploadFailed:
                await self._clock.sleep(pause)
        return await self._client.upload(content)


def _data_uri(content: bytes) -> str:
    return "data:image/png;base64," + base64.b64encode(content).decode()
