"""Playground: facade of all services for the page, and their life cycle. Independent of Gradio."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import replace

from components import messages
from components.api.client import Client
from components.api.endpoint import Endpoint, api_connections
from components.api.visitor_marks import VisitorMarks
from components.budget.limits import DAY, BudgetLimits
from components.budget.quotes import QuoteCache
from components.clock import Clock
from components.domain.job import Job
from components.domain.money import Micros, dollars
from components.domain.person import Person
from components.domain.request import GenerationRequest
from components.errors import BudgetDenied, PlaygroundError, StorageError
from components.jobs.repository import JobRepository
from components.jobs.service import JobService
from components.jobs.submission import JobTarget, Submission
from components.jobs.visitor_keys import VisitorKeys
from components.loras.checker import LoraChecker
from components.loras.starter_set import starter_names
from components.messages.catalogue import Text, pair
from components.messages.message import Message
from components.net.http_pool import DEFAULT_TIMEOUTS, HttpPool, Timeouts, public_pool
from components.services.accounts import Accounts, AccountStatus, KeyGrant
from components.services.backend import HOSTED, VISITOR_PAYS, Backend, refresh_models
from components.services.estimate import Caller, Estimate, Estimator, PressEstimate
from components.services.history import History, Recipes
from components.services.host_config import HostConfig, SpendingReport
from components.services.retention import Retention
from components.services.source_images import SourceImages
from components.services.upkeep import Upkeep
from components.storage.async_store import AsyncStore
from components.storage.store import Store

REPORTED_DAYS = 7
"""Days of which the host's page compares what was expected with the service's bill, today included."""


class Playground:
    """All services behind the page, on the event loop in which `running` is entered."""

    def __init__(
        self,
        backend: Backend,
        store: Store,
        config: HostConfig,
        *,
        clock: Clock | None = None,
        timeouts: Timeouts = DEFAULT_TIMEOUTS,
        public_web: HttpPool | None = None,
    ) -> None:
        self.backend, self.config, self._clock = backend, config, clock or Clock()
        self.on_models_changed: Callable[[], None] | None = None
        """Called when the description of the models has changed; the page shows its ranges."""
        self.visitor_backend = _visitor_backend(backend, config)
        self._public_web, self._timeouts = public_web or public_pool(timeouts), timeouts
        self._api = api_connections(backend.endpoint, timeouts)
        # A pool of its own: visitors' keys go to the hosted API, also where the host runs another backend.
        self._visitor_api = api_connections(self.visitor_backend.endpoint, timeouts)
        self._client = self._client_of(self._api, backend)
        self.quotes = None if backend.free else QuoteCache(self._client, config.limits, self._clock)
        self.visitor_keys = VisitorKeys(self._clock)
        self._estimator = Estimator(self.quotes, self.visitor_keys, self._quotes_of_key)
        self._add_services(AsyncStore(store))

    def _add_services(self, store: AsyncStore) -> None:
        self.store = store
        if not self.backend.free:
            store.blocking.seal_by(self.backend.endpoint.key)
        repository = JobRepository(store)
        self.jobs = self._job_service(store, repository)
        target = JobTarget(HOSTED, self.config.visitor_models[0])
        self.accounts = Accounts(self.visitor_keys, self.jobs, repository, store, self._visitor_client, target)
        self.source_images, self.recipes = SourceImages(store, self._clock), Recipes(store)
        self.history = History(store, repository)
        self.lora_checker = LoraChecker(self._public_web, self._clock, starter_names(), self.config.host_loras)
        self._upkeep = self._upkeep_of(store, repository)

    def _job_service(self, store: AsyncStore, repository: JobRepository) -> JobService:
        return JobService(
            {self.backend.name: self._client},
            JobTarget(self.backend.name, self.backend.model),
            store,
            repository,
            self.config.job_limits,
            self._clock,
            quotes=self.quotes,
            keys=self.visitor_keys,
        )

    def _upkeep_of(self, store: AsyncStore, repository: JobRepository) -> Upkeep:
        return Upkeep(
            self.backend,
            self._client,
            self.config.limits,
            self.quotes,
            Retention(store, repository, self._clock, self.config.retention),
            store,
            self._clock,
            drop_unused_keys=self._drop_unused_keys,
            on_models_changed=self._models_changed,
        )

    def backend_for(self, token: str) -> Backend:
        """Return the backend of a tab: the visitors' API for the token of an own key, else the host's."""
        return self.visitor_backend if token else self.backend

    def backend_of(self, job: Job) -> Backend | None:
        """Return the backend that a job was sent to; None when the app runs without it now."""
        if job.key:
            return self.visitor_backend
        return self.backend if job.backend == self.backend.name else None

    async def start(self, person: Person, submission: Submission, token: str) -> tuple[Job, ...]:
        """Start the jobs of a press, paid by the tab's own key, or by the host's when `token` is empty.

        Raises KeyForgotten, BudgetDenied, TooManyJobs, StorageError. What others have spent is checked later, when
        the price is known: it ends the jobs before they are sent.
        """
        # With a key of the visitor's own the host's rules of access do not apply.
        target = self.accounts.target_of(token)
        if target is None and self.quotes:
            self.quotes.limits.check_access(person)
            self.quotes.check_size(submission.model or self.backend.model, submission.requests)
        return await self.jobs.start(replace(submission, target=target, person=person))

    async def use_key(self, person: Person, text: object, client_address: str) -> KeyGrant:
        """Check and store a visitor's own key. Raises InvalidRequest, Unauthorized, BudgetDenied, StorageError."""
        grant = await self.accounts.use_key(person, text, client_address)
        key = self.visitor_keys.find(grant.token)
        # Without a key of the host, a visitor's is the first with which the list of models can be read.
        if key and not self.visitor_backend.family.is_from_api:
            await refresh_models(self.visitor_backend, self._visitor_client(key.key))
        return grant

    async def account_status(self, person: Person, browser: Person, token: str) -> AccountStatus:
        """Return the content of the account panel.

        `person` is the visitor, signed in or not, `browser` the same without the sign-in. `token` may be empty.
        """
        visitor_key = await self.accounts.view_of(token) if token else None
        paid_by = self.visitor_backend.description if visitor_key else await self._host_description(person)
        return AccountStatus(
            user=person.user,
            can_sign_in=self.config.can_sign_in,
            visitor_key=visitor_key,
            is_key_lost=bool(token) and visitor_key is None,
            access_problem=None if visitor_key else self.access_problem(person),
            paid_by=paid_by,
            transferable=await self.accounts.count_transferable(browser, person),
        )

    async def estimate(self, person: Person, token: str, request: GenerationRequest, client_address: str) -> Estimate:
        """Return what a press would cost this person, and which parts of the form it can use. Nothing is spent."""
        caller = Caller(client_address, token, not self.access_problem(person))
        return await self._estimator.estimate(self.backend_for(token), caller, request)

    async def estimate_press(
        self, person: Person, token: str, requests: Sequence[GenerationRequest], client_address: str
    ) -> PressEstimate:
        """Return what a press of several images would cost this person, each at its own price. Nothing is spent."""
        caller = Caller(client_address, token, not self.access_problem(person))
        return await self._estimator.estimate_press(self.backend_for(token), caller, requests)

    def access_problem(self, person: Person) -> Message | None:
        """Return why the host's key does not pay for a person; None when it does, or when the backend is free."""
        try:
            if self.quotes:
                self.quotes.limits.check_access(person)
        except BudgetDenied as error:
            return error.message
        return None

    @property
    def notices(self) -> tuple[Message, ...]:
        """Return messages for all visitors: how long images are stored, whether the list of models is unknown."""
        found: list[Message] = []
        if self.store.was_quarantined:
            found.append(messages.SET_ASIDE)
        if self.store.is_from_newer_version:
            found.append(messages.NEWER_HISTORY)
        elif self._is_spending_unknown:
            found.append(messages.SPENDING_UNREAD)
        elif not self.store.is_on_disk:
            found.append(messages.HISTORY_NOT_STORED)
        elif not self.config.is_persistent:
            found.append(messages.UNTIL_RESTART)
        if notice := self.config.retention.notice:
            found.append(notice)
        if not self.backend.family.is_from_api and not self.backend.is_host_key_unused(self.config.limits):
            found.append(messages.MODELS_UNAVAILABLE)
        return tuple(found)

    async def spending_report(self) -> SpendingReport:
        """Return what the host's key spent on each person, the limits and the balance. Raises StorageError."""
        now = self._clock.now()
        people = await self.store.spending_by_person(now)
        # Of no payer: only the sums over all of them are shown.
        is_unread = self._is_spending_unknown
        totals = await self.store.spending_totals("", now, is_stopped=is_unread)
        # From the start of a day: a day of which a part were left out would look like one with less spending.
        days = await self.store.spending_by_day((now // DAY - REPORTED_DAYS + 1) * DAY)
        return SpendingReport(
            self.config.limits,
            totals,
            is_unread,
            await self._host_balance(),
            tuple(people),
            tuple(days),
            self.jobs.slowdown,
        )

    @property
    def _is_spending_unknown(self) -> bool:
        """Return whether what the host's key has spent is in a file that cannot be read for now."""
        return self.store.is_unread and self.quotes is not None and not self.config.limits.is_local

    @asynccontextmanager
    async def running(self) -> AsyncGenerator[None]:
        """Resume unfinished jobs and run the upkeep; at the end close everything, with all jobs on disk."""
        try:
            async with self._upkeep.running():
                if self.store.was_quarantined and not self.config.limits.is_local:
                    # The spending so far was in the database that could not be read: the limits would start from 0.
                    # So all spending stops until the host turns it on again.
                    await self.jobs.stop_spending(is_on=True)
                # Before a job runs or an image is uploaded, whose file would have no record yet.
                with suppress(StorageError):
                    await self.store.remove_unknown_images()
                await self.jobs.resume.all()
                if not self.backend.free:
                    await self.jobs.bills.resume(self.backend.name)
                yield
        finally:
            # Before the pools and the store, which the jobs use to the last moment.
            await self.jobs.close()
            for pool in (self._api, self._visitor_api, self._public_web):
                await pool.aclose()
            self.store.close()

    async def _host_description(self, person: Person) -> Text:
        """Return the backend's description, with the balance for the host: local, or the Space's owner."""
        limits = self.config.limits
        is_host = limits.is_local or (bool(person.user) and person.user == self.config.owner)
        balance = await self._host_balance() if is_host and not self.backend.is_host_key_unused(limits) else None
        description = self.backend.description
        return (
            description if balance is None else pair(description, Text("backend.left", {"dollars": dollars(balance)}))
        )

    async def _host_balance(self) -> Micros | None:
        try:
            return await self.quotes.balance() if self.quotes else None
        except PlaygroundError:
            return None

    def _drop_unused_keys(self) -> None:
        self.accounts.drop_unused()
        self._estimator.drop_unused()

    def _models_changed(self) -> None:
        if self.on_models_changed:
            self.on_models_changed()

    def _visitor_client(self, key: str) -> Client:
        endpoint = Endpoint(self.config.visitor_base_url, key)
        return self._client_of(self._visitor_api, replace(self.visitor_backend, endpoint=endpoint))

    def _client_of(self, api: HttpPool, backend: Backend) -> Client:
        endpoint, catalogue = backend.endpoint, backend.catalogue
        marks = VisitorMarks() if backend.is_own_server else None
        return Client(api, self._public_web, endpoint, self._timeouts, catalogue, clock=self._clock, marks=marks)

    def _quotes_of_key(self, key: str) -> QuoteCache:
        # Not local: without a price call the page says that the price is not known, and assumes none.
        return QuoteCache(self._visitor_client(key), BudgetLimits(is_local=False), self._clock)


def _visitor_backend(backend: Backend, config: HostConfig) -> Backend:
    """Return the API for visitors' own keys; where it is the host's API too, they share one catalogue."""
    endpoint = Endpoint(config.visitor_base_url, "")
    visitor_backend = Backend.hosted(endpoint, config.visitor_models, VISITOR_PAYS)
    is_same = backend.endpoint.base_url == config.visitor_base_url and backend.family.names == config.visitor_models
    return replace(visitor_backend, catalogue=backend.catalogue) if is_same else visitor_backend
