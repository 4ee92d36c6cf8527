"""Playground: facade of all services for the page, and their life cycle. Independent of Gradio."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import replace

from components.api.client import Client
from components.api.endpoint import Endpoint, api_connections
from components.api.visitor_marks import VisitorMarks
from components.budget.limits import BudgetLimits
from components.budget.quotes import QuoteCache
from components.clock import Clock
from components.domain.job import Job
from components.domain.money import dollars
from components.domain.person import Person
from components.domain.request import GenerationRequest
from components.errors import BudgetDenied, StorageError
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
from components.services.backend import HOST_IS_PAYER, HOSTED, SDXL, Backend, refresh_models
from components.services.estimate import Caller, Estimate, Estimator, PressEstimate
from components.services.history import History, Recipes
from components.services.host_account import UNLIMITED, HostAccount, HostPayment
from components.services.host_config import HostConfig
from components.services.lora_finder import LoraFinder
from components.services.notices import notices_of
from components.services.picture_passes import PicturePasses
from components.services.retention import Retention
from components.services.source_images import SourceImages
from components.services.spending_report import OwnerReport, spending_report
from components.services.upkeep import Upkeep
from components.storage.async_store import AsyncStore
from components.storage.store import Store


class Playground:
    """All services behind the page, on the event loop in which `running` is entered."""

    def __init__(
        self,
        backend: Backend,
        store: Store,
        config: HostConfig,
        *,
        practice: Backend | None = None,
        clock: Clock | None = None,
        timeouts: Timeouts = DEFAULT_TIMEOUTS,
        public_web: HttpPool | None = None,
    ) -> None:
        """`practice`: a free backend for visitors without a key where each brings one; None without it."""
        self.backend, self.config, self._clock = backend, config, clock or Clock()
        self.practice = practice
        self.on_models_changed: Callable[[], None] = lambda: None
        """Called when the description of the models has changed; the page shows its ranges."""
        self.visitor_backend = config.visitor_backend(backend)
        self._public_web, self._timeouts = public_web or public_pool(timeouts), timeouts
        self._api = api_connections(backend.endpoint, timeouts)
        # A pool of its own: visitors' keys go to the hosted API, also where the host runs another backend.
        self._visitor_api = api_connections(self.visitor_backend.endpoint, timeouts)
        self._client = self._client_of(self._api, backend)
        self._practice_api = api_connections(practice.endpoint, timeouts) if practice else None
        self.quotes = None if backend.free else QuoteCache(self._client, config.limits, self._clock)
        self.account: HostAccount | None = None
        """The host's account; None where the backend is free."""
        self.visitor_keys, self.picture_passes = VisitorKeys(self._clock), PicturePasses()
        self._estimator = Estimator(self.quotes, self.visitor_keys, self._quotes_of_key)
        self._add_services(AsyncStore(store))

    def _add_services(self, store: AsyncStore) -> None:
        self.store = store
        if self.quotes:
            self.account = HostAccount(self.quotes, store, self.backend.endpoint.base_url)
        if not self.backend.free:
            store.blocking.seal_by(self.backend.endpoint.key)
        repository = JobRepository(store)
        self.jobs = self._job_service(store, repository)
        if self.practice and self._practice_api:
            self.jobs.open(self.practice.name, self._client_of(self._practice_api, self.practice))
        target = JobTarget(HOSTED, self.config.visitor_models[0])
        self.accounts = Accounts(self.visitor_keys, self.jobs, repository, store, self._visitor_client, target)
        self.source_images, self.recipes = SourceImages(store, self._clock), Recipes(store)
        self.history = History(store, repository)
        self.lora_checker = LoraChecker(
            self._public_web, self._clock, starter_names(), self.config.host_loras, self.backend.loads_loras
        )
        self.lora_finder = LoraFinder(self._public_web, self._clock) if self.config.has_lora_search else None
        self.retention = Retention(store, repository, self.jobs.bin, self._clock, self.config.retention)
        self._upkeep = self._upkeep_of(store)

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

    def _upkeep_of(self, store: AsyncStore) -> Upkeep:
        return Upkeep(
            self.backend,
            self._client,
            self.config.limits,
            self.quotes,
            self.account,
            self.retention,
            store,
            self._clock,
            drop_unused_keys=self._drop_unused_keys,
            on_models_changed=lambda: self.on_models_changed(),
        )

    def backend_for(self, token: str) -> Backend:
        """Return the backend of a tab: the visitors' API with an own key, else the practice one, else the host's."""
        return self.visitor_backend if token else self.practice or self.backend

    def backend_of(self, job: Job) -> Backend | None:
        """Return the backend that a job was sent to; None when the app runs without it now."""
        if job.key:
            return self.visitor_backend
        return next((one for one in (self.backend, self.practice) if one and job.backend == one.name), None)

    async def start(self, person: Person, submission: Submission, token: str) -> tuple[Job, ...]:
        """Start the jobs of a press, paid by the tab's own key, or by the host's when `token` is empty.

        Raises KeyForgotten, BudgetDenied, TooManyJobs, StorageError. What others have spent is checked later, when
        the price is known: it ends the jobs before they are sent.
        """
        # With a key of the visitor's own the host's rules of access do not apply.
        target = self.accounts.target_of(token)
        if target is None and self.practice and not person.is_program:
            target = JobTarget(self.practice.name, self.practice.model)
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
        paid_by = self.visitor_backend.label if visitor_key else await self._host_label(person)
        return AccountStatus(
            user=person.user,
            can_sign_in=self.config.can_sign_in,
            visitor_key=visitor_key,
            is_key_lost=bool(token) and visitor_key is None,
            access_problem=None if visitor_key else self.access_problem(person),
            paid_by=paid_by,
            transferable=await self.accounts.count_transferable(browser, person),
            is_practice=not visitor_key and self.backend_for("").is_practice,
        )

    async def estimate(self, person: Person, token: str, request: GenerationRequest, client_address: str) -> Estimate:
        """Return what a press would cost this person, and which parts of the form it can use. Nothing is spent."""
        caller = Caller(client_address, token, await self._may_ask(person))
        return await self._estimator.estimate(self.backend_for(token), caller, request)

    async def estimate_press(
        self, person: Person, token: str, requests: Sequence[GenerationRequest], client_address: str
    ) -> PressEstimate:
        """Return what a press of several images would cost this person, each at its own price. Nothing is spent."""
        caller = Caller(client_address, token, await self._may_ask(person))
        return await self._estimator.estimate_press(self.backend_for(token), caller, requests)

    async def _may_ask(self, person: Person) -> bool:
        """Return whether the host's account is asked for a price: it would pay for the person, and it answers."""
        if self.practice or self.access_problem(person):
            return False
        return not (self.account and await self.account.check())

    def access_problem(self, person: Person) -> Message | None:
        """Return why the host's key does not pay for a person; None when it does, or when the backend is free."""
        try:
            if self.quotes and not (self.practice and not person.is_program):
                self.quotes.limits.check_access(person)
        except BudgetDenied as error:
            return error.message
        return None

    async def host_payment(self, person: Person, token: str, request: GenerationRequest) -> HostPayment:
        """Return what the host pays for now, for further images of a person like this request. Raises StorageError.

        UNLIMITED where the person pays, or where nothing is charged.
        """
        backend = self.backend_for(token)
        if token or backend.free or not self.account:
            return UNLIMITED
        return await self.account.host_payment(person, backend.model, request)

    def is_payer(self, person: Person, token: str) -> bool:
        """Return whether a person pays for the own images: with a key of the tab's own, or as the host."""
        return bool(token) or self._is_host(person)

    def is_paid_by_its_visitor(self, job: Job) -> bool:
        """Return whether a job is paid with a key of its visitor's own, or by the host as a visitor."""
        return bool(job.key) or self._is_host(Person.of_payer_name(job.person))

    @property
    def notices(self) -> tuple[Message, ...]:
        """Return messages for all visitors: how long images are stored, whether the list of models is unknown."""
        account = self.account
        return notices_of(
            self.store,
            self.config,
            self.backend,
            is_spending_unknown=account is not None and account.is_spending_unknown,
            is_in_trouble=account is not None and account.trouble is not None,
        )

    async def owner_report(self) -> OwnerReport:
        """Return what the host's key spent, and what our own server computes on. Raises StorageError."""
        facts = (self.store, self._clock.now(), self.jobs.slowdown)
        spending = await spending_report(self.account, *facts) if self.account else None
        if self.backend.name == SDXL and await refresh_models(self.backend, self._client):
            self.on_models_changed()
        return OwnerReport(spending, self.backend.family.preferred.machine)

    @asynccontextmanager
    async def running(self) -> AsyncGenerator[None]:
        """Resume unfinished jobs and run the upkeep; at the end close everything, with all jobs on disk."""
        try:
            async with self._upkeep.running():
                if self.store.was_quarantined and not self.config.limits.is_local:
                    # The spending so far was in the database that could not be read: the limits would start from 0.
                    # So all spending stops until the host turns it on again.
                    await self.jobs.stop_spending(is_on=True)
                with suppress(StorageError):
                    await self.jobs.forgotten.note_start()
                # Before a job runs or an image is uploaded, whose file would have no record yet.
                with suppress(StorageError):
                    await self.store.remove_unknown_images()
                await self.jobs.resume.all()
                if not self.backend.free:
                    await self.jobs.bills.resume(self.backend.name)
                    self.jobs.forgotten.start()
                yield
        finally:
            # Before the pools and the store, which the jobs use to the last moment.
            await self.jobs.close()
            for pool in (self._api, self._visitor_api, self._practice_api, self._public_web):
                if pool:
                    await pool.aclose()
            self.store.close()

    def _is_host(self, person: Person) -> bool:
        """Return whether a person is the host: anybody on a local page, or the Space's owner."""
        return self.config.limits.is_local or (bool(person.user) and person.user == self.config.owner)

    async def _host_label(self, person: Person) -> Text:
        """Return the backend's description; for the host with the balance, and with who pays."""
        backend = self.backend_for("")
        if not self.account or backend.free or self.account.is_unused or not self._is_host(person):
            return backend.machine_label(is_host=self._is_host(person))
        label, balance = backend.paid_by(HOST_IS_PAYER).label, await self.account.balance()
        return label if balance is None else pair(label, Text("backend.left", {"dollars": dollars(balance)}))

    def _drop_unused_keys(self) -> None:
        self.accounts.drop_unused()
        self._estimator.drop_unused()

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
