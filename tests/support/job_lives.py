"""Base of the jobs' state machine test: the app on one folder, a delayed API and a store that can be killed."""

from __future__ import annotations

import asyncio
import json
import random
import tempfile
from collections import Counter
from collections.abc import Callable, Coroutine
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

import httpx
from hypothesis.stateful import RuleBasedStateMachine

from components.budget.limits import BudgetLimits
from components.budget.quotes import QuoteCache
from components.domain.job import Job, JobState
from components.errors import TooManyJobs
from components.jobs.repository import JobRepository
from components.jobs.service import JobService
from components.jobs.submission import JobLimits, JobTarget, Submission
from components.messages.message import Charge
from components.storage.async_store import AsyncStore
from components.storage.jobs_table import from_record
from components.storage.store import Store
from tests.support.fake_clock import JumpingClock, ServiceClock
from tests.support.scripted_api import MODEL, ScriptedApi, refuses, success

PRICE = 10_000
"""Millionths of a dollar, as the scripted API quotes."""
PURSE = BudgetLimits(per_month=12 * PRICE)
"""Budget of twelve images, which some runs exhaust."""
Result = TypeVar("Result")
Key = tuple[str, int]
"""Click and number of an image."""


class ImmediateExecutor(ThreadPoolExecutor):
    """Executor that runs work at once in the calling thread, which makes the order of events repeatable."""

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        future: Future[Any] = Future()
        try:
            future.set_result(fn(*args, **kwargs))
        except Exception as error:  # noqa: BLE001 - the future raises it, as a thread pool's does
            future.set_exception(error)
        return future


class DelayedApi(ScriptedApi):
    """Scripted API that responds some loop iterations late; the rules set the status of its tasks."""

    def __init__(self, clock: JumpingClock) -> None:
        super().__init__(ServiceClock(clock))
        self.made_for: dict[str, Key] = {}
        self.arrived: Counter[Key] = Counter()
        """POSTs that made a task or may have made one."""
        self.files_fail = False
        self.forgotten: set[str] = set()
        self.is_reserved: Callable[[Key], bool] = lambda key: True
        self.unpaid: list[Key] = []
        """POSTs that arrived before their cost was reserved."""

    async def _submit(self, request: httpx.Request) -> httpx.Response:
        await pass_turns(2)
        body = json.loads(request.content)
        key = (body["prompt"], body["seed"])
        self.unpaid += [] if self.is_reserved(key) else [key]
        fate = self.next_submits.pop(0) if self.next_submits else None
        answer = fate(request) if fate else None
        if answer is None or answer.status_code == 599:
            self.arrived[key] += 1
        if answer is None or answer.text == "made":
            task = self.make()
            self.made_for[task["id"]] = key
            answer = answer or success(task)
        await pass_turns(2)
        if answer.status_code == 599:
            raise httpx.ReadError("reset", request=request)
        return answer

    def _poll(self, request: httpx.Request, task_id: str) -> httpx.Response:
        self.polls[task_id] += 1
        if self.next_polls:
            return self.next_polls.pop(0)(request)
        return refuses(404)(request) if task_id in self.forgotten else success(self.tasks[task_id])

    def _file(self, request: httpx.Request) -> httpx.Response:
        return httpx.Response(403) if self.files_fail else super()._file(request)

    def put(self, task_id: str, status: str, *, outputs: bool = True) -> None:
        done = status == "completed" and outputs
        pictures = [f"https://files.test/{task_id}.png"] if done else []
        self.tasks[task_id] = {**self.tasks[task_id], "status": status, "outputs": pictures}


class KillableStore(AsyncStore):
    """Store that after `is_dead` neither returns nor writes, like that of a killed process."""

    def __init__(self, store: Store) -> None:
        super().__init__(store)
        self._thread = ImmediateExecutor()
        self.is_dead = False

    async def in_order(self, work: Callable[..., Result], *args: Any, **kwargs: Any) -> Result:
        if self.is_dead:
            await asyncio.Event().wait()
        return await super().in_order(work, *args, **kwargs)


async def pass_turns(count: int) -> None:
    """Run the other tasks of the loop for so many iterations."""
    for _ in range(count):
        await asyncio.sleep(0)


def loses(*, made: bool) -> Callable[[httpx.Request], httpx.Response]:
    """Return a reply (status 599) that makes DelayedApi read the POST and break the connection."""
    return lambda request: httpx.Response(599, text="made" if made else "")


FATES = {
    "lost, made": loses(made=True),
    "lost, not made": loses(made=False),
    "busy": refuses(429, retry_after="20"),
    "busy for long": refuses(429, retry_after="500"),
    "refused": refuses(400),
    "no credit": refuses(402),
}


