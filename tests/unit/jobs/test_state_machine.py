"""A task's life in any order of events: Hypothesis looks for the order in which something is lost or sent twice."""

from __future__ import annotations

import asyncio
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import initialize, invariant, precondition, rule

from components.domain.job import JobState
from components.domain.request import GenerationRequest
from components.jobs.submission import Submission
from components.messages.message import Charge
from tests.support.full_run import examples
from tests.support.job_lives import FATES, PRICE, PURSE, LivesBase, pass_turns
from tests.support.scripted_api import ALICE, BOB, refuses

HOUR = 3600.0
STATUSES = ("created", "processing", "dreaming", "completed", "failed", "cancelled", "timeout", "deleted")

clicks = st.integers(0, 5).map("c{}".format)
visitors = st.sampled_from((ALICE, BOB))
turns = st.integers(0, 40)
fates = st.lists(st.sampled_from(("lost, made", "lost, not made", *sorted(FATES))), max_size=2)


class Lives(LivesBase):
    """What may happen in any order, and what must hold after each step."""

    # --- what may happen ---

    @initialize(may=st.booleans())
    def the_clock_may_be_set(self, may: bool) -> None:
        self.may_be_set = may

    @rule(click=clicks, visitor=visitors, pictures=st.integers(1, 2), met=fates, count=turns)
    def click(self, click: str, visitor: str, pictures: int, met: list[str], count: int) -> None:
        """A new click, or one seen before, its own or another visitor's."""
        self.api.next_submits += [FATES[fate] for fate in met]
        requests = tuple(GenerationRequest(click, seed=seed) for seed in range(1, pictures + 1))
        self.run(self.click_and_go_on(Submission(visitor, click, requests), count))

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
        self.api.next_polls += statuses

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
        self.run(self.jobs.resume.all())

    @rule(click=clicks, count=turns, waking=turns, away=st.sampled_from((0.0, HOUR)))
    def killed_in_a_submit_and_again_while_waking(self, click: str, count: int, waking: int, away: float) -> None:
        self.click(click, ALICE, 1, [], count)
        self.run(self.end(abruptly=True))
        self.clock.advance(away)
        self.open()
        self.run(self.woken_for(waking))
        self.open()
        self.run(self.jobs.resume.all())

    @precondition(lambda self: self.seen)
    @rule(data=st.data(), visitor=visitors, count=turns)
    def somebody_looks_again(self, data: st.DataObject, visitor: str, count: int) -> None:
        job = self.seen[data.draw(st.sampled_from(sorted(self.seen)))]
        if job.visitor == visitor and self.is_open(job):
            self.retaken.add(job.id)
        running, is_calm = set(self.jobs._runner._tasks), not (self.clicking or self.jobs._starting)
        self.run(self.jobs.resume.recheck(visitor, job.id))
        if job.visitor != visitor and is_calm:
            assert set(self.jobs._runner._tasks) <= running, "another visitor's job was taken up"
        self.run(pass_turns(count))

    @precondition(lambda self: self.seen)
    @rule(data=st.data(), visitor=visitors, count=turns)
    def somebody_takes_a_picture_back(self, data: st.DataObject, visitor: str, count: int) -> None:
        job = self.seen[data.draw(st.sampled_from(sorted(self.seen)))]
        is_back = self.run(self.jobs.cancel_unsent(visitor, job.id))
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
            is_refunded = job.problem is not None and job.problem.charge is Charge.REFUNDED
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
        self.retaken = {name for name in self.retaken if not now[name].ended or name in self.jobs._runner._tasks}
        self.seen = now

    @invariant()
    def nothing_is_forgotten(self) -> None:
        starting = bool(self.jobs._starting)
        for job in self.on_disk():
            assert job.ended or job.is_paused or job.id in self.jobs._runner._tasks or starting
        assert not self.faults

    @invariant()
    def a_task_is_the_job_s_that_paid_for_it(self) -> None:
        tasks = {job.task_id: (job.click, job.number) for job in self.on_disk() if job.task_id}
        assert len(tasks) == sum(job.task_id is not None for job in self.on_disk())
        assert set(tasks) >= set(self.api.polls), "looked at before its id was on disk"
        for task, key in tasks.items():
            assert self.api.made_for[task] == key or self.may_be_set

    @invariant()
    def a_feed_shows_its_visitor_s_jobs_as_they_are(self) -> None:
        for visitor in (ALICE, BOB):
            self.run(self.compare(visitor))


TestLives = Lives.TestCase
TestLives.settings = settings(
    max_examples=examples(30, usual=10),
    stateful_step_count=25,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
