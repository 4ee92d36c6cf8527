"""Host page of one playground, without the rest of the app."""

from __future__ import annotations

import json
import time
from base64 import b64encode
from contextlib import asynccontextmanager

import httpx
import itsdangerous
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.sessions import SessionMiddleware

from components.api.client import Endpoint
from components.budget.limits import Access, BudgetLimits
from components.jobs.submission import JobLimits
from components.services.backend import Backend
from components.services.host_config import HostConfig
from components.services.playground import Playground
from components.storage.store import Store
from components.ui.http.security import OriginCheck
from components.ui.routes.files import routes
from components.ui.routes.host import HostPage
from tests.support.scripted_api import MODEL
from tests.support.v3_service import KEY

SECRET = "the secret of the sessions"
LIMITS = BudgetLimits(Access.LISTED, frozenset({"zoe", "alice"}), per_day=2_000_000, per_month=10_000_000)


class HostPageClient:
    """Client of the host page, as browsers and programs call it."""

    def __init__(self, playground: Playground, http: httpx.AsyncClient, host: HostPage) -> None:
        self.playground, self.http = playground, http
        self.invitation = host.invitation("http://127.0.0.1:7860/")
        self.token = self.invitation.partition("#")[2].split()[0]

    @property
    def key(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}"}

    async def report(self, **headers: str) -> httpx.Response:
        return await self.http.get("/playground/host/report", headers=headers)

    async def turn(self, order: object, **headers: str) -> httpx.Response:
        """Post a state of the stop switch."""
        return await self.http.post("/playground/host/switch", json=order, headers=headers)


@asynccontextmanager
async def opened(store: Store, base_url: str, limits: BudgetLimits, owner: str = "", backend: Backend | None = None):
    backend = backend or Backend.hosted(Endpoint(base_url, KEY), [MODEL])
    host_config = HostConfig(JobLimits(8, 200), limits, base_url, (MODEL,), can_sign_in=bool(owner), owner=owner)
    playground = Playground(backend, store, host_config)
    host = HostPage(playground)
    # As in Gradio, the session middleware wraps the app's own.
    layers = [Middleware(SessionMiddleware, secret_key=SECRET), Middleware(OriginCheck)]
    app = Starlette(routes=[*routes(playground), *host.routes], middleware=layers)
    async with (
        playground.running(),
        httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://play.test:7860") as http,
    ):
        yield HostPageClient(playground, http, host)


def cookie(session: object, secret: str = SECRET) -> dict[str, str]:
    """Return the Cookie header of a session as Starlette signs it."""
    signed = itsdangerous.TimestampSigner(secret).sign(b64encode(json.dumps(session).encode()))
    return {"Cookie": f"session={signed.decode()}"}


def signed_in(user: str, seconds: float = 3600.0) -> dict[str, object]:
    return {"oauth_info": {"expires_at": time.time() + seconds, "userinfo": {"preferred_username": user}}}
