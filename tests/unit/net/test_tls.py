from __future__ import annotations

import ssl
from typing import Any

import httpx

from components.api.endpoint import Endpoint, api_connections
from components.net.public_transport import public_client
from components.net.public_transport_sync import sync_public_client
from components.net.tls import tls_context


def test_certificates_are_checked():
    assert tls_context().verify_mode is ssl.CERT_REQUIRED
    assert tls_context().check_hostname


async def test_the_authorities_are_read_once_for_all_clients(monkeypatch):
    tls_context.cache_clear()
    read, original = list[ssl.SSLContext](), ssl.SSLContext.load_verify_locations

    def load(context: ssl.SSLContext, *arguments: Any, **named: Any) -> None:
        read.append(context)
        original(context, *arguments, **named)

    monkeypatch.setattr(ssl.SSLContext, "load_verify_locations", load)
    for _ in range(3):
        await api_connections(Endpoint("https://api.wavespeed.ai", "wsk-of-a-visitor")).aclose()
        await public_client(httpx.Timeout(5)).aclose()
        sync_public_client(5).close()
    assert len(read) == 1
