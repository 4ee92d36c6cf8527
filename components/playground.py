"""The running whole without its page: store, jobs and the ways to the backends, opened and closed together."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path

from components import messages
from components.backend import HOSTED, Backend, learn
from components.client import Client
from components.clock import Clock
from components.connections import (
    PATIENCE,
    Connections,
    Endpoint,
    Patience,
    api_connections,
    outside_connections,
)
from components.errors import (
    InvalidRequest,
    NotAllowed,
    PlaygroundError,
    Sentence,
    StoreTrouble,
)
from components.estimate import Estimate, parts_off
from components.fence import Limits, Spent
from components.generation import GenerationRequest
from components.history import History
from components.host_loras import HostLoras
from components.job import Job
from components.jobs import Caps, Jobs, Line, Wish
from components.keyring import KeyRing
from components.ledger import Ledger
from components.lora_check import NO_FOLDER, LoraChecker
from components.lora_names import names_on_shelf
from components.money import Micros, dollars
from components.person import Person
from components.recipes import Recipes
from components.retention import EVERYTHING, Keeping, Retention
from components.settings import Settings
from components.sources import Sources
from components.spendings import Spending
from components.standing import KeyGrant, Standing
from components.store import Store
from components.till import ASSUMED, Till
from components.visitors import Visitors
from components.wire import Quote

SWEEP_SECONDS = 600.0
"""How often keys that nobody uses are looked for."""
SOURCE_SECONDS = 2 * 24 * 3600.0
"""How long a picture that a person gave is kept when nothing was made from it."""
LEARN_SECONDS, LEARN_SOON_SECONDS = 3600.0, 60.0
"""How often is asked what the models take, and how soon again after no answer."""


@dataclass(frozen=True, slots=True)
class House:
    """What the host decided."""

    caps: Caps
    limits: Limits
    own_endpoint: str
    """The base URL to which visitors' own keys go."""
    own_models: tuple[str, ...]
    """The models of that API, the preferred one first."""
    can_sign_in: bool = False
    owner: str = ""
    """The host's name at Hugging Face, on a Space; empty where there is none."""
    lasting: bool = True
    """The data folder outlives a restart."""
    keeping: Keeping = EVERYTHING
    host_loras: HostLoras = NO_FOLDER

    @classmethod
    def of(cls, settings: Settings) -> House:
        """Return what the settings say."""
        return cls(
            caps=Caps(settings.jobs_per_visitor, settings.jobs),
            limits=settings.limits,
            own_endpoint=settings.base_url,
            own_models=settings.models,
            can_sign_in=settings.can_sign_in,
            owner=settings.owner,
            lasting=settings.data_outlives_restart,
            host_loras=HostLoras(settings.lora_folder),
            keeping=Keeping(settings.keep_days, settings.keep_gigabytes),
        )


@dataclass(frozen=True, slots=True)
class HostReport:
    """What the host's page shows."""

    limits: Limits
    spent: Spent
    balance: Micros | None
    """None when it was not told."""
    people: tuple[Spending, ...]


