"""Several pictures as one file: what is in it, for whom, and for how long."""

from __future__ import annotations

import io
import re
import zipfile
from dataclasses import replace

import pytest
from PIL import Image
from starlette.applications import Starlette
from starlette.testclient import TestClient

from components import messages
from components.api.client import Endpoint
from components.domain.job import Job, JobState
from components.domain.request import GenerationRequest
from components.images.metadata import read_text
from components.recipes.infotext import infotext
from components.services.backend import Backend
from components.services.playground import Playground
from components.storage.store import Store
from components.ui.routes.archive import MAX_JOBS, VALID_MINUTES, Archives
from components.ui.routes.zip_stream import stream_zip
from tests.support.addresses import ELSEWHERE, HERE
from tests.support.core import host_config
from tests.support.scripted_api import ALICE, BASE, BOB, KEY, picture_bytes
from tests.support.stored_jobs import job

HOSTILE = "</figcaption><script>alert(1)</script> \"quoted\" & 'single' $file ${x} ‮ 雪"


@pytest.fixture
def playground(tmp_path):
    backend, store = Backend.demo(Endpoint(BASE, KEY)), Store(tmp_path)
    yield Playground(backend, store, host_config(backend))
    store.close()


@pytest.fixture
def packs(playground):
    return Archives(playground)


@pytest.fixture
def web(packs):
    return TestClient(Starlette(routes=[packs.route]))


def made(playground: Playground, name: str, prompt: str = "a cat", seed: int = 1, visitor: str = ALICE) -> Job:
    store = playground.store.blocking
    landing = store.open_temp()
    landing.write(picture_bytes("JPEG"))
    picture, _ = store.commit_image(landing, nsfw=False)
    store.discard(landing)
    request = GenerationRequest(prompt, "blurry\nugly", seed=seed)
    done = replace(job(name), visitor=visitor, request=request, state=JobState.COMPLETED, ended=2.0)
    done = replace(done, images=(picture,), task_id=f"canary-task-{name}")
    store.save_job(done)
    return done


def fetched(web: TestClient, path: str) -> zipfile.ZipFile:
    answer = web.get(f"/{path}")
    assert answer.headers["content-type"] == "application/zip"
    assert re.search(r"sdxl-lora-\d{4}-\d\d-\d\d\.zip", answer.headers["content-disposition"])
    assert answer.headers["cache-control"] == "private, no-store"
    archive = zipfile.ZipFile(io.BytesIO(answer.content))
    assert archive.testzip() is None
    return archive


def test_pictures_come_in_the_order_asked_for_with_their_recipes_and_a_sheet(web, packs, playground):
    one, two = made(playground, "a-1", "a fox", 7), made(playground, "b-1", "an owl", 8)
    archive = fetched(web, packs.create(ALICE, [two.id, one.id, "nobody's"], HERE, is_clean=False))
    assert archive.namelist() == ["pictures/001-owl-8.jpg", "pictures/002-fox-7.jpg", "contact-sheet.html"]
    assert read_text(archive.read("pictures/002-fox-7.jpg")) == infotext(one.request, one.model)
    sheet = archive.read("contact-sheet.html").decode()
    for shown in ("2 pictures", "a fox", "an owl", "Seed: 7", "blurry\nugly", 'src="pictures/001-owl-8.jpg"'):
        assert shown in sheet
    assert "http" not in sheet.replace("http-equiv", ""), "it is read offline"


def test_in_a_clean_pack_nothing_is_said_of_how_they_were_made(web, packs, playground):
    one = made(playground, "a-1", "a secret fox", 1234567)
    archive = fetched(web, packs.create(ALICE, [one.id], HERE, is_clean=True))
    content = b"".join(archive.read(name) for name in archive.namelist()) + "".join(archive.namelist()).encode()
    for word in (b"secret", b"1234567", b"blurry", one.model.encode()):
        assert word not in content
    Image.open(io.BytesIO(archive.read("pictures/001.jpg"))).load()


