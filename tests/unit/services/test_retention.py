"""How long and how much is kept: what goes, in which order, and what never does."""

from __future__ import annotations

from typing import Any, cast

import pytest

from components import messages
from components.domain.job import Job, JobState, StoredImage
from components.jobs.accounts import ApiAccounts
from components.jobs.bin import BIN_DAYS, JobBin
from components.jobs.repository import JobRepository
from components.messages.message import Charge, literal
from components.services.history import History
from components.services.retention import DAY, Retention, RetentionPolicy
from components.storage.async_store import AsyncStore
from components.storage.bin_table import BinnedJob, BinPlace
from components.storage.search_table import Search
from components.storage.store import Store
from tests.support.scripted_api import ALICE, BOB
from tests.support.stored_jobs import done, job, save

NOW = 100 * DAY
MEGABYTE = 1_000_000


@pytest.fixture
def store(tmp_path):
    store = Store(tmp_path)
    yield store
    store.close()


@pytest.fixture
def sweep(store, clock):
    async def sweep(**kept: Any) -> None:
        clock.now = lambda: NOW
        await retention(store, clock, **kept).sweep()

    return sweep


class DroppingBin(JobBin):
    """A bin of jobs that no service has."""

    def __init__(self, repository: JobRepository) -> None:
        self._jobs, self._accounts = repository, cast(ApiAccounts, {})


def retention(store: Store, clock: Any, repository: JobRepository | None = None, **kept: Any) -> Retention:
    calls = AsyncStore(store)
    repository = repository or JobRepository(calls)
    return Retention(calls, repository, DroppingBin(repository), clock, RetentionPolicy(**kept))


def aged(name: str, days: float, **given: Any) -> Job:
    at = NOW - days * DAY
    pictures = given.pop("images", (StoredImage(f"{'0' * 32}.png", 8, 8, "PNG", MEGABYTE),))
    return done(name, at=at, ended=at, images=pictures, **given)


def left(store: Store) -> set[str]:
    return {one.id for visitor in (ALICE, BOB) for one in store.page_of(visitor, None, 999)}


async def test_without_limits_all_is_kept(store, sweep):
    save(store, aged("a-1", 99), aged("b-1", 1))
    await sweep()
    assert left(store) == {"a-1", "b-1"}


async def test_of_a_newer_version_s_folder_all_is_kept(store, sweep, monkeypatch):
    save(store, aged("a-1", 99))
    monkeypatch.setattr(store._db, "is_from_newer_version", True)
    await sweep(days=30, gigabytes=0.0001)
    assert left(store) == {"a-1"}


async def test_what_is_too_old_goes_but_favourites(store, sweep):
    save(store, *(aged(f"a-{number}", number) for number in range(1, 90)), aged("b-1", 50, visitor=BOB))
    store.set_favourite(ALICE, "a-80", is_favourite=True)
    await sweep(days=30)
    assert left(store) == {*(f"a-{number}" for number in range(1, 31)), "a-80"}


async def test_what_may_still_come_and_what_was_paid_for_and_not_had_stays(store, sweep):
    paid = literal("It could not be fetched.", charge=Charge.SPENT)
    save(
        store,
        job("open", created=1.0),
        aged("unknown", 50, state=JobState.UNKNOWN),
        aged("paid", 50, state=JobState.FAILED, problem=paid),
        aged("failed", 50, state=JobState.FAILED, problem=literal("It failed.", charge=Charge.REFUNDED)),
        aged("stopped", 50, state=JobState.STOPPED),
        aged("new", 1),
    )
    await sweep(days=30)
    assert left(store) == {"open", "unknown", "paid", "new"}


async def test_room_is_made_from_the_oldest_on_and_favourites_go_last(store, sweep):
    save(store, *(aged(f"a-{number}", number) for number in range(1, 11)))
    for number in (9, 10):
        store.set_favourite(ALICE, f"a-{number}", is_favourite=True)
    await sweep(gigabytes=0.006)
    assert left(store) == {"a-1", "a-2", "a-3", "a-4", "a-9", "a-10"}
    await sweep(gigabytes=0.001)
    assert left(store) == {"a-9"}


async def test_as_much_as_fits_is_left_alone(store, sweep):
    save(store, *(aged(f"a-{number}", number) for number in range(1, 7)))
    await sweep(gigabytes=0.006)
    assert len(left(store)) == 6


