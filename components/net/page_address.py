"""Address of the page: GRADIO_SERVER_NAME and GRADIO_SERVER_PORT, checked before Gradio reads them."""

from __future__ import annotations

import os
import socket
from collections.abc import MutableMapping

from components.errors import SetupError

NAME, PORT = "GRADIO_SERVER_NAME", "GRADIO_SERVER_PORT"
LOOPBACK = ("127.0.0.1", "localhost", "::1")
"""Addresses of this computer, which no proxy can reach."""


def prepare_page_address(environment: MutableMapping[str, str]) -> None:
    """Check the chosen address, and let requests to this computer pass by a proxy: Gradio asks its own page at start.

    Raises SetupError for a port that is no number or is taken, and for an address that cannot be served.
    """
    for variable in ("NO_PROXY", "no_proxy"):
        environment[variable] = ",".join(filter(None, (environment.get(variable), *LOOPBACK)))
    host = environment.get(NAME, "").strip() or "127.0.0.1"
    if ":" in host:
        raise SetupError(
            f"{NAME} is {host}, and the page cannot be served at an IPv6 address.",
            f"Use {NAME}=127.0.0.1 for this computer alone, or 0.0.0.0 for others too.",
        )
    if port := environment.get(PORT, "").strip():
        _check_port(host, _port_number(port))


def _port_number(port: str) -> int:
    if not (port.isascii() and port.isdigit() and 0 < int(port) < 65_536):
        raise SetupError(f"{PORT} is {port!r}, which is no port.", f"Use a number from 1 to 65535, as in {PORT}=7860.")
    return int(port)


def _check_port(host: str, port: int) -> None:
    """Raise SetupError for a port that is taken: Gradio would serve at another one, which nobody looks at."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        if os.name == "posix":  # a port of connections that ended a moment ago is free; Gradio's own probe agrees
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise SetupError(
                f"The page cannot be served at port {port} of {host} ({error.strerror or error}).",
                f"End the program that uses it, or choose another port: {PORT}.",
            ) from error
