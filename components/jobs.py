"""Every job of the app: started by a click, followed to its end, taken up again after a restart."""

from __future__ import annotations

import asyncio
import logging
from collections import Counter
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from components import messages
from components.board import PAGE, Changes
from components.client import PATIENCE, Client
from components.clock import Clock
from components.errors import (
    NotAllowed,
    NothingSent,
    NotTold,
    Sentence,
    StoreTrouble,
    TooMany,
    UntrustedService,
)
from components.generation import GenerationRequest, TaskUpdate
from components.job import Job, JobState, account_name
from components.keyring import KeyRing
from components.ledger import Ledger
from components.pace import Experience
from components.person import Person
from components.sending import Sender
from components.spendings import STOP
from components.store import Store
from components.till import Till
from components.watching import Watcher

STALE_AFTER = 600.0
"""Seconds after which a click that was never sent is not sent any more when the app comes back."""

ASKS = 3
"""How often a price is asked before a click is given up."""

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Caps:
    """How many unfinished jobs there may be."""

    per_visitor: int
    over_all: int


@dataclass(frozen=True, slots=True)
class Line:
    """How new jobs are sent: the name their backend keeps over restarts, the model, and whose key pays."""

    backend: str
    model: str
    key: str = ""
    """The mark of the visitor's own key; empty when the backend's own key pays."""

    @property
    def account(self) -> str:
        """Return the name of the account that pays."""
        return account_name(self.backend, self.key)


@dataclass(frozen=True, slots=True)
class Wish:
    """One click: who, which click, and one request for each picture."""

    visitor: str
    click: str
    requests: tuple[GenerationRequest, ...]
    seed_note: str = ""
    """A sentence on the seeds, empty when there is nothing to say."""
    line: Line | None = None
    """None: the usual one."""
    model: str = ""
    """The model that makes it; empty: the line's own."""
    person: Person | None = None
    """As whom they are counted; None: as a browser."""


@dataclass(frozen=True, slots=True)
class Account:
    """Whoever sends and whoever follows the jobs of one account."""

    sender: Sender
    watcher: Watcher


@dataclass(frozen=True, slots=True)
class Deletion:
    """What became of a wish to delete jobs."""

    gone: tuple[str, ...]
    """The ids of those that are gone here."""
    is_everywhere: bool
    """False: the service could not be told of some, and keeps its copies for a while."""


