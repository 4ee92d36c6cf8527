"""Hub search: public LoRAs of SDXL at Hugging Face by words of their names, through the guarded network, cached."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from typing import Any

from components import messages
from components.clock import Clock
from components.errors import SiteUnavailable
from components.loras.hub_listing import HubLora, SearchOrder, listing_url, read_listing
from components.loras.lookup_limits import PICTURES, SEARCHES, LookupLimits
from components.net.ranged_get import PublicWeb, fetch_prefix

WORDS_LIMIT = 100
"""Characters of the words."""
LISTING_LIMIT = 4 * 1024 * 1024
"""Bytes of a list: a repository with all steps of a training has thousands of files."""
PICTURE_LIMIT = 3 * 1024 * 1024
"""Bytes of a picture; a larger one is not shown."""
PICTURES_AT_ONCE = 12
"""Pictures that are fetched at the same time: each is held in memory as a whole."""
CACHE_SIZE, CACHE_SECONDS = 128, 600.0
"""Searches whose results are kept, and for how long."""
AWAY_SECONDS = 20.0
"""Time for which Hugging Face is not asked again after it could not be reached."""
KNOWN_PICTURES = 2000
"""LoRAs found lately whose pictures can be fetched."""


class HubSearch:
    """Search that sends no API key or other secret. Pictures are fetched of LoRAs that a search has found alone."""

    def __init__(self, web: PublicWeb, clock: Clock) -> None:
        self._web, self._clock = web, clock
        self._searches, self._pictures = LookupLimits(SEARCHES, clock), LookupLimits(PICTURES, clock)
        self._cache: OrderedDict[tuple[str, SearchOrder], tuple[float, tuple[HubLora, ...]]] = OrderedDict()
        self._urls: OrderedDict[str, str] = OrderedDict()
        self._away_until = 0.0
        self._turns = asyncio.Semaphore(PICTURES_AT_ONCE)

    async def search(self, text: str, order: SearchOrder, client: str) -> tuple[HubLora, ...]:
        """Return LoRAs whose names contain all the words, for a client's address; the best known without words.

        Raises SiteUnavailable.
        """
        words = plain_words(text)
        until, found = self._cache.get((words, order), (0.0, ()))
        if until > self._clock.monotonic():
            return found
        if self._away_until > self._clock.monotonic():
            raise SiteUnavailable(messages.HUB_NOT_REACHED)
        if not self._searches.begin(client):
            raise SiteUnavailable(messages.SEARCHES_BUSY)
        try:
            found = await self._listed(words, order)
        finally:
            self._searches.end(client)
        self._keep(words, order, found)
        return found

    async def picture(self, path: str, client: str) -> bytes | None:
        """Return the picture of a LoRA that was found, as its site has it; None without one. Nothing in it is trusted.

        Raises SiteUnavailable.
        """
        url = self._urls.get(path)
        if not url:
            return None
        if not self._pictures.begin(client):
            raise SiteUnavailable(messages.SEARCHES_BUSY)
        try:
            async with self._turns:
                response = await fetch_prefix(self._web, url, PICTURE_LIMIT)
        finally:
            self._pictures.end(client)
        is_whole = response.size is not None and response.size == len(response.content)
        return response.content if response.status in (200, 206) and is_whole else None

    async def _listed(self, words: str, order: SearchOrder) -> tuple[HubLora, ...]:
        try:
            response = await fetch_prefix(self._web, listing_url(words, order), LISTING_LIMIT)
        except SiteUnavailable as error:
            self._away_until = self._clock.monotonic() + AWAY_SECONDS
            raise SiteUnavailable(messages.HUB_NOT_REACHED) from error
        if response.status == 429:
            raise SiteUnavailable(messages.SEARCHES_BUSY)
        if response.status not in (200, 206):
            raise SiteUnavailable(messages.HUB_NO_ANSWER)
        # In a thread: of up to some megabytes.
        return await asyncio.to_thread(read_listing, response.content)

    def _keep(self, words: str, order: SearchOrder, found: tuple[HubLora, ...]) -> None:
        self._cache[words, order] = (self._clock.monotonic() + CACHE_SECONDS, found)
        self._cache.move_to_end((words, order))
        for lora in found:
            self._urls[lora.path] = lora.picture
            self._urls.move_to_end(lora.path)
        _shorten(self._cache, CACHE_SIZE)
        _shorten(self._urls, KNOWN_PICTURES)


def plain_words(text: str) -> str:
    """Return the words of a text in lower case, of printable characters, one space between them."""
    printable = "".join(sign if sign.isprintable() else " " for sign in text[:WORDS_LIMIT])
    return " ".join(printable.lower().split())


def _shorten(cache: OrderedDict[Any, Any], size: int) -> None:
    while len(cache) > size:
        cache.popitem(last=False)
