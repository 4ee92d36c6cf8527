from __future__ import annotations

import asyncio
import time
from dataclasses import replace

import pytest

from components import ledger as ledger_module
from components.board import LONGEST, PAGE, Board
from components.generation import GenerationRequest
from components.job import Job, JobState
from components.ledger import Ledger
from components.store import Store
from tests.fakes import ALICE, BOB, MODEL


def job(name: str, **given: object) -> Job:
    plain = Job(name, ALICE, name, 1, "hosted", MODEL, GenerationRequest("a cat", seed=1), created=100.0)
    return replace(plain, **given)


async def test_a_new_reader_gets_the_first_page_at_once():
    board = Board([job(f"j{number}", created=float(number)) for number in range(PAGE + 5)])
    changes = await board.changes("", 0, 60)
    assert changes.is_whole
    assert changes.more
    assert [one.id for one in changes.jobs] == [f"j{number}" for number in range(PAGE + 4, 4, -1)]


async def test_a_board_that_grew_too_long_begins_anew_and_loses_nothing_unfinished():
    board = Board([job("slow", created=0.0)])
    known = await board.changes("", 0, 0)
    await board.show(job(f"j{number}", created=1.0 + number, ended=2.0) for number in range(LONGEST))
    changes = await board.changes(known.epoch, known.version, 0)
    assert changes.is_whole
    assert (len(changes.jobs), changes.unfinished) == (PAGE, 1)
    await board.show([job("slow", created=0.0, ended=9.0)])
    after = await board.changes(changes.epoch, changes.version, 0)
    assert [one.id for one in after.jobs] == ["slow"]


async def test_a_reader_of_another_time_gets_the_whole_again():
    old, new = Board([job("a")]), Board([job("a")])
    known = await old.changes("", 0, 0)
    assert (await new.changes(known.epoch, known.version, 60)).is_whole


async def test_a_wait_ends_without_a_change():
    board = Board([job("a")])
    known = await board.changes("", 0, 0)
    began = time.monotonic()
    changes = await board.changes(known.epoch, known.version, 0.02)
    assert time.monotonic() - began < 2
    assert (changes.jobs, changes.version, changes.is_whole) == ((), known.version, False)
    assert board.watchers == 0


async def test_a_change_wakes_everybody_who_waits():
    board = Board([job("a")])
    known = await board.changes("", 0, 0)
    waiting = [asyncio.create_task(board.changes(known.epoch, known.version, 30)) for _ in range(3)]
    await asyncio.sleep(0)
    assert board.watchers == 3
    await board.show([job("a", note="new")])
    for changes in await asyncio.gather(*waiting):
        assert [one.note for one in changes.jobs] == ["new"]
    assert board.watchers == 0


async def test_a_reader_who_leaves_is_no_watcher_any_more():
    board = Board([])
    known = await board.changes("", 0, 0)
    waiting = asyncio.create_task(board.changes(known.epoch, known.version, 30))
    await asyncio.sleep(0)
    waiting.cancel()
    await asyncio.gather(waiting, return_exceptions=True)
    assert board.watchers == 0
    await board.show([job("a")])


@pytest.mark.parametrize("pause", [0, 1, 7])
async def test_a_reader_however_slow_ends_up_with_the_last_value_of_each(pause):
    board = Board([])
    known = await board.changes("", 0, 0)
    epoch, version, seen = known.epoch, known.version, {}

    async def write():
        for number in range(60):
            await board.show([job(f"j{number % 7}", note=str(number), ended=1.0)])
            await asyncio.sleep(0)

    writing = asyncio.create_task(write())
    while not writing.done() or version < board._version:
        changes = await board.changes(epoch, version, 0.01)
        assert changes.version >= version
        version = changes.version
        seen |= {one.id: one.note for one in changes.jobs}
        for _ in range(pause):
            await asyncio.sleep(0)
    assert seen == {f"j{number % 7}": str(number) for number in range(53, 60)}


async def test_unfinished_counts_what_has_not_ended():
    board = Board([job("a"), job("b", ended=1.0), job("c", state=JobState.UNKNOWN)])
    assert (await board.changes("", 0, 0)).unfinished == 2


# --- the ledger, which keeps the boards ---


@pytest.fixture
async def ledger(tmp_path):
    store = Store(tmp_path)
    ledger = Ledger(store)
    yield ledger
    ledger.close()
    store.close()


async def test_a_change_while_a_board_is_loaded_is_on_it(ledger):
    await ledger.intend([job("a")])
    loading = asyncio.create_task(ledger.board(ALICE))
    await asyncio.gather(loading, *[ledger.record(job("a", note=str(number))) for number in range(5)])
    (shown,) = (await (await ledger.board(ALICE)).changes("", 0, 0)).jobs
    assert shown.note == "4"


async def test_readers_at_once_share_one_board(ledger):
    boards = await asyncio.gather(*[ledger.board(ALICE) for _ in range(5)])
    assert len({id(board) for board in boards}) == 1
    assert not ledger._loading


async def test_a_visitor_sees_changes_of_no_other(ledger):
    mine, other = await ledger.board(ALICE), await ledger.board(BOB)
    await ledger.intend([job("a"), job("b", visitor=BOB)])
    assert [one.id for one in (await mine.changes("", 0, 0)).jobs] == ["a"]
    assert [one.id for one in (await other.changes("", 0, 0)).jobs] == ["b"]


async def test_a_value_that_is_not_kept_is_not_shown(ledger):
    board = await ledger.board(ALICE)
    await ledger.intend([job("a"), job("b")])
    assert await ledger.record(job("a", task_id="t"))
    assert not await ledger.record(job("b", task_id="t", note="wrong"))
    assert {one.note for one in (await board.changes("", 0, 0)).jobs} == {""}


async def test_boards_of_those_who_left_are_dropped_and_no_others(ledger):
    kept = [await ledger.board("watched"), await ledger.board("busy")]
    await ledger.intend([job("a", visitor="busy")])
    known = await kept[0].changes("", 0, 0)
    watching = asyncio.create_task(kept[0].changes(known.epoch, known.version, 30))
    await asyncio.sleep(0)
    for number in range(ledger_module.BOARDS_KEPT + 10):
        ledger._boards.setdefault(f"idle{number}", Board([]))
    await ledger.board("one more")
    assert len(ledger._boards) <= ledger_module.BOARDS_KEPT
    assert [await ledger.board("watched"), await ledger.board("busy")] == kept
    watching.cancel()
    await asyncio.gather(watching, return_exceptions=True)
