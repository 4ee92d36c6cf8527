"""Pictures of found LoRAs: small WebP files made here, kept, and none of what is no picture."""

from __future__ import annotations

import io
from collections.abc import AsyncIterator

import httpx
import pytest
from PIL import Image
from starlette.applications import Starlette

from components import messages
from components.loras.hub_listing import SearchOrder, listing_url
from components.net.http_pool import HttpPool
from components.services.lora_finder import MOST_PIXELS, LoraFinder
from components.ui.panels.lora_search import search_function
from components.ui.routes.lora_pictures import lora_picture_route
from tests.support.addresses import HERE
from tests.support.fake_clock import FakeClock
from tests.support.hub_models import model
from tests.support.lora_sites import FakeSites, Reply, gives
from tests.support.v3_task import png

ALL = listing_url("", SearchOrder.MOST_LIKED)
PICTURE = "https://huggingface.co/owner/name/resolve/main/a.png"


def gives_picture(content: bytes) -> Reply:
    return gives(content, content_length=str(len(content)))


@pytest.fixture
def hosts() -> FakeSites:
    sites = FakeSites()
    sites.at[ALL] = gives([model(cardData={"widget": [{"output": {"url": "a.png"}}], "instance_prompt": "px"})])
    sites.at[PICTURE] = gives_picture(png(1024, 512, 1))
    return sites


@pytest.fixture
async def finder(hosts: FakeSites) -> AsyncIterator[LoraFinder]:
    outside = HttpPool(lambda: httpx.AsyncClient(transport=httpx.MockTransport(hosts)))
    yield LoraFinder(outside, FakeClock())
    await outside.aclose()


async def test_a_picture_is_made_small_once(finder: LoraFinder, hosts: FakeSites) -> None:
    await finder.search("", SearchOrder.MOST_LIKED, HERE)
    small = await finder.picture("owner/name", HERE)
    assert small
    assert await finder.picture("owner/name", HERE) == small
    assert hosts.urls == [ALL, PICTURE]
    with Image.open(io.BytesIO(small)) as image:
        assert (image.format, image.size) == ("WEBP", (512, 256))


@pytest.mark.parametrize("content", [b"<svg>", png(64, 64, 1)[:100], b""])
async def test_what_is_no_picture_is_none(finder: LoraFinder, hosts: FakeSites, content: bytes) -> None:
    hosts.at[PICTURE] = gives_picture(content)
    await finder.search("", SearchOrder.MOST_LIKED, HERE)
    assert await finder.picture("owner/name", HERE) is None


async def test_a_picture_of_too_many_pixels_is_not_decoded(finder: LoraFinder, hosts: FakeSites) -> None:
    hosts.at[PICTURE] = gives_picture(png(MOST_PIXELS // 1000, 1001, 1))
    await finder.search("", SearchOrder.MOST_LIKED, HERE)
    assert await finder.picture("owner/name", HERE) is None


async def test_the_route_serves_what_a_search_named_alone(finder: LoraFinder) -> None:
    transport = httpx.ASGITransport(Starlette(routes=[lora_picture_route(finder)]))
    async with httpx.AsyncClient(transport=transport, base_url="http://page.test") as page:
        assert (await page.get("/playground/lora-pictures/owner/name")).status_code == 404
        await finder.search("", SearchOrder.MOST_LIKED, HERE)
        answer = await page.get("/playground/lora-pictures/owner/name")
    assert (answer.status_code, answer.headers["content-type"]) == (200, "image/webp")
    assert answer.headers["content-security-policy"].startswith("default-src 'none'")


async def test_the_page_gets_results_or_the_reason_without_them(finder: LoraFinder, hosts: FakeSites) -> None:
    find = search_function(finder)
    (found,) = (await find({"words": "", "order": "likes"}, None))["loras"]
    assert found == {
        "author": "owner",
        "name": "name",
        "page": "https://huggingface.co/owner/name",
        "likes": 5,
        "license": "",
        "words": ["px"],
        "files": [{"name": "name.safetensors", "path": "owner/name"}],
        "has_picture": True,
    }
    hosts.at[ALL.replace("sort=likes", "sort=createdAt")] = gives(b"", 500)
    refused = (await find({"words": 7, "order": "createdAt"}, None))["refused"]
    assert refused == {"code": messages.HUB_NO_ANSWER.code, "params": {}, "charge": ""}
    assert (await find([], None))["refused"] is None
