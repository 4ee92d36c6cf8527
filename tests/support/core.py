"""Core of the app without its page: jobs, storage, keys and budget in front of a scripted or real API."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from components.api.client import Client
from components.api.endpoint import Endpoint, api_connections
from components.budget.limits import BudgetLimits
from components.budget.quotes import QuoteCache
from components.clock import Clock
from components.domain.job import Job
from components.domain.person import Person
from components.domain.request import GenerationRequest
from components.jobs.repository import JobRepository
from components.jobs.service import JobService
from components.jobs.submission import JobLimits, JobTarget, Submission
from components.jobs.visitor_keys import VisitorKeys
from components.messages.message import Message
from components.net.http_pool import public_pool
from components.services.accounts import Accounts
from components.services.backend import Backend
from components.services.host_config import HostConfig
from components.storage.async_store import AsyncStore
from components.storage.store import Store
from tests.support.scripted_api import ALICE, MODEL


@dataclass
class Rig:
    """Services of the app on one data folder, wired as the app does."""

    jobs: JobService
    store: Store
    calls: AsyncStore
    repository: JobRepository
    keys: VisitorKeys
    accounts: Accounts
    quotes: QuoteCache | None

    async def click(
        self,
        click: str = "c1",
        pictures: int = 1,
        visitor: str = ALICE,
        *,
        person: Person | None = None,
        token: str = "",
        request: GenerationRequest | None = None,
    ) -> tuple[Job, ...]:
        """Submit one press of Generate; `token` selects a visitor's own key as the payer."""
        plain = request or GenerationRequest("a cat")
        requests = tuple(plain.with_seed(seed) for seed in range(1, pictures + 1))
        submission = Submission(visitor, click, requests, target=self.accounts.target_of(token), person=person)
        return await self.jobs.start(submission)

    async def picture(self, click: str = "c1", **options: Any) -> Job:
        """Submit a press for one image and return its job when it has ended."""
        (job,) = await self.click(click, **options)
        return await self.ended(job.id)

    async def ended(self, job_id: str) -> Job:
        """Return a job once it has ended."""
        job = await self.jobs.finished(job_id)
        assert job
        return job

    def on_disk(self, job_id: str) -> Job:
        """Return a job as it is stored."""
        job = self.store.job(job_id)
        assert job
        return job


def problem_of(job: Job) -> Message:
    """Return the problem of a job that must have one."""
    assert job.problem
    return job.problem


def host_config(backend: Backend, **changes: Any) -> HostConfig:
    """Return the default host configuration for a backend, with some fields changed."""
    plain = HostConfig(
        JobLimits(8, 200),
        BudgetLimits(),
        visitor_base_url=backend.endpoint.base_url,
        visitor_models=backend.family.names,
    )
    return replace(plain, **changes)


@asynccontextmanager
async def real_client(base_url: str, key: str) -> AsyncGenerator[Client]:
    """Yield an API client on real sockets."""
    endpoint = Endpoint(base_url, key)
    api, public_web = api_connections(endpoint), public_pool()
    try:
        yield Client(api, public_web, endpoint)
    finally:
        await api.aclose()
        await public_web.aclose()


@asynccontextmanager
async def running(
    folder: Path,
    client: Client,
    clock: Clock,
    *,
    job_limits: JobLimits | None = None,
    store_type: Callable[[Store], AsyncStore] = AsyncStore,
    backend: str = "hosted",
    limits: BudgetLimits | None = None,
    quotes: QuoteCache | None = None,
    keys: VisitorKeys | None = None,
    own: Callable[[str], Client] | None = None,
) -> AsyncGenerator[Rig]:
    """Open the core on a folder and close it as the app does.

    Budget limits apply if `limits` or `quotes` are passed. `own` returns the client for a visitor's key.
    """
    store = Store(folder)
    calls = store_type(store)
    repository = JobRepository(calls)
    quotes = quotes or (QuoteCache(client, limits, clock) if limits else None)
    keys = keys or VisitorKeys(clock)
    target, job_limits = JobTarget(backend, MODEL), job_limits or JobLimits(8, 200)
    jobs = JobService({backend: client}, target, calls, repository, job_limits, clock, quotes=quotes, keys=keys)
    accounts = Accounts(keys, jobs, repository, calls, own or _no_own_key, JobTarget("hosted", MODEL))
    try:
        yield Rig(jobs, store, calls, repository, keys, accounts, quotes)
    finally:
        await jobs.close()
        calls.close()


def _no_own_key(key: str) -> Client:
    raise AssertionError("no visitor has an own key in this test")


async def states_seen(rig, visitor=ALICE):
    """Follow a visitor's feed until no job is unfinished; return the states in order, without repeats."""
    seen, epoch, version = [], "", 0
    while True:
        changes = await rig.jobs.changes(visitor, epoch, version, 5)
        epoch, version = changes.epoch, changes.version
        seen += [job.state for job in changes.jobs]
        if not changes.unfinished:
            return [state for place, state in enumerate(seen) if place == 0 or seen[place - 1] is not state]


async def problems_seen(rig, visitor=ALICE):
    """Follow a visitor's feed until no job is unfinished; return each update's problem, None for none."""
    seen, epoch, version = [], "", 0
    while True:
        changes = await rig.jobs.changes(visitor, epoch, version, 5)
        epoch, version = changes.epoch, changes.version
        seen += [job.problem for job in changes.jobs]
        if not changes.unfinished:
            return seen
