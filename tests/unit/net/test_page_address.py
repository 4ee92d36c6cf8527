"""Address of the page, checked before Gradio reads it."""

from __future__ import annotations

import socket

import pytest

from components.errors import SetupError
from components.net.page_address import prepare_page_address


def test_without_a_choice_nothing_is_checked_and_this_computer_is_asked_without_a_proxy():
    environment: dict[str, str] = {}
    prepare_page_address(environment)
    assert environment == {name: "127.0.0.1,localhost,::1" for name in ("NO_PROXY", "no_proxy")}


def test_what_is_asked_without_a_proxy_already_still_is():
    environment = {"NO_PROXY": ".example.org", "HTTP_PROXY": "http://proxy.example.org"}
    prepare_page_address(environment)
    assert environment["NO_PROXY"] == ".example.org,127.0.0.1,localhost,::1"


@pytest.mark.parametrize("port", ["abc", "0", "-1", "65536", "78.60", "٧٨٦٠", "7860 7861"])
def test_what_is_no_port_is_said(port: str):
    with pytest.raises(SetupError, match="which is no port"):
        prepare_page_address({"GRADIO_SERVER_PORT": port})


def test_a_port_that_is_taken_is_said():
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        with pytest.raises(SetupError, match=f"port {port} of 127.0.0.1"):
            prepare_page_address({"GRADIO_SERVER_PORT": str(port)})
    prepare_page_address({"GRADIO_SERVER_PORT": str(port)})


def test_an_address_of_another_computer_is_said():
    with pytest.raises(SetupError, match=r"of 192\.0\.2\.1"):
        prepare_page_address({"GRADIO_SERVER_NAME": "192.0.2.1", "GRADIO_SERVER_PORT": "7860"})


@pytest.mark.parametrize("host", ["::1", "::", "[::1]"])
def test_an_ipv6_address_is_said(host: str):
    with pytest.raises(SetupError, match="IPv6"):
        prepare_page_address({"GRADIO_SERVER_NAME": host})
