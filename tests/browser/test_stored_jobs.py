"""The page over data folders of other versions: every picture is there, and what cannot be shown or made is said."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, expect

from components.storage.store import Store
from tests.browser.person import Person
from tests.support.app_process import AppProcess
from tests.support.paths import DATA
from tests.support.v3_service import HostedApi

FOLDER = DATA / "stored_jobs" / "2026-11-22"
DAMAGED = "a boat under way"
DAMAGE = "UPDATE jobs SET record = json_set(record, '$.state', 'archived') WHERE record LIKE ?"
HAS_PIXELS = "image => image.complete && image.naturalWidth > 0"


@pytest.fixture
def old_folder(tmp_path: Path) -> Path:
    folder = Path(shutil.copytree(FOLDER, tmp_path / "data"))
    with sqlite3.connect(folder / "playground.sqlite3") as db:
        db.execute(
            "UPDATE jobs SET record = json_set(record, '$.state', 'archived') WHERE record LIKE ?", (f"%{DAMAGED}%",)
        )
    db.close()
    return folder


@pytest.fixture
def newer_folder(old_folder: Path) -> Path:
    Store(old_folder).close()
    with sqlite3.connect(old_folder / "playground.sqlite3") as db:
        db.execute("PRAGMA user_version = 99")
    db.close()
    return old_folder


@pytest.fixture
def api() -> Iterator[HostedApi]:
    api = HostedApi().start()
    yield api
    api.stop()


@pytest.fixture
def person(context: BrowserContext, old_folder: Path, api: HostedApi) -> Iterator[Person]:
    """Visitor of the other version, who opens the page of this one."""
    app = AppProcess.hosted(old_folder.parent, api).start()
    token = (old_folder / "visitor.txt").read_text().strip()
    context.add_init_script(f"localStorage.setItem('playground-visitor', '{token}')")
    yield Person(context.new_page(), app.url).open()
    app.kill()


def shows_all_pictures(person: Person) -> None:
    images = person.results.locator("[data-state=completed] img")
    expect(images).not_to_have_count(0)
    for image in images.all():
        image.scroll_into_view_if_needed()
        person.page.wait_for_function(HAS_PIXELS, arg=image.element_handle())


@pytest.mark.full
def test_everything_is_shown_and_a_damaged_record_says_so(person, old_folder):
    with sqlite3.connect(old_folder / "playground.sqlite3") as db:
        (count,) = db.execute("SELECT count(*) FROM jobs WHERE state <> 'deleted'").fetchone()
    db.close()
    expect(person.tiles).to_have_count(count)
    shows_all_pictures(person)
    damaged = person.cards.filter(has_text=DAMAGED)
    expect(damaged.locator("[data-job]")).to_have_attribute("data-state", "failed")
    expect(damaged).to_contain_text("can't be shown here")
    expect(damaged).not_to_contain_text("Seed")
    expect(damaged.get_by_role("button", name="Delete")).to_have_count(0)
    assert person.errors == []


@pytest.mark.full
def test_a_newer_folder_is_shown_and_says_that_no_picture_can_be_made(newer_folder, person, api):
    before = (newer_folder / "playground.sqlite3").read_bytes()
    expect(person.results.get_by_role("status").first).to_contain_text(
        "A newer version of this app saved this history"
    )
    shows_all_pictures(person)
    person.generate("one more")
    expect(person.results).to_contain_text("can't store new pictures, so nothing was sent.")
    assert api.posts == []
    assert (newer_folder / "playground.sqlite3").read_bytes() == before
    assert person.errors == []
