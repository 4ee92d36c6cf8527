"""LoRA check before a submit: can its file be read without a login, and was it made for SDXL?"""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, replace
from enum import Enum
from urllib.parse import quote, urlsplit

from components import messages
from components.clock import Clock
from components.errors import InvalidRequest, NotALora, SiteUnavailable
from components.loras.host_folder import HostLoras
from components.loras.link import NO_NAMES, parse_lora
from components.loras.lookup_limits import CHECKS, LookupLimits
from components.loras.lora_facts import LoraFacts, header_size, read_header
from components.loras.model_names import chosen_base, says_kolors
from components.loras.safetensors_header import Architecture, BaseModelFamily
from components.loras.site_hosts import civitai_urls
from components.loras.site_metadata import (
    SiteMetadata,
    from_civitai_model,
    from_civitai_version,
    from_hugging_face,
    read_json,
)
from components.loras.sites import (
    LoraRef,
    Site,
    civitai_api,
    civitai_version,
    file_of_revision,
    revision_api,
)
from components.messages.catalogue import Param, Text
from components.messages.message import Message
from components.net.ranged_get import PartialResponse, PublicWeb, fetch_prefix

HEADER_LIMIT = 2 * 1024 * 1024
"""Bytes of a LoRA file that are read; larger headers are not judged."""
METADATA_LIMIT = 1024 * 1024
"""Bytes of a site's response that are read."""
CACHE_SIZE = 256
"""Number of cached verdicts; the least recently used one is dropped first."""
CACHE_SECONDS = 3600.0
"""Time for which a verdict is cached."""
NO_FOLDER = HostLoras()
PLAIN = frozenset({Architecture.LORA})
"""Architectures that every API loads."""
FAILURE_CACHE_SECONDS = 20.0
"""The same for a check without a result: a site that failed may answer soon."""


class Fit(Enum):
    """Result of a check."""

    FITS = "fits"
    CANNOT_TELL = "cannot_tell"
    WILL_NOT_FIT = "will_not_fit"


@dataclass(frozen=True, slots=True)
class Verdict:
    """Verdict on a LoRA: the result with its message, and the facts that are known whatever the result is."""

    fit: Fit
    message: Message
    link: LoraRef
    """The LoRA that was checked: of a Civitai page without a version, its newest version; of a revision, its file."""
    trigger_words: tuple[str, ...] = ()
    rank: int | None = None
    """None: unknown."""
    base: BaseModelFamily = BaseModelFamily.UNKNOWN
    title: str = ""


class LoraChecker:
    """LoRA checker: reads sites' metadata and files' headers over SSRF-guarded connections, and caches verdicts.

    No API key or other secret is sent. `starter_names` has paths by lower-case names; `loaded` are the architectures
    that the backend is known to load.
    """

    def __init__(
        self,
        web: PublicWeb,
        clock: Clock,
        starter_names: Mapping[str, str] = NO_NAMES,
        host: HostLoras = NO_FOLDER,
        loaded: Collection[Architecture] = PLAIN,
    ) -> None:
        self._web, self._clock, self._starter_names, self.host = web, clock, starter_names, host
        self._loaded = loaded
        self._cache: OrderedDict[str, tuple[float, Verdict]] = OrderedDict()
        self._limits = LookupLimits(CHECKS, clock)

    @property
    def known_names(self) -> Mapping[str, str]:
        """Return paths by lower-case names: the starter set's, and those of the host's folder. Blocks."""
        return {**self._starter_names, **self.host.names}

    def parse(self, text: str) -> LoraRef:
        """Return the LoRA that a pasted text names. Raises InvalidRequest. Blocks on the disk."""
        return parse_lora(text, self.known_names)

    def resolve(self, text: str, field: str) -> LoraRef:
        """Return a pasted LoRA with a path that can be sent to an API. Raises InvalidRequest for `field`. Blocks."""
        try:
            link = self.parse(text)
        except InvalidRequest as error:
            raise InvalidRequest(field, error.message) from error
        if not link.is_ready:
            message = messages.lora_which_file(link.path) if link.revision else messages.LORA_WHICH_VERSION
            raise InvalidRequest(field, message)
        return link

    async def check(self, text: str, client: str) -> Verdict:
        """Return the verdict on a LoRA that was pasted at a client's address.

        Raises InvalidRequest for a text that names none, nothing else.
        """
        # Without the weight of a tag: the verdict is cached for all tags of the same LoRA.
        link = replace(await asyncio.to_thread(self.parse, text), weight=None)
        if cached := self._cached(link.path):
            return cached
        # Refused and not queued: a check is optional, and a visitor would wait for those of others.
        if not self._limits.begin(client):
            return Verdict(Fit.CANNOT_TELL, messages.CHECKS_BUSY, link)
        try:
            verdict = await self._judge(link)
        finally:
            self._limits.end(client)
        self._cache_verdict(link.path, verdict)
        return verdict

    # --- cache ---

    def _cached(self, path: str) -> Verdict | None:
        until, verdict = self._cache.get(path, (0.0, None))
        if verdict is None or until <= self._clock.monotonic():
            return None
        self._cache.move_to_end(path)
        return verdict

    def _cache_verdict(self, path: str, verdict: Verdict) -> None:
        is_failure = verdict.fit is Fit.CANNOT_TELL and verdict.base is BaseModelFamily.UNKNOWN
        seconds = FAILURE_CACHE_SECONDS if is_failure else CACHE_SECONDS
        self._cache[path] = (self._clock.monotonic() + seconds, verdict)
        self._cache.move_to_end(path)
        while len(self._cache) > CACHE_SIZE:
            self._cache.popitem(last=False)

    # --- metadata and header ---

    async def _judge(self, link: LoraRef) -> Verdict:
        site = SiteMetadata()
        try:
            site, link, url = await self._read_site(link)
            facts = await self._read_facts(link, url)
        except NotALora as error:
            return Verdict(Fit.WILL_NOT_FIT, error.message, link, site.trigger_words, title=site.title)
        except SiteUnavailable as error:
            return _verdict_without_file(error.message, link, site)
        return _verdict_of(facts, link, site, self._loaded)

    async def _read_facts(self, link: LoraRef, url: str) -> LoraFacts:
        if link.site is Site.HOST:
            return await asyncio.to_thread(self.host.facts, link.path)
        return await self._read_header(url)

    async def _read_site(self, link: LoraRef) -> tuple[SiteMetadata, LoraRef, str]:
        """Fetch the site's metadata; return it, the LoRA with its version, and the URL of its file."""
        if link.revision:
            site = await self._read_json(revision_api(link), from_hugging_face)
            found = file_of_revision(link, site.file)
            return site, found, found.path
        if link.site is Site.HUGGING_FACE and "://" not in link.path:
            site = await self._read_json(f"https://huggingface.co/api/models/{link.path}", from_hugging_face)
            return site, link, f"https://huggingface.co/{link.path}/resolve/main/{quote(site.file)}"
        if link.site is Site.CIVITAI:
            return await self._read_civitai(link)
        return SiteMetadata(), link, link.path

    async def _read_civitai(self, link: LoraRef) -> tuple[SiteMetadata, LoraRef, str]:
        """Ask the host that was given first, then Civitai's main one."""
        read = from_civitai_model if link.model else from_civitai_version
        *others, last = civitai_urls(link.path)
        for url in others:
            try:
                return await self._read_civitai_at(link, url, read)
            except SiteUnavailable:
                continue
            except NotALora as error:
                if error.message != messages.LORA_NOT_FOUND:
                    raise
        return await self._read_civitai_at(link, last, read)

    async def _read_civitai_at(
        self, link: LoraRef, url: str, read: Callable[[Mapping[str, object]], SiteMetadata]
    ) -> tuple[SiteMetadata, LoraRef, str]:
        host = urlsplit(url).netloc
        site = await self._read_json(civitai_api(link, host), read)
        link = civitai_version(site.file, host=host) if link.model else replace(link, path=url)
        return site, link, link.path

    async def _read_json(self, url: str, read: Callable[[Mapping[str, object]], SiteMetadata]) -> SiteMetadata:
        response = await fetch_prefix(self._web, url, METADATA_LIMIT)
        _check_status(response)
        # In a thread, as the header: anybody may have made them, of up to a megabyte or two.
        return await asyncio.to_thread(lambda: read(read_json(response.content)))

    async def _read_header(self, url: str) -> LoraFacts:
        response = await fetch_prefix(self._web, url, HEADER_LIMIT, header_size)
        _check_status(response)
        if header_size(response.content) > HEADER_LIMIT:
            raise SiteUnavailable(messages.LORA_HEADER_LONG)
        return await asyncio.to_thread(read_header, response.content, response.size)


