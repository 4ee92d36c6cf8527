"""Finding one's finished pictures: by words, marks and filters; and what is kept so that they are found."""

from __future__ import annotations

import json
import sqlite3
from dataclasses import replace
from typing import Any

import pytest

from components.domain.job import JobState, StoredImage
from components.domain.request import GenerationRequest, LoraWeight
from components.messages.message import literal
from components.storage.jobs_table import to_record
from components.storage.search_table import TABLE, Filters, Search, folded, index
from components.storage.store import Store
from tests.support.scripted_api import ALICE, BOB
from tests.support.stored_jobs import done, job, save

PIXEL = LoraWeight("nerijs/pixel-art-xl", 0.8)


@pytest.fixture
def store(tmp_path):
    store = Store(tmp_path)
    yield store
    store.close()


def found(store: Store, *, visitor: str = ALICE, limit: int = 60, **criteria: Any) -> list[str]:
    return [one.id for one in store.search(visitor, Search(**criteria), limit)]


@pytest.mark.parametrize(
    ("words", "is_found"),
    [
        ("", True),
        ("fuchs", True),
        ("FUCHS schnee", True),
        ("schnee   fuchs", True),
        ("füchs", True),
        ("cafe", True),
        ("Café", True),
        ("strasse", True),
        ("straße", True),
        ("uch", True),
        ("blurry", True),
        ("fuchs igel", False),
        ('"fuchs im schnee"', True),
        ('"schnee im fuchs"', False),
        ('café "im  Schnee', True),
        ('""', True),
        ("%", False),
        ("_", False),
        ("'; DROP TABLE jobs; --", False),
        ("雪", True),
        ("İSTANBUL", True),
    ],
)
def test_words_are_found_without_case_and_accents_in_any_order(store, words, is_found):
    save(store, done("a-1", "Ein Fuchs im Schnee vor dem Café, STRASSE, 雪, istanbul", negative="blurry"))
    assert found(store, words=words) == (["a-1"] if is_found else [])


def test_folding_is_done_once_and_for_all():
    for text in ("Ärger Straße", "ﬁne", "Ｆｕｌｌ", "a\u0301\nb\tc", "İ"):
        assert folded(folded(text)) == folded(text)


