"""F28 to F30: a full disk, an unreadable history, and a kill of the app."""

from __future__ import annotations

import re
import shutil
import sqlite3
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.tab import LAPTOP
from tests.faults.conftest import NewApp
from tests.faults.fast_app_process import FreshFastApp
from tests.faults.fast_clock import let_time_pass
from tests.faults.faults import fails, is_silent
from tests.faults.http_visitor import HttpVisitor, text_of
from tests.faults.page_visitor import Visitor
from tests.faults.service import OWN_KEY, Endpoint, Service
from tests.support.full_run import cases
from tests.support.waiting import wait_until

NOT_STORED = re.compile("history won't be kept", re.I)


def sees_notice(visitor: Visitor, text: re.Pattern[str]) -> None:
    """Wait for a notice (role=status) among the results."""
    notices = visitor.results.get_by_role("status").filter(has_text=text)
    expect(notices.first).to_be_visible(timeout=8000)


class TestDisk:
    """F28: the disk cannot be written."""

    @pytest.mark.full
    def test_f28_temporary_folders_wiped_then_disk_full(
        self, new_app: NewApp, browser: Browser, service: Service
    ) -> None:
        app = new_app().start()
        with browser.new_context(**LAPTOP) as context:
            visitor = Visitor(context.new_page(), app.url).open_for_small_pictures()
            shutil.rmtree(app.folder / "data" / "incoming")
            shutil.rmtree(app.folder / "gradio", ignore_errors=True)
            visitor.submit("wiped").shows()
            service.is_stalled = True
            tile = visitor.submit("disk full").ends("processing")
            app.fill_disk()
            service.finish_all()
            tile.shows().says("couldn't save")
            sees_notice(visitor, NOT_STORED)
            visitor.can_go_on(service, "disk full")
            assert [len(service.posts_of(name)) for name in ("wiped", "disk full")] == [1, 1]
            assert visitor.errors == []

    @pytest.mark.full
    def test_f28_a_home_that_cannot_be_written(self, new_app: NewApp, browser: Browser, service: Service) -> None:
        app = new_app(kind=FreshFastApp, PLAYGROUND_DATA_DIR="/dev/null/data", HOME="/dev/null").start()
        with browser.new_context(**LAPTOP) as context:
            visitor = Visitor(context.new_page(), app.url).open_for_small_pictures()
            sees_notice(visitor, NOT_STORED)
            visitor.submit("read-only").shows()
            assert len(service.posts_of("read-only")) == 1
            visitor.can_go_on(service, "read-only")


class TestHistory:
    """F29: the history cannot be read."""

    @pytest.mark.full
    @pytest.mark.parametrize("kind", cases(["corrupt", "old"], 1))
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
        assert aside.read_bytes()[-2000:] == before[-2000:], "the quarantined file differs from the one before"
        with browser.new_context(**LAPTOP) as context:
            visitor = Visitor(context.new_page(), app.url).open_for_small_pictures()
            sees_notice(visitor, re.compile("a new one was started", re.I))
            visitor.submit("after all").shows()
            assert len(service.posts_of("after all")) == 1
            visitor.sees_nothing_raw()

    @staticmethod
    def write_another_history(path: Path) -> None:
        """Write a database with the tables of another app."""
        with sqlite3.connect(path) as other:
            other.execute("CREATE TABLE jobs (number INTEGER PRIMARY KEY, words TEXT)")
            other.execute("INSERT INTO jobs (words) VALUES ('an old picture')")
        other.close()


@pytest.mark.full
def test_f30_killed_with_everything_under_way(new_app: NewApp, browser: Browser, service: Service) -> None:
    app = new_app().start()
    with browser.new_context(**LAPTOP) as context, HttpVisitor(app.url) as http_visitor:
        visitor = Visitor(context.new_page(), app.url).open_for_small_pictures()
        service.is_stalled = True
        visitor.submit("accepted").ends("processing")
        http_visitor.press("with my own key", http_visitor.use_key(OWN_KEY)["token"])
        http_visitor.row("with my own key", "processing")
        service.next[Endpoint.SUBMIT] = [is_silent(handled=True)]
        visitor.submit("sent")
        wait_until(lambda: service.tasks_of("sent"))
        service.standing[Endpoint.SUBMIT] = fails(429, "slow down", retry_after="110")
        visitor.submit("in line")
        wait_until(lambda: service.posts_of("in line"))
        let_time_pass(0.2)
        app.kill()
        service.recover()
        app.start()
        for name in ("accepted", "sent", "in line"):
            visitor.tile(name).shows()
        assert [len(service.posts_of(name)) for name in ("accepted", "sent", "in line")] == [1, 1, 2]
        assert [len(service.tasks_of(name)) for name in ("accepted", "sent", "in line")] == [1, 1, 1]
        row = http_visitor.row("with my own key", "processing")
        assert re.search("need your key.*enter it again", text_of(row), re.I)
        http_visitor.use_key(OWN_KEY)
        http_visitor.row("with my own key", "completed")
        assert len(service.posts_of("with my own key")) == 1
        visitor.can_go_on(service, "killed")
        assert visitor.errors == []
