"""Who paints: the hosted API or our own server, and what its models take."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from urllib.parse import urlsplit

from components.client import Client, Endpoint, api_connections, outside_connections
from components.errors import KeyRefused, NothingSent, NotTold, UntrustedService
from components.family import Catalogue, Family, Model
from components.fence import Access, Limits
from components.schema import OURS, Schema
from components.wire import STANDARD

SDXL_LORA = "stability-ai/sdxl-lora"
HOSTED = "hosted"
START_SECONDS = 5.0
"""How long the start waits to be told what the models take."""


@dataclass(frozen=True, slots=True)
class Backend:
    """Who paints, as the page speaks of it."""

    name: str
    """Stays the same over restarts: a job remembers it."""
    label: str
    """Who paints and whose key pays, in one line."""
    advice: str
    """What to do for something better; may be empty."""
    catalogue: Catalogue
    """What its models take, as they last told it."""
    endpoint: Endpoint
    free: bool
    """Nothing is ever charged."""
    reads_all: bool = False
    """However long a prompt is, all of its words count."""
    shares_each: bool = False
    """In an ensemble base and refiner have a step at least, whatever the handover."""

    @property
    def family(self) -> Family:
        """Return what its models take now."""
        return self.catalogue.family

    @property
    def model(self) -> str:
        """Return the preferred model's id."""
        return self.family.first.id

    @property
    def schema(self) -> Schema:
        """Return what the preferred model takes: the page shows its ranges."""
        return self.family.first.schema

    @property
    def introduction(self) -> str:
        """Return all that is said of it before the first picture."""
        return f"{self.label} {self.advice}".strip()

    def rests(self, limits: Limits) -> bool:
        """Tell whether its key is used for nothing, because each visitor brings one."""
        return not self.free and limits.access is Access.OWN_KEY_ONLY

    @classmethod
    def hosted(cls, endpoint: Endpoint, models: Sequence[str], whose: str = "The host's key pays.") -> Backend:
        """Return the hosted API; the endpoint's key is the host's, or empty where each visitor brings one."""
        host = urlsplit(endpoint.base_url).hostname
        label = f"Painted by {models[0]} at {host}. {whose}"
        return cls(HOSTED, label, "", Catalogue(Family.built_in(models)), endpoint, free=False)

    @classmethod
    def demo(cls, endpoint: Endpoint) -> Backend:
        """Return our own server with its demo painter."""
        label = "Demo painter: no AI, free, no key needed."
        advice = "For real SDXL pictures, use a WaveSpeed key."
        ours = Family((Model(SDXL_LORA, OURS, STANDARD),))
        return cls("demo", label, advice, Catalogue(ours), endpoint, free=True)

    @classmethod
    def sdxl(cls, endpoint: Endpoint) -> Backend:
        """Return our own server with SDXL itself."""
        label = "Painted by SDXL on this machine: free, no key needed."
        ours = Family((Model(SDXL_LORA, OURS, STANDARD),))
        return cls("sdxl", label, "", Catalogue(ours), endpoint, free=True, reads_all=True, shares_each=True)


async def learn(backend: Backend, client: Client) -> None:
    """Ask what a backend's models take; what was known stays when that is not told."""
    with suppress(NotTold, KeyRefused, NothingSent, UntrustedService):
        backend.catalogue.family = await client.models(backend.family.names)


async def learn_at_start(backend: Backend, limits: Limits) -> Backend:
    """Ask before the page is built, over connections of its own, and for a few seconds at the most."""
    if backend.rests(limits):
        return backend
    api, outside = api_connections(backend.endpoint), outside_connections()
    try:
        async with asyncio.timeout(START_SECONDS):
            await learn(backend, Client(api, outside, backend.endpoint))
    except TimeoutError:
        pass
    finally:
        await api.aclose()
        await outside.aclose()
    return backend
