"""Forwarded headers: whose limits are counted, and what is told of https, by whose word."""

from __future__ import annotations

import pytest
from starlette.types import Receive, Scope, Send

from components.net.proxies import LOOPBACK_ONLY, Proxies
from components.ui.http.client_address import client_address, is_https
from components.ui.http.forwarded import ForwardedHeaders
from components.ui.http.rate_limit import DEFAULT_RATES, RateLimit
from tests.support.addresses import HERE
from tests.support.asgi import UPLOAD, AsgiClient, scope_of

SPACE = Proxies(has_private=True)


async def seen(scope: Scope, proxies: Proxies) -> Scope:
    """Return the scope that the app gets."""
    found: list[Scope] = []

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        found.append(scope)

    await AsgiClient(ForwardedHeaders(app, proxies)).request(scope)
    return found[0]


@pytest.mark.parametrize(
    ("proxies", "client", "forwarded", "address"),
    [
        (SPACE, HERE, [], HERE),
        (SPACE, HERE, ["8.8.8.8"], HERE),  # not behind a proxy: the header is the asker's own invention
        (SPACE, "10.0.0.7", ["1.1.1.1, 8.8.8.8"], "8.8.8.8"),
        (LOOPBACK_ONLY, "10.0.0.7", ["1.1.1.1, 8.8.8.8"], "10.0.0.7"),
        (LOOPBACK_ONLY, "172.17.0.1", ["8.8.8.8"], "172.17.0.1"),
        (LOOPBACK_ONLY, "127.0.0.1", [], "127.0.0.1"),
        (LOOPBACK_ONLY, "127.0.0.1", ["8.8.8.8"], "8.8.8.8"),
        (LOOPBACK_ONLY, "::1", ["[2a00:1450:4001:82a::200e]:99"], "2a00:1450:4001:82a::/64"),
        (LOOPBACK_ONLY, "2a00:1450:4001:82a:ffff::2", [], "2a00:1450:4001:82a::/64"),
        (LOOPBACK_ONLY, "::ffff:93.184.216.34", [], HERE),
        (SPACE, "a name", ["8.8.8.8"], "unknown"),
        (SPACE, None, ["8.8.8.8"], "unknown"),
    ],
)
async def test_whose_limits_are_counted(proxies, client, forwarded, address):
    headers = [("x-forwarded-for", entry) for entry in forwarded]
    assert client_address(await seen(scope_of(client=client, headers=headers), proxies)) == address


@pytest.mark.parametrize(
    ("client", "scheme", "forwarded", "told"),
    [
        ("127.0.0.1", "http", [], False),
        ("127.0.0.1", "https", [], True),
        ("127.0.0.1", "http", ["https"], True),
        ("127.0.0.1", "http", ["https, http"], True),
        ("127.0.0.1", "https", ["http"], False),
        ("127.0.0.1", "https", ["gopher"], True),
        ("10.0.0.7", "http", ["https"], False),
        (HERE, "http", ["https"], False),
    ],
)
async def test_https_is_seen_through_a_proxy_and_told_by_no_one_else(client, scheme, forwarded, told):
    headers = [("x-forwarded-proto", entry) for entry in forwarded]
    scope = {**scope_of(client=client, headers=headers), "scheme": scheme}
    assert is_https(await seen(scope, LOOPBACK_ONLY)) == told


async def test_in_a_local_network_no_one_has_the_limits_of_many(clock, echo):
    """It passed 130 of 130 uploads once, each in the name of another address."""
    client = AsgiClient(ForwardedHeaders(RateLimit(echo, clock, DEFAULT_RATES), LOOPBACK_ONLY))
    statuses = [
        await client.post(UPLOAD, client="192.168.0.9", headers=[("x-forwarded-for", f"8.8.8.{number}")])
        for number in range(130)
    ]
    assert statuses == [200] * 100 + [429] * 30
