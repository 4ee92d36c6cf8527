"""F09 to F13: a busy service, invalid responses, and invalid keys."""

from __future__ import annotations

from datetime import UTC, datetime
from email.utils import format_datetime

import pytest
from playwright.sync_api import expect

from tests.faults.conftest import NewApp
from tests.faults.fast_clock import let_time_pass
from tests.faults.faults import answers, bends, fails, is_silent, moves_to, says, shows_a_page, with_fields
from tests.faults.http_visitor import HttpVisitor
from tests.faults.other_server import OtherServer
from tests.faults.page_visitor import Visitor
from tests.faults.phrases import MAYBE_CHARGED, NOTHING_CHARGED, UNEXPECTED_PAGE
from tests.faults.service import OWN_KEY, Endpoint, Service
from tests.support.full_run import cases
from tests.support.v3_service import KEY
from tests.support.waiting import wait_until

SUBMIT, LIST = Endpoint.SUBMIT, Endpoint.LIST


def http_date(moment: float) -> str:
    """Return Unix seconds as an HTTP date."""
    return format_datetime(datetime.fromtimestamp(moment, UTC), usegmt=True)


class TestBusy:
    """F9: the service rejects a submit with 429."""

    @pytest.mark.parametrize("kind", cases(["seconds", "a date"], 1))
    def test_f09_counts_down_and_is_accepted_once(self, kind: str, visitor: Visitor, service: Service) -> None:
        wait = "100" if kind == "seconds" else http_date(service.time.now() + 100)
        service.next[SUBMIT] = [fails(429, "slow down", retry_after=wait)]
        tile = visitor.submit(f"busy, {kind}").says(r"sending in \d+ s")
        expect(tile.node).to_have_attribute("data-state", "waiting")
        visitor.sees_nothing_raw()
        tile.shows()
        assert len(service.posts_of(f"busy, {kind}")) == 2
        assert len(service.tasks_of(f"busy, {kind}")) == 1
        visitor.can_go_on(service, f"busy, {kind}")

    @pytest.mark.parametrize("wait", cases([None, "soon", "", "-5", "nan", "inf"], 1))
    def test_f09_a_wait_that_says_nothing_is_not_followed(
        self, wait: str | None, visitor: Visitor, service: Service
    ) -> None:
        service.next[SUBMIT] = [fails(429, "slow down", retry_after=wait)] * 2
        prompt = f"busy {wait}."
        visitor.submit(prompt).shows()
        assert len(service.posts_of(prompt)) == 3
        assert len(service.tasks_of(prompt)) == 1

    @pytest.mark.full
    def test_f09_keeps_its_place_in_line(self, visitor: Visitor, service: Service) -> None:
        service.standing[SUBMIT] = fails(429, "slow down", retry_after="110")
        names = ["first in line", "second in line", "third in line"]
        for name in names:
            visitor.submit(name)
        visitor.tile(names[2]).says(r"queued, 2 ahead")
        service.standing.clear()
        for name in names:
            visitor.tile(name).shows()
        made = [task.body["prompt"] for task in service.tasks.values()][-3:]
        assert made[0] == names[0], "the first in line was overtaken"
        assert [len(service.tasks_of(name)) for name in names] == [1, 1, 1]
        visitor.can_go_on(service, "in line")

    @pytest.mark.full
    def test_f09_too_long_a_wait_is_not_waited_for(self, visitor: Visitor, service: Service) -> None:
        service.next[SUBMIT] = [fails(429, "come back later", retry_after="7200")]
        visitor.submit("hours").ends("failed").says(r"\d:\d\d [AP]M", NOTHING_CHARGED)
        let_time_pass()
        assert len(service.posts_of("hours")) == 1
        visitor.can_go_on(service, "hours")

    @pytest.mark.full
    def test_f09_can_be_taken_back(self, visitor: Visitor, service: Service) -> None:
        service.standing[SUBMIT] = fails(429, "slow down", retry_after="90")
        tile = visitor.submit("changed my mind").says(r"sending in \d+ s")
        tile.press("Cancel")
        tile.ends("stopped").says(NOTHING_CHARGED)
        service.standing.clear()
        let_time_pass(4)
        assert len(service.posts_of("changed my mind")) == 1
        assert service.tasks_of("changed my mind") == []
        visitor.can_go_on(service, "changed my mind")


