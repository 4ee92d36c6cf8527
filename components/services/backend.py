"""Backend: the hosted API or our own server, its label, endpoint and models."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from urllib.parse import urlsplit

from components.api.client import Client
from components.api.endpoint import Endpoint, api_connections
from components.budget.limits import Access, BudgetLimits
from components.domain.model_family import STANDARD_NAMES, Catalogue, Model, ModelFamily
from components.domain.schema import OWN_SERVER_SCHEMA, ModelSchema
from components.errors import CertificateError, ConnectionFailed, NotProvided, Unauthorized
from components.net.http_pool import public_pool

SDXL_LORA = "stability-ai/sdxl-lora"
HOSTED = "hosted"
"""Name of the hosted backend."""
START_SECONDS = 5.0
"""Time that the start of the app waits for the list of models."""


@dataclass(frozen=True, slots=True)
class Backend:
    """An API that generates images, and how the page describes it."""

    name: str
    """hosted, demo or sdxl; stored with each job, so it must not change."""
    label: str
    """One sentence: what generates, and whose key pays."""
    advice: str
    """How to get better images; may be empty."""
    catalogue: Catalogue
    """Latest description of its models, shared with all clients of this backend."""
    endpoint: Endpoint
    free: bool
    """True: nothing is ever charged."""
    has_unlimited_prompt: bool = False
    """True: every word of a prompt counts; else the text encoders read the first 75 tokens."""
    splits_every_step: bool = False
    """True: in an ensemble base and refiner run at least one step each, whatever the handover."""

    @property
    def family(self) -> ModelFamily:
        """Return the latest description of its models."""
        return self.catalogue.family

    @property
    def model(self) -> str:
        """Return the preferred model's id."""
        return self.family.preferred.id

    @property
    def schema(self) -> ModelSchema:
        """Return what the preferred model accepts; the page shows its ranges."""
        return self.family.preferred.schema

    @property
    def description(self) -> str:
        """Return label and advice as one text."""
        return f"{self.label} {self.advice}".strip()

    def is_host_key_unused(self, limits: BudgetLimits) -> bool:
        """Return whether the host's key is never used, because each visitor brings one."""
        return not self.free and limits.access is Access.OWN_KEY_ONLY

    @classmethod
    def hosted(cls, endpoint: Endpoint, models: Sequence[str], payer: str = "The host's key pays.") -> Backend:
        """Return the hosted API with these models, the preferred one first.

        The endpoint's key is the host's, or empty where each visitor brings one. `payer` is the label's last sentence.
        """
        host = urlsplit(endpoint.base_url).hostname
        label = f"Painted by {models[0]} at {host}. {payer}"
        return cls(HOSTED, label, "", Catalogue(ModelFamily.built_in(models)), endpoint, free=False)

    @classmethod
    def demo(cls, endpoint: Endpoint) -> Backend:
        """Return our own server with the demo engine."""
        label = "Demo painter: no AI, free, no key needed."
        advice = "For real SDXL pictures, use a WaveSpeed key."
        family = ModelFamily((Model(SDXL_LORA, OWN_SERVER_SCHEMA, STANDARD_NAMES),))
        return cls("demo", label, advice, Catalogue(family), endpoint, free=True)

    @classmethod
    def sdxl(cls, endpoint: Endpoint) -> Backend:
        """Return our own server with the SDXL engine."""
        label = "Painted by SDXL on this machine: free, no key needed."
        family = ModelFamily((Model(SDXL_LORA, OWN_SERVER_SCHEMA, STANDARD_NAMES),))
        return cls(
            "sdxl",
            label,
            "",
            Catalogue(family),
            endpoint,
            free=True,
            has_unlimited_prompt=True,
            splits_every_step=True,
        )


async def refresh_models(backend: Backend, client: Client) -> None:
    """Read the API's list of models into a backend's catalogue; it stays as it is when that fails."""
    # Not lost: as long as no list was read, the page has a notice about it.
    with suppress(NotProvided, Unauthorized, ConnectionFailed, CertificateError):
        backend.catalogue.family = await client.models(backend.family.names)


async def refresh_models_at_start(backend: Backend, limits: BudgetLimits) -> Backend:
    """Read the list of models before the page is built, for START_SECONDS at most; return the backend.

    The connections are closed again: they belong to the event loop of this call, not to the app's.
    """
    # There is no key to read it with; `Playground.use_key` does so with the first visitor's.
    if backend.is_host_key_unused(limits):
        return backend
    api, public_web = api_connections(backend.endpoint), public_pool()
    try:
        async with asyncio.timeout(START_SECONDS):
            await refresh_models(backend, Client(api, public_web, backend.endpoint))
    except TimeoutError:
        # The built-in description stays; the upkeep reads the list again after a minute.
        pass
    finally:
        await api.aclose()
        await public_web.aclose()
    return backend
