"""The running whole, from a click to a picture over a restart, on real sockets."""

from __future__ import annotations

import dataclasses

import pytest

from components.client import Endpoint
from components.errors import SetupError
from components.generation import GenerationRequest
from components.job import JobState
from components.jobs import Wish
from components.playground import Backend, Playground
from components.schema import BUILT_IN
from components.store import Store
from tests.fakes import ALICE, MODEL, house
from tests.hosted_api import KEY, free_port


@pytest.fixture
def backend(hosted):
    return Backend("hosted", "A test.", "", MODEL, BUILT_IN, Endpoint(hosted.base_url, KEY), free=True)


def wish(click: str) -> Wish:
    return Wish(ALICE, click, (GenerationRequest("a cat", width=256, height=256, seed=1),))


def opened(backend, folder) -> Playground:
    return Playground(backend, Store(folder), house(backend))


async def test_what_is_unfinished_at_the_end_is_finished_after_the_next_start(backend, hosted, tmp_path):
    hosted.held = True
    playground = opened(backend, tmp_path)
    async with playground.running():
        (job,) = await playground.jobs.start(wish("c1"))
        known = await playground.jobs.changes(ALICE, "", 0, 0)
        while not any(job.task_id for job in known.jobs):
            known = await playground.jobs.changes(ALICE, known.epoch, known.version, 5)
    hosted.finish_all()
    playground = opened(backend, tmp_path)
    async with playground.running():
        done = await playground.jobs.finished(job.id)
        assert done
        assert done.state is JobState.COMPLETED
        assert playground.picture(done.pictures[0].name)
        assert playground.picture("no such name") is None
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
        (job,) = await playground.jobs.start(wish("c1"))
        assert job.state is JobState.WAITING


def test_the_key_is_not_in_the_backends_repr(backend):
    assert KEY not in repr(backend)
