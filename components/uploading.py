"""A request's own pictures on their way to the service: each content goes up once an account, not once a click."""

from __future__ import annotations

import asyncio
import base64
from weakref import WeakValueDictionary

from components import messages
from components.client import Client
from components.clock import Clock
from components.errors import NotTold, UploadTrouble
from components.generation import SourceImage
from components.job import Job
from components.ledger import Ledger
from components.store import Store
from components.wire import NO_LINKS, Links

BELIEVED = 6 * 24 * 3600.0
"""Seconds for which an upload is taken to be there still; the service keeps it for seven days."""
PAUSES = (1.0, 4.0)
"""Seconds between the tries to send a picture up; it costs nothing, so it may be repeated."""


class Uploads:
    """Brings the pictures of one backend's jobs to the service."""

    def __init__(self, client: Client, ledger: Ledger, store: Store, clock: Clock) -> None:
        self._client, self._ledger, self._store, self._clock = client, ledger, store, clock
        self._under_way: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()
        """One a content; it is gone when nobody waits for it."""

    async def links(self, job: Job) -> Links:
        """Return where a job's pictures lie for the API.

        Raises NotAccepted (Busy, KeyRefused, UploadTrouble...), NothingSent, UntrustedService: no task was asked for.
        """
        image, mask = job.request.image, job.request.mask
        if not image:
            return NO_LINKS
        return Links(await self._link(job.account, image), await self._link(job.account, mask) if mask else "")

    async def forget(self, job: Job) -> None:
        """The service could not read a job's pictures: they go up anew with the next click."""
        for source in (job.request.image, job.request.mask):
            if source:
                await self._ledger.call(self._store.forget_upload, job.account, source.digest)

    async def _link(self, account: str, source: SourceImage) -> str:
        async with self._under_way.setdefault(source.digest, asyncio.Lock()):
            known = await self._ledger.call(self._store.upload, account, source.digest, self._clock.now() - BELIEVED)
            return known or await self._send_up(account, source)

    async def _send_up(self, account: str, source: SourceImage) -> str:
        content = await self._ledger.call(self._store.content, source.name)
        if content is None:
            raise UploadTrouble(messages.SOURCE_GONE)
        try:
            link = await self._upload(content)
        except NotTold:  # this API takes no uploads: the picture goes along
            return await asyncio.to_thread(_data_uri, content)
        await self._ledger.call(self._store.remember_upload, account, source.digest, link, self._clock.now())
        return link

    async def _upload(self, content: bytes) -> str:
        for pause in PAUSES:
            try:
                return await self._client.upload(content)
            except UploadTrouble:
                await self._clock.sleep(pause)
        return await self._client.upload(content)


def _data_uri(content: bytes) -> str:
    return "data:image/png;base64," + base64.b64encode(content).decode()
