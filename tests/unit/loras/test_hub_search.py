"""The search of Hugging Face: through the guarded network, cached, limited, and pictures of what was found alone."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from components import messages
from components.errors import SiteUnavailable
from components.loras.hub_listing import HubLora, SearchOrder, listing_url
from components.loras.hub_search import AWAY_SECONDS, CACHE_SECONDS, PICTURE_LIMIT, HubSearch, plain_words
from components.loras.lookup_limits import SEARCHES
from components.messages.message import Message
from components.net.http_pool import HttpPool
from components.net.public_transport import public_client
from tests.support.addresses import ELSEWHERE, HERE
from tests.support.fake_clock import FakeClock
from tests.support.fake_dns import FakeDns
from tests.support.hub_models import model
from tests.support.lora_sites import FakeSites, gives, sends_on

LIKED = SearchOrder.MOST_LIKED
ALL = listing_url("", LIKED)
FOXES = listing_url("fox", LIKED)
PICTURE = "https://huggingface.co/owner/name/resolve/main/a.png"
WITH_PICTURE = model(cardData={"widget": [{"output": {"url": "a.png"}}]})


@pytest.fixture
async def hub(hosts: FakeSites, clock: FakeClock) -> AsyncIterator[HubSearch]:
    outside = HttpPool(lambda: httpx.AsyncClient(transport=httpx.MockTransport(hosts)))
    yield HubSearch(outside, clock)
    await outside.aclose()


async def refusal(hub: HubSearch, words: str = "fox", client: str = HERE) -> Message:
    with pytest.raises(SiteUnavailable) as error:
        await hub.search(words, LIKED, client)
    return error.value.message


def paths(found: tuple[HubLora, ...]) -> list[str]:
    return [lora.path for lora in found]


async def test_a_search_sends_no_secret_and_is_made_once(hub: HubSearch, hosts: FakeSites, clock: FakeClock) -> None:
    hosts.at[FOXES] = gives([model(id="o/fox")])
    assert paths(await hub.search(" FOX\n", LIKED, HERE)) == ["o/fox"]
    assert paths(await hub.search("fox", LIKED, ELSEWHERE)) == ["o/fox"]
    assert hosts.urls == [FOXES]
    assert not {"authorization", "cookie"} & set(hosts.requests[0].headers)
    clock.advance(CACHE_SECONDS + 1)
    await hub.search("fox", LIKED, HERE)
    assert hosts.urls == [FOXES, FOXES]


async def test_each_order_is_a_search_of_its_own(hub: HubSearch, hosts: FakeSites) -> None:
    hosts.at[FOXES], hosts.at[listing_url("fox", SearchOrder.NEWEST)] = gives([]), gives([model()])
    assert await hub.search("fox", LIKED, HERE) == ()
    assert paths(await hub.search("fox", SearchOrder.NEWEST, HERE)) == ["owner/name"]


@pytest.mark.parametrize(
    ("reply", "message"),
    [
        (gives(b"", 429), messages.SEARCHES_BUSY),
        (gives(b"", 500), messages.HUB_NO_ANSWER),
        (gives(b"<html>"), messages.HUB_NO_ANSWER),
        (gives({"error": "x"}), messages.HUB_NO_ANSWER),
        (sends_on("https://10.0.0.1/api/models"), messages.HUB_NOT_REACHED),
    ],
)
async def test_failures_have_words_of_their_own(
    hub: HubSearch, hosts: FakeSites, reply: Any, message: Message
) -> None:
    hosts.at[FOXES] = reply
    assert await refusal(hub) == message


async def test_a_hub_out_of_reach_is_left_alone_for_a_while(
    hub: HubSearch, hosts: FakeSites, clock: FakeClock
) -> None:
    def fails(request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("no network", request=request)

    hosts.at[FOXES] = hosts.at[ALL] = fails
    assert await refusal(hub) == messages.HUB_NOT_REACHED
    assert await refusal(hub, "") == messages.HUB_NOT_REACHED
    assert hosts.urls == [FOXES]
    clock.advance(AWAY_SECONDS + 1)
    hosts.at[ALL] = gives([model()])
    assert paths(await hub.search("", LIKED, HERE)) == ["owner/name"]


async def test_an_address_inside_is_not_opened(clock: FakeClock) -> None:
    inside = HttpPool(lambda: public_client(httpx.Timeout(5), FakeDns(["10.0.0.1"])))
    assert await refusal(HubSearch(inside, clock)) == messages.HUB_NOT_REACHED
    await inside.aclose()


async def test_one_client_does_not_use_up_the_searches_of_others(hub: HubSearch, hosts: FakeSites) -> None:
    *words, last = map(str, range(int(SEARCHES.each.burst) + 1))
    for one in (*words, last):
        hosts.at[listing_url(one, LIKED)] = gives([])
    for one in words:
        await hub.search(one, LIKED, HERE)
    assert await refusal(hub, last) == messages.SEARCHES_BUSY
    assert await hub.search(last, LIKED, ELSEWHERE) == ()


async def test_pictures_are_fetched_of_found_loras_alone(hub: HubSearch, hosts: FakeSites) -> None:
    hosts.at[ALL], hosts.at[PICTURE] = gives([WITH_PICTURE, model(id="o/bare")]), gives(b"png", content_length="3")
    assert await hub.picture("owner/name", HERE) is None
    assert hosts.urls == []
    await hub.search("", LIKED, HERE)
    assert await hub.picture("owner/name", HERE) == b"png"
    assert await hub.picture("o/bare", HERE) is None
    assert hosts.urls == [ALL, PICTURE]


@pytest.mark.parametrize(
    "reply",
    [gives(b"", 404), gives(b"png"), gives(b"x" * PICTURE_LIMIT, content_length=str(PICTURE_LIMIT + 1))],
)
async def test_what_is_no_whole_picture_is_none(hub: HubSearch, hosts: FakeSites, reply: Any) -> None:
    hosts.at[ALL], hosts.at[PICTURE] = gives([WITH_PICTURE]), reply
    await hub.search("", LIKED, HERE)
    assert await hub.picture("owner/name", HERE) is None


async def test_a_client_with_too_many_pictures_under_way_is_refused(hub: HubSearch, hosts: FakeSites) -> None:
    hosts.at[ALL] = gives([WITH_PICTURE])
    await hub.search("", LIKED, HERE)
    hosts.gate = asyncio.Event()
    waiting = [asyncio.ensure_future(hub.picture("owner/name", HERE)) for _ in range(24)]
    await asyncio.sleep(0)
    with pytest.raises(SiteUnavailable) as error:
        await hub.picture("owner/name", HERE)
    assert error.value.message == messages.SEARCHES_BUSY
    hosts.gate.set()
    await asyncio.gather(*waiting)


@pytest.mark.parametrize(
    ("text", "words"), [("  Pixel   ART ", "pixel art"), ("a\x00b\u200b c", "a b c"), ("x" * 500, "x" * 100), ("", "")]
)
def test_words_are_plain(text: str, words: str) -> None:
    assert plain_words(text) == words
