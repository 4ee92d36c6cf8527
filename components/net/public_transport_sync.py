"""Public transport, blocking: an httpx transport that connects to public addresses only (SSRF guard).

For code in threads. As in `public_transport` a name is resolved once, and the connection goes to the very address
that was checked.
"""

from __future__ import annotations

import socket
from collections.abc import Callable

import httpx

from components.net.public_transport import MAX_ADDRESSES, check_addresses, is_proxied
from components.net.tls import tls_context

Resolve = Callable[[str, int], list[str]]
"""Host and port to IP addresses. Raises OSError."""


def resolve_host(host: str, port: int) -> list[str]:
    """Return the addresses of a name, by the system's own resolver. Raises OSError."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


class SyncPublicTransport(httpx.BaseTransport):
    """Puts a checked address in place of a URL's host; Host header and TLS keep the name."""

    def __init__(self, resolve: Resolve = resolve_host) -> None:
        # No connection is used twice: httpcore would share it between two names with one address, although its
        # certificate was compared with the first name alone.
        limits = httpx.Limits(max_keepalive_connections=0)
        self._http = httpx.HTTPTransport(verify=tls_context(), limits=limits)
        self._resolve = resolve

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Send one request. Raises httpx.TransportError, PrivateAddressError among them."""
        failure: httpx.TransportError = httpx.ConnectError("no address", request=request)
        for address in self._public_addresses(request)[:MAX_ADDRESSES]:
            try:
                return self._http.handle_request(_pinned(request, address))
            except (httpx.ConnectError, httpx.ConnectTimeout) as error:
                failure = error
        raise failure

    def close(self) -> None:
        """Close every connection."""
        self._http.close()

    def _public_addresses(self, request: httpx.Request) -> list[str]:
        host = request.url.host
        try:
            addresses = self._resolve(host, request.url.port or 443)
        except OSError as error:
            raise httpx.ConnectError(str(error), request=request) from error
        check_addresses(host, addresses)
        return addresses


def _pinned(request: httpx.Request, address: str) -> httpx.Request:
    """Return the same request to an address. The certificate is compared with `sni_hostname`, not with the URL."""
    extensions = {**request.extensions, "sni_hostname": request.url.raw_host.decode("ascii")}
    url = request.url.copy_with(host=address)
    return httpx.Request(request.method, url, headers=request.headers, stream=request.stream, extensions=extensions)


def sync_public_client(timeout: float, resolve: Resolve = resolve_host) -> httpx.Client:
    """Return a client for addresses of other sites. A proxy, where one is set, is used and resolves names itself."""
    if is_proxied():
        return httpx.Client(verify=tls_context(), timeout=timeout, follow_redirects=False)
    transport = SyncPublicTransport(resolve)
    return httpx.Client(transport=transport, timeout=timeout, follow_redirects=False, trust_env=False)
