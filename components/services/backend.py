"""Backend: the hosted API or our own server, its label, endpoint and models."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace

from components.api.client import Client
from components.api.endpoint import Endpoint, api_connections
from components.budget.limits import Access, BudgetLimits
from components.domain.job import Job
from components.domain.model_family import STANDARD_NAMES, Catalogue, Model, ModelFamily
from components.domain.schema import OWN_SERVER_SCHEMA, ModelSchema
from components.errors import CertificateError, ConnectionFailed, NotProvided, Unauthorized
from components.loras.checker import PLAIN
from components.loras.safetensors_header import Architecture
from components.messages.catalogue import Text, pair
from components.net.http_pool import public_pool

SDXL_LORA = "stability-ai/sdxl-lora"
HOSTED, DEMO, SDXL = "hosted", "demo", "sdxl"
"""Names of the hosted backend, and of our own server with the demo and the SDXL engine."""
DEMO_PAINTER = "demo painter"
"""Model that files and pages name for images of the demo engine, whose requests name the model that it stands for."""
HOST_PAYS = Text("backend.host_pays")
VISITOR_PAYS = Text("backend.visitor_pays")
HOST_IS_PAYER = Text("backend.host_is_payer")
START_SECONDS = 5.0
"""Time that the start of the app waits for the list of models."""


@dataclass(frozen=True, slots=True)
class Backend:
    """An API that generates images, and how the page describes it."""

    name: str
    """hosted, demo or sdxl; stored with each job, so it must not change."""
    label: Text
    """What generates, and whose key pays."""
    catalogue: Catalogue
    """Latest description of its models, shared with all clients of this backend."""
    endpoint: Endpoint
    free: bool
    """True: nothing is ever charged."""
    has_unlimited_prompt: bool = False
    """True: every word of a prompt counts; else the text encoders read the first 75 tokens."""
    reads_weights: bool = False
    """True: `(word:1.3)` in a prompt weighs a word; else its signs are not known to be more than text to the model."""
    loads_loras: frozenset[Architecture] = PLAIN
    """Architectures of LoRAs that it is known to load."""
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
    def is_practice(self) -> bool:
        """Return whether the demo engine draws, without AI."""
        return self.name == DEMO

    @property
    def is_own_server(self) -> bool:
        """Return whether it is our own server, which may know whose task is whose."""
        return self.name != HOSTED

    def paid_by(self, payer: Text) -> Backend:
        """Return the same backend with a label that names another payer."""
        return replace(self, label=Text(self.label.key, {**self.label.params, "payer": payer}))

    def machine_label(self, *, is_host: bool = False) -> Text:
        """Return the label with the machine of our own server, once that is known; for the host with what helps it."""
        machine = self.family.preferred.machine
        if not machine or self.name != SDXL:
            return self.label
        label = Text("backend.sdxl_on", {"machine": machine.description})
        hint = Text("backend.unused_card", {"command": machine.command})
        return pair(label, hint) if is_host and machine.command else label

    @property
    def is_machine_due(self) -> bool:
        """Return whether our own server will say what all of it computes on, and did not yet."""
        machine = self.family.preferred.machine
        return self.name == SDXL and (machine is None or bool(machine.not_ready))

    def is_host_key_unused(self, limits: BudgetLimits) -> bool:
        """Return whether the host's key is never used, because each visitor brings one."""
        return not self.free and limits.access is Access.OWN_KEY_ONLY

    @classmethod
    def hosted(cls, endpoint: Endpoint, models: Sequence[str], payer: Text = HOST_PAYS) -> Backend:
        """Return the hosted API with these models, the preferred one first.

        The endpoint's key is the host's, or empty where each visitor brings one. `payer` says whose key pays.
        """
        label = Text("backend.hosted", {"model": models[0], "payer": payer})
        return cls(HOSTED, label, Catalogue(ModelFamily.built_in(models)), endpoint, free=False)

    @classmethod
    def demo(cls, endpoint: Endpoint) -> Backend:
        """Return our own server with the demo engine."""
        family = ModelFamily((Model(SDXL_LORA, OWN_SERVER_SCHEMA, STANDARD_NAMES),))
        return cls(DEMO, Text("backend.demo"), Catalogue(family), endpoint, free=True)

    @classmethod
    def sdxl(cls, endpoint: Endpoint) -> Backend:
        """Return our own server with the SDXL engine."""
        family = ModelFamily((Model(SDXL_LORA, OWN_SERVER_SCHEMA, STANDARD_NAMES),))
        return cls(
            SDXL,
            Text("backend.sdxl"),
            Catalogue(family),
            endpoint,
            free=True,
            has_unlimited_prompt=True,
            reads_weights=True,
            loads_loras=PLAIN | {Architecture.LOHA, Architecture.LOKR, Architecture.DORA},
            splits_every_step=True,
        )


async def refresh_models(backend: Backend, client: Client) -> bool:
    """Read the API's list of models into a backend's catalogue, which stays as it is when that fails.

    Return whether a model is another than before.
    """
    before = backend.family
    # Not lost: as long as no list was read, the page has a notice about it.
    with suppress(NotProvided, Unauthorized, ConnectionFailed, CertificateError):
        backend.catalogue.family = await client.models(backend.family.names)
    return backend.family != before


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


def shown_model(job: Job) -> str:
    """Return the model of a job as files and pages name it."""
    return DEMO_PAINTER if job.backend == DEMO else job.model
