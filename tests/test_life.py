"""A task's life in any order of events: Hypothesis looks for the order in which something is lost or sent twice."""

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
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from components.clock import Clock
from components.errors import Charge, TooMany
from components.fence import Limits
from components.generation import GenerationRequest
from components.job import Job, JobState, from_record
from components.jobs import Caps, Jobs, Line, Wish
from components.ledger import Ledger
from components.store import Store
from components.till import Till
from tests.fakes import ALICE, BOB, MODEL, FakeClock, ScriptedApi, refuses, success

HOUR = 3600.0
PRICE = 10_000
"""Millionths of a dollar, as the scripted API quotes."""
PURSE = Limits(per_month=12 * PRICE)
"""For twelve pictures: some lives come to its end."""
STATUSES = ("created", "processing", "dreaming", "completed", "failed", "cancelled", "timeout", "deleted")
Result = TypeVar("Result")
Key = tuple[str, int]
"""A click and the number of one of its pictures."""

clicks = st.integers(0, 5).map("c{}".format)
visitors = st.sampled_from((ALICE, BOB))
turns = st.integers(0, 40)


class AtOnce(ThreadPoolExecutor):
    """Does the work while it is handed in, so that the same events always come in the same order."""

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        future: Future[Any] = Future()
        try:
            future.set_result(fn(*args, **kwargs))
        except Exception as error:  # noqa: BLE001 - handed on to whoever waits, as a thread's is
            future.set_exception(error)
        return future


class JumpingClock(FakeClock):
    """Its time of day can be set; durations do not notice."""

    def __init__(self) -> None:
        super().__init__()
        self._begun, self.off = 1_800_000_000.0, 0.0

    def jump(self, seconds: float) -> None:
        self._begun += seconds
        self.off += seconds


class ServiceClock(Clock):
    """The service's own, which nobody sets."""

    def __init__(self, ours: JumpingClock) -> None:
        self._ours = ours

    def now(self) -> float:
        return self._ours.now() - self._ours.off


class LivingApi(ScriptedApi):
    """Answers some turns after it was asked; its tasks are where the rules put them."""

    def __init__(self, clock: JumpingClock) -> None:
        super().__init__(ServiceClock(clock))
        self.made_for: dict[str, Key] = {}
        self.arrived: Counter[Key] = Counter()
        """POSTs that made a task or may have."""
        self.files_fail = False
        self.forgotten: set[str] = set()
        self.is_reserved: Callable[[Key], bool] = lambda key: True
        self.unpaid: list[Key] = []
        """POSTs that arrived before their money was reserved."""

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

    def _look(self, request: httpx.Request, task_id: str) -> httpx.Response:
        self.looks[task_id] += 1
        if self.next_looks:
            return self.next_looks.pop(0)(request)
        return refuses(404)(request) if task_id in self.forgotten else success(self.tasks[task_id])

    def _file(self, request: httpx.Request) -> httpx.Response:
        return httpx.Response(403) if self.files_fail else super()._file(request)

    def put(self, task_id: str, status: str, *, outputs: bool = True) -> None:
        done = status == "completed" and outputs
        pictures = [f"https://files.test/{task_id}.png"] if done else []
        self.tasks[task_id] = {**self.tasks[task_id], "status": status, "outputs": pictures}


class Mortal(Ledger):
    """Once dead it answers nobody and writes nothing, whatever the dying still try."""

    def __init__(self, store: Store) -> None:
        super().__init__(store)
        self._disk = AtOnce()
        self.is_dead = False

    async def call(self, work: Callable[..., Result], *args: Any, **kwargs: Any) -> Result:
        if self.is_dead:
            await asyncio.Event().wait()
        return await super().call(work, *args, **kwargs)


async def pass_turns(count: int) -> None:
    for _ in range(count):
        await asyncio.sleep(0)


def loses(*, made: bool) -> Callable[[httpx.Request], httpx.Response]:
    """Read the POST and break the connection: the sign by which LivingApi does so."""
    return lambda request: httpx.Response(599, text="made" if made else "")


FATES = {
    "lost, made": loses(made=True),
    "lost, not made": loses(made=False),
    "busy": refuses(429, retry_after="20"),
    "busy for long": refuses(429, retry_after="500"),
    "refused": refuses(400),
    "no credit": refuses(402),
}
fates = st.lists(st.sampled_from(("lost, made", "lost, not made", *sorted(FATES))), max_size=2)


