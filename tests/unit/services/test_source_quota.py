"""What a visitor stores without using it is bounded, and so is what all store."""

from __future__ import annotations

import asyncio
import random
import threading
from pathlib import Path

import pytest

from components import messages
from components.domain.person import Person
from components.errors import InvalidRequest
from components.images.fit import FitMode
from components.services.source_images import SourceImages
from components.services.source_quota import SourceQuota
from components.storage.async_store import AsyncStore
from components.storage.store import Store
from tests.support.fake_clock import FakeClock
from tests.support.scripted_api import ALICE, BOB, picture_bytes

SIZE = (256, 256)


@pytest.fixture
def store(tmp_path: Path) -> AsyncStore:
    return AsyncStore(Store(tmp_path))


def noise(seed: int) -> bytes:
    return random.Random(seed).randbytes(1000)


async def add(store: AsyncStore, quota: SourceQuota, visitor: str, seed: int, *, fitted: bool = False) -> str:
    await quota.make_room(visitor, 1000)
    image = await store.add_source(visitor, noise(seed), SIZE, float(seed))
    if fitted:
        quota.note_fitted(image.name)
    return image.name


async def test_fitted_images_give_way_the_oldest_first(store: AsyncStore) -> None:
    quota = SourceQuota(store, per_visitor=4000, in_all=100_000)
    upload = await add(store, quota, ALICE, 1)
    theirs = await add(store, quota, BOB, 2, fitted=True)
    fits = [await add(store, quota, ALICE, seed, fitted=True) for seed in range(3, 8)]
    left = [source.name for source in await store.unused_sources()]
    assert left == [upload, theirs, *fits[-3:]]
    assert [await store.image_bytes(name) for name in fits[:2]] == [None, None]


async def test_a_visitor_with_nothing_to_give_way_is_refused_and_others_are_not(store: AsyncStore) -> None:
    quota = SourceQuota(store, per_visitor=3000, in_all=100_000)
    for seed in range(3):
        await add(store, quota, ALICE, seed)
    with pytest.raises(InvalidRequest) as refused:
        await add(store, quota, ALICE, 9)
    assert refused.value.message == messages.TOO_MANY_SOURCES
    assert await add(store, quota, BOB, 9)


async def test_all_visitors_together_have_a_bound(store: AsyncStore) -> None:
    quota = SourceQuota(store, per_visitor=3000, in_all=4000)
    fit = await add(store, quota, "a", 0, fitted=True)
    for seed, visitor in enumerate("bcde", 1):
        await add(store, quota, visitor, seed)
    assert await store.image_bytes(fit) is None
    with pytest.raises(InvalidRequest) as refused:
        await add(store, quota, "f", 9)
    assert refused.value.message == messages.NO_ROOM_FOR_SOURCES


async def test_many_fits_of_one_picture_stay_within_the_quota(
    store: AsyncStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    sources = SourceImages(store, FakeClock())
    monkeypatch.setattr(sources, "_quota", SourceQuota(store, per_visitor=3_000_000, in_all=9_000_000))
    alice = Person(ALICE)
    master = await sources.add(alice, picture_bytes(size=(400, 300)))
    for width in range(512, 1024, 32):
        await sources.fit(alice, master.name, width, 512, FitMode.PAD)
    assert await store.sources_size() <= 3_000_000
    assert await sources.find(alice, master.name)


async def test_the_database_answers_while_a_file_is_written(
    store: AsyncStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    written = threading.Event()
    save_png = store.blocking._images.save_png

    def slow_save(content: bytes) -> str:
        written.wait(30)
        return save_png(content)

    monkeypatch.setattr(store.blocking._images, "save_png", slow_save)
    adding = asyncio.create_task(store.add_source(ALICE, noise(1), SIZE, 1.0))
    await asyncio.sleep(0)
    assert await asyncio.wait_for(store.count_jobs(ALICE), 5) == 0
    written.set()
    assert (await adding).size == SIZE


async def test_a_file_without_a_record_is_not_left_behind(store: AsyncStore, tmp_path: Path) -> None:
    first, again = [await store.add_source(ALICE, noise(1), SIZE, now) for now in (1.0, 2.0)]
    assert first == again
    assert [path.stem for path in (tmp_path / "pictures").iterdir()] == [first.name.removesuffix(".png")]
