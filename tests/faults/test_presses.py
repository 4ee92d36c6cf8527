"""F14, F15: presses that are one, and presses that are many."""

from __future__ import annotations

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack

import pytest
from playwright.sync_api import expect

from tests.faults.faults import is_silent
from tests.faults.guest import Guest, says_of
from tests.faults.quick_process import QuickApp
from tests.faults.quick_time import QuickTime
from tests.faults.service import Endpoint, Service
from tests.faults.visitor import Visitor
from tests.faults.waiting import given, until

GUESTS, EACH = 25, 8


def press(way: str, visitor: Visitor) -> None:
    """Press Generate as people should not."""
    button = visitor.generate_button
    if way.endswith("at once"):
        button.click(click_count=2 if way.startswith("twice") else 3)
    elif way == "key held":
        button.focus()
        for _ in range(5):
            visitor.page.keyboard.down("Enter")
            visitor.page.wait_for_timeout(60)
        visitor.page.keyboard.up("Enter")
    else:
        button.evaluate("button => { button.click(); setTimeout(() => button.click(), 200) }")


class TestOnePress:
    """F14: however a press is made, it is one task."""

    @pytest.mark.parametrize("way", ["twice at once", "thrice at once", "key held", "twice within 400 ms"])
    def test_f14_is_one_task(self, way: str, visitor: Visitor, service: Service) -> None:
        service.held = True
        visitor.prompt.fill(way)
        with visitor.a_press():
            press(way, visitor)
        until(lambda: service.tasks_of(way))
        given(0.5)
        expect(visitor.tiles_of(way)).to_have_count(1)
        assert len(service.posts_of(way)) == 1
        service.finish_all()
        visitor.tile(way).shows()

    def test_f14_two_presses_a_second_apart_are_two(self, visitor: Visitor, service: Service) -> None:
        visitor.asks("a second apart")
        visitor.page.wait_for_timeout(1000)
        with visitor.a_press():
            visitor.generate_button.click()
        expect(visitor.tiles_of("a second apart")).to_have_count(2)
        until(lambda: len(service.tasks_of("a second apart")) == 2)
        assert len(service.posts_of("a second apart")) == 2

    def test_f14_a_replayed_event_starts_nothing(self, visitor: Visitor, service: Service) -> None:
        with visitor.page.expect_request("**/gradio_api/queue/join*") as sent:
            visitor.asks("replayed").shows()
        for _ in range(3):
            headers = {"content-type": "application/json"}
            visitor.page.request.post(sent.value.url, data=sent.value.post_data, headers=headers)
        given(0.5)
        expect(visitor.tiles_of("replayed")).to_have_count(1)
        assert len(service.posts_of("replayed")) == 1

    def test_f14_a_press_while_the_last_one_has_no_answer(self, visitor: Visitor, service: Service) -> None:
        service.next[Endpoint.SUBMIT] = [is_silent(handled=True)]
        first = visitor.asks("unanswered press")
        visitor.asks("next press").shows()
        first.shows()
        assert [len(service.posts_of(name)) for name in ("unanswered press", "next press")] == [1, 1]


@pytest.fixture
def crowded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Service, QuickApp]]:
    """A service with few places and an app with its usual caps, in real time."""
    service = Service(QuickTime.from_now(1.0))
    service.start()
    service.held, service.at_once = True, 10
    caps = {"PLAYGROUND_JOBS": str(GUESTS * EACH), "PLAYGROUND_JOBS_PER_VISITOR": str(EACH)}
    app = QuickApp(tmp_path_factory.mktemp("crowded"), service, **caps).start()
    yield service, app
    app.kill()
    service.stop()


@pytest.fixture
def guests(crowded: tuple[Service, QuickApp]) -> Iterator[list[Guest]]:
    """A crowd, and one more."""
    with ExitStack() as stack:
        yield [stack.enter_context(Guest(crowded[1].url)) for _ in range(GUESTS + 1)]


def test_f15_two_hundred_tasks_of_25_visitors(crowded: tuple[Service, QuickApp], guests: list[Guest]) -> None:
    service, (latecomer, *guests) = crowded[0], guests
    for guest in guests:
        guest.rows()  # as every page asks before it is pressed

    def press_twice(guest: Guest) -> None:
        for number in range(2):
            assert guest.press(f"crowd {number}", pictures=EACH // 2)["notice"] is None

    with ThreadPoolExecutor(GUESTS) as crowd:
        list(crowd.map(press_twice, guests))
    assert "Too many people" in says_of(latecomer.press("too late")["notice"])
    assert "At most 8" in says_of(guests[0].press("one more")["notice"])
    answers = [timed(guest) for guest in [*guests, *guests]]
    assert sorted(answers)[-2] < 1.0, "the page does not answer within a second"
    until(lambda: len(places(guests)) >= GUESTS * EACH - len(service.tasks) - 1)  # one may be trying just now
    assert len(service.tasks) == 10
    # The first in line tries again and again, and has no place while it does: there are moments without a 0.
    until(lambda: set(range(150)) <= set(places(guests)), "somebody is not told where they stand")


def places(guests: list[Guest]) -> list[int]:
    """Return the places in line that the tiles tell."""
    rows = [row for guest in guests for row in guest.rows()]
    assert len(rows) == GUESTS * EACH
    return [row["position"] for row in rows if row["state"] == "waiting" and row["position"] is not None]


def timed(guest: Guest) -> float:
    """Return how long the page and a board take to answer, in seconds."""
    begun = time.monotonic()
    assert guest.http.get("/").status_code == 200
    middle = time.monotonic()
    guest.rows()
    return max(middle - begun, time.monotonic() - middle)
