"""Which IP addresses are public, in every notation (F26)."""

from __future__ import annotations

import ipaddress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from components.net.public_url import is_public, is_public_https
from tests.support.fake_dns import PRIVATE_ADDRESSES

PUBLIC = ["1.1.1.1", "8.8.8.8", "2606:4700:4700::1111", "::ffff:8.8.8.8", "64:ff9b::808:808", "2002:808:808::1"]


@pytest.mark.parametrize("address", PRIVATE_ADDRESSES)
def test_f26_inner_addresses(address):
    assert not is_public(address)


@pytest.mark.parametrize("address", PUBLIC)
def test_f26_public_addresses(address):
    assert is_public(address)


@given(st.ip_addresses(v=4))
def test_f26_an_ipv4_address_is_judged_alike_in_every_way_of_writing_it(address):
    number = int(address)
    for base in ("::ffff:0:0", "64:ff9b::"):
        written = str(ipaddress.IPv6Address(int(ipaddress.IPv6Address(base)) + number))
        assert is_public(written) is is_public(str(address)), written
    assert not is_public(str(ipaddress.IPv6Address(number)))


@given(st.ip_addresses(v=6))
def test_f26_what_is_public_is_global_unicast(address):
    if is_public(str(address)) and not address.ipv4_mapped:
        assert not address.is_private or address in ipaddress.ip_network("2002::/16")
        assert address in ipaddress.ip_network("2000::/3") or address in ipaddress.ip_network("64:ff9b::/96")


@pytest.mark.parametrize("address", [a for a in PRIVATE_ADDRESSES if ":" in a and "%" not in a])
def test_f26_written_into_the_address_itself_they_are_inner_too(address):
    assert not is_public_https(f"https://[{address}]/x.png")
