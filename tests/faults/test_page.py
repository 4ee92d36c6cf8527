"""F31 to F35: the page, its tabs, the clock, and the text of prompts."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, expect

from tests.browser.tab import LAPTOP
from tests.faults.conftest import NewApp
from tests.faults.fast_app_process import FastApp
from tests.faults.fast_clock import let_time_pass
from tests.faults.faults import fails, says
from tests.faults.page_visitor import Visitor
from tests.faults.service import Endpoint, Fault, Service
from tests.support.full_run import cases
from tests.support.v3_service import KEY
from tests.support.waiting import wait_until


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    """A browser context for one test."""
    with browser.new_context(**LAPTOP) as context:
        yield context


class TestTabs:
    """F31, F32: pages reloaded, offline, closed, and several at once."""

    @pytest.mark.full
    def test_f31_reloaded_and_offline(self, context: BrowserContext, app: FastApp, service: Service) -> None:
        visitor = Visitor(context.new_page(), app.url).open_for_small_pictures()
        service.is_stalled = True
        visitor.submit("kept").ends("processing")
        visitor.page.reload()
        visitor.tile("kept").ends("processing")
        context.set_offline(True)
        service.finish_all()
        visitor.sees_match("connection lost")
        context.set_offline(False)
        visitor.tile("kept").shows()
        assert len(service.posts_of("kept")) == 1
        visitor.can_go_on(service, "kept")

    @pytest.mark.full
    def test_f31_a_tab_that_was_closed(self, context: BrowserContext, app: FastApp, service: Service) -> None:
        visitor = Visitor(context.new_page(), app.url).open_for_small_pictures()
        service.is_stalled = True
        visitor.submit("closed").ends("processing")
        visitor.page.close()
        service.finish_all()
        wait_until(lambda: service.polls_of("closed"))
        Visitor(context.new_page(), app.url).open().tile("closed").shows()
        assert len(service.posts_of("closed")) == 1

    @pytest.mark.full
    def test_f32_two_tabs_show_the_same(self, context: BrowserContext, app: FastApp, service: Service) -> None:
        one = Visitor(context.new_page(), app.url).open_for_small_pictures()
        other = Visitor(context.new_page(), app.url).open_for_small_pictures()
        service.is_stalled = True
        one.submit("of the first tab").ends("processing")
        other.submit("of the second tab").ends("processing")
        service.finish_all()
        for tab in (one, other):
            tab.page.bring_to_front()
            tab.tile("of the first tab").shows()
            tab.tile("of the second tab").shows()
            assert tab.errors == []
        assert len(service.posts_of("of the first tab")) == len(service.posts_of("of the second tab")) == 1

    def test_f32_two_workers_on_one_folder(self, app: FastApp, service: Service) -> None:
        second = FastApp(app.folder / "second", service, PLAYGROUND_DATA_DIR=str(app.folder / "data"))
        log = second.fails()
        assert re.search("another playground is running", log, re.I)
        assert KEY not in log
        assert "Traceback" not in log


class TestClock:
    """F33: the system clock is set."""

    @pytest.mark.full
    @pytest.mark.parametrize("forward", cases([True, False], 1), ids=["an hour on", "an hour back"])
    def test_f33_no_task_ends_early(self, forward: bool, visitor: Visitor, service: Service, app: FastApp) -> None:
        prompt = f"clock {forward}"
        service.is_stalled = True
        tile = visitor.submit(prompt).ends("processing")
        app.set_clock(forward=forward)
        try:
            let_time_pass()
            tile.ends("processing").does_not_say("isn't finished|longer than usual|couldn't find|failed")
            service.finish_all()
            tile.shows()
            visitor.can_go_on(service, prompt)
        finally:
            app.set_clock(forward=not forward)
        assert len(service.posts_of(prompt)) == 1

    @pytest.mark.full
    @pytest.mark.parametrize("forward", cases([True, False], 1), ids=["an hour on", "an hour back"])
    def test_f33_a_wait_stays_as_long_as_it_was(
        self, forward: bool, visitor: Visitor, service: Service, app: FastApp
    ) -> None:
        prompt = f"clock and line {forward}"
        service.next[Endpoint.SUBMIT] = [fails(429, "slow down", retry_after="60")]
        visitor.submit(prompt)
        wait_until(lambda: service.posts_of(prompt))
        app.set_clock(forward=forward)
        try:
            let_time_pass(0.8)
            assert len(service.posts_of(prompt)) == 1, "it did not wait"
            visitor.tile(prompt).shows()
        finally:
            app.set_clock(forward=not forward)
        assert len(service.posts_of(prompt)) == 2


class TestModels:
    """F34: the list of models."""

    @pytest.mark.full
    @pytest.mark.parametrize(
        "fault",
        cases([says(200, "ok", [{"model_id": 7, "api_schema": "none"}, "x", None]), says(200, "ok", [])], 1),
        ids=["wrong types", "empty"],
    )
    def test_f34_the_built_in_description_is_used(
        self, fault: Fault, new_app: NewApp, context: BrowserContext, service: Service
    ) -> None:
        service.standing[Endpoint.MODELS] = fault
        app = new_app().start()
        visitor = Visitor(context.new_page(), app.url).open_for_small_pictures()
        visitor.submit("built in").shows()
        assert len(service.posts_of("built in")) == 1
        visitor.sees_nothing_raw()


ODD = {
    "emoji": "a 🦊 in the 🌨️, family 👨‍👩‍👧‍👦",
    "right to left": "ثعلب أحمر في الثلج \u202eabc\u202c שועל",
    "html": '<img src=x onerror="window.hacked=1"><b>bold</b>',
    "script": "<script>window.hacked=1; alert(1)</script>",
    "markdown": "# Title **bold** [link](javascript:window.hacked=1) ![x](http://10.0.0.1/x.png)",
    "formula": "=SUM(A1:A9)",
    "template": "{{7*7}} ${7*7} %s {0}",
    "quotes": "'\"`; DROP TABLE jobs; --",
}


class TestTexts:
    """F35: the prompt is shown as text, never as markup."""

    @pytest.mark.parametrize("kind", cases(ODD, 1))
    def test_f35_is_shown_as_it_was_typed(self, kind: str, visitor: Visitor, service: Service) -> None:
        text = ODD[kind]
        requests: list[str] = []
        visitor.page.on("request", lambda request: requests.append(request.url))
        tile = visitor.submit(text).shows()
        (post,) = service.posts_of(text)
        assert len(service.tasks_of(text)) == 1
        expect(tile.card).to_contain_text(text)
        tile.node.locator(".open").click()
        expect(visitor.page.get_by_role("dialog")).to_contain_text(text)
        visitor.page.keyboard.press("Escape")
        assert visitor.page.evaluate("window.hacked") is None
        assert not [url for url in requests if "10.0.0.1" in url or url.endswith("/x")]
        assert post.method == "POST"

    def test_f35_a_nul_takes_nothing_down(self, visitor: Visitor, service: Service) -> None:
        visitor.press_for("before\0after the nul")
        wait_until(lambda: [one for one in service.arrived if b"after the nul" in one.body and b"before" in one.body])
        visitor.can_go_on(service, "nul")

    @pytest.mark.full
    def test_f35_ten_thousand_characters_and_not_one_more(self, visitor: Visitor, service: Service) -> None:
        most = ("fox " * 2500)[:10_000]
        visitor.press_for(f"{most}x")
        expect(visitor.page.locator("#field-prompt")).to_contain_text("10,000")
        let_time_pass(0.3)
        assert service.count(Endpoint.SUBMIT) == 0
        visitor.press_for(most[:-1] + "x")
        wait_until(lambda: service.tasks_of(most[:-1] + "x"))
        visitor.can_go_on(service, "long")
        assert visitor.page.evaluate("document.documentElement.scrollWidth <= innerWidth")

    @pytest.mark.full
    def test_f35_in_a_refusal_too(self, visitor: Visitor, service: Service) -> None:
        service.next[Endpoint.SUBMIT] = [fails(418, f"{ODD['html']} {ODD['script']}")]
        tile = visitor.submit("refusal in html").ends("failed")
        expect(tile.node).to_contain_text("<b>bold</b>")
        assert visitor.page.evaluate("window.hacked") is None
        assert len(service.posts_of("refusal in html")) == 1
