"""The running whole without its page: store, jobs and the way to the backend, opened and closed together."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from components.client import Client, Endpoint, new_http
from components.clock import Clock
from components.jobs import Caps, Jobs, Line
from components.ledger import Ledger
from components.schema import BUILT_IN, Schema, built_in
from components.store import Store

SDXL_LORA = "stability-ai/sdxl-lora"


@dataclass(frozen=True, slots=True)
class Backend:
    """Who paints, as the page speaks of it."""

    name: str
    """Stays the same over restarts: a job remembers it."""
    label: str
    """Who paints and whose key pays, in one line."""
    advice: str
    """What to do for something better; may be empty."""
    model: str
    schema: Schema
    endpoint: Endpoint
    free: bool
    """Nothing is ever charged."""

    @classmethod
    def hosted(cls, endpoint: Endpoint, model: str) -> Backend:
        """Return the hosted API with the host's key."""
        host = urlsplit(endpoint.base_url).hostname
        label = f"Painted by {model} at {host}. The host's key pays."
        return cls("hosted", label, "", model, built_in(model), endpoint, free=False)

    @classmethod
    def demo(cls, endpoint: Endpoint) -> Backend:
        """Return our own server with its demo painter."""
        label = "Demo painter: no AI, free, no key needed."
        advice = "For real SDXL pictures, start the app with a WaveSpeed key."
        return cls("demo", label, advice, SDXL_LORA, BUILT_IN, endpoint, free=True)


class Playground:
    """Everything behind the page. Lives on the event loop that `running` is entered on."""

    def __init__(self, backend: Backend, store: Store, caps: Caps, *, lasting: bool) -> None:
        self.backend, self.lasting = backend, lasting
        self._store = store
        self._ledger = Ledger(self._store)
        self._http = new_http(backend.endpoint)
        clients = {backend.name: Client(self._http, backend.endpoint)}
        self.jobs = Jobs(clients, Line(backend.name, backend.model), self._store, self._ledger, caps, Clock())

    def picture(self, name: str) -> Path | None:
        """Return the file of a picture by its unguessable name."""
        return self._store.picture(name)

    @asynccontextmanager
    async def running(self) -> AsyncGenerator[None]:
        """Take up what is unfinished; at the end leave everything on disk."""
        try:
            await self.jobs.resume()
            yield
        finally:
            await self.jobs.close()
            await self._http.aclose()
            self._ledger.close()
            self._store.close()