def test_s01_neither_key_nor_person_nor_task_is_in_it(web, packs, playground):
    one = made(playground, "a-1")
    archive = fetched(web, packs.create(ALICE, [one.id], HERE, is_clean=False))
    content = b"".join(archive.read(name) for name in archive.namelist())
    for secret in (KEY, one.visitor, str(one.task_id), one.id):
        assert secret.encode() not in content


def test_whatever_words_are_shown_as_words(web, packs, playground):
    one = made(playground, "a-1", HOSTILE)
    sheet = fetched(web, packs.create(ALICE, [one.id], HERE, is_clean=False)).read("contact-sheet.html").decode()
    assert "<script>" not in sheet
    assert "&lt;script&gt;alert(1)" in sheet
    assert "$file ${x}" in sheet


def test_s04_another_s_pictures_are_not_in_it(web, packs, playground):
    mine, theirs = made(playground, "a-1"), made(playground, "b-1", visitor=BOB)
    archive = fetched(web, packs.create(ALICE, [theirs.id, mine.id], HERE, is_clean=False))
    assert len(archive.namelist()) == 2
    assert fetched(web, packs.create(ALICE, [theirs.id], HERE, is_clean=False)).namelist() == ["contact-sheet.html"]


def test_a_picture_that_went_meanwhile_is_left_out(web, packs, playground):
    one, two = made(playground, "a-1"), made(playground, "b-1")
    path = packs.create(ALICE, [one.id, two.id], HERE, is_clean=False)
    playground.store.blocking._images.delete(one.images[0].name)
    assert fetched(web, path).namelist() == ["pictures/001-cat-1.jpg", "contact-sheet.html"]
    playground.store.blocking.delete_jobs([two])
    assert fetched(web, path).namelist() == ["contact-sheet.html"]


def test_the_address_holds_for_a_while(web, packs, playground, monkeypatch):
    path = packs.create(ALICE, [made(playground, "a-1").id], HERE, is_clean=False)
    assert web.get(f"/{path}").status_code == web.get(f"/{path}").status_code == 200
    monkeypatch.setattr("components.ui.routes.archive.time.monotonic", lambda: 1e9 + VALID_MINUTES * 60)
    assert web.get(f"/{path}").status_code == 404
    gone = web.get("/playground/packs/0")
    assert (gone.status_code, gone.text) == (404, str(messages.ARCHIVE_GONE))


def test_no_more_than_so_many_go_into_one(packs):
    token = packs.create(ALICE, [f"a-{number}" for number in range(MAX_JOBS + 9)], HERE, is_clean=False).rpartition(
        "/"
    )[2]
    assert len(packs._archives[token].job_ids) == MAX_JOBS


def test_a_zip_is_sent_as_it_is_made():
    held: list[str] = []

    def entries():
        for number in range(3):
            held.append(f"read {number}")
            yield f"{number}.png", 0.0, bytes(1000)

    parts = stream_zip(entries())
    next(parts)
    assert held == ["read 0"]
    content = b"".join(stream_zip(entries()))
    assert zipfile.ZipFile(io.BytesIO(content)).namelist() == ["0.png", "1.png", "2.png"]


def test_one_person_s_packs_do_not_push_out_another_s(web, packs, playground):
    theirs = packs.create(BOB, [made(playground, "b-1", visitor=BOB).id], HERE, is_clean=False)
    mine = [packs.create(ALICE, [], HERE, is_clean=False) for _ in range(30)]
    assert web.get(f"/{theirs}").status_code == 200
    assert [web.get(f"/{path}").status_code for path in mine] == [404] * 10 + [200] * 20


def test_one_address_s_packs_under_many_names_do_not_push_out_another_s(web, packs, playground):
    theirs = packs.create(BOB, [made(playground, "b-1", visitor=BOB).id], ELSEWHERE, is_clean=False)
    for number in range(2_100):
        packs.create(f"{number:032x}", ["x" * 64] * 5, HERE, is_clean=False)
    assert web.get(f"/{theirs}").status_code == 200
    assert len(packs._archives) == 101
