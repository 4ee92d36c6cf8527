"""F28 to F30: the disk, the history, and the app's own end."""

from __future__ import annotations

import re
import shutil
import sqlite3
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.faults.conftest import NewApp
from tests.faults.faults import fails, is_silent
from tests.faults.guest import Guest, says_of
from tests.faults.service import OWN_KEY, Endpoint, Service
from tests.faults.visitor import Visitor
from tests.faults.waiting import given, until

NOT_KEPT = re.compile("history will not be kept", re.I)


def is_noticed(visitor: Visitor, words: re.Pattern[str]) -> None:
    """See a line with role=status among the results."""
    said = visitor.results.get_by_role("status").filter(has_text=words)
    expect(said.first).to_be_visible(timeout=8000)


class TestDisk:
    """F28: the disk cannot be written."""

    def test_f28_temporary_folders_wiped_then_disk_full(
        self, new_app: NewApp, browser: Browser, service: Service
    ) -> None:
        app = new_app().start()
        with browser.new_context() as context:
            visitor = Visitor(context.new_page(), app.url).open_for_small_pictures()
            shutil.rmtree(app.folder / "data" / "incoming")
            shutil.rmtree(app.folder / "gradio", ignore_errors=True)
            visitor.asks("wiped").shows()
            service.held = True
            tile = visitor.asks("disk full").ends("processing")
            app.fill_disk()
            service.finish_all()
            tile.shows().says("could not be saved")
            is_noticed(visitor, NOT_KEPT)
            visitor.can_go_on(service, "disk full")
            assert [len(service.posts_of(name)) for name in ("wiped", "disk full")] == [1, 1]
            assert visitor.errors == []

    def test_f28_a_home_that_cannot_be_written(self, new_app: NewApp, browser: Browser, service: Service) -> None:
        app = new_app(PLAYGROUND_DATA_DIR="/dev/null/data", HOME="/dev/null").start()
        with browser.new_context() as context:
            visitor = Visitor(context.new_page(), app.url).open_for_small_pictures()
            is_noticed(visitor, NOT_KEPT)
            visitor.asks("read-only").shows()
            assert len(service.posts_of("read-only")) == 1
            visitor.can_go_on(service, "read-only")


class TestHistory:
    """F29: the history cannot be read."""

    @pytest.mark.parametrize("kind", ["corrupt", "old"])
    def test_f29_is_set_aside_and_said(self, kind: str, new_app: NewApp, browser: Browser, service: Service) -> None:
        app = new_app()
        history = app.folder / "data" / "playground.sqlite3"
        history.parent.mkdir()
        if kind == "corrupt":
            history.write_bytes(b"SQLite format 3\0" + b"\x07" * 8000)
        else:
            self.write_another_history(history)
        before = history.read_bytes()
        app.start()
        (aside,) = [path for path in history.parent.glob("*.bad-*") if not path.name.endswith(("-wal", "-shm"))]
        assert aside.read_bytes()[-2000:] == before[-2000:], "what was set aside is not what was there"
        with browser.new_context() as context:
            visitor = Visitor(context.new_page(), app.url).open_for_small_pictures()
            is_noticed(visitor, re.compile("set aside", re.I))
            visitor.asks("after all").shows()
            assert len(service.posts_of("after all")) == 1
            visitor.sees_nothing_raw()

    @staticmethod
    def write_another_history(path: Path) -> None:
        """Write a database that some other version of an app might have written."""
        with sqlite3.connect(path) as other:
            other.execute("CREATE TABLE jobs (number INTEGER PRIMARY KEY, words TEXT)")
            other.execute("INSERT INTO jobs (words) VALUES ('an old picture')")
        other.close()


def test_f30_killed_with_everything_under_way(new_app: NewApp, browser: Browser, service: Service) -> None:
    app = new_app().start()
    with browser.new_context() as context, Guest(app.url) as guest:
        visitor = Visitor(context.new_page(), app.url).open_for_small_pictures()
        service.held = True
        visitor.asks("accepted").ends("processing")
        guest.press("with my own key", guest.brings_key(OWN_KEY)["token"])
        guest.row("with my own key", "processing")
        service.next[Endpoint.SUBMIT] = [is_silent(handled=True)]
        visitor.asks("sent")
        until(lambda: service.tasks_of("sent"))
        service.standing[Endpoint.SUBMIT] = fails(429, "slow down", retry_after="110")
        visitor.asks("in line")
        until(lambda: service.posts_of("in line"))
        given(0.2)
        app.kill()
        service.well()
        app.start()
        for name in ("accepted", "sent", "in line"):
            visitor.tile(name).shows()
        assert [len(service.posts_of(name)) for name in ("accepted", "sent", "in line")] == [1, 1, 2]
        assert [len(service.tasks_of(name)) for name in ("accepted", "sent", "in line")] == [1, 1, 1]
        row = guest.row("with my own key", "processing")
        assert re.search("key is needed.*enter your key", says_of(row), re.I)
        guest.brings_key(OWN_KEY)
        guest.row("with my own key", "completed")
        assert len(service.posts_of("with my own key")) == 1
        visitor.can_go_on(service, "killed")
        assert visitor.errors == []
