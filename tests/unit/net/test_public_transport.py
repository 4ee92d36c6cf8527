"""Guarded HTTP transport: no name, however often it is resolved, leads into this machine or its network (S06)."""

from __future__ import annotations

import asyncio
import contextlib
import io
import ssl
from collections.abc import AsyncGenerator

import httpcore
import httpx
import pytest
import trustme

from components import messages
from components.api.client import Client, Endpoint, HttpPool
from components.errors import ImageUnavailable
from components.net import public_transport
from components.net.public_transport import (
    PrivateAddressError,
    PublicNetwork,
    PublicTransport,
    public_client,
    resolve_host,
)
from tests.support.fake_dns import PRIVATE_ADDRESSES, FakeDns
from tests.support.scripted_api import KEY


@pytest.fixture
def connected(monkeypatch):
    """Where a connection was tried to be made; none is."""
    tried: list[str] = []

    async def connect_tcp(self: object, host: str, *_: object, **__: object) -> httpcore.AsyncNetworkStream:
        tried.append(host)
        raise httpcore.ConnectError("not here")

    monkeypatch.setattr(httpcore.AnyIOBackend, "connect_tcp", connect_tcp)
    return tried


@pytest.mark.parametrize("address", PRIVATE_ADDRESSES)
async def test_s06_a_name_that_leads_inside_is_not_connected_to(connected, address):
    with pytest.raises(PrivateAddressError):
        await PublicNetwork(FakeDns([address])).connect_tcp("evil.test", 443)
    assert connected == []


async def test_s06_one_inner_address_among_public_ones_refuses_the_name(connected):
    for answer in (["1.1.1.1", "10.0.0.1"], ["::1", "1.1.1.1"], ["1.1.1.1"] * 9 + ["127.0.0.1"], []):
        with pytest.raises(PrivateAddressError):
            await PublicNetwork(FakeDns(answer)).connect_tcp("evil.test", 443)
    assert connected == []


async def test_s06_the_connection_goes_to_the_very_address_that_was_checked(connected):
    """A second look-up would be answered otherwise: there is none."""
    names = FakeDns(["1.1.1.1"], ["127.0.0.1"])
    with pytest.raises(httpcore.ConnectError):
        await PublicNetwork(names).connect_tcp("rebinds.test", 443)
    assert connected == ["1.1.1.1"]
    assert names.resolved == ["rebinds.test"]


async def test_s06_the_next_address_is_tried_when_one_does_not_answer_and_not_for_ever(connected):
    addresses = [f"1.1.1.{number}" for number in range(1, 9)]
    with pytest.raises(httpcore.ConnectError):
        await PublicNetwork(FakeDns(addresses)).connect_tcp("many.test", 443)
    assert connected == addresses[:4]


async def test_s06_a_socket_in_the_file_system_is_refused():
    with pytest.raises(PrivateAddressError):
        await PublicNetwork().connect_unix_socket("/var/run/docker.sock")


@pytest.mark.parametrize(("host", "found"), [("127.0.0.1", "127.0.0.1"), ("::1", "::1"), ("0x7f.1", "127.0.0.1")])
async def test_s06_the_system_s_own_look_up_reads_addresses_as_the_system_connects_to_them(host, found):
    assert await resolve_host(host, 443) == [found]


async def test_s06_a_name_that_is_not_found_is_a_failed_connection():
    async with httpx.AsyncClient(transport=PublicTransport(_unknown)) as http:
        with pytest.raises(httpx.ConnectError, match="unknown"):
            await http.get("https://nowhere.test/")


async def _unknown(host: str, port: int) -> list[str]:
    raise OSError("unknown name")


async def test_f26_a_picture_s_address_that_leads_inside_is_said_not_to_be_safe(api):
    outside = HttpPool(lambda: public_client(httpx.Timeout(5), FakeDns(["169.254.169.254"])))
    client = Client(api.connections, outside, Endpoint("https://api.test", KEY))
    with pytest.raises(ImageUnavailable) as refused:
        await client.download("https://metadata.test/latest", io.BytesIO())
    assert refused.value.message == messages.UNSAFE_ADDRESS
    await outside.aclose()


# --- a real connection, TLS and all; this machine counts as public for these ---


class Site:
    """A https server on loopback."""

    def __init__(self, name: str) -> None:
        self.authority = trustme.CA()
        self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.authority.issue_cert(name).configure_cert(self.context)
        self.names: list[str | None] = []
        """What each visitor asked for by SNI."""
        self.heads: list[bytes] = []
        self.answer = b"HTTP/1.1 200 OK\r\ncontent-length: 7\r\n\r\npicture"
        self.context.sni_callback = lambda _, name, __: self.names.append(name)

    @contextlib.asynccontextmanager
    async def open(self) -> AsyncGenerator[int]:
        server = await asyncio.start_server(self._serve, "127.0.0.1", 0, ssl=self.context)
        async with server:
            yield server.sockets[0].getsockname()[1]

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(asyncio.IncompleteReadError, ConnectionError):
            self.heads.append(await reader.readuntil(b"\r\n\r\n"))
            writer.write(self.answer)
            await writer.drain()
        writer.close()


