"""The bin of the store: what is in it is found nowhere else, and comes back whole."""

from __future__ import annotations

from typing import Any

import pytest

from components.domain.bill import Bill
from components.domain.job import Job
from components.storage.bin_table import BinPlace
from components.storage.search_table import Search
from components.storage.store import Store
from tests.support.scripted_api import ALICE, BOB, picture_bytes
from tests.support.stored_jobs import done, save


@pytest.fixture
def store(tmp_path):
    store = Store(tmp_path)
    yield store
    store.close()


def with_image(store: Store, name: str, **fields: Any) -> Job:
    temp = store.open_temp()
    temp.write(picture_bytes())
    image, _ = store.commit_image(temp, nsfw=False)
    store.discard(temp)
    one = done(name, images=(image,), **fields)
    save(store, one)
    return one


def ids(store: Store, visitor: str = ALICE) -> list[str]:
    return [one.job.id for one in store.bin_page(visitor, BinPlace(), 9)]


def test_what_is_in_the_bin_is_found_nowhere_else(store):
    one = with_image(store, "a-1")
    store.put_in_bin([one], 200.0)
    (image,) = one.images
    assert store.job(one.id) is None
    assert (store.jobs([one.id]), store.page_of(ALICE, None, 9), store.completed(9)) == ([], [], [])
    assert (store.search(ALICE, Search(), 9), store.filters(ALICE).count, store.count_jobs(ALICE)) == ([], 0, 0)
    assert store.set_favourite(ALICE, one.id, is_favourite=True) is None
    assert (store.image_file(image.name), store.thumbnail(image.name), store.image_bytes(image.name)) == (None,) * 3
    assert store.binned_thumbnail(image.name), "its owner sees it there"
    assert store.size() == image.size, "its space counts until then"
    assert not store.add_jobs([one]), "its press starts nothing again"
    assert ids(store) == [one.id] and ids(store, BOB) == []


def test_it_comes_back_as_it_was(store):
    one = with_image(store, "a-1", is_favourite=True)
    store.put_in_bin([one], 200.0)
    assert store.take_out_of_bin(BOB, [one.id]) == []
    assert store.take_out_of_bin(ALICE, [one.id, "nobody's"]) == [one]
    assert store.take_out_of_bin(ALICE, [one.id]) == []
    assert (store.job(one.id), store.search(ALICE, Search(), 9)) == (one, [one])
    assert store.image_file(one.images[0].name) and store.thumbnail(one.images[0].name)
    assert ids(store) == []


def test_its_images_are_hidden_after_a_restart_too_and_no_start_removes_them(tmp_path):
    store = Store(tmp_path)
    one = with_image(store, "a-1")
    store.put_in_bin([one], 200.0)
    store.close()
    again = Store(tmp_path)
    assert again.remove_unknown_images() == 0
    assert again.image_file(one.images[0].name) is None
    assert again.take_out_of_bin(ALICE, [one.id]) == [one]
    assert again.image_file(one.images[0].name)
    again.close()


def test_the_newest_deletion_comes_first_page_by_page(store):
    jobs = [with_image(store, f"a-{number}") for number in range(1, 5)]
    store.put_in_bin(jobs[2:], 200.0)
    store.put_in_bin(jobs[:2], 300.0)
    first = store.bin_page(ALICE, BinPlace(), 3)
    assert [(one.job.id, one.binned) for one in first] == [("a-2", 300.0), ("a-1", 300.0), ("a-4", 200.0)]
    rest = store.bin_page(ALICE, first[-1].place, 3)
    assert [one.job.id for one in rest] == ["a-3"]
    assert store.bin_count(ALICE) == 4


def test_what_was_deleted_together_stands_as_in_the_gallery_the_newest_first(store):
    jobs = [with_image(store, name, at=at) for name, at in (("f-1", 100.0), ("a-1", 300.0), ("c-1", 200.0))]
    store.put_in_bin(jobs, 400.0)
    found: list[str] = []
    after = BinPlace()
    while page := store.bin_page(ALICE, after, 1):
        found.append(page[0].job.id)
        after = page[0].place
    assert found == ["a-1", "c-1", "f-1"]


def test_a_job_that_has_not_ended_does_not_go_in(store):
    one = done("a-1", ended=None)
    save(store, one)
    store.put_in_bin([one], 200.0)
    assert store.job(one.id) == one


def test_a_late_value_and_a_late_bill_do_not_bring_it_back(store):
    one = with_image(store, "a-1")
    store.put_in_bin([one], 200.0)
    assert store.set_bill(one.id, Bill(5, 0, 210.0)) is None
    store.save_job(one)
    assert store.job(one.id) is None
    (back,) = store.take_out_of_bin(ALICE, [one.id])
    assert back.bill == Bill(5, 0, 210.0)


def test_its_owner_takes_it_along(store):
    one = with_image(store, "a-1")
    store.put_in_bin([one], 200.0)
    store.transfer_jobs(ALICE, BOB)
    assert (ids(store), ids(store, BOB)) == ([], [one.id])