def test_the_newest_come_first_page_by_page_and_none_twice(store):
    save(store, *(done(f"a-{number}", at=float(number // 3)) for number in range(20)))
    seen: list[str] = []
    before = Search().before
    while page := store.search(ALICE, Search(before=before), 3):
        seen += [one.id for one in page]
        before = (page[-1].created, page[-1].id)
    assert sorted(seen) == sorted(f"a-{number}" for number in range(20))
    assert len(seen) == len(set(seen))
    assert [store.job(name).created for name in seen] == sorted((n // 3 for n in range(20)), reverse=True)


def test_only_one_s_own_finished_pictures_are_found(store):
    save(store, done("a-1"), done("b-1", visitor=BOB), job("c-1"), done("d-1", state=JobState.FAILED))
    assert found(store) == ["a-1"]
    assert found(store, visitor=BOB) == ["b-1"]
    assert found(store, visitor="nobody") == []


def test_filters_go_together(store):
    save(
        store,
        done("a-1", at=10.0, loras=[PIXEL], model="stability-ai/sdxl-lora"),
        done("b-1", at=20.0, loras=[PIXEL, LoraWeight("o/other")], model="stability-ai/sdxl-lora"),
        done("c-1", at=30.0, model="stability-ai/sdxl"),
    )
    assert found(store, lora=PIXEL.path) == ["b-1", "a-1"]
    assert found(store, lora="nerijs/pixel") == [], "a LoRA is named in full"
    assert found(store, model="stability-ai/sdxl") == ["c-1"]
    assert found(store, lora=PIXEL.path, since=15.0) == ["b-1"]
    assert found(store, model="stability-ai/sdxl", lora=PIXEL.path) == []
    assert store.filters(ALICE) == Filters(3, ("stability-ai/sdxl", "stability-ai/sdxl-lora"), (PIXEL.path, "o/other"))


def test_a_favourite_stays_one_until_it_is_unmarked(store, tmp_path):
    save(store, done("a-1"), done("b-1"))
    marked = store.set_favourite(ALICE, "a-1", is_favourite=True)
    assert marked == store.job("a-1")
    assert marked.is_favourite
    store.save_job(done("b-1", notes=(literal("something else changed"),)))
    assert found(store, is_favourite=True) == ["a-1"]
    store.close()
    again = Store(tmp_path)
    assert found(again, is_favourite=True) == ["a-1"]
    again.set_favourite(ALICE, "a-1", is_favourite=False)
    assert found(again, is_favourite=True) == []
    again.close()


@pytest.mark.parametrize("which", ["another's", "unfinished", "deleted", "unknown"])
def test_what_is_not_one_s_own_finished_picture_is_no_favourite(store, which):
    save(store, done("another's", visitor=BOB), job("unfinished"), done("deleted"))
    store.delete_jobs([done("deleted")])
    assert store.set_favourite(ALICE, which, is_favourite=True) is None
    assert store.job("deleted") is None


def test_a_deleted_job_is_found_no_more_and_its_words_are_gone(store, tmp_path):
    save(store, done("a-1", "a secret word"))
    store.delete_jobs([done("a-1")])
    assert found(store) == []
    store.close()
    with sqlite3.connect(tmp_path / "playground.sqlite3") as db:
        assert "secret" not in "\n".join(db.iterdump())
    db.close()


def test_a_folder_from_before_there_was_an_index_is_searched_like_any(tmp_path):
    store = Store(tmp_path)
    save(store, done("a-1", "an old fox"), done("b-1", "an old owl"))
    store.close()
    with sqlite3.connect(tmp_path / "playground.sqlite3") as db:
        db.execute("DROP TABLE search_index")
        record = to_record(done("a-1", "an old fox"))
        del record["is_favourite"]
        db.execute("UPDATE jobs SET record = ? WHERE id = 'a-1'", (json.dumps(record),))
        db.execute("UPDATE jobs SET record = 'not even JSON' WHERE id = 'b-1'")
    db.close()
    again = Store(tmp_path)
    assert again.job("a-1") == done("a-1", "an old fox")
    assert found(again, words="fox") == ["a-1"]
    again.close()


def test_who_signs_in_takes_favourites_along(store):
    save(store, done("a-1"))
    store.set_favourite(ALICE, "a-1", is_favourite=True)
    store.transfer_jobs(ALICE, BOB)
    assert found(store, visitor=BOB, is_favourite=True) == ["a-1"]
    assert found(store) == []


def test_the_bytes_of_pictures_are_counted(store):
    picture = StoredImage("x.png", 8, 8, "PNG", 1000)
    save(store, done("a-1", images=(picture,)), done("b-1", images=(replace(picture, received="y.png"),)))
    assert store.size() == 3000
    store.delete_jobs([done("b-1")])
    assert store.size() == 1000


WATCHED = """
CREATE TABLE written (what TEXT);
CREATE TRIGGER added AFTER INSERT ON search_index BEGIN INSERT INTO written VALUES ('added'); END;
CREATE TRIGGER worded AFTER UPDATE OF words, loras ON search_index BEGIN INSERT INTO written VALUES ('words'); END;
CREATE TRIGGER marked AFTER UPDATE OF is_favourite, bytes ON search_index
BEGIN INSERT INTO written VALUES ('marks'); END;
"""


def test_only_what_changed_is_written_into_the_index():
    db = sqlite3.connect(":memory:")
    db.executescript(TABLE + WATCHED)
    plain = done("a-1", "a fox")
    starred = replace(plain, is_favourite=True)
    reworded = replace(starred, request=GenerationRequest("an owl", loras=(PIXEL,)))
    for one in (plain, plain, starred, starred, reworded, reworded):
        index(db, one)
    assert [what for (what,) in db.execute("SELECT what FROM written")] == ["added", "marks", "words"]
    assert db.execute("SELECT * FROM search_index").fetchall() == [("a-1", "an owl", f"\n{PIXEL.path}\n", 1, 0)]
    db.close()