class Playground:
    """Everything behind the page. Lives on the event loop that `running` is entered on."""

    def __init__(
        self,
        backend: Backend,
        store: Store,
        house: House,
        *,
        clock: Clock | None = None,
        patience: Patience = PATIENCE,
        outside: Connections | None = None,
    ) -> None:
        self.backend, self.house = backend, house
        self._store, self._clock = store, clock or Clock()
        self.when_models_change: Callable[[], None] = _nobody
        """Called when the models take something else than before; the page shows what they take."""
        self.own_backend = _own(backend, house)
        self._ledger = Ledger(store)
        self.sources = Sources(store, self._ledger, self._clock)
        self.recipes = Recipes(store, self._ledger)
        self.history = History(store, self._ledger)
        self._retention = Retention(store, self._ledger, self._clock, house.keeping)
        self._outside = outside or outside_connections(patience)
        self.lora_checker = LoraChecker(self._outside, self._clock, names_on_shelf(), house.host_loras)
        self._api = api_connections(backend.endpoint, patience)
        self._own_api = api_connections(self.own_backend.endpoint, patience)
        client = self._client = Client(self._api, self._outside, backend.endpoint, patience, backend.catalogue)
        self.till = None if backend.free else Till(client, house.limits, self._clock)
        self.keys = KeyRing(self._clock)
        self._own_tills: dict[str, Till] = {}
        """What is asked with visitors' own keys, by the marks of those that are held."""
        self.jobs = Jobs(
            {backend.name: client},
            Line(backend.name, backend.model),
            store,
            self._ledger,
            house.caps,
            self._clock,
            till=self.till,
            keys=self.keys,
        )
        own_line = Line(HOSTED, house.own_models[0])
        self.visitors = Visitors(self.keys, self.jobs, self._ledger, store, self._own_client, own_line)
        self._patience = patience

    def backend_for(self, token: str) -> Backend:
        """Return who paints for a tab, by the token of its own key; empty: it has none."""
        return self.own_backend if token else self.backend

    def backend_of(self, job: Job) -> Backend | None:
        """Return who painted a job; None when that backend is not set up now."""
        if job.key:
            return self.own_backend
        return self.backend if job.backend == self.backend.name else None

    async def start(self, person: Person, wish: Wish, token: str) -> tuple[Job, ...]:
        """Start a click's jobs, paid by the tab's own key or else by the host's.

        Raises KeyAway, NotAllowed, StoreTrouble. Limits that are counted end the jobs later, before they are sent.
        """
        line = self.visitors.line(token)
        if line is None and self.till:
            self.till.limits.admit(person)
        return await self.jobs.start(replace(wish, line=line, person=person))

    async def use_key(self, person: Person, text: object) -> KeyGrant:
        """Hold a visitor's own key. Raises PlaygroundError."""
        grant = await self.visitors.use_key(person, text, self._clock.monotonic())
        own = self.keys.find(grant.token)
        if own and not self.own_backend.family.is_told:
            await learn(self.own_backend, self._own_client(own.key))
        return grant

    async def standing(self, person: Person, browser: Person, token: str) -> Standing:
        """Return what the account panel shows to a person in a browser, whose tab may hold a key's token."""
        own_key = await self.visitors.own_key(token) if token else None
        whose = self.own_backend if own_key else self.backend
        return Standing(
            user=person.user,
            can_sign_in=self.house.can_sign_in,
            own_key=own_key,
            is_key_lost=bool(token) and own_key is None,
            obstacle=None if own_key else self.obstacle(person),
            paid_by=whose.introduction if own_key else await self._introduction(person),
            to_bring=await self.visitors.to_bring(browser, person),
        )

    async def estimate(self, person: Person, token: str, request: GenerationRequest) -> Estimate:
        """Return what a press would cost this person, and what is offered to them. Nothing is spent."""
        backend = self.backend_for(token)
        price, in_the_way = None, None
        try:
            model = backend.family.choose(request).id
            price = await self._price(person, token, model, request)
        except InvalidRequest as error:
            in_the_way = error.sentence
        except PlaygroundError:
            pass  # the price is not known
        return Estimate(backend.free, price, in_the_way, parts_off(backend.family, request))

    async def _price(self, person: Person, token: str, model: str, request: GenerationRequest) -> Micros | None:
        """Return the price of one picture, None when nobody here pays for it. Raises PlaygroundError."""
        if own := self.keys.find(token) if token else None:
            till = self._own_tills.get(own.mark) or Till(self._own_client(own.key), Limits(is_home=False), self._clock)
            self._own_tills[own.mark] = till
            return _told(await till.quote(model, request))
        if token or not self.till or self.obstacle(person):
            return None
        return _told(await self.till.quote(model, request))

    @property
    def notices(self) -> tuple[Sentence, ...]:
        """Return what is to be known of how long pictures are kept."""
        found: list[Sentence] = []
        if self._store.was_set_aside:
            found.append(messages.SET_ASIDE)
        if not self._store.is_on_disk:
            found.append(messages.NOT_KEPT)
        elif not self.house.lasting:
            found.append(messages.UNTIL_RESTART)
        if told := self.house.keeping.notice:
            found.append(told)
        if not self.backend.family.is_told and not self.backend.rests(self.house.limits):
            found.append(messages.MODELS_NOT_TOLD)
        return tuple(found)

    def picture(self, name: str) -> Path | bytes | None:
        """Return the file of a picture, or its bytes, by its unguessable name."""
        return self._store.picture(name)

    def content(self, name: str) -> bytes | None:
        """Return the bytes of a picture by its unguessable name."""
        return self._store.content(name)

    def thumbnail(self, name: str) -> Path | bytes | None:
        """Return a small WebP copy of a picture by its name; None when none can be made."""
        return self._store.thumbnail(name)

    async def spendings(self) -> HostReport:
        """Return what the host spent on whom, and what is left of what may be spent."""
        now = self._clock.now()
        people = await self._ledger.call(self._store.spendings, now)
        spent = await self._ledger.call(self._store.spent, "", now)
        return HostReport(self.house.limits, spent, await self._host_balance(), tuple(people))

    async def stop_spending(self, *, is_on: bool) -> None:
        """Turn the switch that stops all spending of the host's money; it outlives a restart."""
        await self.jobs.stop_spending(is_on=is_on)

    @asynccontextmanager
    async def running(self) -> AsyncGenerator[None]:
        """Take up what is unfinished; at the end leave everything on disk."""
        sweeper, learner = asyncio.create_task(self._sweep()), asyncio.create_task(self._learn_hourly())
        try:
            if self._store.was_set_aside and not self.house.limits.is_home:
                await self.jobs.stop_spending(is_on=True)  # what was spent is not known any more: the host decides
            await self.jobs.resume()
            yield
        finally:
            sweeper.cancel()
            learner.cancel()
            await self.jobs.close()
            for connections in (self._api, self._own_api, self._outside):
                await connections.aclose()
            self._ledger.close()
            self._store.close()

    def obstacle(self, person: Person) -> Sentence | None:
        """Return why the host's key does not pay for a person; None when it does, or when nothing costs anything."""
        try:
            if self.till:
                self.till.limits.admit(person)
        except NotAllowed as error:
            return error.sentence
        return None

    async def _introduction(self, person: Person) -> str:
        """Return who paints; the host at home, or signed in on the Space, also reads what is left on the account."""
        is_host = self.house.limits.is_home or (bool(person.user) and person.user == self.house.owner)
        balance = await self._host_balance() if is_host and not self.backend.rests(self.house.limits) else None
        left = "" if balance is None else f" {dollars(balance)} left."
        return f"{self.backend.introduction}{left}"

    async def _host_balance(self) -> Micros | None:
        try:
            return await self.till.balance() if self.till else None
        except PlaygroundError:
            return None

    async def _sweep(self) -> None:
        """Ask for the usual price before somebody waits for it; let go of what need not be kept now and then."""
        with suppress(PlaygroundError):
            if self.till and not self.backend.rests(self.house.limits):
                await self.till.quote(self.backend.model, GenerationRequest("a picture"))
                await self.till.balance()
        while True:
            with suppress(StoreTrouble):
                await self._retention.sweep()
            await asyncio.sleep(SWEEP_SECONDS)
            self.visitors.forget_unused()
            self._own_tills = {mark: till for mark, till in self._own_tills.items() if self.keys.holds(mark)}
            with suppress(StoreTrouble):
                await self._ledger.call(self._store.drop_sources, self._clock.now() - SOURCE_SECONDS)

    async def _learn_hourly(self) -> None:
        """Ask what the models take: soon again while that is not known, else every hour."""
        while True:
            await asyncio.sleep(LEARN_SECONDS if self.backend.family.is_told else LEARN_SOON_SECONDS)
            if self.backend.rests(self.house.limits):
                continue
            before = self.backend.family
            await learn(self.backend, self._client)
            if self.backend.family != before:
                self.when_models_change()

    def _own_client(self, key: str) -> Client:
        endpoint = Endpoint(self.house.own_endpoint, key)
        return Client(self._own_api, self._outside, endpoint, self._patience, self.own_backend.catalogue)


def _own(backend: Backend, house: House) -> Backend:
    """Return the API to which visitors' own keys go; where it is the host's too, what it takes is known once."""
    own = Backend.hosted(Endpoint(house.own_endpoint, ""), house.own_models, "Your own key pays.")
    is_same = backend.endpoint.base_url == house.own_endpoint and backend.family.names == house.own_models
    return replace(own, catalogue=backend.catalogue) if is_same else own


def _told(quote: Quote) -> Micros | None:
    """Return a price that somebody told; what is counted for want of one is not shown."""
    return None if quote == ASSUMED else quote.price


def _nobody() -> None:
    """Nobody shows what the models take."""
