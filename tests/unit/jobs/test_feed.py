from __future__ import annotations

import asyncio
import time
from dataclasses import replace

import pytest

from components.domain.job import Job, JobState
from components.domain.request import GenerationRequest
from components.jobs.feed import MAX_JOBS, PAGE_SIZE, JobFeed
from components.jobs.repository import MAX_IDLE_FEEDS, JobRepository
from components.messages.message import Message, literal
from components.storage.async_store import AsyncStore
from components.storage.store import Store
from tests.support.scripted_api import ALICE, BOB, MODEL


def job(name: str, **given: object) -> Job:
    plain = Job(name, ALICE, name, 1, "hosted", MODEL, GenerationRequest("a cat", seed=1), created=100.0)
    return replace(plain, **given)


def note(text: object) -> tuple[Message, ...]:
    return (literal(str(text)),)


async def test_a_new_reader_gets_the_first_page_at_once():
    feed = JobFeed([job(f"j{number}", created=float(number)) for number in range(PAGE_SIZE + 5)])
    changes = await feed.changes("", 0, 60)
    assert changes.is_whole
    assert changes.more
    assert [one.id for one in changes.jobs] == [f"j{number}" for number in range(PAGE_SIZE + 4, 4, -1)]


async def test_a_feed_that_grew_too_long_begins_anew_and_loses_nothing_unfinished():
    feed = JobFeed([job("slow", created=0.0)])
    known = await feed.changes("", 0, 0)
    await feed.publish(job(f"j{number}", created=1.0 + number, ended=2.0) for number in range(MAX_JOBS))
    changes = await feed.changes(known.epoch, known.version, 0)
    assert changes.is_whole
    assert (len(changes.jobs), changes.unfinished) == (PAGE_SIZE, 1)
    await feed.publish([job("slow", created=0.0, ended=9.0)])
    after = await feed.changes(changes.epoch, changes.version, 0)
    assert [one.id for one in after.jobs] == ["slow"]


async def test_a_reader_of_another_time_gets_the_whole_again():
    old, new = JobFeed([job("a")]), JobFeed([job("a")])
    known = await old.changes("", 0, 0)
    assert (await new.changes(known.epoch, known.version, 60)).is_whole


async def test_a_wait_ends_without_a_change():
    feed = JobFeed([job("a")])
    known = await feed.changes("", 0, 0)
    began = time.monotonic()
    changes = await feed.changes(known.epoch, known.version, 0.02)
    assert time.monotonic() - began < 2
    assert (changes.jobs, changes.version, changes.is_whole) == ((), known.version, False)
    assert feed.watchers == 0


async def test_a_change_wakes_everybody_who_waits():
    feed = JobFeed([job("a")])
    known = await feed.changes("", 0, 0)
    waiting = [asyncio.create_task(feed.changes(known.epoch, known.version, 30)) for _ in range(3)]
    await asyncio.sleep(0)
    assert feed.watchers == 3
    await feed.publish([job("a", notes=note("new"))])
    for changes in await asyncio.gather(*waiting):
        assert [one.notes for one in changes.jobs] == [note("new")]
    assert feed.watchers == 0


async def test_a_reader_who_leaves_is_no_watcher_any_more():
    feed = JobFeed([])
    known = await feed.changes("", 0, 0)
    waiting = asyncio.create_task(feed.changes(known.epoch, known.version, 30))
    await asyncio.sleep(0)
    waiting.cancel()
    await asyncio.gather(waiting, return_exceptions=True)
    assert feed.watchers == 0
    await feed.publish([job("a")])


@pytest.mark.parametrize("pause", [0, 1, 7])
async def test_a_reader_however_slow_ends_up_with_the_last_value_of_each(pause):
    feed = JobFeed([])
    known = await feed.changes("", 0, 0)
    epoch, version, seen = known.epoch, known.version, {}

    async def write():
        for number in range(60):
            await feed.publish([job(f"j{number % 7}", notes=note(number), ended=1.0)])
            await asyncio.sleep(0)

    writing = asyncio.create_task(write())
    while not writing.done() or version < feed._version:
        changes = await feed.changes(epoch, version, 0.01)
        assert changes.version >= version
        version = changes.version
        seen |= {one.id: one.notes for one in changes.jobs}
        for _ in range(pause):
            await asyncio.sleep(0)
    assert seen == {f"j{number % 7}": note(number) for number in range(53, 60)}


async def test_unfinished_counts_what_has_not_ended():
    feed = JobFeed([job("a"), job("b", ended=1.0), job("c", state=JobState.UNKNOWN)])
    assert (await feed.changes("", 0, 0)).unfinished == 2


# --- the repository, which caches the feeds ---


@pytest.fixture
async def repository(tmp_path):
    store = AsyncStore(Store(tmp_path))
    yield JobRepository(store)
    store.close()


async def test_a_change_while_a_feed_is_loaded_is_in_it(repository):
    await repository.add([job("a")])
    loading = asyncio.create_task(repository.feed_of(ALICE))
    await asyncio.gather(loading, *[repository.save(job("a", notes=note(number))) for number in range(5)])
    (shown,) = (await (await repository.feed_of(ALICE)).changes("", 0, 0)).jobs
    assert shown.notes == note("4")


async def test_readers_at_once_share_one_feed(repository):
    feeds = await asyncio.gather(*[repository.feed_of(ALICE) for _ in range(5)])
    assert len({id(feed) for feed in feeds}) == 1
    assert not repository._loading


async def test_a_visitor_sees_changes_of_no_other(repository):
    mine, other = await repository.feed_of(ALICE), await repository.feed_of(BOB)
    await repository.add([job("a"), job("b", visitor=BOB)])
    assert [one.id for one in (await mine.changes("", 0, 0)).jobs] == ["a"]
    assert [one.id for one in (await other.changes("", 0, 0)).jobs] == ["b"]


async def test_a_value_that_is_not_kept_is_not_shown(repository):
    feed = await repository.feed_of(ALICE)
    await repository.add([job("a"), job("b")])
    assert await repository.save(job("a", task_id="t"))
    assert not await repository.save(job("b", task_id="t", notes=note("wrong")))
    assert {one.notes for one in (await feed.changes("", 0, 0)).jobs} == {()}


async def test_feeds_of_those_who_left_are_dropped_and_no_others(repository):
    kept = [await repository.feed_of("watched"), await repository.feed_of("busy")]
    await repository.add([job("a", visitor="busy")])
    known = await kept[0].changes("", 0, 0)
    watching = asyncio.create_task(kept[0].changes(known.epoch, known.version, 30))
    await asyncio.sleep(0)
    for number in range(MAX_IDLE_FEEDS + 10):
        repository._feeds.setdefault(f"idle{number}", JobFeed([]))
    await repository.feed_of("one more")
    assert len(repository._feeds) <= MAX_IDLE_FEEDS
    assert [await repository.feed_of("watched"), await repository.feed_of("busy")] == kept
    watching.cancel()
    await asyncio.gather(watching, return_exceptions=True)
