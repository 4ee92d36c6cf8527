"""The app as it runs on a Hugging Face Space: behind a proxy that speaks https, with signing in."""

from __future__ import annotations

from pathlib import Path

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
