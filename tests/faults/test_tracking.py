"""F16 to F21: faults while a task is polled."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.faults.fast_clock import let_time_pass
from tests.faults.faults import (
    bends,
    fails,
    is_cut,
    is_silent,
    resets,
    shows_a_page,
    with_fields,
)
from tests.faults.http_visitor import HttpVisitor, text_of
from tests.faults.page_visitor import Visitor
from tests.faults.phrases import REFUNDED, SLOW
from tests.faults.service import OWN_KEY, Endpoint, Fault, Service
from tests.support.full_run import cases
from tests.support.waiting import wait_until

QUERY = Endpoint.QUERY
DEAF: dict[str, Fault] = {
    "a reset": resets(handled=True),
    "silence": is_silent(handled=True),
    "half an answer": is_cut(),
    "500": fails(500, "internal error"),
    "503 page": shows_a_page(503),
}
WATCH_STATES = """() => { window.states = [];
  new MutationObserver((changes) => { for (const {target: {dataset: {state}}} of changes)
    if (state && window.states.at(-1) !== state) window.states.push(state);
  }).observe(document.body, {subtree: true, attributes: true, attributeFilter: ["data-state"]}) }"""


class TestPolls:
    """F16 to F18: a poll fails; the task does not."""

    @pytest.mark.parametrize("case", cases(DEAF, 1))
    def test_f16_a_slow_connection_is_said_and_goes_on(self, case: str, visitor: Visitor, service: Service) -> None:
        service.standing[QUERY] = DEAF[case]
        tile = visitor.submit(f"slow, {case}").says(SLOW).ends("processing")
        visitor.sees_nothing_raw()
        service.standing.clear()
        tile.shows()
        assert len(service.posts_of(f"slow, {case}")) == 1

    def test_f16_a_service_that_is_away_for_a_while(self, visitor: Visitor, service: Service) -> None:
        service.is_stalled = True
        tile = visitor.submit("service away").ends("processing")
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
        tile = visitor.submit("forgotten").ends("failed").says("no longer has this picture")
        assert len(service.polls_of("forgotten")) == 3
        assert 55 <= service.time.now() - begun <= 200
        tile.does_not_say("nothing was charged")
        assert len(service.posts_of("forgotten")) == 1
        visitor.can_go_on(service, "forgotten")

    @pytest.mark.full
    def test_f17_one_404_is_not_believed(self, visitor: Visitor, service: Service) -> None:
        service.next[QUERY] = [fails(404, "prediction not found"), fails(404, "prediction not found")]
        visitor.submit("remembered").shows()
        assert len(service.posts_of("remembered")) == 1

    @pytest.mark.full
    def test_f18_a_key_that_is_refused_pauses_the_task(self, visitor: Visitor, service: Service) -> None:
        service.standing[QUERY] = fails(401, "invalid api key")
        tile = visitor.submit("paused").says("key", "paused|isn't lost")
        button = tile.node.get_by_role("button", name="Check again")
        expect(button).to_be_enabled()
        visitor.sees_nothing_raw()
        polls = len(service.polls_of("paused"))
        let_time_pass()
        assert len(service.polls_of("paused")) == polls, "it goes on polling with a refused key"
        visitor.can_go_on(service, "paused")
        button.click()
        tile.shows()
        assert len(service.posts_of("paused")) == 1

    @pytest.mark.full
    def test_f18_a_visitors_key_that_is_refused_is_asked_for(
        self, http_visitor: HttpVisitor, service: Service
    ) -> None:
        service.is_stalled = True
        http_visitor.press("own key paused", http_visitor.use_key(OWN_KEY)["token"])
        http_visitor.row("own key paused", "processing")
        service.keys.discard(OWN_KEY)
        wait_until(lambda: http_visitor.row("own key paused", "processing")["can_look_again"])
        row = http_visitor.row("own key paused", "processing")
        assert re.search("your key was rejected.*enter your key", text_of(row), re.I)
        assert row["task"] == service.tasks_of("own key paused")[0].id
        polls = len(service.polls_of("own key paused"))
        let_time_pass()
        assert len(service.polls_of("own key paused")) == polls
        service.recover()
        http_visitor.use_key(OWN_KEY)
        http_visitor.row("own key paused", "completed")
        assert len(service.posts_of("own key paused")) == 1
        keys = {poll.headers["authorization"] for poll in service.polls_of("own key paused")}
        assert keys == {f"Bearer {OWN_KEY}"}


class TestEnds:
    """F19 to F21: the status that the service reports."""

    @pytest.mark.full
    def test_f19_an_unknown_or_backward_status_is_working(self, visitor: Visitor, service: Service) -> None:
        service.is_stalled = True
        visitor.page.evaluate(WATCH_STATES)
        words: list[Any] = ["processing", "dreaming", "created", "", None, 7, ["completed"], "finishing", "processing"]
        service.next[QUERY] = [with_fields(status=word) for word in words]
        tile = visitor.submit("backwards").ends("processing")
        wait_until(lambda: not service.next[QUERY])
        tile.ends("processing")
        service.finish_all()
        tile.shows()
        states = visitor.page.evaluate("window.states")
        assert states[-2:] == ["processing", "completed"], "it went back"
        assert set(states[:-2]) <= {"created"}
        assert len(service.posts_of("backwards")) == 1

    @pytest.mark.full
    def test_f19_the_first_end_stands(self, visitor: Visitor, service: Service) -> None:
        service.next[QUERY] = [with_fields(status="failed", error="out of paint")]
        tile = visitor.submit("first end").ends("failed").says("out of paint", REFUNDED)
        let_time_pass()
        tile.ends("failed")
        visitor.page.reload()
        visitor.tile("first end").ends("failed").says("out of paint")
        visitor.set_small_pictures()
        visitor.can_go_on(service, "first end")
        assert len(service.posts_of("first end")) == 1

    @pytest.mark.full
    def test_f19_a_task_that_changes_its_mind_after_its_end(self, visitor: Visitor, service: Service) -> None:
        service.standing[QUERY] = with_fields(status="processing", outputs=[])
        service.next[QUERY] = [with_fields(status="completed", outputs=[])]
        tile = visitor.submit("changed its mind").ends("failed")
        let_time_pass()
        tile.ends("failed").says("finished with(out a| no) picture")
        visitor.can_go_on(service, "changed its mind")

    @pytest.mark.parametrize("nothing", cases([[], None, "", {}], 1), ids=str)
    def test_f20_completed_without_a_picture(self, nothing: object, visitor: Visitor, service: Service) -> None:
        prompt = f"no picture {nothing}"
        ends: list[str] = []

        def emptied(data: dict[str, Any]) -> dict[str, Any]:
            ends.extend([data["status"]] if data["status"] == "completed" else [])
            return {**data, "outputs": nothing}

        service.standing[QUERY] = bends(emptied)
        tile = visitor.submit(prompt).ends("failed").says("finished with(out a| no) picture")
        assert len(ends) == 2, "one more query, and no other"
        (task,) = service.tasks_of(prompt)
        expect(tile.node).to_contain_text(task.id)
        assert len(service.posts_of(prompt)) == 1
        visitor.sees_nothing_raw()

    def test_f20_a_picture_that_comes_a_moment_late(self, visitor: Visitor, service: Service) -> None:
        service.is_stalled = True
        tile = visitor.submit("late picture").ends("processing")
        service.next[QUERY] = [with_fields(status="completed", outputs=[])]
        service.finish_all()
        tile.shows()
        visitor.can_go_on(service, "late picture")

    @pytest.mark.parametrize(
        ("status", "meaning"),
        cases(
            [
                ("failed", r"could(n.t| not) make"),
                ("cancelled", "canceled"),
                ("timeout", r"too long|timed out"),
                ("deleted", "deleted"),
            ],
            1,
        ),
    )
    def test_f21_an_end_without_a_word(self, status: str, meaning: str, visitor: Visitor, service: Service) -> None:
        service.standing[QUERY] = with_fields(status=status, error="")
        visitor.submit(f"ended {status}").ends("failed").says(meaning, REFUNDED)
        assert len(service.posts_of(f"ended {status}")) == 1
        visitor.can_go_on(service, f"ended {status}")
