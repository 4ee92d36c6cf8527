"""Two containers on one bucket: the one that did not renew its lease in time sends nothing more."""

from __future__ import annotations

import sqlite3
from types import SimpleNamespace

import pytest

from components import messages
from components.domain.job import JobState
from components.sqlite.mount import Mount
from components.storage import data_folder, folder_lease
from components.storage.store import Store
from tests.support.core import running
from tests.support.fake_clock import FakeClock, until
from tests.support.scripted_api import ALICE, ScriptedApi


async def test_a_container_whose_folder_was_taken_sends_nothing_more(
    tmp_path, api: ScriptedApi, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(data_folder, "mount_of", lambda folder: Mount(keeps_synced=False))
    # Each container has a mount of its own, with its own locks.
    monkeypatch.setattr(data_folder, "lock_folder", lambda path: sqlite3.connect(":memory:"))
    # The first container is suspended as far as its renewals go, while the second waits for one.
    monkeypatch.setattr(folder_lease, "RENEW_SECONDS", 3600)
    monkeypatch.setattr(
        folder_lease, "time", SimpleNamespace(monotonic=clock.monotonic, sleep=clock.advance, time=clock.now)
    )
    async with running(tmp_path, api.client(), clock) as first:
        await first.ended((await first.click("c1"))[0].id)
        begun = clock.monotonic()
        second = Store(tmp_path)
        assert clock.monotonic() - begun >= folder_lease.WATCH_SECONDS
        (job,) = await first.click("c2")
        await until(lambda: job.id not in first.jobs._runner)
        shown = next(one for one in (await first.jobs.changes(ALICE, "", 0, 0)).jobs if one.id == job.id)
        assert (len(api.posts), shown.problem) == (1, messages.SENT_ELSEWHERE)
        unsent = second.job(job.id)
        assert unsent and (unsent.state, unsent.sent) == (JobState.WAITING, None)
        second.close()
