"""The look at a LoRA before money is spent on it: can everybody read it, and is it one for SDXL?"""

from __future__ import annotations

import asyncio
from collections import OrderedDict, deque
from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import Enum
from urllib.parse import quote

from components import messages
from components.clock import Clock
from components.errors import InvalidRequest, NoLoraFile, OutsideTrouble, Sentence
from components.fetching import Found, Outside, read_beginning
from components.host_loras import HostLoras
from components.lora_answers import SiteFacts, of_civitai_model, of_civitai_version, of_hugging_face, read_json
from components.lora_header import Base, LoraFacts, Make, header_size, read_header
from components.lora_link import NO_SHELF, understand
from components.lora_sites import CIVITAI_DOWNLOAD, LoraLink, Site, civitai_version

HEADER_LIMIT = 2 * 1024 * 1024
"""Bytes read of a file."""
ANSWER_LIMIT = 1024 * 1024
"""Bytes read of a site's answer."""
AT_ONCE = 4
PER_MINUTE = 30
"""Checks that go out, over all visitors."""
REMEMBERED = 256
"""Verdicts."""
REMEMBERED_SECONDS = 3600.0
NO_FOLDER = HostLoras()
TROUBLE_REMEMBERED_SECONDS = 20.0
"""A site that was away may be back."""


class Fit(Enum):
    """What a check came to."""

    FITS = "fits"
    CANNOT_TELL = "cannot_tell"
    WILL_NOT_FIT = "will_not_fit"


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a check found, with what is known of the LoRA however it came out."""

    fit: Fit
    told: Sentence
    link: LoraLink
    """With its version, where the page that was pasted named none."""
    words: tuple[str, ...] = ()
    """Trigger words."""
    rank: int | None = None
    base: Base = Base.UNKNOWN
    title: str = ""


class LoraChecker:
    """Looks at LoRAs through guarded connections, and remembers what it found. Sends no key anywhere."""

    def __init__(
        self, outside: Outside, clock: Clock, shelf: Mapping[str, str] = NO_SHELF, host: HostLoras = NO_FOLDER
    ) -> None:
        self._outside, self._clock, self._shelf, self.host = outside, clock, shelf, host
        self._known: OrderedDict[str, tuple[float, Verdict]] = OrderedDict()
        self._begun: deque[float] = deque()
        self._running = 0

    @property
    def shelf(self) -> Mapping[str, str]:
        """Return the paths by name, of the shelf and of the host's folder as it stands: a look at the disk."""
        return {**self._shelf, **self.host.names}

    def understand(self, text: str) -> LoraLink:
        """Return what a pasted text names. Raises InvalidRequest."""
        return understand(text, self.shelf)

    def to_send(self, text: str, field: str) -> LoraLink:
        """Return a pasted LoRA in the form that goes on the wire. Raises InvalidRequest at `field`."""
        try:
            link = self.understand(text)
        except InvalidRequest as error:
            raise InvalidRequest(field, error.sentence) from error
        if not link.is_ready:
            raise InvalidRequest(field, messages.LORA_WHICH_VERSION)
        return link

    async def check(self, text: str) -> Verdict:
        """Return what can be said of a pasted LoRA. Raises InvalidRequest for what names none, and nothing else."""
        link = replace(await asyncio.to_thread(self.understand, text), weight=None)
        if known := self._remembered(link.path):
            return known
        if not self._may_begin():
            return Verdict(Fit.CANNOT_TELL, messages.CHECKS_BUSY, link)
        self._running += 1
        try:
            verdict = await self._look(link)
        finally:
            self._running -= 1
        self._remember(link.path, verdict)
        return verdict

    # --- how often ---

    def _may_begin(self) -> bool:
        now = self._clock.monotonic()
        while self._begun and self._begun[0] <= now - 60:
            self._begun.popleft()
        if self._running >= AT_ONCE or len(self._begun) >= PER_MINUTE:
            return False
        self._begun.append(now)
        return True

    def _remembered(self, path: str) -> Verdict | None:
        until, verdict = self._known.get(path, (0.0, None))
        if verdict is None or until <= self._clock.monotonic():
            return None
        self._known.move_to_end(path)
        return verdict

    def _remember(self, path: str, verdict: Verdict) -> None:
        is_trouble = verdict.fit is Fit.CANNOT_TELL and verdict.base is Base.UNKNOWN
        seconds = TROUBLE_REMEMBERED_SECONDS if is_trouble else REMEMBERED_SECONDS
        self._known[path] = (self._clock.monotonic() + seconds, verdict)
        self._known.move_to_end(path)
        while len(self._known) > REMEMBERED:
            self._known.popitem(last=False)

    # --- what lies there ---

    async def _look(self, link: LoraLink) -> Verdict:
        site = SiteFacts()
        try:
            site, link, url = await self._asked(link)
            facts = await self._facts(link, url)
        except NoLoraFile as error:
            return Verdict(Fit.WILL_NOT_FIT, error.sentence, link, site.words, title=site.title)
        except OutsideTrouble as error:
            return _unseen(error.sentence, link, site)
        return _judged(facts, link, site)

    async def _facts(self, link: LoraLink, url: str) -> LoraFacts:
        if link.site is Site.HOST:
            return await asyncio.to_thread(self.host.facts, link.path)
        return await self._header(url)

    async def _asked(self, link: LoraLink) -> tuple[SiteFacts, LoraLink, str]:
        """Ask the site what it knows: its facts, the LoRA with its version, and where its file lies."""
        if link.site is Site.HUGGING_FACE and "://" not in link.path:
            site = of_hugging_face(await self._json(f"https://huggingface.co/api/models/{link.path}"))
            return site, link, f"https://huggingface.co/{link.path}/resolve/main/{quote(site.file)}"
        if link.site is Site.CIVITAI:
            return await self._asked_civitai(link)
        return SiteFacts(), link, link.path

    async def _asked_civitai(self, link: LoraLink) -> tuple[SiteFacts, LoraLink, str]:
        if link.model:
            site = of_civitai_model(await self._json(f"https://civitai.com/api/v1/models/{link.model}"))
            link = civitai_version(site.file)
            return site, link, link.path
        version = link.path.removeprefix(CIVITAI_DOWNLOAD).partition("?")[0]
        site = of_civitai_version(await self._json(f"https://civitai.com/api/v1/model-versions/{version}"))
        return site, link, link.path

    async def _json(self, url: str) -> Mapping[str, object]:
        found = await read_beginning(self._outside, url, ANSWER_LIMIT)
        _check_status(found)
        return read_json(found.content)

    async def _header(self, url: str) -> LoraFacts:
        found = await read_beginning(self._outside, url, HEADER_LIMIT, header_size)
        _check_status(found)
        if header_size(found.content) > HEADER_LIMIT:
            raise OutsideTrouble(messages.LORA_HEADER_LONG)
        return read_header(found.content, found.size)


