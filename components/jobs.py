"""Every job of the app: started by a click, followed to its end, taken up again after a restart."""

from __future__ import annotations

import asyncio
import logging
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass

from components.board import PAGE, Changes
from components.client import CALL_SECONDS, Client
from components.clock import Clock
from components.errors import Charge, Sentence, StoreTrouble, TooMany
from components.generation import GenerationRequest, TaskUpdate
from components.job import Job, JobState
from components.ledger import Ledger
from components.pace import Experience
from components.sending import Sender
from components.store import Store
from components.watching import Watcher

STALE_AFTER = 600.0
"""Seconds after which a click that was never sent is not sent any more when the app comes back."""

_log = logging.getLogger(__name__)
_STALE = Sentence("The app was restarted before this was sent.", "Press Generate again.", Charge.NONE)
_NO_BACKEND = Sentence(
    "This was sent through another backend, which is not set up now.",
    "It is followed again once it is.",
    Charge.MAYBE,
)
_UNANSWERED = Sentence(
    "No answer came before the app was stopped, so this picture may have been made and charged.",
    "It is being looked for; it is never sent twice.",
    Charge.MAYBE,
)
_OUR_FAULT = Sentence(
    "Something went wrong in this app while looking after this picture.",
    "It is followed again after the app's next start.",
    Charge.MAYBE,
)


@dataclass(frozen=True, slots=True)
class Caps:
    """How many unfinished jobs there may be."""

    per_visitor: int
    over_all: int


@dataclass(frozen=True, slots=True)
class Wish:
    """One click: who, which click, and one request for each picture."""

    visitor: str
    click: str
    requests: tuple[GenerationRequest, ...]
    seed_note: str = ""
    """A sentence on the seeds, empty when there is nothing to say."""


@dataclass(frozen=True, slots=True)
class Line:
    """How new jobs are sent: the name their backend keeps over restarts, and the model."""

    backend: str
    model: str


class Jobs:
    """Owns the asyncio tasks that send and follow, one a job. Lives on the app's event loop."""

    def __init__(
        self,
        clients: Mapping[str, Client],
        line: Line,
        store: Store,
        ledger: Ledger,
        caps: Caps,
        clock: Clock,
    ) -> None:
        self._line, self._store, self._ledger, self._caps, self._clock = line, store, ledger, caps, clock
        self._experience = Experience()
        self._senders = {name: Sender(client, ledger, store, clock) for name, client in clients.items()}
        self._watchers = {
            name: Watcher(client, ledger, store, clock, self._experience) for name, client in clients.items()
        }
        self._unfinished: Counter[str] = Counter()
        self._starting: set[asyncio.Task[tuple[Job, ...]]] = set()
        self._running: dict[str, asyncio.Task[None]] = {}

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
        tasks = list(self._running.values())
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
        """Look once more for what a visitor may have paid for: a POST never answered, a picture not fetched."""
        job = await self._ledger.call(self._store.job, job_id)
        if not job or job.visitor != visitor or job.id in self._running:
            return
        if job.state is not JobState.UNKNOWN and not job.is_paid_without_picture:
            return
        if job.backend not in self._senders:
            await self._ledger.record(job.troubled(_NO_BACKEND))
        elif job.state is JobState.UNKNOWN:
            self._run(job, self._search_and_follow)
        else:
            self._run(job, self._fetch_again)

    async def finished(self, job_id: str) -> Job | None:
        """Wait until a job has ended, or cannot be followed, and return it."""
        if task := self._running.get(job_id):
            await asyncio.wait([task])
        return await self._ledger.call(self._store.job, job_id)

    def _job(self, wish: Wish, number: int) -> Job:
        return Job(
            id=f"{wish.click}-{number}",
            visitor=wish.visitor,
            click=wish.click,
            number=number,
            backend=self._line.backend,
            model=self._line.model,
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
        for job in jobs:
            self._run(job, self._send_and_follow)
        return jobs

    async def _known(self, jobs: Sequence[Job]) -> tuple[Job, ...]:
        """Return a click's jobs as they stand, none of them when it is another visitor's."""
        found = [await self._ledger.call(self._store.job, job.id) for job in jobs]
        return tuple(job for job in found if job and job.visitor == jobs[0].visitor)

    def _reserve(self, visitor: str, count: int) -> None:
        if self._unfinished[visitor] + count > self._caps.per_visitor:
            raise TooMany(f"At most {self._caps.per_visitor} pictures can be on their way.", "Wait for one to end.")
        if self._unfinished.total() + count > self._caps.over_all:
            raise TooMany("Too many people are making pictures right now.", "Try again in a minute.")
        self._unfinished[visitor] += count

    def _run(self, job: Job, work: Callable[[Job], Awaitable[None]]) -> None:
        self._unfinished[job.visitor] += 1
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

    async def _own_up(self, job: Job) -> None:
        """Say on the tile that this app failed, and on disk unless it is the disk that failed."""
        try:
            newest = await self._ledger.call(self._store.job, job.id) or job
            await self._ledger.record(newest.troubled(_OUR_FAULT))
        except StoreTrouble:
            await self._ledger.show(job.troubled(_OUR_FAULT))

    async def _take_up(self, job: Job) -> None:
        now, is_set_up = self._clock.now(), job.backend in self._senders
        if not job.sent and (now - job.created > STALE_AFTER or not is_set_up):
            await self._ledger.record(job.ended_as(JobState.STOPPED, now, _STALE))
        elif not is_set_up:
            await self._ledger.record(job.set_aside(_NO_BACKEND))
        elif job.task_id:
            self._run(job, self._follow)
        elif job.sent:
            lost = job.lost_sight(_UNANSWERED, max(job.sent, min(now, job.sent + CALL_SECONDS)))
            await self._ledger.record(lost)
            self._run(lost, self._search_and_follow)
        else:
            self._run(job, self._send_and_follow)

    async def _send_and_follow(self, job: Job) -> None:
        job, update = await self._senders[job.backend].send(job)
        if job.state is JobState.UNKNOWN:
            await self._search_and_follow(job)
        elif not job.ended:
            await self._follow(job, update)

    async def _search_and_follow(self, job: Job) -> None:
        job = await self._senders[job.backend].find(job)
        if job.task_id:
            await self._follow(job)

    async def _fetch_again(self, job: Job) -> None:
        again = job.taken_up_again()
        await self._ledger.record(again)
        await self._follow(again)

    async def _follow(self, job: Job, update: TaskUpdate | None = None) -> None:
        await self._watchers[job.backend].follow(job, update)
