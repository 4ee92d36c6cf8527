"""Limits of the check of a LoRA: bytes, time, private addresses, checks at once and in a minute."""

from __future__ import annotations

import asyncio
import zlib
from collections.abc import AsyncIterator

import httpx
import pytest

from components import messages
from components.api.client import HttpPool
from components.errors import InvalidRequest, SiteUnavailable
from components.loras.checker import (
    CACHE_SIZE,
    HEADER_LIMIT,
    METADATA_LIMIT,
    Fit,
    LoraChecker,
)
from components.loras.lookup_limits import CHECKS
from components.net import ranged_get
from components.net.public_transport import public_client
from components.net.ranged_get import fetch_prefix
from tests.support.addresses import ELSEWHERE, HERE
from tests.support.fake_clock import FakeClock
from tests.support.fake_dns import FakeDns
from tests.support.lora_sites import API, LINK, WEIGHTS, FakeSites, gives, outcome, part
from tests.support.safetensors_files import kohya

MAX_PER_MINUTE = 30
MAX_CONCURRENT = CHECKS.running_each
"""Checks that one client may start at once."""


class Endless(httpx.AsyncByteStream):
    """Sends for ever, whatever range was asked for."""

    def __init__(self, begins: bytes) -> None:
        self.begins, self.sent = begins, 0

    async def __aiter__(self) -> AsyncIterator[bytes]:
        piece = self.begins + b" " * (65536 - len(self.begins))
        while True:
            self.sent += len(piece)
            yield piece
            piece = b" " * 65536


@pytest.mark.parametrize("begins", [b'{"siblings": [', HEADER_LIMIT.to_bytes(8, "little") + b"{"])
async def test_s06_a_server_that_never_ends_is_left_at_the_cap(
    checker: LoraChecker, hosts: FakeSites, begins: bytes
) -> None:
    endless = Endless(begins)
    hosts.at[API] = hosts.at[LINK] = lambda request: httpx.Response(200, stream=endless)
    verdict = await checker.check("owner/name" if begins.startswith(b"{") else LINK, HERE)
    assert verdict.fit is not Fit.FITS
    assert endless.sent <= (METADATA_LIMIT if begins.startswith(b"{") else HEADER_LIMIT) + 65536


async def test_s06_of_a_large_file_only_the_header_is_read(checker: LoraChecker, hosts: FakeSites) -> None:
    endless = Endless(kohya())
    hosts.at[LINK] = lambda request: httpx.Response(206, stream=endless)
    assert (await checker.check(LINK, HERE)).fit is Fit.FITS
    assert endless.sent == 65536


async def test_s06_a_packed_answer_is_unpacked_to_the_cap_alone(hosts: FakeSites) -> None:
    bomb = zlib.compress(b" " * 50_000_000)
    hosts.at[LINK] = gives(bomb, content_encoding="deflate")
    outside = HttpPool(lambda: httpx.AsyncClient(transport=httpx.MockTransport(hosts)))
    found = await fetch_prefix(outside, LINK, 100_000)
    await outside.aclose()
    assert len(found.content) == 100_000


async def test_s06_a_slow_drip_is_left_in_time(hosts: FakeSites, monkeypatch: pytest.MonkeyPatch) -> None:
    class Drip(httpx.AsyncByteStream):
        async def __aiter__(self) -> AsyncIterator[bytes]:
            while True:
                yield b" "
                await asyncio.sleep(0.001)

    monkeypatch.setattr(ranged_get, "TIMEOUT_SECONDS", 0.05)
    hosts.at[LINK] = lambda request: httpx.Response(200, stream=Drip())
    outside = HttpPool(lambda: httpx.AsyncClient(transport=httpx.MockTransport(hosts)))
    with pytest.raises(SiteUnavailable) as told:
        await fetch_prefix(outside, LINK, 100)
    await outside.aclose()
    assert told.value.message == messages.SITE_NOT_REACHED


@pytest.mark.parametrize("address", ["127.0.0.1", "10.0.0.1", "169.254.169.254", "::1", "fd12:3456::1"])
async def test_s06_a_name_that_leads_inside_is_not_looked_at(clock: FakeClock, address: str) -> None:
    names = FakeDns([address])
    outside = HttpPool(lambda: public_client(httpx.Timeout(5), names))
    verdict = await LoraChecker(outside, clock).check("https://evil.test/x.safetensors", HERE)
    assert outcome(verdict) == (Fit.CANNOT_TELL, messages.LEADS_INSIDE)
    assert names.resolved == ["evil.test"]
    await outside.aclose()