@pytest.fixture
def trusting(monkeypatch):
    """Let this machine count as public, and an authority of ours be trusted."""
    monkeypatch.setattr(public_transport, "is_public", lambda address: True)

    def trust(authority: trustme.CA) -> None:
        def context() -> ssl.SSLContext:
            made = ssl.create_default_context()
            authority.configure_trust(made)
            return made

        monkeypatch.setattr(public_transport, "tls_context", context)

    return trust


async def test_s06_the_certificate_is_checked_against_the_name_and_not_the_address(trusting):
    site = Site("pictures.test")
    trusting(site.authority)
    async with site.open() as port, httpx.AsyncClient(transport=PublicTransport(FakeDns(["127.0.0.1"]))) as http:
        answer = await http.get(f"https://pictures.test:{port}/x.png")
        assert (answer.status_code, answer.content) == (200, b"picture")
        with pytest.raises(httpx.ConnectError, match="CERTIFICATE"):
            await http.get(f"https://other.test:{port}/x.png")
    assert site.names == ["pictures.test", "other.test"]
    assert b"host: pictures.test" in site.heads[0].lower()
    assert len(site.heads) == 1


async def test_s06_a_certificate_of_nobody_known_is_refused(monkeypatch):
    monkeypatch.setattr(public_transport, "is_public", lambda address: True)
    site = Site("pictures.test")
    async with site.open() as port, httpx.AsyncClient(transport=PublicTransport(FakeDns(["127.0.0.1"]))) as http:
        with pytest.raises(httpx.ConnectError, match="CERTIFICATE"):
            await http.get(f"https://pictures.test:{port}/x.png")
    assert site.heads == []


async def test_s06_an_answer_that_breaks_off_is_an_error_of_httpx(trusting):
    site = Site("pictures.test")
    trusting(site.authority)
    site.answer = b"HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nhalf"
    async with site.open() as port, httpx.AsyncClient(transport=PublicTransport(FakeDns(["127.0.0.1"]))) as http:
        with pytest.raises(httpx.HTTPError):
            await http.get(f"https://pictures.test:{port}/x.png")


async def test_s06_what_is_no_http_is_an_error_of_httpx(trusting):
    site = Site("pictures.test")
    trusting(site.authority)
    site.answer = b"SSH-2.0-OpenSSH\r\n\r\n"
    async with site.open() as port, httpx.AsyncClient(transport=PublicTransport(FakeDns(["127.0.0.1"]))) as http:
        with pytest.raises(httpx.HTTPError):
            await http.get(f"https://pictures.test:{port}/x.png")


# --- proxies ---


@pytest.fixture
def no_proxy(monkeypatch):
    for name in ("http", "https", "all", "no"):
        monkeypatch.delenv(f"{name}_proxy", raising=False)
        monkeypatch.delenv(f"{name.upper()}_PROXY", raising=False)


async def test_s06_without_a_proxy_the_guarded_network_is_used(no_proxy):
    async with public_client(httpx.Timeout(5)) as http:
        assert isinstance(http._transport, PublicTransport)
        assert http.follow_redirects is False
        assert not http.trust_env, "no netrc, no surprise"


@pytest.mark.parametrize("name", ["HTTPS_PROXY", "https_proxy", "ALL_PROXY"])
async def test_s06_where_a_proxy_is_set_it_is_used_and_looks_names_up(no_proxy, monkeypatch, name):
    heads: list[bytes] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        heads.append(await reader.readuntil(b"\r\n\r\n"))
        writer.write(b"HTTP/1.1 403 No\r\ncontent-length: 0\r\n\r\n")
        writer.close()

    async with await asyncio.start_server(serve, "127.0.0.1", 0) as proxy:
        monkeypatch.setenv(name, f"http://127.0.0.1:{proxy.sockets[0].getsockname()[1]}")
        names = FakeDns(["1.1.1.1"])
        async with public_client(httpx.Timeout(5), names) as http:
            assert http.follow_redirects is False
            with pytest.raises(httpx.ProxyError):
                await http.get("https://pictures.test/x.png")
        assert heads[0].startswith(b"CONNECT pictures.test:443 ")
        assert names.resolved == []


async def test_s06_a_proxy_for_plain_http_alone_changes_nothing(no_proxy, monkeypatch):
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    async with public_client(httpx.Timeout(5)) as http:
        assert isinstance(http._transport, PublicTransport)
