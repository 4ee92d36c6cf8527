"""The running whole, from a click to a picture over a restart, on real sockets."""

from __future__ import annotations

import dataclasses
import os

import pytest

from components import messages
from components.api.client import Endpoint
from components.budget.limits import BudgetLimits
from components.domain.job import JobState
from components.domain.model_family import Catalogue, ModelFamily
from components.domain.person import Person
from components.domain.request import GenerationRequest
from components.errors import SetupError
from components.jobs.submission import Submission
from components.messages.catalogue import Text
from components.services.backend import Backend
from components.services.playground import Playground
from components.storage.store import Store
from tests.support.core import host_config
from tests.support.scripted_api import ALICE, MODEL
from tests.support.stored_jobs import done
from tests.support.v3_service import KEY, free_port


@pytest.fixture
def backend(hosted):
    return Backend(
        "hosted",
        Text("backend.demo"),
        Catalogue(ModelFamily.built_in([MODEL])),
        Endpoint(hosted.base_url, KEY),
        free=True,
    )


def submission(click: str) -> Submission:
    return Submission(ALICE, click, (GenerationRequest("a cat", width=256, height=256, seed=1),))


def opened(backend, folder) -> Playground:
    return Playground(backend, Store(folder), host_config(backend))


async def test_what_is_unfinished_at_the_end_is_finished_after_the_next_start(backend, hosted, tmp_path):
    hosted.is_stalled = True
    playground = opened(backend, tmp_path)
    async with playground.running():
        (job,) = await playground.jobs.start(submission("c1"))
        known = await playground.jobs.changes(ALICE, "", 0, 0)
        while not any(job.task_id for job in known.jobs):
            known = await playground.jobs.changes(ALICE, known.epoch, known.version, 5)
    hosted.finish_all()
    playground = opened(backend, tmp_path)
    async with playground.running():
        done = await playground.jobs.finished(job.id)
        assert done
        assert done.state is JobState.COMPLETED
        assert playground.store.image_file(done.images[0].name)
        assert playground.store.image_file("no such name") is None
    assert len(hosted.posts) == 1


async def test_the_folder_is_free_after_the_end_and_not_before(backend, tmp_path):
    playground = opened(backend, tmp_path)
    async with playground.running():
        with pytest.raises(SetupError):
            opened(backend, tmp_path)
    async with opened(backend, tmp_path).running():
        pass


async def test_without_the_service_it_starts_and_says_what_is_wrong(backend, tmp_path):
    away = dataclasses.replace(backend, endpoint=Endpoint(f"http://127.0.0.1:{free_port()}", KEY))
    playground = opened(away, tmp_path)
    async with playground.running():
        (job,) = await playground.jobs.start(submission("c1"))
        assert job.state is JobState.WAITING


def test_the_key_is_not_in_the_backends_repr(backend):
    assert KEY not in repr(backend)


@pytest.mark.parametrize("is_home", [True, False])
async def test_f29_what_was_spent_is_not_known_any_more_so_the_host_s_money_waits_for_him(
    backend, hosted, tmp_path, is_home
):
    (tmp_path / "playground.sqlite3").write_bytes(b"no database" * 100)
    paid = dataclasses.replace(backend, free=False)
    playground = Playground(paid, Store(tmp_path), host_config(paid, limits=BudgetLimits(is_local=is_home)))
    async with playground.running():
        (job,) = await playground.start(Person(ALICE), submission("c1"), "")
        job = await playground.jobs.finished(job.id)
        assert job
        assert messages.SET_ASIDE in playground.notices
        if is_home:
            assert job.state is JobState.COMPLETED
        else:
            assert (job.state, job.problem) == (JobState.FAILED, messages.STOPPED_BY_HOST)
    assert len(hosted.posts) == is_home


async def test_what_a_kill_left_of_a_deletion_is_swept_at_the_start(backend, tmp_path):
    store = Store(tmp_path)
    store.add_jobs([done("a-1", at=5.0, ended=9.0)])
    left = tmp_path / "pictures" / ("0" * 32 + ".png")
    left.write_bytes(b"x")
    os.utime(left, (7.0, 7.0))
    async with Playground(backend, store, host_config(backend)).running():
        assert not left.exists()
