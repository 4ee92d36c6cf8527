"""Lost submits of several visitors at once: each finds its task, or one of the very same request, or none."""

from __future__ import annotations

from dataclasses import dataclass, replace

from hypothesis import given
from hypothesis import strategies as st

from components.domain.job import Job, JobState
from components.domain.request import GenerationRequest
from components.domain.task import TaskStatus, TaskUpdate
from components.jobs.submit_match import Candidate, Verdict, Window, match
from tests.support import stored_jobs


@dataclass(frozen=True)
class Lost:
    """A submit that was lost, and when its task was made; None where it never arrived."""

    job: Job
    window: Window
    made: float | None

    @property
    def task(self) -> str:
        return f"task of {self.job.id}"


def lost(name: str, first: float, last: float, made: float | None, visitor: str = "", prompt: str = "a cat") -> Lost:
    request = GenerationRequest(prompt, seed=1)
    job = stored_jobs.job(
        name, visitor=visitor or name, request=request, sent=first, lost=last, state=JobState.UNKNOWN
    )
    return Lost(job, Window(first, last), made)


class Search:
    """Searches of lost submits, one after the other, before a service that lists every task."""

    def __init__(self, submits: list[Lost]) -> None:
        self.submits = {one.job.id: one for one in submits}
        self.found: dict[str, str] = {}
        """Task by job."""
        self.ended: set[str] = set()
        """Jobs that were told that no task was made for them."""

    def candidates(self) -> list[Candidate]:
        finders = {task: job for job, task in self.found.items()}
        return [
            Candidate(one.task, one.made, TaskUpdate(one.task, TaskStatus.COMPLETED), finder=finders.get(one.task, ""))
            for one in self.submits.values()
            if one.made is not None
        ]

    def look(self, name: str) -> Verdict:
        jobs = [replace(one.job, task_id=self.found.get(one.job.id)) for one in self.submits.values()]
        rivals = [job for job in jobs if job.id != name and job.id not in self.ended]
        found = match(self.submits[name].job, rivals, self.candidates(), lambda job: self.submits[job.id].window)
        if found.task:
            assert found.task.task_id not in self.found.values(), "two jobs have one task"
            self.found[name] = found.task.task_id
            self.check_owner(name, is_certain=found.is_certain)
        if found.verdict is Verdict.ABSENT:
            self.ended.add(name)
        if found.verdict is Verdict.CHARGED:
            assert self.submits[name].made is not None, "it was not charged"
        return found.verdict

    def check_owner(self, name: str, *, is_certain: bool) -> None:
        """Check that what a job shows was made for its own request, or else for another one of its visitor.

        That is said, unless the other one was told before that none was made for it.
        """
        job = self.submits[name].job
        (owner,) = [one.job for one in self.submits.values() if one.task == self.found[name]]
        assert owner.request == job.request or (
            owner.visitor == job.visitor and (not is_certain or owner.id in self.ended)
        )

    def all(self) -> dict[str, Verdict]:
        return {name: self.look(name) for name in self.submits if name not in self.found}


MOMENTS = st.integers(0, 12)


@st.composite
def submits(draw: st.DrawFn, prompts: int = 3, visitors: int = 3) -> list[Lost]:
    def one(number: int) -> Lost:
        first, length = draw(MOMENTS), draw(st.integers(0, 8))
        made = draw(st.none() | st.integers(first, first + length))
        visitor, prompt = draw(st.integers(1, visitors)), draw(st.integers(1, prompts))
        # No two tasks are of one moment.
        moment = None if made is None else made + number / 100
        return lost(f"j-{number}", first, first + length + 0.5, moment, f"visitor {visitor}", f"prompt {prompt}")

    order = draw(st.permutations(range(draw(st.integers(1, 7)))))
    return [one(number) for number in order]


@given(submits())
def test_no_visitor_gets_the_image_of_another_request_and_none_is_forgotten(given_submits):
    search = Search(given_submits)
    verdicts = search.all()
    # Once more: what was found meanwhile tells more about the others.
    verdicts |= {name: search.look(name) for name in search.submits if name not in {*search.found, *search.ended}}
    unclaimed = sum(one.made is not None for one in given_submits) - len(search.found)
    assert unclaimed <= sum(one in (Verdict.DOUBT, Verdict.CHARGED) for one in verdicts.values())


@given(submits(prompts=1))
def test_of_equal_requests_each_task_finds_one_and_the_rest_are_free(given_submits):
    search = Search(given_submits)
    assert set(search.all().values()) <= {Verdict.FOUND, Verdict.ABSENT}
    assert len(search.found) == sum(one.made is not None for one in given_submits)


def test_two_visitors_with_equal_requests_share_what_was_made():
    search = Search([lost("anna-1", 0, 20, 5), lost("bob-1", 0, 20, None)])
    assert search.all() == {"anna-1": Verdict.FOUND, "bob-1": Verdict.ABSENT}


def test_of_different_requests_one_task_is_nobodys():
    search = Search([lost("anna-1", 0, 20, 5), lost("bob-1", 0, 20, None, prompt="a dog")])
    assert search.all() == {"anna-1": Verdict.DOUBT, "bob-1": Verdict.DOUBT}


def test_of_different_requests_with_a_task_each_both_are_charged():
    search = Search([lost("anna-1", 0, 20, 5), lost("bob-1", 0, 20, 6, prompt="a dog")])
    assert search.all() == {"anna-1": Verdict.CHARGED, "bob-1": Verdict.CHARGED}


def test_submits_one_after_the_other_are_told_apart_although_their_windows_overlap():
    """The first task can be the first one's alone, so that the second is the second one's."""
    search = Search([lost("anna-1", 0, 23, 1), lost("bob-1", 17, 43, 21, prompt="a dog")])
    assert search.all() == {"anna-1": Verdict.FOUND, "bob-1": Verdict.FOUND}
    assert search.found == {"anna-1": "task of anna-1", "bob-1": "task of bob-1"}


def test_what_one_has_found_is_no_proof_against_another():
    """The first took a task that may be the second one's; the third must not take the first one's in exchange."""
    search = Search([lost("b-1", 0, 10, 4), lost("a-1", 0, 5, None), lost("c-1", 6, 12, 8, prompt="a dog")])
    search.look("b-1")
    assert search.look("c-1") is Verdict.DOUBT


def test_a_submit_under_way_may_own_any_task_of_its_time():
    search = Search([lost("anna-1", 0, 20, 5), lost("bob-1", 0, 20, None)])
    waiting = replace(search.submits["bob-1"].job, state=JobState.WAITING)
    search.submits["bob-1"] = replace(search.submits["bob-1"], job=waiting)
    assert search.look("anna-1") is Verdict.DOUBT