def _check_status(response: PartialResponse) -> None:
    """Raise NotALora for a file that is missing or needs a login, SiteUnavailable for any other error status."""
    if response.status in (200, 206):
        return
    if response.status in (404, 410):
        raise NotALora(messages.LORA_NOT_FOUND)
    # A 403 with an HTML page is a bot check, not a login.
    if response.status == 401 or (response.status == 403 and not response.is_page):
        raise NotALora(messages.LORA_LOGIN)
    raise SiteUnavailable(messages.SITE_REFUSES)


def _verdict_without_file(message: Message, link: LoraRef, site: SiteMetadata) -> Verdict:
    """Return a verdict from the site's metadata alone."""
    base = site.base.family
    if base not in (BaseModelFamily.SDXL, BaseModelFamily.UNKNOWN):
        return Verdict(Fit.WILL_NOT_FIT, messages.lora_for_another(_name_of(base)), link, base=base)
    return Verdict(Fit.CANNOT_TELL, message, link, site.trigger_words, base=base, title=site.title)


def _name_of(base: BaseModelFamily) -> Param:
    """Return the name of a base model, or a text for one that is none of the known ones."""
    return Text("lora_base.another_kind") if base is BaseModelFamily.OTHER else base.value


def _verdict_of(facts: LoraFacts, link: LoraRef, site: SiteMetadata, loaded: Collection[Architecture]) -> Verdict:
    named = site.base.family
    if named is BaseModelFamily.UNKNOWN and says_kolors(link.path, site.file, facts.title):
        named = BaseModelFamily.KOLORS
    base = chosen_base(facts.base, named)
    fit, message = _fit(facts, base, site.base.kin or facts.kin, loaded)
    words, title = site.trigger_words or facts.trigger_words, site.title or facts.title
    return Verdict(fit, message, link, words, facts.rank, base, title)


def _fit(facts: LoraFacts, base: BaseModelFamily, kin: str, loaded: Collection[Architecture]) -> tuple[Fit, Message]:
    if facts.architecture is Architecture.NONE:
        return Fit.WILL_NOT_FIT, messages.no_lora_but(facts.content) if facts.content else messages.LORA_NOT_INSIDE
    if base is BaseModelFamily.UNKNOWN:
        return Fit.CANNOT_TELL, messages.LORA_FOR_UNKNOWN
    if base is not BaseModelFamily.SDXL:
        return Fit.WILL_NOT_FIT, messages.lora_for_another(_name_of(base))
    if facts.architecture not in loaded:
        return Fit.CANNOT_TELL, messages.lora_of_make(facts.architecture.value)
    return Fit.FITS, messages.lora_fits_of_kin(kin) if kin else messages.lora_fits(facts.rank)