class LivesBase(RuleBasedStateMachine):
    """Two visitors, one data folder, one API and one clock; the app on them can be stopped and restarted."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory()
        self.runner = asyncio.Runner()
        self.runner.get_loop().set_default_executor(ImmediateExecutor())
        self.clock = JumpingClock()
        self.api = DelayedApi(self.clock)
        self.seen: dict[str, Job] = {}
        """Each job as last observed."""
        self.retaken: set[str] = set()
        """Jobs that a visitor had rechecked."""
        self.taken_back: dict[str, int] = {}
        """Cancelled jobs, with the number of their POSTs that had arrived by then."""
        self.clicking: set[asyncio.Task[tuple[Job, ...]]] = set()
        self.may_be_set = False
        """Whether the clock may be set: the time of day then does not always identify the job of a task."""
        self.faults: list[str] = []
        """Clicks whose result was wrong."""
        self.open()
        self.run(self.jobs.resume.all())

    def run(self, work: Coroutine[Any, Any, Result]) -> Result:
        return self.runner.run(work)

    def open(self) -> None:
        self.store = Store(Path(self.folder.name))
        self.calls = KillableStore(self.store)
        target, limits, client = JobTarget("hosted", MODEL), JobLimits(4, 6), self.api.client()
        quotes = QuoteCache(client, PURSE, self.clock)
        repository = JobRepository(self.calls)
        self.jobs = JobService({"hosted": client}, target, self.calls, repository, limits, self.clock, quotes=quotes)
        self.api.is_reserved = lambda key: "-".join(map(str, key)) in self.costs()
        self.jobs._accounts["hosted"].watcher._random = random.Random(1)

    async def end(self, *, abruptly: bool) -> None:
        self.calls.is_dead = abruptly
        callers = list(self.clicking)
        if abruptly:
            callers += self.jobs._starting
        for task in callers:
            task.cancel()
        await asyncio.gather(*callers, return_exceptions=True)
        await self.jobs.close()
        self.calls.close()

    def is_open(self, job: Job) -> bool:
        """Return whether the job may be rechecked."""
        return job.state is JobState.UNKNOWN or job.is_paid_without_image or job.is_paused

    async def click_and_go_on(self, submission: Submission, count: int) -> None:
        """Start a press and let it run for so many loop iterations."""
        task = asyncio.create_task(self.jobs.start(submission))
        self.clicking.add(task)
        task.add_done_callback(partial(self.answered, submission))
        await pass_turns(count)

    def answered(self, submission: Submission, task: asyncio.Task[tuple[Job, ...]]) -> None:
        """Check that every job a press returned is stored."""
        self.clicking.discard(task)
        if task.cancelled() or isinstance(task.exception(), TooManyJobs):
            return
        press = (submission.visitor, submission.click)
        returned = {job.id for job in task.result()}
        if returned - {job.id for job in self.on_disk() if (job.visitor, job.click) == press}:
            self.faults.append(f"{submission} returned {returned}")

    def costs(self) -> dict[str, int]:
        """Return the cost reserved for or spent on each job, by job id."""
        return dict(self.store._db.read("SELECT job_id, cost FROM spendings"))

    def on_disk(self) -> list[Job]:
        rows = self.store._db.read("SELECT record FROM jobs ORDER BY id")
        return [from_record(json.loads(row[0])) for row in rows]

    async def woken_for(self, count: int) -> None:
        """Resume all jobs, and kill the app after so many loop iterations."""
        waking = asyncio.create_task(self.jobs.resume.all())
        await pass_turns(count)
        waking.cancel()
        await asyncio.gather(waking, return_exceptions=True)
        await self.end(abruptly=True)

    async def compare(self, visitor: str) -> None:
        """Check that a visitor's feed shows the stored jobs."""
        shown = (await self.jobs.changes(visitor, "", 0, 0)).jobs
        stored = {job.id: job for job in self.on_disk() if job.visitor == visitor}
        assert {job.id for job in shown} <= set(stored)
        if not self.jobs._starting:
            assert {job.id for job in shown} == set(stored)
        for job in shown:
            assert job.id in self.jobs._runner._tasks or job == stored[job.id]

    def teardown(self) -> None:
        """Check that every job ends once the service works again and every task ends."""
        try:
            self.settle()
        finally:
            self.run(self.end(abruptly=True))
            self.run(self.api.aclose())
            self.runner.close()
            self.folder.cleanup()

    def settle(self) -> None:
        self.api.next_submits, self.api.next_polls = [], []
        self.api.files_fail = self.api.list_fails = False
        self.api.forgotten.clear()
        self.run(self.wait_for_all())
        for job in self.on_disk():
            assert job.ended or job.is_paused, job
            self.run(self.jobs.resume.recheck(job.visitor, job.id))
        self.run(self.wait_for_all())
        for job in self.on_disk():
            assert job.ended, job
            assert job.state is JobState.COMPLETED or job.problem
            assert all(self.store.image_file(picture.name) for picture in job.images)
        jobs = {(job.click, job.number): job for job in self.on_disk()}
        for task, key in self.api.made_for.items():
            job = jobs[key]
            assert job.task_id == task or (job.state is JobState.UNKNOWN and job.problem)
            assert job.task_id or (job.problem and job.problem.charge is Charge.MAYBE)
        assert self.jobs._runner._unfinished.total() == 0

    async def wait_for_all(self) -> None:
        async with asyncio.timeout(10):
            while self.jobs._runner._tasks or self.jobs._starting or self.clicking:
                for task_id in self.api.tasks:
                    self.api.put(task_id, "completed")
                await asyncio.sleep(0)
