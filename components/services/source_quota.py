"""Source quota: the bytes of uploaded, fitted and masked images that no job uses, of one visitor and of all."""

from __future__ import annotations

from collections import deque

from components import messages
from components.errors import InvalidRequest
from components.storage.async_store import AsyncStore
from components.storage.sources_table import StoredSource

MEGABYTE = 1024 * 1024
PER_VISITOR = 300 * MEGABYTE
"""Bytes of one visitor; one fitted image of the largest size has about 10 MB."""
IN_ALL = 3000 * MEGABYTE
_MAX_FITTED = 10_000
"""Names remembered; the images behind older ones are deleted by the upkeep, two days after their last use."""


class SourceQuota:
    """Quota over what visitors store. Fitted images, which can be made again, are deleted first, the oldest first."""

    def __init__(self, store: AsyncStore, per_visitor: int = PER_VISITOR, in_all: int = IN_ALL) -> None:
        self._store, self._per_visitor, self._in_all = store, per_visitor, in_all
        self._fitted: deque[str] = deque(maxlen=_MAX_FITTED)

    def note_fitted(self, name: str) -> None:
        """Remember that an image can be made again from another."""
        self._fitted.append(name)

    async def make_room(self, visitor: str, size: int) -> None:
        """Delete fitted images until `size` bytes more are within the quota.

        Raises InvalidRequest when that is not enough, and StorageError.
        """
        if await self._store.sources_size() + size <= min(self._per_visitor, self._in_all):
            return
        unused = await self._store.unused_sources()
        own = [source for source in unused if source.visitor == visitor]
        deleted = await self._fit_into(own, self._per_visitor - size, messages.TOO_MANY_SOURCES)
        left = [source for source in unused if source.name not in deleted]
        await self._fit_into(left, self._in_all - size, messages.NO_ROOM_FOR_SOURCES)

    async def _fit_into(self, unused: list[StoredSource], limit: int, refused: messages.Message) -> list[str]:
        """Delete the oldest fitted images until all have at most `limit` bytes; return the names of those deleted."""
        excess = sum(source.size for source in unused) - limit
        chosen: list[str] = []
        fitted = frozenset(self._fitted)
        for source in unused:
            if excess > 0 and source.name in fitted:
                chosen.append(source.name)
                excess -= source.size
        if excess > 0:
            raise InvalidRequest("image", refused)
        if chosen:
            await self._store.delete_unused_sources(chosen)
        return chosen
