"""F16 to F21: what can go wrong while a task is on its way."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.faults.faults import (
    bends,
    fails,
    is_cut,
    is_silent,
    resets,
    shows_a_page,
    with_fields,
)
from tests.faults.guest import Guest, says_of
from tests.faults.service import OWN_KEY, Endpoint, Fault, Service
from tests.faults.visitor import Visitor
from tests.faults.waiting import given, until
from tests.faults.words import REFUNDED, SLOW

QUERY = Endpoint.QUERY
DEAF: dict[str, Fault] = {
    "silence": is_silent(handled=True),
    "a reset": resets(handled=True),
    "half an answer": is_cut(),
    "500": fails(500, "internal error"),
    "503 page": shows_a_page(503),
}
WATCH_STATES = """() => { window.states = [];
  new MutationObserver((changes) => { for (const {target: {dataset: {state}}} of changes)
    if (state && window.states.at(-1) !== state) window.states.push(state);
  }).observe(document.body, {subtree: true, attributes: true, attributeFilter: ["data-state"]}) }"""


class TestLooks:
    """F16 to F18: a look fails; the task does not."""

    @pytest.mark.parametrize("case", DEAF)
    def test_f16_a_slow_connection_is_said_and_goes_on(self, case: str, visitor: Visitor, service: Service) -> None:
        service.standing[QUERY] = DEAF[case]
        tile = visitor.asks(f"slow, {case}").says(SLOW).ends("processing")
        visitor.sees_nothing_raw()
        service.standing.clear()
        tile.shows()
        assert len(service.posts_of(f"slow, {case}")) == 1

    def test_f16_a_service_that_is_away_for_a_while(self, visitor: Visitor, service: Service) -> None:
        service.held = True
        tile = visitor.asks("service away").ends("processing")
        service.refuse()
        tile.says(SLOW)
        service.listen()
        tile.ends("processing")
        visitor.can_go_on(service, "service away")
        tile.shows()
        assert len(service.posts_of("service away")) == 1

    def test_f17_a_task_the_service_forgot(self, visitor: Visitor, service: Service) -> None:
        service.standing[QUERY] = fails(404, "prediction not found")
        begun = service.time.now()
        tile = visitor.asks("forgotten").ends("failed").says("no longer (on|at) the (server|service)")
        assert len(service.looks_at("forgotten")) == 3
        assert 55 <= service.time.now() - begun <= 200
        tile.does_not_say("nothing was charged")
        assert len(service.posts_of("forgotten")) == 1
        visitor.can_go_on(service, "forgotten")

    def test_f17_one_404_is_not_believed(self, visitor: Visitor, service: Service) -> None:
        service.next[QUERY] = [fails(404, "prediction not found"), fails(404, "prediction not found")]
        visitor.asks("remembered").shows()
        assert len(service.posts_of("remembered")) == 1

    def test_f18_a_key_that_is_refused_pauses_the_task(self, visitor: Visitor, service: Service) -> None:
        service.standing[QUERY] = fails(401, "invalid api key")
        tile = visitor.asks("paused").says("key", "paused|not followed|not lost")
        look = tile.node.get_by_role("button", name="Look again")
        expect(look).to_be_enabled()
        visitor.sees_nothing_raw()
        looks = len(service.looks_at("paused"))
        given()
        assert len(service.looks_at("paused")) == looks, "it goes on asking with a refused key"
        visitor.can_go_on(service, "paused")
        look.click()
        tile.shows()
        assert len(service.posts_of("paused")) == 1

    def test_f18_a_visitors_key_that_is_refused_is_asked_for(self, guest: Guest, service: Service) -> None:
        service.held = True
        guest.press("own key paused", guest.brings_key(OWN_KEY)["token"])
        guest.row("own key paused", "processing")
        service.keys.discard(OWN_KEY)
        until(lambda: guest.row("own key paused", "processing")["can_look_again"])
        row = guest.row("own key paused", "processing")
        assert re.search("your key was not accepted.*enter your key", says_of(row), re.I)
        assert row["task"] == service.tasks_of("own key paused")[0].id
        looks = len(service.looks_at("own key paused"))
        given()
        assert len(service.looks_at("own key paused")) == looks
        service.well()
        guest.brings_key(OWN_KEY)
        guest.row("own key paused", "completed")
        assert len(service.posts_of("own key paused")) == 1
        keys = {look.headers["authorization"] for look in service.looks_at("own key paused")}
        assert keys == {f"Bearer {OWN_KEY}"}


class TestEnds:
    """F19 to F21: what the service says of a task."""

    def test_f19_an_unknown_or_backward_status_is_working(self, visitor: Visitor, service: Service) -> None:
        service.held = True
        visitor.page.evaluate(WATCH_STATES)
        words: list[Any] = ["processing", "dreaming", "created", "", None, 7, ["completed"], "COMPLETED", "processing"]
        service.next[QUERY] = [with_fields(status=word) for word in words]
        tile = visitor.asks("backwards").ends("processing")
        until(lambda: not service.next[QUERY])
        tile.ends("processing")
        service.finish_all()
        tile.shows()
        states = visitor.page.evaluate("window.states")
        assert states[-2:] == ["processing", "completed"], "it went back"
        assert set(states[:-2]) <= {"created"}
        assert len(service.posts_of("backwards")) == 1

    def test_f19_the_first_end_stands(self, visitor: Visitor, service: Service) -> None:
        service.next[QUERY] = [with_fields(status="failed", error="out of paint")]
        tile = visitor.asks("first end").ends("failed").says("out of paint", REFUNDED)
        given()
        tile.ends("failed")
        visitor.page.reload()
        visitor.tile("first end").ends("failed").says("out of paint")
        visitor.set_small_pictures()
        visitor.can_go_on(service, "first end")
        assert len(service.posts_of("first end")) == 1

    def test_f19_a_task_that_changes_its_mind_after_its_end(self, visitor: Visitor, service: Service) -> None:
        service.standing[QUERY] = with_fields(status="processing", outputs=[])
        service.next[QUERY] = [with_fields(status="completed", outputs=[])]
        tile = visitor.asks("changed its mind").ends("failed")
        given()
        tile.ends("failed").says("finished with(out a| no) picture")
        visitor.can_go_on(service, "changed its mind")

    @pytest.mark.parametrize("nothing", [[], None, "", {}], ids=str)
    def test_f20_completed_without_a_picture(self, nothing: object, visitor: Visitor, service: Service) -> None:
        prompt = f"no picture {nothing}"
        ends: list[str] = []

        def emptied(data: dict[str, Any]) -> dict[str, Any]:
            ends.extend([data["status"]] if data["status"] == "completed" else [])
            return {**data, "outputs": nothing}

        service.standing[QUERY] = bends(emptied)
        tile = visitor.asks(prompt).ends("failed").says("finished with(out a| no) picture")
        assert len(ends) == 2, "one more query, and no other"
        (task,) = service.tasks_of(prompt)
        expect(tile.node).to_contain_text(task.id)
        assert len(service.posts_of(prompt)) == 1
        visitor.sees_nothing_raw()

    def test_f20_a_picture_that_comes_a_moment_late(self, visitor: Visitor, service: Service) -> None:
        service.held = True
        tile = visitor.asks("late picture").ends("processing")
        service.next[QUERY] = [with_fields(status="completed", outputs=[])]
        service.finish_all()
        tile.shows()
        visitor.can_go_on(service, "late picture")

    @pytest.mark.parametrize(
        ("status", "meaning"),
        [
            ("failed", r"could not (make|be made)"),
            ("cancelled", "cancelled"),
            ("timeout", r"too long|timed out"),
            ("deleted", "deleted"),
        ],
    )
    def test_f21_an_end_without_a_word(self, status: str, meaning: str, visitor: Visitor, service: Service) -> None:
        service.standing[QUERY] = with_fields(status=status, error="")
        visitor.asks(f"ended {status}").ends("failed").says(meaning, REFUNDED)
        assert len(service.posts_of(f"ended {status}")) == 1
        visitor.can_go_on(service, f"ended {status}")
