"""Connection errors: which failures of a connection are safe to repeat, as errors of the app."""

from __future__ import annotations

import ssl

import httpx

from components import messages
from components.errors import CertificateError, ConnectionFailed, PlaygroundError

NEVER_LEFT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.UnsupportedProtocol)
"""Errors of httpx after which no byte of the request can have left, so that a paid POST may be repeated."""


def connection_error(error: httpx.TransportError) -> PlaygroundError:
    """Return the error for a connection that was not made: CertificateError for a TLS failure, which is not retried.

    httpx wraps an ssl.SSLError of the handshake as a ConnectError, so the chain of causes is searched for it.
    """
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, ssl.SSLError):
            return CertificateError(messages.UNTRUSTED)
        cause = cause.__cause__ or cause.__context__
    return ConnectionFailed(messages.UNREACHABLE)