class TestStrangeAnswers:
    """F10 to F12: a response, but not the API's."""

    @pytest.mark.parametrize("status", cases([401, 404, 200], 1))
    def test_f10_a_page_in_place_of_the_api(self, status: int, visitor: Visitor, service: Service) -> None:
        prompt = f"page {status}"
        service.next[SUBMIT] = [shows_a_page(status, handled=True)]
        service.next[LIST] = [is_silent(handled=False)]  # the message stays until the search for the task ends
        tile = visitor.submit(prompt).ends("unknown").says(UNEXPECTED_PAGE, MAYBE_CHARGED)
        visitor.sees_nothing_raw()
        tile.does_not_say("key").shows()
        assert len(service.posts_of(prompt)) == 1
        visitor.can_go_on(service, prompt)

    @pytest.mark.full
    @pytest.mark.parametrize("status", cases([401, 404, 200], 1))
    def test_f10_a_page_in_place_of_a_task(self, status: int, visitor: Visitor, service: Service) -> None:
        prompt = f"page {status} again"
        service.standing[Endpoint.QUERY] = shows_a_page(status)
        tile = visitor.submit(prompt).says(UNEXPECTED_PAGE)
        wait_until(lambda: len(service.polls_of(prompt)) > 5)
        tile.ends("processing").says(UNEXPECTED_PAGE)
        visitor.sees_nothing_raw()
        service.standing.clear()
        tile.shows()
        assert len(service.posts_of(prompt)) == 1

    def test_f10_pages_do_not_cost_a_visitor_the_key(self, http_visitor: HttpVisitor, service: Service) -> None:
        token = http_visitor.use_key(OWN_KEY)["token"]
        service.next[SUBMIT] = [shows_a_page(401, handled=True)]
        service.next[Endpoint.QUERY] = [shows_a_page(401)] * 3
        http_visitor.press("own key and pages", token)
        http_visitor.row("own key and pages", "completed")
        assert len(service.posts_of("own key and pages")) == 1
        http_visitor.press("own key still there", token)
        http_visitor.row("own key still there", "completed")

    @pytest.mark.parametrize(
        ("code", "meaning"),
        [(1200, "prompt"), (1402, "couldn't open")],
    )
    def test_f11_an_error_inside_a_200(self, code: int, meaning: str, visitor: Visitor, service: Service) -> None:
        service.next[SUBMIT] = [says(code, "no")]
        visitor.submit(f"200 with {code}").ends("failed").says(meaning, NOTHING_CHARGED)
        assert len(service.posts_of(f"200 with {code}")) == 1
        visitor.can_go_on(service, f"200 with {code}")

    @pytest.mark.full
    @pytest.mark.parametrize(("code", "meaning"), [(401, "owner's key"), (402, "add credit"), (403, "model")])
    def test_f11_the_host_s_account_refused_inside_a_200(
        self, code: int, meaning: str, visitor: Visitor, service: Service
    ) -> None:
        service.next[SUBMIT] = [says(code, "no")]
        visitor.is_refused_by_the_page(f"200 with {code}", meaning)
        assert len(service.posts_of(f"200 with {code}")) == 1
        visitor.can_go_on(service, f"200 with {code}")

    @pytest.mark.parametrize(
        "data",
        cases(
            [
                None,
                {"id": "../../balance"},
                {},
                [],
                "done",
                {"id": None},
                {"id": {"id": 1}},
                {"id": "x" * 129},
                {"id": "a b"},
            ],
            2,
        ),
        ids=str,
    )
    def test_f11_a_200_without_a_task(self, data: object, visitor: Visitor, service: Service) -> None:
        service.next[SUBMIT] = [bends(lambda _: data)]
        prompt = f"data {str(data)[:30]}"
        visitor.submit(prompt).shows()
        assert len(service.posts_of(prompt)) == len(service.tasks_of(prompt)) == 1
        assert service.count(LIST) >= 1
        visitor.sees_nothing_raw()

    @pytest.mark.full
    def test_f11_a_task_in_wrong_types_is_a_task(self, visitor: Visitor, service: Service) -> None:
        odd = {"status": 7, "urls": "none", "outputs": {"a": 1}, "created_at": [], "error": 3, "timings": "fast"}
        service.next[SUBMIT] = [with_fields(**odd)]
        service.next[Endpoint.QUERY] = [with_fields(**odd), bends(lambda _: None), answers(200, b"[[[[")]
        visitor.submit("wrong types").shows()
        assert len(service.posts_of("wrong types")) == 1
        visitor.can_go_on(service, "wrong types")

    @pytest.mark.full
    @pytest.mark.parametrize("status", cases([307, 302], 1))
    def test_f12_a_redirect_is_not_followed(self, status: int, visitor: Visitor, service: Service) -> None:
        prompt = f"moved {status}"
        with OtherServer() as other:
            there = f"http://127.0.0.1:{other.port}/api/v3/x"
            service.next[SUBMIT] = [moves_to(there, status, handled=True)]
            service.next[LIST] = [moves_to(there, status)]
            service.next[Endpoint.QUERY] = [moves_to(there, status), moves_to(there, status)]
            visitor.submit(prompt).shows()
            assert other.visits == []
        assert len(service.posts_of(prompt)) == 1
        visitor.sees_nothing_raw()


