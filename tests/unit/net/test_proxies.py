"""Proxies: who may say in whose name a request comes, and whom they name."""

from __future__ import annotations

from ipaddress import ip_address

import pytest

from components.net import proxies
from components.net.addresses import parse_address
from components.net.proxies import LOOPBACK_ONLY, Proxies

SPACE = Proxies(has_private=True)
NAMED = Proxies.of(["172.16.0.0/12", "192.168.0.2", "2001:db8:1::/48"])


def address_of(text):
    address = parse_address(text)
    assert address
    return address


@pytest.mark.parametrize(
    ("proxies", "text", "is_proxy"),
    [
        (LOOPBACK_ONLY, "127.0.0.1", True),
        (LOOPBACK_ONLY, "::1", True),
        (LOOPBACK_ONLY, "::ffff:127.0.0.1", True),
        (LOOPBACK_ONLY, "192.168.0.2", False),
        (LOOPBACK_ONLY, "172.17.0.1", False),
        (LOOPBACK_ONLY, "fe80::1%eth0", False),
        (LOOPBACK_ONLY, "8.8.8.8", False),
        (SPACE, "10.16.3.4", True),
        (SPACE, "100.64.0.3", True),
        (SPACE, "fd12::1", True),
        (SPACE, "8.8.8.8", False),
        (NAMED, "127.0.0.1", True),
        (NAMED, "172.17.0.1", True),
        (NAMED, "::ffff:192.168.0.2", True),
        (NAMED, "192.168.0.3", False),
        (NAMED, "2001:db8:1::5", True),
        (NAMED, "2001:db8:2::5", False),
        (NAMED, "10.0.0.7", False),
    ],
)
def test_only_this_computer_and_what_the_host_names_is_a_proxy(proxies, text, is_proxy):
    assert proxies.believes(address_of(text)) is is_proxy


@pytest.mark.parametrize(
    ("proxies", "peer", "forwarded", "client"),
    [
        (LOOPBACK_ONLY, "127.0.0.1", [], "127.0.0.1"),
        (LOOPBACK_ONLY, "127.0.0.1", ["8.8.8.8"], "8.8.8.8"),
        # In the local network, through a proxy on this computer, with a forged entry.
        (LOOPBACK_ONLY, "127.0.0.1", ["8.8.8.8, 10.0.0.5"], "10.0.0.5"),
        (SPACE, "10.0.0.7", ["1.1.1.1, 8.8.8.8"], "8.8.8.8"),
        (SPACE, "10.0.0.7", ["1.1.1.1", "8.8.8.8"], "8.8.8.8"),
        (SPACE, "10.0.0.7", ["8.8.8.8, 10.16.3.4"], "8.8.8.8"),
        (SPACE, "10.0.0.7", ["192.168.0.4, 10.16.3.4"], "10.16.3.4"),
        (SPACE, "10.0.0.7", ["8.8.8.8:4711"], "8.8.8.8"),
        (SPACE, "10.0.0.7", ["8.8.8.8, nonsense"], "10.0.0.7"),
        (SPACE, "10.0.0.7", [", ,"], "10.0.0.7"),
        (NAMED, "172.17.0.1", ["8.8.8.8, 192.168.0.2"], "8.8.8.8"),
        (NAMED, "172.17.0.1", ["8.8.8.8, 192.168.0.3"], "192.168.0.3"),
        (NAMED, "127.0.0.1", ["[2a00:1450:4001:82a::200e]:99"], "2a00:1450:4001:82a::200e"),
    ],
)
def test_the_client_is_the_nearest_address_that_no_proxy_has(proxies, peer, forwarded, client):
    assert proxies.client_of(address_of(peer), forwarded) == address_of(client)


@pytest.mark.parametrize("name", ["proxy.example", "10.0.0.0/40", "*", "10.0.0"])
def test_what_is_no_network_is_refused(name):
    with pytest.raises(ValueError, match=r"does not appear|not permitted"):
        Proxies.of([name])


def test_c13_of_thousands_of_entries_the_nearest_are_read(monkeypatch):
    read: list[str] = []
    monkeypatch.setattr(proxies, "parse_address", lambda text: read.append(text) or parse_address(text))
    assert LOOPBACK_ONLY.client_of(ip_address("127.0.0.1"), ["9.9.9.9" + ",::1" * 8000]) == ip_address("::1")
    assert len(read) < 1000
