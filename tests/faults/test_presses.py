"""F14, F15: several presses that count as one, and many presses at once."""

from __future__ import annotations

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack

import pytest
from playwright.sync_api import expect

from tests.faults.fast_app_process import FastApp
from tests.faults.fast_clock import FastTime, let_time_pass
from tests.faults.faults import is_silent
from tests.faults.http_visitor import HttpVisitor, text_of
from tests.faults.page_visitor import Visitor
from tests.faults.service import Endpoint, Service
from tests.support.full_run import cases
from tests.support.waiting import wait_until

VISITORS, EACH = 25, 8


def press(manner: str, visitor: Visitor) -> None:
    """Press Generate several times in a manner that must count as one press."""
    button = visitor.generate_button
    if manner.endswith("at once"):
        button.click(click_count=2 if manner.startswith("twice") else 3)
    elif manner == "key held":
        button.focus()
        for _ in range(5):
            visitor.page.keyboard.down("Enter")
            visitor.page.wait_for_timeout(60)
        visitor.page.keyboard.up("Enter")
    else:
        button.evaluate("button => { button.click(); setTimeout(() => button.click(), 200) }")


MANNERS = ("twice at once", "key held", "thrice at once", "twice within 400 ms")


class TestOnePress:
    """F14: a press is one task, however it is repeated."""

    @pytest.mark.parametrize("manner", cases(MANNERS, 2))
    def test_f14_is_one_task(self, manner: str, visitor: Visitor, service: Service) -> None:
        service.is_stalled = True
        visitor.prompt.fill(manner)
        with visitor.a_press():
            press(manner, visitor)
        wait_until(lambda: service.tasks_of(manner))
        let_time_pass(0.5)
        expect(visitor.tiles_of(manner)).to_have_count(1)
        assert len(service.posts_of(manner)) == 1
        service.finish_all()
        visitor.tile(manner).shows()

    @pytest.mark.full
    def test_f14_two_presses_a_second_apart_are_two(self, visitor: Visitor, service: Service) -> None:
        visitor.submit("a second apart")
        visitor.page.wait_for_timeout(1000)
        with visitor.a_press():
            visitor.generate_button.click()
        expect(visitor.tiles_of("a second apart")).to_have_count(2)
        wait_until(lambda: len(service.tasks_of("a second apart")) == 2)
        assert len(service.posts_of("a second apart")) == 2

    @pytest.mark.full
    def test_f14_a_replayed_event_starts_nothing(self, visitor: Visitor, service: Service) -> None:
        with visitor.page.expect_request("**/gradio_api/queue/join*") as sent:
            visitor.submit("replayed").shows()
        for _ in range(3):
            headers = {"content-type": "application/json"}
            visitor.page.request.post(sent.value.url, data=sent.value.post_data, headers=headers)
        let_time_pass(0.5)
        expect(visitor.tiles_of("replayed")).to_have_count(1)
        assert len(service.posts_of("replayed")) == 1

    @pytest.mark.full
    def test_f14_a_press_while_the_last_one_has_no_answer(self, visitor: Visitor, service: Service) -> None:
        service.next[Endpoint.SUBMIT] = [is_silent(handled=True)]
        first = visitor.submit("unanswered press")
        visitor.submit("next press").shows()
        first.shows()
        assert [len(service.posts_of(name)) for name in ("unanswered press", "next press")] == [1, 1]


@pytest.fixture
def crowded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Service, FastApp]]:
    """A service that runs 10 tasks at once and an app with limits for this crowd, in real time."""
    service = Service(FastTime.from_now(1.0))
    service.start()
    service.is_stalled, service.at_once = True, 10
    limits = {"PLAYGROUND_JOBS": str(VISITORS * EACH), "PLAYGROUND_JOBS_PER_VISITOR": str(EACH)}
    app = FastApp(tmp_path_factory.mktemp("crowded"), service, **limits).start()
    yield service, app
    app.kill()
    service.stop()


@pytest.fixture
def http_visitors(crowded: tuple[Service, FastApp]) -> Iterator[list[HttpVisitor]]:
    """As many visitors as fit, and one more."""
    with ExitStack() as stack:
        yield [stack.enter_context(HttpVisitor(crowded[1].url)) for _ in range(VISITORS + 1)]


@pytest.mark.full
def test_f15_two_hundred_tasks_of_25_visitors(
    crowded: tuple[Service, FastApp], http_visitors: list[HttpVisitor]
) -> None:
    service, (latecomer, *http_visitors) = crowded[0], http_visitors
    for http_visitor in http_visitors:
        http_visitor.rows()  # as every page does before a press

    def press_twice(http_visitor: HttpVisitor) -> None:
        for number in range(2):
            assert http_visitor.press(f"crowd {number}", pictures=EACH // 2)["notice"] is None

    with ThreadPoolExecutor(VISITORS) as crowd:
        list(crowd.map(press_twice, http_visitors))
    assert "Too many people" in text_of(latecomer.press("too late")["notice"])
    assert "You can have up to 8" in text_of(http_visitors[0].press("one more")["notice"])
    answers = [timed(http_visitor) for http_visitor in [*http_visitors, *http_visitors]]
    assert sorted(answers)[-2] < 1.0, "the page does not answer within a second"
    wait_until(
        lambda: len(places(http_visitors)) >= VISITORS * EACH - len(service.tasks) - 1
    )  # one may be trying just now
    assert len(service.tasks) == 10
    # The first in the queue is retried and has no position during a try: at some moments no tile shows 0.
    wait_until(lambda: set(range(150)) <= set(places(http_visitors)), "a visitor has no queue position")


def places(http_visitors: list[HttpVisitor]) -> list[int]:
    """Return the queue positions that the tiles show."""
    rows = [row for http_visitor in http_visitors for row in http_visitor.rows()]
    assert len(rows) == VISITORS * EACH
    return [row["position"] for row in rows if row["state"] == "waiting" and row["position"] is not None]


def timed(http_visitor: HttpVisitor) -> float:
    """Return the slower response time of the page and of a visitor's tiles, in seconds."""
    begun = time.monotonic()
    assert http_visitor.http.get("/").status_code == 200
    middle = time.monotonic()
    http_visitor.rows()
    return max(middle - begun, time.monotonic() - middle)
