"""LoRA finder: search of Hugging Face, and small pictures of what was found."""

from __future__ import annotations

from collections import OrderedDict

from components.clock import Clock
from components.errors import SiteUnavailable
from components.images.thumbnail import thumbnail
from components.loras.hub_listing import HubLora, SearchOrder
from components.loras.hub_search import HubSearch
from components.net.ranged_get import PublicWeb
from components.threads import optional_threads

MOST_PIXELS = 12_000_000
"""Width times height of a picture that is made small; a larger one is not shown."""
PICTURES_CACHED = 200
"""Small pictures in memory, of about 30 kB each."""


class LoraFinder:
    """Search and pictures, which come from this server: the page loads nothing from other sites."""

    def __init__(self, web: PublicWeb, clock: Clock) -> None:
        self._hub = HubSearch(web, clock)
        self._pictures: OrderedDict[str, bytes | None] = OrderedDict()

    async def search(self, words: str, order: SearchOrder, client: str) -> tuple[HubLora, ...]:
        """Return LoRAs by words of their names, for a client's address. Raises SiteUnavailable."""
        return await self._hub.search(words, order, client)

    async def picture(self, path: str, client: str) -> bytes | None:
        """Return a small WebP file of the picture of a LoRA that was found; None without one.

        Raises TooBusy.
        """
        if path not in self._pictures:
            try:
                found = await self._hub.picture(path, client)
            except SiteUnavailable:
                return None
            if found:
                self._store(path, await optional_threads().run(_small, found))
        return self._pictures.get(path)

    def _store(self, path: str, picture: bytes | None) -> None:
        self._pictures[path] = picture
        while len(self._pictures) > PICTURES_CACHED:
            self._pictures.popitem(last=False)


def _small(picture: bytes) -> bytes | None:
    return thumbnail(picture, most_pixels=MOST_PIXELS)
