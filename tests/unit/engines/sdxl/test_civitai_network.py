"""Civitai downloads over real sockets and TLS: the connection goes to the address that was checked, never by name.

Addresses count as they would on the internet; a connection to the public one is led to a server on loopback.
"""

from __future__ import annotations

import socket
from collections.abc import Iterator

import pytest

from components.engines.sdxl import messages
from components.engines.sdxl.loras.civitai import CivitaiLoras
from components.net import public_transport_sync
from tests.support.https_site import HttpsSite
from tests.support.lora_downloads import URL, lora, refusal, silent

PUBLIC = "1.1.1.1"
Address = tuple[str, int]


@pytest.fixture(autouse=True)
def no_proxy(monkeypatch):
    for name in ("https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def resolve_to(monkeypatch):
    """Make the name server give these answers in turn, the last one from then on; an address resolves to itself."""

    def install(*answers: str) -> None:
        left = list(answers)

        def getaddrinfo(host: str | None, port: int, *_: object, **__: object) -> list[tuple[object, ...]]:
            address = host or ""
            if not address.replace(".", "").isdecimal():
                address = left.pop(0) if len(left) > 1 else left[0]
            return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port))]

        monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)

    return install


@pytest.fixture
def site(monkeypatch) -> Iterator[HttpsSite]:
    served = HttpsSite("civitai.com", body=lora())
    trusting = served.trusting_context()
    monkeypatch.setattr(public_transport_sync, "tls_context", lambda: trusting)
    yield served
    served.close()


@pytest.fixture
def connected(monkeypatch, site: HttpsSite):
    """Addresses that connections were made to; the public one is on loopback, all others refuse."""
    tried: list[Address] = []
    connect = socket.socket.connect

    def connect_here(self: socket.socket, address: Address) -> None:
        if address == ("127.0.0.1", site.port):
            return connect(self, address)
        tried.append(address)
        if address != (PUBLIC, 443):
            raise ConnectionRefusedError
        return connect(self, ("127.0.0.1", site.port))

    monkeypatch.setattr(socket.socket, "connect", connect_here)
    return tried


def test_s06_a_download_uses_the_checked_address_whatever_the_name_server_answers_next(
    resolve_to, connected, site, tmp_path
):
    resolve_to(PUBLIC, "127.0.0.1")
    path = CivitaiLoras(tmp_path, key="secret").file(URL, silent)
    assert path.read_bytes() == lora()
    assert connected == [(PUBLIC, 443)]
    assert site.names == ["civitai.com"], "TLS is for the name"
    [head] = site.heads
    assert b"\r\nhost: civitai.com\r\n" in head.lower()
    assert b"\r\nauthorization: bearer secret\r\n" in head.lower()


def test_s06_a_certificate_of_another_name_is_refused(resolve_to, connected, site, tmp_path):
    resolve_to(PUBLIC)
    url = URL.replace("civitai.com", "civitai.green")
    assert refusal(lambda: CivitaiLoras(tmp_path).file(url, silent)) == messages.LORA_AWAY
    assert site.heads == []
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("inner", ["127.0.0.1", "10.0.0.1", "169.254.169.254"])
def test_s06_a_name_that_leads_inside_is_not_connected_to(resolve_to, connected, tmp_path, inner):
    resolve_to(inner)
    civitai = CivitaiLoras(tmp_path)
    assert refusal(lambda: civitai.head(URL)) == messages.LORA_HOST
    assert refusal(lambda: civitai.file(URL, silent)) == messages.LORA_HOST
    assert connected == []
    assert list(tmp_path.iterdir()) == []


def test_an_unknown_name_is_a_site_that_does_not_answer(monkeypatch, connected, tmp_path):
    def unknown(*_: object, **__: object) -> None:
        raise socket.gaierror("unknown name")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    assert refusal(lambda: CivitaiLoras(tmp_path).head(URL)) == messages.LORA_AWAY
    assert connected == []