async def test_whose_pictures_went_is_told_how_many(store, sweep):
    save(store, aged("a-1", 50), aged("a-2", 51), aged("b-1", 1, visitor=BOB))
    await sweep(days=30)
    calls = AsyncStore(store)
    history = History(calls, JobRepository(calls))
    assert await history.cleanup_note(ALICE) == store.cleanup_note(ALICE)
    assert (store.cleanup_note(ALICE).images, store.cleanup_note(ALICE).latest) == (2, NOW)
    assert store.cleanup_note(BOB).images == 0
    store.transfer_jobs(ALICE, BOB)
    assert store.cleanup_note(BOB).images == 2


async def test_a_tab_that_looks_on_loses_what_goes(store, sweep, clock):
    save(store, aged("a-1", 50), aged("b-1", 1))
    clock.now = lambda: NOW
    calls = AsyncStore(store)
    repository = JobRepository(calls)
    board = await repository.feed_of(ALICE)
    known = await board.changes("", 0, 0)
    await retention(store, clock, repository, days=30).sweep()
    seen = await board.changes(known.epoch, known.version, 0)
    assert seen.deleted == ("a-1",)
    assert await History(calls, repository).page(ALICE, Search()) == (store.page_of(ALICE, None, 9), False)


def test_what_goes_is_said_beforehand():
    assert RetentionPolicy().notice is None
    for days, gigabytes in ((1, 0.0), (30, 0.0), (0, 0.5), (30, 20.0)):
        assert RetentionPolicy(days, gigabytes).notice == messages.retention_notice(days, gigabytes)
    both = messages.retention_notice(30, 0.5).happened
    assert "for 30 days" in both and "0.5 GB" in both
    assert "1 day," in messages.retention_notice(1, 0).happened


async def test_nothing_goes_for_its_age_while_the_clock_stands_days_past_the_newest_record(store, sweep):
    """A clock that is a month ahead for one sweep would delete all pictures, and one is made at every start."""
    save(store, aged("a-1", 50), aged("b-1", 31))
    await sweep(days=30)
    assert left(store) == {"a-1", "b-1"}
    store.add_jobs([job("c-1", created=NOW - DAY)])
    await sweep(days=30)
    assert left(store) == {"c-1"}


# --- the bin ---


def in_bin(store: Store) -> set[str]:
    return {one.job.id for visitor in (ALICE, BOB) for one in store.bin_page(visitor, BinPlace(), 999)}


def binned(store: Store, one: Job, days: float) -> None:
    save(store, one)
    store.put_in_bin([one], NOW - days * DAY)


async def test_what_was_deleted_goes_after_thirty_days_and_is_not_counted_as_swept(store, sweep):
    binned(store, aged("a-1", 50), BIN_DAYS + 1)
    binned(store, aged("a-2", 50), BIN_DAYS - 1)
    await sweep()
    assert in_bin(store) == {"a-2"}
    assert store.cleanup_note(ALICE).images == 0


async def test_the_host_s_age_limit_ends_the_rest_in_the_bin_of_favourites_too(store, sweep, clock):
    binned(store, aged("a-1", 8, is_favourite=True), 1)
    binned(store, aged("a-2", 6), 1)
    save(store, aged("a-3", 1))
    await sweep(days=7)
    assert (in_bin(store), left(store)) == ({"a-2"}, {"a-3"})
    (rest,) = store.bin_page(ALICE, BinPlace(), 9)
    assert retention(store, clock, days=7).leaves_bin(rest) == NOW + 1 * DAY
    assert retention(store, clock).leaves_bin(BinnedJob(rest.job, 0.0)) == BIN_DAYS * DAY


async def test_room_is_made_in_the_bin_first_by_the_oldest_deletion(store, sweep):
    save(store, *(aged(f"a-{number}", number) for number in range(1, 4)))
    for days, name in ((3, "b-1"), (2, "b-2"), (1, "b-3")):
        binned(store, aged(name, 1, visitor=BOB), days)
    binned(store, aged("failed", 9, state=JobState.FAILED, images=()), 20)
    await sweep(gigabytes=0.005)
    assert (in_bin(store), len(left(store))) == ({"b-2", "b-3", "failed"}, 3)
    await sweep(gigabytes=0.002)
    assert (in_bin(store), left(store)) == ({"failed"}, {"a-1", "a-2"})
    assert (store.cleanup_note(ALICE).images, store.cleanup_note(BOB).images) == (1, 0)
