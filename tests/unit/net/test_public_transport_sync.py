"""The blocking guarded transport: no name, however often it is resolved, leads inside this machine or its network."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator

import httpx
import pytest

from components.net import public_transport, public_transport_sync
from components.net.public_transport import PrivateAddressError
from components.net.public_transport_sync import SyncPublicTransport, resolve_host, sync_public_client
from tests.support.https_site import HttpsSite

INNER = ["127.0.0.1", "10.0.0.1", "169.254.169.254", "::1", "::ffff:127.0.0.1", "64:ff9b::7f00:1", "fe80::1", ""]


class Names:
    """A name server with any answers, the last one for ever; counts how often it is used."""

    def __init__(self, *answers: list[str]) -> None:
        self.answers = list(answers)
        self.resolved: list[str] = []

    def __call__(self, host: str, port: int) -> list[str]:
        self.resolved.append(host)
        return self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]


def get(names: Names, url: str = "https://evil.test/") -> httpx.Response:
    with httpx.Client(transport=SyncPublicTransport(names), trust_env=False) as http:
        return http.get(url)


@pytest.fixture
def connected(monkeypatch):
    """Where connections were tried to be made; none is."""
    tried: list[str] = []

    def connect(self: socket.socket, address: tuple[str, int]) -> None:
        tried.append(address[0])
        raise ConnectionRefusedError

    monkeypatch.setattr(socket.socket, "connect", connect)
    return tried


@pytest.mark.parametrize("answer", [*([one] for one in INNER), ["1.1.1.1", "10.0.0.1"], ["1.1.1.1"] * 9 + ["::1"], []])
def test_s06_one_inner_address_refuses_the_name(connected, answer):
    with pytest.raises(PrivateAddressError):
        get(Names(answer))
    assert connected == []


def test_s06_the_connection_goes_to_the_very_address_that_was_checked(connected):
    names = Names(["1.1.1.1"], ["127.0.0.1"])
    with pytest.raises(httpx.ConnectError):
        get(names, "https://rebinds.test/")
    assert connected == ["1.1.1.1"]
    assert names.resolved == ["rebinds.test"]


def test_s06_the_next_address_is_tried_when_one_does_not_answer_and_not_for_ever(connected):
    addresses = ["2606:4700:4700::1111", *(f"1.1.1.{number}" for number in range(1, 9))]
    with pytest.raises(httpx.ConnectError):
        get(Names(addresses))
    assert connected == addresses[:4]


def test_s06_a_name_that_is_not_found_is_a_failed_connection():
    def unknown(host: str, port: int) -> list[str]:
        raise OSError("unknown name")

    with httpx.Client(transport=SyncPublicTransport(unknown)) as http, pytest.raises(httpx.ConnectError, match="unkn"):
        http.get("https://nowhere.test/")


@pytest.mark.parametrize(("host", "found"), [("127.0.0.1", "127.0.0.1"), ("::1", "::1"), ("0x7f.1", "127.0.0.1")])
def test_s06_the_system_s_resolver_reads_addresses_as_the_system_connects_to_them(host, found):
    assert resolve_host(host, 443) == [found]


# --- a real connection, TLS and all; this machine counts as public for these ---


@pytest.fixture
def site(monkeypatch) -> Iterator[HttpsSite]:
    served = HttpsSite("a.test", "b.test")
    monkeypatch.setattr(public_transport, "is_public", lambda address: True)
    trusting = served.trusting_context()
    monkeypatch.setattr(public_transport_sync, "tls_context", lambda: trusting)
    yield served
    served.close()


def test_s06_the_certificate_is_checked_against_the_name_and_not_the_address(site):
    names = Names(["127.0.0.1"])
    answer = get(names, f"https://a.test:{site.port}/x")
    assert (answer.status_code, answer.content) == (200, b"lora")
    with pytest.raises(httpx.ConnectError, match="CERTIFICATE"):
        get(names, f"https://other.test:{site.port}/x")
    assert site.names == ["a.test", "other.test"]
    assert f"host: a.test:{site.port}".encode() in site.heads[0].lower()
    assert len(site.heads) == 1


def test_s06_two_names_with_one_address_share_no_connection(site):
    """Its certificate was compared with the first name alone."""
    with httpx.Client(transport=SyncPublicTransport(Names(["127.0.0.1"]))) as http:
        for name in ("a.test", "b.test", "a.test"):
            assert http.get(f"https://{name}:{site.port}/").content == b"lora"
    assert site.names == ["a.test", "b.test", "a.test"]


# --- proxies ---


@pytest.fixture
def no_proxy(monkeypatch):
    for name in ("http", "https", "all", "no"):
        monkeypatch.delenv(f"{name}_proxy", raising=False)
        monkeypatch.delenv(f"{name.upper()}_PROXY", raising=False)


def test_s06_without_a_proxy_the_guarded_transport_is_used(no_proxy, monkeypatch):
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    with sync_public_client(5) as http:
        assert isinstance(http._transport, SyncPublicTransport)
        assert http.follow_redirects is False
        assert not http.trust_env, "no netrc, no surprise"


@pytest.mark.parametrize("name", ["HTTPS_PROXY", "https_proxy", "ALL_PROXY"])
def test_s06_where_a_proxy_is_set_it_is_used_and_resolves_names(no_proxy, monkeypatch, name):
    heads: list[bytes] = []

    def serve(listener: socket.socket) -> None:
        connection, _ = listener.accept()
        with connection:
            heads.append(connection.recv(65536))
            connection.sendall(b"HTTP/1.1 403 No\r\ncontent-length: 0\r\n\r\n")

    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=serve, args=(listener,))
        thread.start()
        monkeypatch.setenv(name, f"http://127.0.0.1:{listener.getsockname()[1]}")
        names = Names(["1.1.1.1"])
        with sync_public_client(5, names) as http, pytest.raises(httpx.ProxyError):
            http.get("https://pictures.test/x")
        thread.join(5)
    assert heads[0].startswith(b"CONNECT pictures.test:443 ")
    assert names.resolved == []
