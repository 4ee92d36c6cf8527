"""Other browsers by the W3C's WebDriver commands: Firefox through Marionette, the protocol behind geckodriver, and
WebKit through WebKitWebDriver. Debian's packages are `firefox-esr`, and `webkit2gtk-driver` with `xvfb`."""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
from abc import ABC, abstractmethod
from collections.abc import Generator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from typing import Any

import httpx

from tests.support.v3_service import free_port
from tests.support.waiting import wait_until

SECONDS_TO_START = 60.0
SECONDS_OF_A_COMMAND = 60.0
FIREFOX_PREFERENCES = {
    "marionette.port": 0,  # any free one, written to MarionetteActivePort
    "datareporting.policy.dataSubmissionEnabled": False,
    "app.update.enabled": False,
    "browser.shell.checkDefaultBrowser": False,
    "browser.aboutConfig.showWarning": False,
    "browser.startup.homepage": "about:blank",
    "network.captive-portal-service.enabled": False,
    "network.connectivity-service.enabled": False,
    "extensions.systemAddon.update.enabled": False,
}


class WebDriver(ABC):
    """One window of a browser."""

    @abstractmethod
    def command(self, name: str, path: str, parameters: dict[str, Any]) -> Any:
        """Send a command by its name in Marionette and its path below a session of HTTP; raises AssertionError."""

    def open(self, url: str) -> None:
        """Open a page; returns when it is loaded."""
        self.command("WebDriver:Navigate", "url", {"url": url})

    def resize(self, width: int, height: int) -> None:
        """Set the size of the window in pixels."""
        self.command("WebDriver:SetWindowRect", "window/rect", {"width": width, "height": height})

    def run(self, script: str, *arguments: Any) -> Any:
        """Run the body of a function in the page and return what it returns."""
        return self.command("WebDriver:ExecuteScript", "execute/sync", {"script": script, "args": list(arguments)})

    def act(self, *sources: dict[str, Any]) -> None:
        """Perform actions of input devices."""
        self.command("WebDriver:PerformActions", "actions", {"actions": list(sources)})


class Marionette(WebDriver):
    """Firefox. A message is its length, a colon, and JSON: [kind, number, name or error, parameters or result]."""

    def __init__(self, port: int) -> None:
        self._socket = socket.create_connection(("127.0.0.1", port), timeout=SECONDS_OF_A_COMMAND)
        self._number = 0
        self._receive()  # a greeting
        self.command("WebDriver:NewSession", "", {})

    def command(self, name: str, path: str, parameters: dict[str, Any]) -> Any:
        self._number += 1
        message = json.dumps([0, self._number, name, parameters]).encode()
        self._socket.sendall(str(len(message)).encode() + b":" + message)
        _, number, error, result = self._receive()
        assert number == self._number
        assert error is None, f"{name}: {error}"
        return result["value"] if isinstance(result, dict) and "value" in result else result

    def close(self) -> None:
        """Close the connection."""
        self._socket.close()

    def _receive(self) -> Any:
        length = b""
        while not length.endswith(b":"):
            length += self._some(1)
        return json.loads(self._some(int(length[:-1])))

    def _some(self, count: int) -> bytes:
        parts = b""
        while len(parts) < count:
            part = self._socket.recv(count - len(parts))
            assert part, "the browser has closed the connection"
            parts += part
        return parts


class HttpDriver(WebDriver):
    """A browser behind a WebDriver server."""

    def __init__(self, url: str, capabilities: dict[str, Any]) -> None:
        self._client = httpx.Client(base_url=url, timeout=SECONDS_OF_A_COMMAND, trust_env=False)
        answer = self._client.post("/session", json={"capabilities": {"alwaysMatch": capabilities}})
        assert answer.is_success, answer.text
        self._session = answer.json()["value"]["sessionId"]

    def command(self, name: str, path: str, parameters: dict[str, Any]) -> Any:
        answer = self._client.post(f"/session/{self._session}/{path}", json=parameters)
        assert answer.is_success, f"{name}: {answer.text[:500]}"
        return answer.json()["value"]

    def close(self) -> None:
        """Close the window, and the browser with it."""
        self._client.delete(f"/session/{self._session}")
        self._client.close()


def firefox_program() -> str | None:
    """Return the path of Firefox, None without one."""
    return shutil.which("firefox-esr") or shutil.which("firefox")


def webkit_programs() -> tuple[str, str, str] | None:
    """Return the paths of the driver, the browser, and the X server without a screen, None without one of them."""
    driver, screen = shutil.which("WebKitWebDriver"), shutil.which("Xvfb")
    browsers = sorted(Path("/usr/lib").glob("*/webkit2gtk-4.*/MiniBrowser"))
    return (driver, str(browsers[-1]), screen) if driver and screen and browsers else None


@contextmanager
def firefox(folder: Path) -> Generator[WebDriver]:
    """Start Firefox with an empty profile in a folder and close it at the end."""
    profile = folder / "profile"
    profile.mkdir()
    lines = (f'user_pref("{name}", {json.dumps(value)});\n' for name, value in FIREFOX_PREFERENCES.items())
    (profile / "user.js").write_text("".join(lines))
    port = profile / "MarionetteActivePort"
    command = [str(firefox_program()), "--headless", "--marionette", "--no-remote", "--profile", str(profile)]
    with process(command, HOME=str(folder)):
        wait_until(
            lambda: port.exists() and port.read_text().strip(), "Firefox does not start", seconds=SECONDS_TO_START
        )
        with closing(Marionette(int(port.read_text()))) as driver:
            yield driver


@contextmanager
def webkit(folder: Path) -> Generator[WebDriver]:
    """Start WebKit's small browser on a screen of its own and close it at the end."""
    programs = webkit_programs()
    assert programs
    driver, browser, screen = programs
    with ExitStack() as stack:
        display = stack.enter_context(virtual_screen(screen, folder))
        port = free_port()
        # Without a GPU its compositor only costs time.
        settings = {"WEBKIT_DISABLE_DMABUF_RENDERER": "1", "WEBKIT_DISABLE_COMPOSITING_MODE": "1"}
        stack.enter_context(
            process([driver, f"--port={port}"], HOME=str(folder), DISPLAY=display, GDK_BACKEND="x11", **settings)
        )
        wait_until(lambda: is_open(port), "the driver of WebKit does not start", seconds=SECONDS_TO_START)
        options = {"binary": browser, "args": ["--automation"]}
        with closing(HttpDriver(f"http://127.0.0.1:{port}", {"webkitgtk:browserOptions": options})) as page:
            yield page


@contextmanager
def virtual_screen(program: str, folder: Path) -> Generator[str]:
    """Start an X server without a screen; yields the name of its display."""
    display = folder / "display"
    with display.open("wb") as output:
        size = ("-screen", "0", "1400x1000x24", "-nolisten", "tcp")
        with process([program, "-displayfd", "1", *size], stdout=output):
            wait_until(lambda: display.read_text().strip(), "there is no screen", seconds=SECONDS_TO_START)
            yield f":{display.read_text().strip()}"


@contextmanager
def process(command: list[str], stdout: Any = subprocess.DEVNULL, **environment: str) -> Generator[None]:
    """Run a program until the end of the block."""
    running = subprocess.Popen(
        command, stdout=stdout, stderr=subprocess.DEVNULL, env={**os.environ, **environment}, start_new_session=True
    )
    try:
        yield
    finally:
        running.terminate()
        try:
            running.wait(10)
        except subprocess.TimeoutExpired:
            running.kill()
            running.wait()


def is_open(port: int) -> bool:
    """Return whether somebody listens at a port of loopback."""
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0
