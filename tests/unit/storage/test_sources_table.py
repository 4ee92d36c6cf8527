"""Pictures that people gave: kept once a content, for their owner alone, and not for ever."""

from __future__ import annotations

import pytest

from components.domain.job import Job
from components.domain.request import GenerationRequest
from components.storage.store import Store
from tests.support.scripted_api import ALICE, BOB, MODEL, picture_bytes

SIZE = (8, 8)


@pytest.fixture
def store(tmp_path):
    store = Store(tmp_path)
    yield store
    store.close()


@pytest.fixture
def content() -> bytes:
    return picture_bytes()


def test_a_source_is_its_owner_s_alone(store, content):
    source = store.add_source(ALICE, content, SIZE, 1.0)
    assert store.source(ALICE, source.name) == source
    assert store.source(BOB, source.name) is None
    assert store.image_bytes(source.name) == content


def test_the_same_content_is_kept_once_for_each_owner(store, content):
    first, again = (store.add_source(ALICE, content, SIZE, now) for now in (1.0, 2.0))
    theirs = store.add_source(BOB, content, SIZE, 3.0)
    assert first == again
    assert theirs.name != first.name
    assert theirs.digest == first.digest


def test_what_nobody_uses_goes_and_what_a_job_was_made_from_stays(store, content):
    used = store.add_source(ALICE, content, SIZE, 1.0)
    mask = store.add_source(ALICE, content + b"m", SIZE, 1.0)
    loose = store.add_source(ALICE, content + b"l", SIZE, 1.0)
    late = store.add_source(ALICE, content + b"x", SIZE, 9.0)
    ask = GenerationRequest("a cat", width=8, height=8, seed=1, image=used, mask=mask)
    store.add_jobs([Job("c-1", ALICE, "c", 1, "hosted", MODEL, ask, 1.0)])
    store.add_jobs([Job("d-1", ALICE, "d", 1, "hosted", MODEL, GenerationRequest("a dog", seed=1), 1.0)])
    assert store.drop_sources(5.0) == 1
    assert store.image_bytes(loose.name) is None
    assert [store.source(ALICE, one.name) for one in (used, mask, late)] == [used, mask, late]


def test_sources_go_along_with_whom_their_owner_signs_in_as(store, content):
    source = store.add_source(ALICE, content, SIZE, 1.0)
    store.transfer_jobs(ALICE, BOB)
    assert store.source(BOB, source.name) == source


def test_an_upload_is_remembered_for_its_account_and_time(store):
    store.save_upload("hosted", "d1", "https://media.test/1.png", 10.0)
    assert store.upload_link("hosted", "d1", since=5.0) == "https://media.test/1.png"
    assert store.upload_link("hosted", "d1", since=10.0) is None
    assert store.upload_link("hosted key", "d1", since=5.0) is None
    store.forget_upload("hosted", "d1")
    assert store.upload_link("hosted", "d1", since=5.0) is None


def test_without_a_disk_a_source_is_held_in_memory(tmp_path, content):
    blocked = tmp_path / "file"
    blocked.write_text("not a folder")
    store = Store(blocked)
    source = store.add_source(ALICE, content, SIZE, 1.0)
    assert store.image_bytes(source.name) == content
    store.close()
