"""The bin of jobs: out of sight and back in every tab, for good only from there."""

from __future__ import annotations

from components.clock import Clock
from components.domain.job import Job
from components.jobs.bin import BATCH_SIZE
from components.jobs.submission import DeletionResult
from components.storage.bin_table import BinPlace
from tests.support.scripted_api import ALICE, BOB, refuses


async def in_bin(rig, visitor=ALICE) -> list[str]:
    page, _ = await rig.jobs.bin.page(visitor, BinPlace())
    return [one.job.id for one in page]


async def shown(rig) -> list[Job]:
    return list((await rig.jobs.changes(ALICE, "", 0, 0)).jobs)


async def test_deleting_puts_aside_and_asks_the_service_nothing(rig, api):
    job = await rig.picture()
    assert await rig.jobs.bin.put(BOB, [job.id]) == []
    assert await rig.jobs.bin.put(ALICE, [job.id]) == [job]
    assert api.requested["predictions/delete"] == 0
    assert job.task_id in api.tasks
    assert (await shown(rig), await in_bin(rig), await in_bin(rig, BOB)) == ([], [job.id], [])
    assert await rig.jobs.get_owned(ALICE, job.id) is None
    assert await rig.click("c1") == ()
    await rig.jobs.resume.recheck(ALICE, job.id)
    assert len(api.posts) == 1, "it is never sent again"


async def test_undo_brings_it_back_to_every_tab(rig):
    one, other = await rig.picture("c1"), await rig.picture("c2")
    known = await rig.jobs.changes(ALICE, "", 0, 0)
    await rig.jobs.bin.put(ALICE, [one.id])
    without = await rig.jobs.changes(ALICE, known.epoch, known.version, 0)
    assert await rig.jobs.bin.undelete(BOB, [one.id]) == []
    assert await rig.jobs.bin.undelete(ALICE, [one.id]) == [one]
    for reader in (known, without):
        seen = await rig.jobs.changes(ALICE, reader.epoch, reader.version, 0)
        assert (seen.jobs, seen.deleted) == ((one,), ())
    assert [job.id for job in await shown(rig)] == [other.id, one.id]
    assert await in_bin(rig) == []


async def test_it_can_be_deleted_once_more_and_is_gone_for_all(rig):
    job = await rig.picture()
    for _ in range(2):
        await rig.jobs.bin.put(ALICE, [job.id])
        await rig.jobs.bin.undelete(ALICE, [job.id])
    known = await rig.jobs.changes(ALICE, "", 0, 0)
    await rig.jobs.bin.put(ALICE, [job.id])
    assert (await rig.jobs.changes(ALICE, known.epoch, known.version, 0)).deleted == (job.id,)


async def test_only_what_is_in_the_bin_is_deleted_for_good(rig, api):
    one, other = await rig.picture("c1"), await rig.picture("c2")
    await rig.jobs.bin.put(ALICE, [one.id])
    assert (await rig.jobs.bin.delete(BOB, [one.id])).deleted == ()
    assert (await rig.jobs.bin.delete(ALICE, [one.id, other.id])).deleted == (one.id,)
    assert api.tasks.keys() == {other.task_id}
    assert await rig.jobs.bin.undelete(ALICE, [one.id]) == []
    assert await shown(rig) == [other]


async def test_a_bin_is_emptied_of_its_visitor_s_alone_and_the_service_s_refusal_is_reported(rig, api):
    jobs = [await rig.picture(click) for click in ("c1", "c2")]
    theirs = await rig.picture("c3", visitor=BOB)
    await rig.jobs.bin.put(ALICE, [job.id for job in jobs])
    await rig.jobs.bin.put(BOB, [theirs.id])
    api.next_deletes = [refuses(500, "no")]
    done = await rig.jobs.bin.empty(ALICE)
    assert (set(done.deleted), done.is_everywhere) == ({job.id for job in jobs}, False)
    assert (await in_bin(rig), await in_bin(rig, BOB)) == ([], [theirs.id])
    assert await rig.jobs.bin.empty(ALICE) == DeletionResult((), is_everywhere=True)


async def test_a_full_bin_is_emptied_in_parts(rig, clock: Clock, monkeypatch):
    monkeypatch.setattr("components.jobs.bin.BATCH_SIZE", 1)
    assert BATCH_SIZE > 1
    jobs = [await rig.picture(click) for click in ("c1", "c2", "c3")]
    await rig.jobs.bin.put(ALICE, [job.id for job in jobs])
    assert len((await rig.jobs.bin.empty(ALICE)).deleted) == 3