class Jobs:
    """Owns the asyncio tasks that send and follow, one a job. Lives on the app's event loop."""

    def __init__(  # noqa: PLR0913 - the whole core meets here
        self,
        clients: Mapping[str, Client],
        line: Line,
        store: Store,
        ledger: Ledger,
        caps: Caps,
        clock: Clock,
        *,
        till: Till | None = None,
        keys: KeyRing | None = None,
    ) -> None:
        """`till` guards the money of the usual line; without one nothing is ever charged there."""
        self._line, self._store, self._ledger, self._caps, self._clock = line, store, ledger, caps, clock
        self._till, self._keys = till, keys or KeyRing(clock)
        self._experience = Experience()
        self._accounts: dict[str, Account] = {}
        self._unfinished: Counter[str] = Counter()
        self._starting: set[asyncio.Task[tuple[Job, ...]]] = set()
        self._admissions: set[asyncio.Task[int | None]] = set()
        self._running: dict[str, asyncio.Task[None]] = {}
        self._busy: Counter[str] = Counter()
        """How many jobs run on each account."""
        self._at_the_till: dict[str, Sentence | None] = {}
        """Jobs whose price is being asked, and with what they end if they were taken back meanwhile."""
        self._taking_up = asyncio.Lock()
        self._is_stopped = False
        for name, client in clients.items():
            self.open(name, client)

    def open(self, account: str, client: Client) -> None:
        """Jobs of this account can be sent and followed from now on."""
        if account not in self._accounts:
            sender = Sender(client, self._ledger, self._store, self._clock)
            watcher = Watcher(client, self._ledger, self._store, self._clock, self._experience)
            self._accounts[account] = Account(sender, watcher)

    def retire(self, line: Line) -> None:
        """Send nothing more on this line; what was sent is followed to its end, and then its client is let go."""
        if line.account in self._accounts:
            self._accounts[line.account].sender.take_all_back(messages.KEY_FORGOTTEN)
            self._let_go(line.account, line.key)

    async def start(self, wish: Wish) -> tuple[Job, ...]:
        """Start a click's jobs; a click seen before starts nothing and returns the jobs it had. Raises TooMany."""
        jobs = tuple(self._job(wish, number) for number in range(1, len(wish.requests) + 1))
        if known := await self._known(jobs):
            return known
        self._reserve(wish.visitor, len(jobs))
        begin = asyncio.create_task(self._begin(jobs))
        self._starting.add(begin)
        begin.add_done_callback(self._starting.discard)
        return await asyncio.shield(begin)  # what is written down is also sent, though the caller may have left

    async def take_up(self, visitor: str, account: str) -> None:
        """Follow again what a visitor has under way on an account whose key came back."""
        async with self._taking_up:  # a job is taken up by one, as it then stands
            for job in await self._ledger.call(self._store.open_jobs):
                if (job.visitor, job.account) == (visitor, account) and job.id not in self._running:
                    await self._take_up(job)

    async def take_back(self, visitor: str, job_id: str) -> bool:
        """Take a job back before it is sent; False when it is too late for that."""
        job = await self.own(visitor, job_id)
        if not job or job.account not in self._accounts:
            return False
        if job_id in self._at_the_till:
            self._at_the_till[job_id] = messages.TAKEN_BACK
            return True
        return self._accounts[job.account].sender.take_back(job_id, messages.TAKEN_BACK)

    def can_be_stopped(self, job: Job) -> bool:
        """Tell whether a job is being made by a server that stops at once, and for nothing."""
        is_made = job.state in (JobState.CREATED, JobState.PROCESSING) and job.id in self._running
        return is_made and self._till is None and not job.key

    async def stop(self, visitor: str, job_id: str) -> bool:
        """Stop a job that is being made; False when that cannot be, or it has just ended."""
        job = await self.own(visitor, job_id)
        following = self._running.get(job_id)
        if not job or not following or not self.can_be_stopped(job) or not job.task_id:
            return False
        if not await self._accounts[job.account].watcher.delete([job.task_id]):
            return False
        following.cancel()
        await asyncio.wait([following])
        newest = await self._ledger.call(self._store.job, job_id)
        if not newest or newest.ended:
            return False
        return await self._ledger.record(newest.ended_as(JobState.STOPPED, self._clock.now(), messages.STOPPED_BY_YOU))

    async def stop_spending(self, *, is_on: bool) -> None:
        """Turn the switch that stops all spending of the host's money; what waits to be sent with it is taken back."""
        await self._ledger.call(self._store.switch, STOP, is_on=is_on)
        self._is_stopped = is_on
        if self._till and is_on:
            self._accounts[self._line.backend].sender.take_all_back(messages.STOPPED_BY_HOST)

    async def resume(self) -> None:
        """Take up what an earlier process left: what was accepted is followed, what was lost is looked for."""
        for job in await self._ledger.call(self._store.completed, 500):
            if job.accepted and job.ended and job.inference_ms:
                self._experience.learn(job.kind, min(job.inference_ms / 1000, job.ended - job.accepted))
        for job in await self._ledger.call(self._store.open_jobs):
            await self._take_up(job)

    async def close(self) -> None:
        """Stop sending and following; what is under way is taken up at the next start."""
        await asyncio.gather(*self._starting, return_exceptions=True)
        for account in self._accounts.values():
            account.sender.close()
        tasks = [*self._running.values(), *self._admissions]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def changes(self, visitor: str, epoch: str, version: int, wait: float) -> Changes:
        """Return what changed on a visitor's board."""
        board = await self._ledger.board(visitor)
        return await board.changes(epoch, version, wait)

    async def older(self, visitor: str, before: float) -> tuple[list[Job], bool]:
        """Return the page of a visitor's jobs before that time, and whether there are more."""
        page = await self._ledger.call(self._store.page, visitor, before, PAGE + 1)
        return page[:PAGE], len(page) > PAGE

    async def look_again(self, visitor: str, job_id: str) -> None:
        """Look once more for what a visitor may have paid for: a POST never answered, a picture not fetched, a task
        whose key was not accepted.
        """
        async with self._taking_up:
            await self._look_again(visitor, job_id)

    async def _look_again(self, visitor: str, job_id: str) -> None:
        job = await self.own(visitor, job_id)
        if not job or job.id in self._running:
            return
        if not (job.state is JobState.UNKNOWN or job.is_paid_without_picture or job.is_set_aside):
            return
        if job.account not in self._accounts:
            await self._ledger.record(job.troubled(messages.KEY_NEEDED if job.key else messages.BACKEND_AWAY))
        elif job.is_set_aside:
            await self._take_up(job)
        elif job.state is JobState.UNKNOWN:
            self._run(job, self._search_and_follow)
        else:
            self._run(job, self._fetch_again)

    def usual_seconds(self, job: Job) -> float | None:
        """Return how long jobs like this one took from being accepted; None when there were none."""
        return self._experience.usual(job.kind)

    async def own(self, visitor: str, job_id: str) -> Job | None:
        """Return a visitor's job; None for another's."""
        job = await self._ledger.call(self._store.job, job_id)
        return job if job and job.visitor == visitor else None

    async def delete(self, visitor: str, job_ids: Iterable[str]) -> Deletion:
        """Delete a visitor's ended jobs and their pictures, here and at the service.

        Others' are left alone, and so is what may still come.
        """
        async with self._taking_up:  # nobody looks for them again meanwhile
            found = [job for job in await self._ledger.call(self._store.jobs, job_ids) if job.visitor == visitor]
            jobs = [job for job in found if job.can_be_deleted and job.id not in self._running]
            if jobs:
                await self._ledger.delete(jobs)
        return Deletion(tuple(job.id for job in jobs), await self._delete_at_service(jobs))

    async def _delete_at_service(self, jobs: Sequence[Job]) -> bool:
        """Delete what can be; return whether nothing is left there."""
        tasks: dict[str, list[str]] = {}
        for job in jobs:
            if job.task_id:
                tasks.setdefault(job.account, []).append(job.task_id)
        open_ones = [(self._accounts[name].watcher, ids) for name, ids in tasks.items() if name in self._accounts]
        done = [await watcher.delete(ids) for watcher, ids in open_ones]
        return all(done) and len(done) == len(tasks)

    async def finished(self, job_id: str) -> Job | None:
        """Wait until a job has ended, or cannot be followed, and return it."""
        if task := self._running.get(job_id):
            await asyncio.wait([task])
        return await self._ledger.call(self._store.job, job_id)

    def _job(self, wish: Wish, number: int) -> Job:
        line = wish.line or self._line
        person = wish.person or Person(wish.visitor)
        return Job(
            id=f"{wish.click}-{number}",
            visitor=wish.visitor,
            click=wish.click,
            number=number,
            backend=line.backend,
            model=wish.model or line.model,
            key=line.key,
            person=person.name,
            request=wish.requests[number - 1],
            created=self._clock.now(),
            seed_note=wish.seed_note,
        )

    async def _begin(self, jobs: tuple[Job, ...]) -> tuple[Job, ...]:
        try:
            fresh = await self._ledger.intend(jobs)
        finally:
            self._unfinished[jobs[0].visitor] -= len(jobs)
        if not fresh:
            return await self._known(jobs)
        self._admit(jobs)
        return jobs

    async def _known(self, jobs: Sequence[Job]) -> tuple[Job, ...]:
        """Return a click's jobs as they stand, none of them when it is another visitor's."""
        found = [await self._ledger.call(self._store.job, job.id) for job in jobs]
        return tuple(job for job in found if job and job.visitor == jobs[0].visitor)

    def _reserve(self, visitor: str, count: int) -> None:
        if self._unfinished[visitor] + count > self._caps.per_visitor:
            raise TooMany(messages.too_many_of_yours(self._caps.per_visitor))
        if self._unfinished.total() + count > self._caps.over_all:
            raise TooMany(messages.TOO_MANY_OF_ALL)
        self._unfinished[visitor] += count

    def _run(self, job: Job, work: Callable[[Job], Awaitable[None]]) -> None:
        self._unfinished[job.visitor] += 1
        self._busy[job.account] += 1
        task = asyncio.create_task(self._guarded(job, work), name=f"job {job.id}")
        self._running[job.id] = task

    async def _guarded(self, job: Job, work: Callable[[Job], Awaitable[None]]) -> None:
        """A fault of ours ends the following of one job, is logged and said, and takes no other job down."""
        try:
            await work(job)
        except Exception:  # noqa: BLE001 - the last line of defence: logged in full, and said on the tile
            _log.exception("job %s", job.id)
            await self._own_up(job)
        finally:
            del self._running[job.id]
            self._unfinished[job.visitor] -= 1
            self._unfinished += Counter()  # drops those who have none
            self._busy[job.account] -= 1
            self._let_go(job.account, job.key)

    async def _own_up(self, job: Job) -> None:
        """Say on the tile that this app failed, and on disk unless it is the disk that failed."""
        try:
            newest = await self._ledger.call(self._store.job, job.id) or job
            await self._ledger.record(newest.troubled(messages.OUR_FAULT))
        except StoreTrouble:
            await self._ledger.show(job.troubled(messages.OUR_FAULT))

    def _let_go(self, account: str, key: str) -> None:
        """Forget the client of a visitor's own key, unless the key is held or a job still needs it."""
        if key and not self._busy[account] and not self._keys.holds(key):
            self._accounts.pop(account, None)
            del self._busy[account]

    async def _take_up(self, job: Job) -> None:
        now, is_set_up = self._clock.now(), job.account in self._accounts
        if not job.sent and (now - job.created > STALE_AFTER or not is_set_up):
            await self._ledger.record(job.ended_as(JobState.STOPPED, now, messages.STALE))
        elif not is_set_up:
            told = messages.KEY_NEEDED if job.key else messages.BACKEND_AWAY
            await self._ledger.record(job.set_aside(told))
        elif job.task_id:
            job = job.taken_up()
            await self._ledger.record(job)
            self._run(job, self._follow)
        elif job.sent:
            lost = job.lost_sight(
                messages.UNANSWERED_BEFORE_RESTART, max(job.sent, min(now, job.sent + PATIENCE.call))
            )
            await self._ledger.record(lost)
            self._run(lost, self._search_and_follow)
        else:
            self._admit((job,))

    def _admit(self, jobs: Sequence[Job]) -> None:
        """Send a click's jobs once the host's money is reserved for all of them."""
        admitted = asyncio.create_task(self._admission(jobs))
        self._admissions.add(admitted)
        admitted.add_done_callback(self._admissions.discard)
        for job in jobs:
            self._at_the_till[job.id] = None
            self._run(job, partial(self._admit_and_send, admitted))

    async def _admission(self, jobs: Sequence[Job]) -> int | None:
        """Reserve the host's money for a click's jobs; return the price of each. Raises PlaygroundError."""
        job = jobs[0]
        if not self._till or not self._is_the_host_s(job):
            return None
        tries = 0
        while True:
            tries += 1
            try:
                admission, price = await self._till.admission(job.model, job.person, job.request)
            except (NothingSent, NotTold):
                if tries == ASKS:
                    raise
                await self._clock.sleep(0.5 * tries)
            else:
                await self._ledger.call(self._store.reserve, jobs, admission, self._clock.now())
                return price

    async def _admit_and_send(self, admitted: asyncio.Future[int | None], job: Job) -> None:
        price, refused = None, None
        try:
            price = await asyncio.shield(admitted)
        except (NotAllowed, NotTold, NothingSent, UntrustedService, StoreTrouble) as error:
            refused = error.sentence
        finally:
            taken_back = self._at_the_till.pop(job.id)
        if told := taken_back or (None if refused else self._in_the_way(job)):
            await self._ledger.record(job.ended_as(JobState.STOPPED, self._clock.now(), told))
        elif refused:
            await self._ledger.record(job.ended_as(JobState.FAILED, self._clock.now(), refused))
        else:
            await self._send_and_follow(job if price is None else job.priced(price))

    def _is_the_host_s(self, job: Job) -> bool:
        """Tell whether the host's key pays for it."""
        return not job.key and job.backend == self._line.backend

    def _in_the_way(self, job: Job) -> Sentence | None:
        """Return what happened to its payer while it was written down or priced; nothing can be awaited after this."""
        if job.key and not self._keys.holds(job.key):
            return messages.KEY_FORGOTTEN
        return messages.STOPPED_BY_HOST if self._till and self._is_stopped and self._is_the_host_s(job) else None

    async def _send_and_follow(self, job: Job) -> None:
        job, update = await self._accounts[job.account].sender.send(job)
        self._mind_key(job)
        if job.state is JobState.UNKNOWN:
            await self._search_and_follow(job)
        elif not job.ended:
            await self._follow(job, update)

    async def _search_and_follow(self, job: Job) -> None:
        job = await self._accounts[job.account].sender.find(job)
        if job.task_id:
            await self._follow(job)

    async def _fetch_again(self, job: Job) -> None:
        again = job.taken_up_again()
        await self._ledger.record(again)
        await self._follow(again)

    async def _follow(self, job: Job, update: TaskUpdate | None = None) -> None:
        self._mind_key(await self._accounts[job.account].watcher.follow(job, update))

    def _mind_key(self, job: Job) -> None:
        """Forget a visitor's key that the service does not take."""
        is_refused = job.refused_field == "key" and job.trouble == messages.KEY_REFUSED
        if job.key and (is_refused or job.is_set_aside):
            self._keys.forget_key(job.key)
            self._accounts[job.account].sender.take_all_back(messages.KEY_REFUSED)
