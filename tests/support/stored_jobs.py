"""Job values for tests of the storage: new, or finished with an image."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from components.domain.job import Job, JobState
from components.domain.request import GenerationRequest
from components.storage.store import Store
from tests.support.scripted_api import ALICE, MODEL


def job(name: str, **fields: object) -> Job:
    """Return a new job with an id, some fields changed."""
    plain = Job(name, ALICE, name.partition("-")[0], 1, "hosted", MODEL, GenerationRequest("a cat", seed=1), 100.0)
    return replace(plain, **fields)


def done(name: str, prompt: str = "a cat", at: float = 100.0, **fields: Any) -> Job:
    """Return a completed job, created at `at` in Unix seconds and ended 5 s later."""
    request = GenerationRequest(prompt, str(fields.pop("negative", "")), loras=tuple(fields.pop("loras", ())))
    plain = job(name, request=request, created=at, state=JobState.COMPLETED, ended=at + 5, task_id=name)
    return replace(plain, **fields)


def save(store: Store, *jobs: Job) -> None:
    """Store jobs, as added and then as they are."""
    store.add_jobs(jobs)
    for one in jobs:
        store.save_job(one)
