"""TLS context of all connections to other hosts."""

from __future__ import annotations

import ssl
from functools import cache

import httpx


@cache
def tls_context() -> ssl.SSLContext:
    """Return the context that trusts the certificate authorities of httpx, or of SSL_CERT_FILE.

    Shared by all clients: reading the authorities takes 50 ms of processor, and a client is made on the event loop.
    """
    return httpx.create_ssl_context()