def _check_status(found: Found) -> None:
    """Raise NoLoraFile for what cannot be had, OutsideTrouble for what cannot be had just now."""
    if found.status in (200, 206):
        return
    if found.status in (404, 410):
        raise NoLoraFile(messages.LORA_NOT_FOUND)
    if found.status == 401 or (found.status == 403 and not found.is_page):  # a page asks whether we are a robot
        raise NoLoraFile(messages.LORA_LOGIN)
    raise OutsideTrouble(messages.SITE_REFUSES)


def _unseen(told: Sentence, link: LoraLink, site: SiteFacts) -> Verdict:
    """Judge by what the site says alone."""
    if site.base not in (Base.SDXL, Base.UNKNOWN):
        return Verdict(Fit.WILL_NOT_FIT, messages.lora_for_another(site.base.value), link, base=site.base)
    return Verdict(Fit.CANNOT_TELL, told, link, site.words, base=site.base, title=site.title)


def _judged(facts: LoraFacts, link: LoraLink, site: SiteFacts) -> Verdict:
    base = site.base if facts.base is Base.UNKNOWN else facts.base
    fit, told = _fit(facts, base)
    words, title = site.words or facts.words, site.title or facts.title
    return Verdict(fit, told, link, words, facts.rank, base, title)


def _fit(facts: LoraFacts, base: Base) -> tuple[Fit, Sentence]:
    if facts.make is Make.NONE:
        return Fit.WILL_NOT_FIT, messages.LORA_NOT_INSIDE
    if base is Base.UNKNOWN:
        return Fit.CANNOT_TELL, messages.LORA_FOR_UNKNOWN
    if base is not Base.SDXL:
        return Fit.WILL_NOT_FIT, messages.lora_for_another(base.value)
    if facts.make is not Make.LORA:
        return Fit.CANNOT_TELL, messages.lora_of_make(facts.make.value)
    return Fit.FITS, messages.lora_fits(facts.rank)
