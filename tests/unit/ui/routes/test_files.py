"""The ways in which a picture of the store is served to keep."""

from __future__ import annotations

from dataclasses import replace

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from components import messages
from components.api.client import Endpoint
from components.domain.job import Job, JobState
from components.images.metadata import read_text, strip, write_text
from components.recipes.infotext import infotext
from components.services.backend import Backend
from components.services.playground import Playground
from components.storage.store import Store
from components.ui.gallery.job_json import job_json
from components.ui.routes.file_names import picture_stem
from components.ui.routes.files import routes
from tests.support.core import host_config
from tests.support.scripted_api import BASE, KEY, picture_bytes
from tests.support.stored_jobs import job

PICTURE = write_text(picture_bytes(), "what the service said")


@pytest.fixture
def playground(tmp_path):
    backend, store = Backend.demo(Endpoint(BASE, KEY)), Store(tmp_path)
    yield Playground(backend, store, host_config(backend))
    store.close()


@pytest.fixture
def web(playground):
    return TestClient(Starlette(routes=routes(playground)))


@pytest.fixture
def done(playground) -> Job:
    """A finished job whose picture lies in the store."""
    store: Store = playground.store.blocking
    landing = store.open_temp()
    landing.write(PICTURE)
    picture, _ = store.commit_image(landing, nsfw=False)
    store.discard(landing)
    made = replace(job("c-1"), state=JobState.COMPLETED, ended=2.0, images=(picture,), task_id="canary-task")
    store.save_job(made)
    return made


def test_a_picture_is_kept_with_its_recipe_as_it_came_or_bare(web, playground, done):
    (shown,) = job_json(done, playground)["pictures"]
    download, original, bare = (web.get(f"/{shown[way]}") for way in ("download", "original", "clean"))
    assert read_text(download.content) == infotext(done.request, done.model)
    assert download.content == write_text(PICTURE, infotext(done.request, done.model))
    assert original.content == web.get(f"/{shown['src']}").content == PICTURE
    assert bare.content == strip(PICTURE) != PICTURE
    for answer in (download, original, bare):
        assert answer.headers["content-disposition"].startswith("attachment")
        assert answer.headers["content-type"] == "image/png"
    assert "content-disposition" not in web.get(f"/{shown['src']}").headers


def test_a_file_that_cannot_be_shown_is_a_download_of_its_own_name(web, playground):
    store: Store = playground.store.blocking
    landing = store.open_temp()
    landing.write(b"\xff\x0a" + bytes(20))
    file, _ = store.commit_file(landing) or pytest.fail("it was not kept")
    made = replace(job("c-1"), state=JobState.FAILED, ended=2.0, files=(file,), task_id="canary-task")
    store.save_job(made)
    (link,) = job_json(made, playground)["files"]
    for address in (link, link.partition("?")[0]):
        answer = web.get(f"/{address}")
        assert answer.content == b"\xff\x0a" + bytes(20)
        assert answer.headers["content-type"] == "application/octet-stream"
        assert answer.headers["content-disposition"] == f'attachment; filename="sdxl-lora-{file.name[:8]}.jxl"'


def test_a_download_is_named_by_its_prompt_and_a_bare_one_tells_nothing(web, playground, done):
    (shown,) = job_json(done, playground)["pictures"]
    download, original, bare = (
        web.get(f"/{shown[way]}").headers["content-disposition"] for way in ("download", "original", "clean")
    )
    stem = picture_stem(done.request)
    assert stem in download and download.endswith('.png"')
    for answer in (original, bare, web.get(f"/{shown['src']}?download=another").headers["content-disposition"]):
        assert stem not in answer and "sdxl-lora-" in answer


def test_in_lists_a_small_copy_is_shown(web, playground, done):
    (shown,) = job_json(done, playground)["pictures"]
    small = web.get(f"/{shown['thumb']}")
    assert small.headers["content-type"] == "image/webp"
    assert "immutable" in small.headers["cache-control"]
    assert small.content.startswith(b"RIFF")
    gone = web.get(f"/playground/pictures/{'0' * 32}.png?thumb")
    assert (gone.status_code, gone.text) == (404, str(messages.PICTURE_NOT_HERE))
    asset = web.get("/playground/assets/1/ui/no_such.js")
    assert (asset.status_code, asset.text) == (404, str(messages.NO_SUCH_FILE))


def test_where_no_small_copy_can_be_made_the_picture_is_shown_and_asked_for_again(web, playground, done, monkeypatch):
    monkeypatch.setattr("components.storage.image_files.thumbnail", no_thumbnail)
    (shown,) = job_json(done, playground)["pictures"]
    answer = web.get(f"/{shown['thumb']}")
    assert (answer.content, answer.headers["content-type"]) == (PICTURE, "image/png")
    assert answer.headers["cache-control"] == "no-store"


def no_thumbnail(picture: object) -> None:
    """A picture that Pillow cannot make small."""


def test_s01_neither_task_nor_key_nor_visitor_is_in_what_is_kept(web, playground, done):
    (shown,) = job_json(done, playground)["pictures"]
    content = web.get(f"/{shown['download']}").content
    for secret in (done.task_id, done.visitor, done.id, KEY):
        assert secret.encode() not in content


@pytest.mark.parametrize("other", ["", "c-2", "c-9", "'; --"])
def test_a_recipe_comes_from_the_picture_s_own_job_alone(web, playground, done, other):
    playground.store.blocking.save_job(job("c-2"))
    assert web.get(f"/playground/pictures/{done.images[0].name}?download={other}").content == PICTURE


async def test_s04_a_recipe_is_told_to_whom_the_job_belongs(playground, done):
    assert await playground.recipes.of_job(done.visitor, done.id) == infotext(done.request, done.model)
    assert await playground.recipes.of_job("somebody else", done.id) == ""
    assert await playground.recipes.of_job(done.visitor, "c-9") == ""


def test_an_open_tab_can_ask_for_the_version_of_the_scripts(web):
    answer = web.get("/playground/version")
    assert web.get(f"/playground/assets/{answer.text}/ui/main.js").headers["cache-control"].endswith("immutable")
    assert answer.headers["cache-control"] == "no-store"
    assert web.get("/playground/assets/000000000000/ui/main.js").headers["cache-control"] == "no-store"