async def test_what_was_found_is_remembered_for_an_hour(
    checker: LoraChecker, hosts: FakeSites, clock: FakeClock
) -> None:
    hosts.at[LINK] = part(kohya() + WEIGHTS)
    first = await checker.check(LINK, HERE)
    assert await checker.check(f"  {LINK} ", HERE) is first
    assert len(hosts.requests) == 1
    clock.advance(3601)
    await checker.check(LINK, HERE)
    assert len(hosts.requests) == 2


async def test_a_site_that_was_away_is_asked_again_soon(
    checker: LoraChecker, hosts: FakeSites, clock: FakeClock
) -> None:
    hosts.at[LINK] = gives(b"", 503)
    await checker.check(LINK, HERE)
    hosts.at[LINK] = part(kohya() + WEIGHTS)
    clock.advance(21)
    assert (await checker.check(LINK, HERE)).fit is Fit.FITS


async def test_not_more_than_so_many_are_remembered(checker: LoraChecker, hosts: FakeSites, clock: FakeClock) -> None:
    for number in range(CACHE_SIZE + 1):
        clock.advance(3)
        await checker.check(f"https://example.org/{number}.safetensors", HERE)
    await checker.check(f"https://example.org/{CACHE_SIZE}.safetensors", HERE)
    assert len(hosts.requests) == CACHE_SIZE + 1
    clock.advance(60)
    await checker.check("https://example.org/0.safetensors", HERE)
    assert len(hosts.requests) == CACHE_SIZE + 2


async def test_a_client_has_so_many_at_once_and_in_a_minute_and_keeps_no_other_out(
    checker: LoraChecker, hosts: FakeSites, clock: FakeClock
) -> None:
    hosts.gate = asyncio.Event()
    links = [f"https://example.org/{number}.safetensors" for number in range(MAX_PER_MINUTE + 4)]
    under_way = [asyncio.ensure_future(checker.check(link, HERE)) for link in links[:MAX_CONCURRENT]]
    while len(hosts.requests) < MAX_CONCURRENT:  # noqa: ASYNC110 - the state of others is waited for
        await asyncio.sleep(0)
    assert outcome(await checker.check(links[MAX_CONCURRENT], HERE)) == (Fit.CANNOT_TELL, messages.CHECKS_BUSY)
    under_way.append(asyncio.ensure_future(checker.check(links[-1], ELSEWHERE)))
    while len(hosts.requests) < MAX_CONCURRENT + 1:  # noqa: ASYNC110
        await asyncio.sleep(0)
    hosts.gate.set()
    await asyncio.gather(*under_way)
    for link in links[MAX_CONCURRENT:MAX_PER_MINUTE]:
        assert (await checker.check(link, HERE)).message == messages.LORA_NOT_FOUND
    assert outcome(await checker.check(links[-2], HERE)) == (Fit.CANNOT_TELL, messages.CHECKS_BUSY)
    assert (await checker.check(links[-2], ELSEWHERE)).message == messages.LORA_NOT_FOUND
    clock.advance(61)
    assert (await checker.check(links[-3], HERE)).message == messages.LORA_NOT_FOUND


async def test_all_clients_together_have_a_limit_too(checker: LoraChecker, hosts: FakeSites) -> None:
    found = [
        await checker.check(f"https://example.org/{number}.safetensors", f"8.8.{number // 20}.8")
        for number in range(320)
    ]
    messages_of_last = [verdict.message for verdict in found[-20:]]
    assert messages_of_last == [messages.CHECKS_BUSY] * 20
    assert len(hosts.requests) == 300


async def test_what_names_no_lora_is_refused_before_anybody_is_asked(checker: LoraChecker, hosts: FakeSites) -> None:
    with pytest.raises(InvalidRequest):
        await checker.check("http://localhost/x.safetensors", HERE)
    with pytest.raises(InvalidRequest) as told:
        checker.resolve("https://civitai.com/models/123", "lora_2")
    assert (told.value.field, told.value.message) == ("lora_2", messages.LORA_WHICH_VERSION)
    with pytest.raises(InvalidRequest) as told:
        checker.resolve("owner/name@v2", "lora_2")
    page = "https://huggingface.co/owner/name/tree/v2"
    assert (told.value.field, told.value.message) == ("lora_2", messages.lora_which_file(page))
    assert hosts.requests == []
