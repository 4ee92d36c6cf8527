"""A folder that a crash has set back: nothing in it is sent again, and no task is given to a job by elimination."""

from __future__ import annotations

import pytest

from components import messages
from components.domain.job import JobState
from components.messages.message import Charge
from components.sqlite.mount import LOCAL, Mount
from components.storage import data_folder, folder_lease
from components.storage.store import Store
from tests.support import stored_jobs
from tests.support.core import problem_of, running


@pytest.fixture(params=[True, False], ids=["bucket", "disk"])
def is_bucket(request, monkeypatch):
    monkeypatch.setattr(data_folder, "mount_of", lambda folder: Mount(keeps_synced=False) if request.param else LOCAL)
    monkeypatch.setattr(folder_lease, "WATCH_SECONDS", 0.0)
    return request.param


async def after_restart(folder, api, clock, **fields):
    """Return a job that an earlier process left in the folder, once it has ended."""
    store = Store(folder)
    store.add_jobs([stored_jobs.job("c1-1", created=clock.now(), **fields)])
    store.close()
    clock.advance(1)
    async with running(folder, api.client(), clock) as rig:
        await rig.jobs.resume.all()
        return await rig.ended("c1-1")


async def test_a_job_that_was_unsent_when_the_copy_was_made_may_have_been_sent_since(tmp_path, api, clock, is_bucket):
    job = await after_restart(tmp_path, api, clock)
    assert len(api.posts) == (0 if is_bucket else 1)
    if is_bucket:
        assert (job.state, problem_of(job).charge) == (JobState.UNKNOWN, Charge.MAYBE)


async def test_the_only_task_may_be_another_visitor_s_whose_job_is_forgotten(tmp_path, api, clock, is_bucket):
    api.make()
    job = await after_restart(tmp_path, api, clock, sent=clock.now())
    if is_bucket:
        assert (job.state, job.task_id) == (JobState.UNKNOWN, None)
        assert problem_of(job) == messages.CHARGED_NOT_FOUND
    else:
        assert (job.state, job.task_id) == (JobState.COMPLETED, "task1")
