"""Redirects of an image file are followed without the key, to public addresses, a few times."""

from __future__ import annotations

import io

import httpx
import pytest

from components.api.client import MAX_REDIRECTS, Client
from components.api.endpoint import Endpoint
from components.errors import ImageUnavailable
from components.net.http_pool import HttpPool
from tests.support.v3_service import KEY


def moving(course: dict[str, httpx.Response]) -> tuple[Client, list[httpx.Request]]:
    """A client whose network answers by that course, and what was asked of it; the guarded part is asked for no
    address of the API's own, and the other for nothing else.
    """
    asked: list[httpx.Request] = []

    def connections(*, ours: bool) -> HttpPool:
        def answer(request: httpx.Request) -> httpx.Response:
            assert (request.url.host == "api.test") is ours
            asked.append(request)
            return course[str(request.url)]

        return HttpPool(lambda: httpx.AsyncClient(transport=httpx.MockTransport(answer)))

    return Client(connections(ours=True), connections(ours=False), Endpoint("https://api.test", KEY)), asked


def to(place: str) -> httpx.Response:
    return httpx.Response(302, headers={"location": place})


async def test_a_picture_that_moved_is_followed_without_the_key():
    client, asked = moving(
        {
            "https://api.test/a": to("/b"),
            "https://api.test/b": to("https://cdn.test/c"),
            "https://cdn.test/c": httpx.Response(200, content=b"picture"),
        }
    )
    picture = io.BytesIO()
    await client.download("https://api.test/a", picture)
    assert picture.getvalue() == b"picture"
    assert not [request for request in asked if "authorization" in request.headers]


@pytest.mark.parametrize(
    "place",
    ["http://cdn.test/c", "https://127.0.0.1/c", "https://10.0.0.1/c", "file:///etc/passwd", "https://a.test:1/"],
)
async def test_a_picture_that_moved_inward_is_not_followed(place):
    client, asked = moving({"https://api.test/a": to(place)})
    with pytest.raises(ImageUnavailable):
        await client.download("https://api.test/a", io.BytesIO())
    assert len(asked) == 1


async def test_a_picture_that_moves_in_circles_is_given_up():
    client, asked = moving({"https://api.test/a": to("https://api.test/a")})
    with pytest.raises(ImageUnavailable):
        await client.download("https://api.test/a", io.BytesIO())
    assert len(asked) == MAX_REDIRECTS + 1


async def test_a_redirect_to_nowhere_is_no_picture():
    client, _ = moving({"https://api.test/a": httpx.Response(302)})
    with pytest.raises(ImageUnavailable):
        await client.download("https://api.test/a", io.BytesIO())