class TestKeys:
    """F13: keys as they are pasted."""

    @pytest.mark.full
    def test_f13_blanks_and_bearer_are_taken_off(self, visitor: Visitor, service: Service) -> None:
        visitor.submit("trimmed").shows()
        (post,) = service.posts_of("trimmed")
        assert post.headers["authorization"] == f"Bearer {KEY}"

    @pytest.mark.parametrize("text", cases([f"\tBearer  {OWN_KEY} ", f"  {OWN_KEY}\n", f"Bearer {OWN_KEY}"], 1))
    def test_f13_a_visitors_key_is_trimmed_too(self, text: str, http_visitor: HttpVisitor, service: Service) -> None:
        http_visitor.press("with my key", http_visitor.use_key(text)["token"])
        http_visitor.row("with my key", "completed")
        (post,) = service.posts_of("with my key")
        assert post.headers["authorization"] == f"Bearer {OWN_KEY}"

    @pytest.mark.parametrize(
        "text", ["wsk secret", "wsk-\nsecret", "wsk-gehéim-secret", "", None, 7, ["k"], "k" * 500]
    )
    def test_f13_what_is_no_key_is_not_sent(self, text: object, http_visitor: HttpVisitor, service: Service) -> None:
        assert "refused" in (answer := http_visitor.use_key(text))
        assert "secret" not in str(answer)
        # The bill of an earlier test's picture may be read meanwhile, with that one's key.
        assert [one for one in service.arrived if not one.path.endswith("/billings/search")] == []

    @pytest.mark.full
    @pytest.mark.parametrize("key", cases(["wsk secret", "wsk-\nsecret", "wsk-gehéim-secret"], 1))
    def test_f13_a_key_that_is_none_is_refused_and_not_printed(
        self, key: str, new_app: NewApp, service: Service
    ) -> None:
        log = new_app(WAVESPEED_API_KEY=key).fails()
        assert "WAVESPEED_API_KEY" in log
        assert "secret" not in log
        assert "Traceback" not in log
        assert service.arrived == []
