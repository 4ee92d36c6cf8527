"""Simulated Hugging Face Space: the app behind a TLS proxy, with sign-in by an OpenID provider."""

from __future__ import annotations

import json
import secrets
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx

from tests.support.app_process import AppProcess
from tests.support.openid_provider import CLIENT_ID, CLIENT_SECRET, OpenIdProvider
from tests.support.tls_proxy import TlsProxy
from tests.support.v3_service import HostedApi

OWNER = "Olga"


class Space:
    """App, proxy and provider, started and stopped together."""

    def __init__(self, folder: Path, api: HostedApi, app: type[AppProcess] = AppProcess, **settings: str) -> None:
        self.provider = OpenIdProvider()
        self.app = app.hosted(folder, api)
        self.proxy = TlsProxy(self.app.url, folder)
        self.app.settings |= {
            "SYSTEM": "spaces",
            "SPACE_ID": f"{OWNER}/playground",
            "SPACE_HOST": self.proxy.host,
            "SPACE_AUTHOR_NAME": OWNER,
            "OAUTH_CLIENT_ID": CLIENT_ID,
            "OAUTH_CLIENT_SECRET": CLIENT_SECRET,
            "OAUTH_SCOPES": "openid profile",
            "OPENID_PROVIDER_URL": self.provider.url,
            **settings,
        }

    @property
    def url(self) -> str:
        """Return the public address of the page."""
        return self.proxy.url

    def start(self) -> Space:
        """Start the app, the provider and the proxy."""
        self.app.start()
        self.provider.start()
        self.proxy.start()
        return self

    def stop(self) -> None:
        """Kill the app, then stop the proxy and the provider."""
        self.app.kill()
        self.proxy.stop()
        self.provider.stop()


class Visitor:
    """HTTP client of one browser: its cookies, its token and the requests of the page's scripts."""

    def __init__(self, space: Space) -> None:
        self._space = space
        self.token = secrets.token_hex(16)
        self.http = httpx.Client(base_url=space.url, verify=space.proxy.trust, timeout=30)
        self.http.get("/")  # sets the cookies of a first visit
        components = self.http.get("/config").json()["components"]
        self._ids = {component["props"].get("elem_id"): component["id"] for component in components}

    def __enter__(self) -> Visitor:
        return self

    def __exit__(self, *_: object) -> None:
        self.http.close()

    def sign_in(self, user: str, target: str = "/") -> httpx.Response:
        """Sign in through the provider and return the page that follows."""
        self._space.provider.user = user
        return self.http.get("/login/huggingface", params={"_target_url": target}, follow_redirects=True)

    def sign_out(self) -> None:
        """Sign out."""
        assert self.http.get("/logout", follow_redirects=True).status_code == 200

    def call(self, component: str, function: str, **values: Any) -> Any:
        """Call a function of a panel as its script does, with the browser's token, and return the result."""
        body = {
            "session_hash": self.token[:11],
            "component_id": self._ids[component],
            "fn_name": function,
            "data": {"visitor": self.token, **values},
        }
        answer = self.http.post("/gradio_api/component_server", json=body)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def epoch(self) -> str:
        """Return the epoch of the feed, which each person has one of."""
        return self.http.get("/playground/feed", headers={"X-Playground-Visitor": self.token}).json()["epoch"]

    def account_status(self) -> dict[str, Any]:
        """Return the account status that the account panel shows."""
        return self.call("account", "account_status")

    def generate(self, prompt: str) -> str:
        """Call `/generate` as a program does; return "" for a picture, else the error message."""
        plain: list[Any] = [prompt, "", 256, 256, 3.5, 28, -1, *[None] * 9]
        event = self.http.post("/gradio_api/call/generate", json={"data": plain}).json()["event_id"]
        with self.http.stream("GET", f"/gradio_api/call/generate/{event}") as stream:
            *_, (kind, data) = _events(stream.iter_lines())
        return "" if kind == "complete" else str(json.loads(data)["error"])

    def report(self) -> httpx.Response:
        """Return the response of the host's report."""
        return self.http.get("/playground/host/report")


def _events(lines: Iterator[str]) -> Iterator[tuple[str, str]]:
    kind = ""
    for line in lines:
        name, _, value = line.partition(": ")
        if name == "event":
            kind = value
        elif name == "data":
            yield kind, value
