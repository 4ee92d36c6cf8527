"""The app as it runs on a Hugging Face Space: behind a proxy that speaks https, with signing in."""

from __future__ import annotations

import json
import secrets
from collections.abc import Iterator
from operator import itemgetter
from pathlib import Path
from typing import Any

import httpx

from tests.app_process import AppProcess
from tests.hosted_api import HostedApi
from tests.openid_provider import CLIENT_ID, CLIENT_SECRET, OpenIdProvider
from tests.tls_front import TlsFront

OWNER = "Olga"


class Space:
    """App, proxy and provider, started and stopped together."""

    def __init__(self, folder: Path, api: HostedApi, **settings: str) -> None:
        self.provider = OpenIdProvider()
        self.app = AppProcess.hosted(folder, api)
        self.front = TlsFront(self.app.url)
        self.app.settings |= {
            "SYSTEM": "spaces",
            "SPACE_ID": f"{OWNER}/playground",
            "SPACE_HOST": self.front.host,
            "SPACE_AUTHOR_NAME": OWNER,
            "OAUTH_CLIENT_ID": CLIENT_ID,
            "OAUTH_CLIENT_SECRET": CLIENT_SECRET,
            "OAUTH_SCOPES": "openid profile",
            "OPENID_PROVIDER_URL": self.provider.url,
            **settings,
        }

    @property
    def url(self) -> str:
        """Return the address people open."""
        return self.front.url

    def start(self) -> Space:
        """Bring all three up."""
        self.app.start()
        self.provider.start()
        self.front.start()
        return self

    def stop(self) -> None:
        """Take all three down."""
        self.app.stop()
        self.front.stop()
        self.provider.stop()


class Visitor:
    """A browser without a screen: its cookies, its token, and what the page's scripts ask."""

    def __init__(self, space: Space) -> None:
        self._space = space
        self.token = secrets.token_hex(16)
        self.http = httpx.Client(base_url=space.url, verify=space.front.trust, timeout=30)
        self.http.get("/")  # as any browser begins; cookies may come with it
        components = self.http.get("/config").json()["components"]
        self._ids = {component["props"].get("elem_id"): component["id"] for component in components}

    def __enter__(self) -> Visitor:
        return self

    def __exit__(self, *_: object) -> None:
        self.http.close()

    def sign_in(self, user: str, target: str = "/") -> httpx.Response:
        """Sign in through the provider; returns the page one lands on."""
        self._space.provider.user = user
        return self.http.get("/login/huggingface", params={"_target_url": target}, follow_redirects=True)

    def sign_out(self) -> None:
        """Sign out."""
        assert self.http.get("/logout", follow_redirects=True).status_code == 200

    def ask(self, component: str, question: str, **values: Any) -> Any:
        """Ask what a panel's script asks; the browser's own token goes along."""
        body = {
            "session_hash": self.token[:11],
            "component_id": self._ids[component],
            "fn_name": question,
            "data": {"visitor": self.token, **values},
        }
        answer = self.http.post("/gradio_api/component_server", json=body)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def standing(self) -> dict[str, Any]:
        """Return what the account panel shows."""
        return self.ask("account", "standing")

    def board(self) -> list[str]:
        """Return the prompts of the pictures on the page, the newest first."""
        rows = self.ask("results", "changes", epoch="", version=0, wait=0)["rows"]
        return [row["prompt"] for row in sorted(rows, key=itemgetter("created"), reverse=True)]

    def generate(self, prompt: str) -> str:
        """Call `/generate` as a program does; returns "" for a picture, else the sentence."""
        plain: list[Any] = [prompt, "", 256, 256, 3.5, 28, -1, None, None, None, None, None, None, None, None]
        event = self.http.post("/gradio_api/call/generate", json={"data": plain}).json()["event_id"]
        with self.http.stream("GET", f"/gradio_api/call/generate/{event}") as stream:
            *_, (kind, data) = _events(stream.iter_lines())
        return "" if kind == "complete" else str(json.loads(data)["error"])

    def report(self) -> httpx.Response:
        """Ask for the host's report."""
        return self.http.get("/playground/host/report")


def _events(lines: Iterator[str]) -> Iterator[tuple[str, str]]:
    kind = ""
    for line in lines:
        name, _, value = line.partition(": ")
        if name == "event":
            kind = value
        elif name == "data":
            yield kind, value
