"""Tasks that no lost submit explains: each submit owns one at most, and as many of them as possible find one."""

from __future__ import annotations

import pytest

from components.domain.task import TaskStatus, TaskUpdate
from components.jobs.submit_match import Candidate, Window, unexplained
from tests.support import stored_jobs

WINDOWS = {"early-1": Window(0, 10), "long-1": Window(0, 100), "late-1": Window(90, 100)}


def left(names, moments, model=""):
    jobs = [stored_jobs.job(name) for name in names]
    tasks = [
        Candidate(f"t{moment}", moment, TaskUpdate(f"t{moment}", TaskStatus.COMPLETED, model=model))
        for moment in moments
    ]
    return [one.created_at for one in unexplained(jobs, tasks, lambda job: WINDOWS[job.id])]


@pytest.mark.parametrize(
    ("names", "moments", "expected"),
    [
        ([], [5], [5]),
        (["early-1"], [5], []),
        (["early-1"], [5, 6], [6]),
        (["early-1"], [50], [50]),
        (["long-1", "early-1"], [5, 50], []),
        (["long-1", "early-1"], [50, 5, 95], [95]),
        (["long-1", "early-1", "late-1"], [5, 50, 95, 99], [99]),
        (["long-1", "late-1"], [95, 96, 5], [96]),
    ],
)
def test_unexplained(names, moments, expected):
    assert left(names, moments) == expected


def test_a_task_of_another_model_is_not_explained():
    assert left(["long-1"], [5], "another/model") == [5]
    assert left(["long-1"], [5], stored_jobs.job("x-1").model) == []
