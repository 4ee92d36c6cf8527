"""A data folder on a bucket: after a kill it is found as it was some time before, and nothing is lost or doubled."""

from __future__ import annotations

import asyncio
import os
import random
import shutil
import signal
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from components.domain.job import Job, JobState
from components.messages.message import Charge
from components.services.playground import Playground
from components.sqlite.mount import Mount
from components.storage import data_folder, folder_lease
from components.storage.store import Store
from tests.support import full_run
from tests.support.budgets import CENT
from tests.support.killable_app import PERSONS, SIZE, KillableApps, opened
from tests.support.v3_bill import Bill
from tests.support.v3_service import HostedApi
from tests.support.v3_task import Task, png

KILLS = 25
"""Kills in a usual run; 100 with `--full`."""
WITH_OPEN_PAGES = 5
"""Each so many runs, the app is also started again while the pages are open."""
TIMEOUT = 20.0
"""Seconds in which all jobs must end."""


@pytest.fixture(scope="module")
def api() -> Iterator[HostedApi]:
    api = HostedApi()
    lengths = random.Random(7)
    api.length = lambda body: lengths.uniform(0.02, 0.3)
    api.start()
    yield api
    api.stop()


@pytest.fixture(scope="module")
def apps(api: HostedApi) -> Iterator[KillableApps]:
    apps = KillableApps(api.base_url, is_on_bucket=True)
    yield apps
    apps.close()


@pytest.fixture(autouse=True)
def on_a_bucket(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(data_folder, "mount_of", lambda folder: Mount(keeps_synced=False))
    monkeypatch.setattr(folder_lease, "WATCH_SECONDS", 0.0)


class Browsers:
    """What the visitors' pages had received of their jobs when the app was killed."""

    def __init__(self) -> None:
        self.seals: dict[str, dict[str, str]] = {person.visitor_id: {} for person in PERSONS}
        """Latest sealed record by visitor and job."""
        self.clicks: list[str] = []
        """Presses that were answered."""

    def receive(self, line: str) -> None:
        kind, *words = line.split(" ")
        if kind == "row":
            visitor, job, seal = words
            self.seals[visitor][job] = seal
        else:
            self.clicks.append(kind)


def set_back_run(apps: KillableApps, folder: Path, run: int, rng: random.Random) -> Browsers:
    """Kill an app at a random moment, and set its folder back to an earlier one of the same run."""
    browsers, before = Browsers(), folder.with_name(f"{folder.name}-before")
    child = apps.child(folder, run)
    for _ in range(rng.randrange(12)):
        browsers.receive(apps.next_click())
    os.kill(child, signal.SIGSTOP)  # as the bucket saw it at one moment
    shutil.copytree(folder, before)
    os.kill(child, signal.SIGCONT)
    for _ in range(rng.randrange(40)):
        browsers.receive(apps.next_click())
    os.kill(child, signal.SIGKILL)
    more, code = apps.rest()
    assert code == -signal.SIGKILL
    for line in more:
        browsers.receive(line)
    shutil.rmtree(folder)
    before.rename(folder)
    return browsers


async def come_back(playground: Playground, browsers: Browsers) -> None:
    """Let the browsers give back what they have, and wait until each job has ended or is unknown."""
    for person in PERSONS:
        await playground.jobs.resume.restore(person.visitor_id, browsers.seals[person.visitor_id].values())
    await resumed(playground)


async def resumed(playground: Playground) -> None:
    async with asyncio.timeout(TIMEOUT):
        while any(job.state is not JobState.UNKNOWN for job in await playground.store.open_jobs()):  # noqa: ASYNC110 - no event tells it
            await asyncio.sleep(0.05)


def stored_jobs(store: Store) -> list[Job]:
    return [job for person in PERSONS for job in store.page_of(person.visitor_id, None, 10_000)]


def is_paid_for(api: HostedApi, store: Store) -> None:
    """Check that each paid task is counted once: as a job's, as a forgotten one, or as that of a lost submit."""
    counted = [task.task_id for task in store.forgotten_tasks(0.0)]
    known = [*counted, *(job.task_id for job in stored_jobs(store) if job.task_id)]
    lost = store.reserved_submits("hosted")
    assert set(known) <= set(api.tasks)
    assert len(known) == len(set(known)), "counted twice"
    assert len(api.tasks) - len(known) <= len(lost), "not counted"
    assert store.spending_totals("", time.time()).today == CENT * (len(known) + len(lost))


async def restored(folder: Path, api: HostedApi, browsers: Browsers, *, is_page_open: bool) -> list[Job]:
    """Start the app again and return all jobs once the browsers came back and each has ended or is unknown.

    `is_page_open`: they come back at once; else when what the folder has forgotten was looked for.
    """
    playground = opened(folder, api.base_url)
    async with playground.running():
        store = playground.store
        if not is_page_open:
            await playground.jobs.forgotten.search()
            await resumed(playground)
            await store.in_order(is_paid_for, api, store.blocking)
        await come_back(playground, browsers)
        await playground.jobs.forgotten.search()
        await store.in_order(is_paid_for, api, store.blocking)
        jobs = await store.in_order(stored_jobs, store.blocking)
        for job in (one for one in jobs if one.state is JobState.COMPLETED):
            (path,) = [store.image_file(picture.name) for picture in job.images]
            assert isinstance(path, Path)
            assert path.read_bytes() == png(SIZE, SIZE, job.request.seed), "another job's picture"
        return jobs


@pytest.mark.parametrize("run", full_run.cases(range(1, 101), KILLS))
def test_killed_and_set_back_nothing_is_lost_and_nothing_is_doubled(
    tmp_path: Path, api: HostedApi, apps: KillableApps, run: int
) -> None:
    folder = tmp_path / "data"
    folder.mkdir()
    api.posts.clear()
    api.tasks.clear()
    api.bill = Bill()
    browsers = set_back_run(apps, folder, run, random.Random(run))
    posts = len(api.posts)
    if run % WITH_OPEN_PAGES == 0:
        copied = Path(shutil.copytree(folder, tmp_path / "with-open-pages"))
        is_nothing_lost(api, asyncio.run(restored(copied, api, browsers, is_page_open=True)), browsers)
    is_nothing_lost(api, asyncio.run(restored(folder, api, browsers, is_page_open=False)), browsers)
    assert len(api.posts) == posts, "sent again after the restart"
    assert not [request for request, count in requests(api).items() if count > 1]


def is_nothing_lost(api: HostedApi, jobs: list[Job], browsers: Browsers) -> None:
    assert set(browsers.clicks) <= {job.click for job in jobs}, "a press that was answered is gone"
    for task in api.tasks.values():
        is_accounted_for(task, jobs)
    claims = [job.task_id for job in jobs if job.task_id]
    assert len(claims) == len(set(claims))


def requests(api: HostedApi) -> Counter[tuple[str, int]]:
    return Counter((body["prompt"], body["seed"]) for body in api.posts)


def is_accounted_for(task: Task, jobs: list[Job]) -> None:
    """Check that a paid task is its own job's, or that this job says it may have been charged."""
    (job,) = [
        one for one in jobs if (one.request.prompt, one.request.seed) == (task.body["prompt"], task.body["seed"])
    ]
    if job.task_id is None:
        assert job.state is JobState.UNKNOWN
        assert job.problem
        assert job.problem.charge is not Charge.NONE
    else:
        assert (job.task_id, job.state) == (task.id, JobState.COMPLETED)