class Lives(RuleBasedStateMachine):
    """Two visitors, one data folder, one API, one clock, and a process that ends now and then."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory()
        self.runner = asyncio.Runner()
        self.runner.get_loop().set_default_executor(AtOnce())
        self.clock = JumpingClock()
        self.api = LivingApi(self.clock)
        self.seen: dict[str, Job] = {}
        """What each job was when last looked at."""
        self.retaken: set[str] = set()
        """Jobs that somebody asked to look for again."""
        self.taken_back: dict[str, int] = {}
        """How many POSTs of each had arrived by then."""
        self.clicking: set[asyncio.Task[tuple[Job, ...]]] = set()
        self.may_be_set = False
        """Whether the clock may: then whose a found task is cannot always be told by the time of day."""
        self.faults: list[str] = []
        """Clicks that were told what is not so."""
        self.open()
        self.run(self.jobs.resume())

    def run(self, work: Coroutine[Any, Any, Result]) -> Result:
        return self.runner.run(work)

    def open(self) -> None:
        self.store = Store(Path(self.folder.name))
        self.ledger = Mortal(self.store)
        line, caps, client = Line("hosted", MODEL), Caps(4, 6), self.api.client()
        till = Till(client, PURSE, self.clock)
        self.jobs = Jobs({"hosted": client}, line, self.store, self.ledger, caps, self.clock, till=till)
        self.api.is_reserved = lambda key: "-".join(map(str, key)) in self.costs()
        self.jobs._accounts["hosted"].watcher._chance = random.Random(1)

    async def end(self, *, abruptly: bool) -> None:
        self.ledger.is_dead = abruptly
        callers = list(self.clicking)
        if abruptly:
            callers += self.jobs._starting
        for task in callers:
            task.cancel()
        await asyncio.gather(*callers, return_exceptions=True)
        await self.jobs.close()
        self.ledger.close()
        self.store.close()

    def is_open(self, job: Job) -> bool:
        """Tell whether somebody may ask to look for it again."""
        return job.state is JobState.UNKNOWN or job.is_paid_without_picture or job.is_set_aside

    async def click_and_go_on(self, wish: Wish, count: int) -> None:
        task = asyncio.create_task(self.jobs.start(wish))
        self.clicking.add(task)
        task.add_done_callback(partial(self.answered, wish))
        await pass_turns(count)

    def answered(self, wish: Wish, task: asyncio.Task[tuple[Job, ...]]) -> None:
        self.clicking.discard(task)
        if task.cancelled() or isinstance(task.exception(), TooMany):
            return
        told = {job.id for job in task.result()}
        if told - {job.id for job in self.on_disk() if (job.visitor, job.click) == (wish.visitor, wish.click)}:
            self.faults.append(f"{wish} was told of {told}")

    def costs(self) -> dict[str, int]:
        """What is reserved for, or was spent on, each job."""
        return dict(self.store._db.read("SELECT job_id, cost FROM spendings"))

    def on_disk(self) -> list[Job]:
        rows = self.store._db.read("SELECT record FROM jobs ORDER BY id")
        return [from_record(json.loads(row[0])) for row in rows]

    # --- what may happen ---

    @initialize(may=st.booleans())
    def the_clock_may_be_set(self, may: bool) -> None:
        self.may_be_set = may

    @rule(click=clicks, visitor=visitors, pictures=st.integers(1, 2), met=fates, count=turns)
    def click(self, click: str, visitor: str, pictures: int, met: list[str], count: int) -> None:
        """A new click, or one seen before, its own or another visitor's."""
        self.api.next_submits += [FATES[fate] for fate in met]
        requests = tuple(GenerationRequest(click, seed=seed) for seed in range(1, pictures + 1))
        self.run(self.click_and_go_on(Wish(visitor, click, requests), count))

    @rule(click=clicks, visitor=visitors, count=st.integers(0, 12))
    def a_caller_leaves(self, click: str, visitor: str, count: int) -> None:
        self.click(click, visitor, 1, [], count)
        for caller in sorted(self.clicking, key=asyncio.Task.get_name):
            caller.cancel()
        self.run(pass_turns(2))

    @rule(click=clicks, visitor=visitors, count=turns)
    def of_two_lost_submits_one_arrived(self, click: str, visitor: str, count: int) -> None:
        self.api.next_submits.clear()
        self.click(click, visitor, 2, ["lost, made", "lost, not made"], count)

    @rule(statuses=st.lists(st.integers(400, 504).map(refuses), min_size=1, max_size=4))
    def the_coming_looks_fail(self, statuses: list[Any]) -> None:
        self.api.next_looks += statuses

    @precondition(lambda self: self.api.tasks)
    @rule(data=st.data(), status=st.sampled_from(STATUSES), count=turns)
    def a_task_moves(self, data: st.DataObject, status: str, count: int) -> None:
        """Also backwards, and on from its end."""
        task = data.draw(st.sampled_from(sorted(self.api.tasks)))
        self.api.put(task, status, outputs=data.draw(st.integers(0, 4)) > 0)
        self.run(pass_turns(count))

    @precondition(lambda self: self.api.tasks)
    @rule(data=st.data())
    def a_task_is_forgotten_or_known_again(self, data: st.DataObject) -> None:
        self.api.forgotten ^= {data.draw(st.sampled_from(sorted(self.api.tasks)))}

    @rule(files=st.booleans(), lists=st.booleans())
    def the_service_is_well_or_not(self, files: bool, lists: bool) -> None:
        self.api.files_fail, self.api.list_fails = files, lists

    @rule(failures=st.integers(1, 4))
    def the_price_is_not_told(self, failures: int) -> None:
        self.api.next_prices += [refuses(503)] * failures

    @rule(is_on=st.booleans(), count=turns)
    def the_host_turns_the_switch(self, is_on: bool, count: int) -> None:
        self.run(self.jobs.stop_spending(is_on=is_on))
        self.run(pass_turns(count))

    @rule(count=st.integers(1, 300))
    def time_passes(self, count: int) -> None:
        self.run(pass_turns(count))

    @precondition(lambda self: self.may_be_set)
    @rule(seconds=st.sampled_from((-HOUR, HOUR)), count=turns)
    def the_clock_is_set(self, seconds: float, count: int) -> None:
        self.clock.jump(seconds)
        self.run(pass_turns(count))

    @rule(abruptly=st.booleans(), away=st.sampled_from((0.0, 30.0, HOUR)))
    def a_restart(self, abruptly: bool, away: float) -> None:
        self.run(self.end(abruptly=abruptly))
        self.clock.advance(away)
        self.open()
        self.run(self.jobs.resume())

    @rule(click=clicks, count=turns, waking=turns, away=st.sampled_from((0.0, HOUR)))
    def killed_in_a_submit_and_again_while_waking(self, click: str, count: int, waking: int, away: float) -> None:
        self.click(click, ALICE, 1, [], count)
        self.run(self.end(abruptly=True))
        self.clock.advance(away)
        self.open()
        self.run(self.woken_for(waking))
        self.open()
        self.run(self.jobs.resume())

    async def woken_for(self, count: int) -> None:
        waking = asyncio.create_task(self.jobs.resume())
        await pass_turns(count)
        waking.cancel()
        await asyncio.gather(waking, return_exceptions=True)
        await self.end(abruptly=True)

    @precondition(lambda self: self.seen)
    @rule(data=st.data(), visitor=visitors, count=turns)
    def somebody_looks_again(self, data: st.DataObject, visitor: str, count: int) -> None:
        job = self.seen[data.draw(st.sampled_from(sorted(self.seen)))]
        if job.visitor == visitor and self.is_open(job):
            self.retaken.add(job.id)
        running, is_calm = set(self.jobs._running), not (self.clicking or self.jobs._starting)
        self.run(self.jobs.look_again(visitor, job.id))
        if job.visitor != visitor and is_calm:
            assert set(self.jobs._running) <= running, "another visitor's job was taken up"
        self.run(pass_turns(count))

    @precondition(lambda self: self.seen)
    @rule(data=st.data(), visitor=visitors, count=turns)
    def somebody_takes_a_picture_back(self, data: st.DataObject, visitor: str, count: int) -> None:
        job = self.seen[data.draw(st.sampled_from(sorted(self.seen)))]
        is_back = self.run(self.jobs.take_back(visitor, job.id))
        if is_back:
            assert job.visitor == visitor, "another visitor's job was taken back"
            assert job.task_id is None
            self.taken_back[job.id] = self.api.arrived[job.click, job.number]
        self.run(pass_turns(count))

    # --- what must hold ---

    @invariant()
    def what_was_taken_back_is_not_sent(self) -> None:
        now = {job.id: job for job in self.on_disk()}
        for name, arrived in self.taken_back.items():
            job = now[name]
            assert self.api.arrived[job.click, job.number] == arrived == 0
            assert job.state in (JobState.WAITING, JobState.STOPPED)

    @invariant()
    def no_picture_was_sent_for_twice(self) -> None:
        assert not [key for key, count in self.api.arrived.items() if count > 1]
        assert set(self.api.arrived) <= {(job.click, job.number) for job in self.on_disk()}

    @invariant()
    def what_was_reserved_covers_what_was_spent(self) -> None:
        assert not self.api.unpaid, "sent before its money was reserved"
        costs, jobs = self.costs(), {(job.click, job.number): job for job in self.on_disk()}
        for key in self.api.made_for.values():
            job = jobs[key]
            is_refunded = job.trouble is not None and job.trouble.charge is Charge.REFUNDED
            assert costs[job.id] >= (0 if is_refunded else PRICE), job
        assert sum(costs.values()) <= PURSE.per_month

    @invariant()
    def an_end_stands(self) -> None:
        now = {job.id: job for job in self.on_disk()}
        assert set(self.seen) <= set(now), "a job that was written down is gone"
        for job in self.seen.values():
            if job.ended and job.id not in self.retaken:
                assert now[job.id] == job
            if job.state is JobState.COMPLETED:
                assert now[job.id] == job
        self.retaken = {name for name in self.retaken if not now[name].ended or name in self.jobs._running}
        self.seen = now

    @invariant()
    def nothing_is_forgotten(self) -> None:
        starting = bool(self.jobs._starting)
        for job in self.on_disk():
            assert job.ended or job.is_set_aside or job.id in self.jobs._running or starting
        assert not self.faults

    @invariant()
    def a_task_is_the_job_s_that_paid_for_it(self) -> None:
        tasks = {job.task_id: (job.click, job.number) for job in self.on_disk() if job.task_id}
        assert len(tasks) == sum(job.task_id is not None for job in self.on_disk())
        assert set(tasks) >= set(self.api.looks), "looked at before its id was on disk"
        for task, key in tasks.items():
            assert self.api.made_for[task] == key or self.may_be_set

    @invariant()
    def a_board_shows_its_visitor_s_jobs_as_they_are(self) -> None:
        for visitor in (ALICE, BOB):
            self.run(self.compare(visitor))

    async def compare(self, visitor: str) -> None:
        shown = (await self.jobs.changes(visitor, "", 0, 0)).jobs
        kept = {job.id: job for job in self.on_disk() if job.visitor == visitor}
        assert {job.id for job in shown} <= set(kept)
        if not self.jobs._starting:
            assert {job.id for job in shown} == set(kept)
        for job in shown:
            assert job.id in self.jobs._running or job == kept[job.id]

    def teardown(self) -> None:
        """The service is well again and every task ends: so does every job."""
        try:
            self.settle()
        finally:
            self.run(self.end(abruptly=True))
            self.run(self.api.aclose())
            self.runner.close()
            self.folder.cleanup()

    def settle(self) -> None:
        self.api.next_submits, self.api.next_looks = [], []
        self.api.files_fail = self.api.list_fails = False
        self.api.forgotten.clear()
        self.run(self.wait_for_all())
        for job in self.on_disk():
            assert job.ended or job.is_set_aside, job
            self.run(self.jobs.look_again(job.visitor, job.id))
        self.run(self.wait_for_all())
        for job in self.on_disk():
            assert job.ended, job
            assert job.state is JobState.COMPLETED or job.trouble
            assert all(self.store.picture(picture.name) for picture in job.pictures)
        jobs = {(job.click, job.number): job for job in self.on_disk()}
        for task, key in self.api.made_for.items():
            job = jobs[key]
            assert job.task_id == task or (job.state is JobState.UNKNOWN and job.trouble)
            assert job.task_id or (job.trouble and job.trouble.charge is Charge.MAYBE)
        assert self.jobs._unfinished.total() == 0

    async def wait_for_all(self) -> None:
        async with asyncio.timeout(10):
            while self.jobs._running or self.jobs._starting or self.clicking:
                for task_id in self.api.tasks:
                    self.api.put(task_id, "completed")
                await asyncio.sleep(0)


TestLives = Lives.TestCase
TestLives.settings = settings(
    max_examples=30,
    stateful_step_count=25,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
