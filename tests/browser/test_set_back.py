"""A Space's bucket that a crash sets back: the open page gives back what the app has forgotten."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext

from tests.browser.person import Person
from tests.support.app_process import AppProcess
from tests.support.paths import ROOT
from tests.support.v3_service import HostedApi


class AppOnABucket(AppProcess):
    """App whose folder may be set back."""

    script = ROOT / "tests" / "support" / "app_on_a_bucket.py"


@pytest.fixture
def app(tmp_path: Path, hosted: HostedApi) -> Iterator[AppOnABucket]:
    app = AppOnABucket.hosted(tmp_path, hosted).start()
    yield app
    app.kill()


@pytest.fixture
def person(context: BrowserContext, app: AppOnABucket) -> Person:
    return Person(context.new_page(), app.url).open()


def set_back(app: AppOnABucket, before: Path) -> None:
    """Kill the app, and start it on its folder as it was before."""
    app.kill()
    shutil.rmtree(app.folder / "data")
    before.rename(app.folder / "data")
    app.start()


def as_it_is_now(app: AppOnABucket) -> Path:
    """Return a copy of the folder as a bucket may have it."""
    app.suspend()
    copied = Path(shutil.copytree(app.folder / "data", app.folder / "before"))
    app.resume()
    return copied


@pytest.mark.full
@pytest.mark.parametrize("is_reloaded", [False, True])
def test_pictures_that_the_folder_has_lost_are_there_again(
    person: Person, app: AppOnABucket, hosted: HostedApi, is_reloaded: bool
) -> None:
    person.generate("before the copy")
    person.sees_pictures(1)
    before = as_it_is_now(app)
    person.generate("after the copy")
    person.sees_pictures(2)
    hosted.is_stalled = True
    person.generate("under way")
    person.sees("processing", 1)
    set_back(app, before)
    if is_reloaded:
        person.page.reload()
    hosted.is_stalled = False
    person.sees_pictures(3)
    assert [post["prompt"] for post in hosted.posts] == ["before the copy", "after the copy", "under way"]
