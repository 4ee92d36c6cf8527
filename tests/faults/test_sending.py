"""F1 to F13: what can go wrong before a task exists."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from email.utils import format_datetime

import pytest
from playwright.sync_api import Browser, expect

from tests.faults.conftest import NewApp
from tests.faults.elsewhere import Elsewhere
from tests.faults.faults import (
    answers,
    bends,
    drips,
    fails,
    full_port,
    is_cut,
    is_silent,
    moves_to,
    resets,
    says,
    shows_a_page,
    with_fields,
)
from tests.faults.guest import Guest, says_of
from tests.faults.quick_process import QuickApp
from tests.faults.service import OWN_KEY, Endpoint, Exchange, Fault, Service
from tests.faults.visitor import Visitor
from tests.faults.waiting import given, until
from tests.faults.words import MAYBE_CHARGED, NOTHING_CHARGED, NOTHING_SENT, UNEXPECTED_PAGE
from tests.hosted_api import KEY

SUBMIT, LIST = Endpoint.SUBMIT, Endpoint.LIST
SENT_BUT_UNANSWERED: dict[str, Fault] = {
    "no answer": is_silent(handled=True),
    "a drip": drips(),
    "a reset": resets(handled=True),
    "half an answer": is_cut(),
    "500": says(500, "internal error", status=500, handled=True),
    "502 page": shows_a_page(502, handled=True),
    "503": says(503, status=503, handled=True),
    "504 page": shows_a_page(504, handled=True),
}


class TestNothingSent:
    """F1, F2: no connection."""

    @pytest.mark.parametrize("case", ["port closed", "name not found", "no answer to connecting"])
    def test_f01_no_connection(self, case: str, visitor: Visitor, service: Service, app: QuickApp) -> None:
        service.refuse()
        if case == "name not found":
            service.listen()
            app.knows({})
        if case == "no answer to connecting":
            with full_port(service.port):
                visitor.asks(case).ends("failed")
        else:
            visitor.asks(case).ends("failed")
        visitor.tile(case).says(NOTHING_SENT, NOTHING_CHARGED)
        assert service.posts_of(case) == []
        app.knows(app.usual_names)
        visitor.can_go_on(service, case)
        assert service.posts_of(case) == []

    def test_f01_a_service_that_comes_back_in_between_gets_one_post(self, visitor: Visitor, service: Service) -> None:
        service.refuse()
        with full_port(service.port):
            tile = visitor.asks("back in time")
            given(1.5)
        service.listen()
        tile.shows()
        assert len(service.posts_of("back in time")) == 1

    def test_f02_a_certificate_nobody_vouches_for(self, visitor: Visitor, service: Service) -> None:
        service.refuse()
        service.hellos = 0
        service.pose_as_somebody_else()
        tile = visitor.asks("impostor").ends("failed")
        tile.says(NOTHING_SENT, NOTHING_CHARGED, r"not even the key|key was not sent", r"certificate|who it is")
        given()
        assert service.hellos == 1, "it was tried again"
        assert service.arrived == []
        visitor.can_go_on(service, "impostor")


class TestUnknown:
    """F3: the request left and no usable answer came."""

    @pytest.mark.parametrize("case", SENT_BUT_UNANSWERED)
    def test_f03_one_task_fits_and_is_adopted(self, case: str, visitor: Visitor, service: Service) -> None:
        service.next[SUBMIT] = [SENT_BUT_UNANSWERED[case]]
        visitor.asks(case).shows()
        assert len(service.posts_of(case)) == len(service.tasks_of(case)) == 1
        assert service.count(LIST) >= 1
        visitor.can_go_on(service, case)
        assert len(service.posts_of(case)) == 1

    @pytest.mark.parametrize("fault", [resets(handled=False), shows_a_page(502)], ids=["reset", "502"])
    def test_f03_none_fits_and_the_person_chooses(self, fault: Fault, visitor: Visitor, service: Service) -> None:
        service.next[SUBMIT] = [fault]
        tile = visitor.asks("never arrived").ends("unknown").says(MAYBE_CHARGED, "not found")
        expect(tile.node.get_by_role("button", name="Look again")).to_be_enabled()
        assert service.count(LIST) == 2
        assert len(service.posts_of("never arrived")) == 1
        visitor.can_go_on(service, "never arrived")
        assert len(service.posts_of("never arrived")) == 1

    def test_f03_two_fit_and_neither_is_taken(self, visitor: Visitor, service: Service) -> None:
        async def makes_two(exchange: Exchange) -> None:
            exchange.handle()
            await resets(handled=True)(exchange)

        service.next[SUBMIT] = [makes_two]
        tile = visitor.asks("two of them").ends("unknown").says(MAYBE_CHARGED)
        until(lambda: service.count(LIST) == 2)
        given()
        tile.ends("unknown").says(MAYBE_CHARGED)
        expect(tile.node.get_by_role("button", name="Look again")).to_be_enabled()
        assert [task.queries for task in service.tasks_of("two of them")] == [0, 0]
        assert len(service.posts_of("two of them")) == 1
        visitor.can_go_on(service, "two of them")

    def test_f03_it_is_said_and_found_once_the_list_can_be_read(self, visitor: Visitor, service: Service) -> None:
        service.next[SUBMIT] = [resets(handled=True)]
        service.standing[LIST] = fails(500, "no list today")
        tile = visitor.asks("found later").ends("unknown").says(MAYBE_CHARGED)
        expect(tile.node.get_by_role("button", name="Look again")).to_be_enabled()
        visitor.sees_nothing_raw()
        tile.says("not found")
        service.standing.clear()
        tile.press("Look again")
        tile.shows()
        assert len(service.posts_of("found later")) == 1

    def test_f03_an_error_that_names_its_task_counts_as_accepted(self, visitor: Visitor, service: Service) -> None:
        async def late(exchange: Exchange) -> None:
            _, _, body = exchange.handle()
            told = {"code": 5004, "message": "timed out", "data": json.loads(body)["data"]}
            await answers(504, json.dumps(told).encode())(exchange)

        service.next[SUBMIT] = [late]
        visitor.asks("named in the error").shows()
        assert service.count(LIST) == 0
        assert len(service.posts_of("named in the error")) == 1


class TestRefused:
    """F4 to F8: the service says no."""

    @pytest.mark.parametrize(
        ("refusal", "field"),
        [
            (fails(400, "num_inference_steps is too high for <b>you</b>"), "num-inference-steps"),
            (fails(422, "guidance_scale must be lower for <b>you</b>"), "guidance-scale"),
            (says(1400, "negative_prompt is missing for <b>you</b>"), "negative-prompt"),
            (says(1401, "seed is out of range for <b>you</b>"), "seed"),
        ],
        ids=["400", "422", "1400", "1401"],
    )
    def test_f04_a_setting(self, refusal: Fault, field: str, visitor: Visitor, service: Service) -> None:
        service.next[SUBMIT] = [refusal]
        prompt = f"refused at {field}"
        visitor.asks(prompt).ends("failed").says(NOTHING_CHARGED)
        place = visitor.page.locator(f"#field-{field}")
        expect(place).to_contain_text(field.replace("-", "_"))
        expect(place).to_contain_text("<b>you</b>")
        expect(visitor.prompt).to_have_value(prompt)
        expect(visitor.number("Width")).to_have_value("256")
        assert len(service.posts_of(prompt)) == 1
        visitor.can_go_on(service, prompt)
        expect(place).not_to_contain_text("<b>you</b>")

    def test_f05_the_hosts_key(self, visitor: Visitor, service: Service) -> None:
        service.next[SUBMIT] = [fails(401, "invalid api key")]
        visitor.asks("401").ends("failed").says("key was not accepted", "your own key", NOTHING_CHARGED)
        assert len(service.posts_of("401")) == 1
        visitor.can_go_on(service, "401")

    def test_f05_a_visitors_key_is_forgotten(self, app: QuickApp, browser: Browser, service: Service) -> None:
        with browser.new_context() as context:
            visitor = Visitor(context.new_page(), app.url).open_for_small_pictures()
            visitor.brings_key(OWN_KEY)
            visitor.asks("own key").shows()
            service.keys.discard(OWN_KEY)
            tile = visitor.asks("own 401").ends("failed")
            tile.says("key was not accepted", r"top(ped)?[- ]?up", NOTHING_CHARGED)
            expect(visitor.key_box).to_be_visible()
            expect(visitor.key_box).to_have_value("")
            visitor.press_for("own 401 again")
            visitor.is_told("does not hold your key")
            asked = [service.posts_of(prompt) for prompt in ("own key", "own 401", "own 401 again")]
            assert [len(posts) for posts in asked] == [1, 1, 0]
            assert {post.headers["authorization"] for posts in asked for post in posts} == {f"Bearer {OWN_KEY}"}
            service.well()
            visitor.brings_key(OWN_KEY)
            visitor.can_go_on(service, "own 401")
            assert visitor.errors == []

    def test_f06_a_visitor_without_credit_tops_up(self, guest: Guest, service: Service) -> None:
        service.next[SUBMIT] = [fails(402, "payment required")]
        guest.press("own 402", guest.brings_key(OWN_KEY)["token"])
        said = says_of(guest.row("own 402", "failed"))
        assert re.search("no credit.*top it up", said, re.I)
        assert "host" not in said
        assert len(service.posts_of("own 402")) == 1

    @pytest.mark.parametrize(
        "refusal",
        [fails(402, "payment required"), says(400, "Insufficient credits")],
        ids=["402", "insufficient"],
    )
    def test_f06_no_credit(self, refusal: Fault, visitor: Visitor, service: Service) -> None:
        service.next[SUBMIT] = [refusal]
        tile = visitor.asks("no credit").ends("failed").says("credit", r"top .*up", NOTHING_CHARGED)
        tile.says(r"use (your|an) own key|your own key")
        assert len(service.posts_of("no credit")) == 1
        visitor.can_go_on(service, "no credit")

    @pytest.mark.parametrize(
        ("status", "meaning"),
        [(403, "key may not use this model"), (404, r"model.* any ?more|not .*this model any ?more")],
    )
    def test_f07_the_model(self, status: int, meaning: str, visitor: Visitor, service: Service) -> None:
        service.next[SUBMIT] = [fails(status, "no")]
        visitor.asks(f"model {status}").ends("failed").says(meaning, NOTHING_CHARGED)
        assert len(service.posts_of(f"model {status}")) == 1
        visitor.can_go_on(service, f"model {status}")

    @pytest.mark.parametrize("refusal", [fails(413), shows_a_page(413)], ids=["envelope", "page"])
    def test_f08_too_large(self, refusal: Fault, visitor: Visitor, service: Service) -> None:
        service.next[SUBMIT] = [refusal]
        visitor.asks("too large").ends("failed").says(r"too (large|big)|20 MB", NOTHING_CHARGED)
        assert len(service.posts_of("too large")) == 1
        visitor.can_go_on(service, "too large")


def http_date(moment: float) -> str:
    """Return a time as headers have it."""
    return format_datetime(datetime.fromtimestamp(moment, UTC), usegmt=True)


class TestBusy:
    """F9: the service turns a submit away for now."""

    @pytest.mark.parametrize("kind", ["seconds", "a date"])
    def test_f09_counts_down_and_is_accepted_once(self, kind: str, visitor: Visitor, service: Service) -> None:
        wait = "100" if kind == "seconds" else http_date(service.time.now() + 100)
        service.next[SUBMIT] = [fails(429, "slow down", retry_after=wait)]
        tile = visitor.asks(f"busy, {kind}").says(r"sending in \d+ s")
        expect(tile.node).to_have_attribute("data-state", "waiting")
        visitor.sees_nothing_raw()
        tile.shows()
        assert len(service.posts_of(f"busy, {kind}")) == 2
        assert len(service.tasks_of(f"busy, {kind}")) == 1
        visitor.can_go_on(service, f"busy, {kind}")

    @pytest.mark.parametrize("wait", [None, "", "soon", "-5", "nan", "inf"])
    def test_f09_a_wait_that_says_nothing_is_not_followed(
        self, wait: str | None, visitor: Visitor, service: Service
    ) -> None:
        service.next[SUBMIT] = [fails(429, "slow down", retry_after=wait)] * 2
        prompt = f"busy {wait}."
        visitor.asks(prompt).shows()
        assert len(service.posts_of(prompt)) == 3
        assert len(service.tasks_of(prompt)) == 1

    def test_f09_keeps_its_place_in_line(self, visitor: Visitor, service: Service) -> None:
        service.standing[SUBMIT] = fails(429, "slow down", retry_after="110")
        names = ["first in line", "second in line", "third in line"]
        for name in names:
            visitor.asks(name)
        visitor.tile(names[2]).says(r"in line, 2 before it")
        service.standing.clear()
        for name in names:
            visitor.tile(name).shows()
        made = [task.body["prompt"] for task in service.tasks.values()][-3:]
        assert made[0] == names[0], "the first in line was overtaken"
        assert [len(service.tasks_of(name)) for name in names] == [1, 1, 1]
        visitor.can_go_on(service, "in line")

    def test_f09_too_long_a_wait_is_not_waited_for(self, visitor: Visitor, service: Service) -> None:
        service.next[SUBMIT] = [fails(429, "come back later", retry_after="7200")]
        visitor.asks("hours").ends("failed").says(r"\d\d:\d\d", NOTHING_CHARGED)
        given()
        assert len(service.posts_of("hours")) == 1
        visitor.can_go_on(service, "hours")

    def test_f09_can_be_taken_back(self, visitor: Visitor, service: Service) -> None:
        service.standing[SUBMIT] = fails(429, "slow down", retry_after="90")
        tile = visitor.asks("changed my mind").says(r"sending in \d+ s")
        tile.press("Take back")
        tile.ends("stopped").says(NOTHING_CHARGED)
        service.standing.clear()
        given(4)
        assert len(service.posts_of("changed my mind")) == 1
        assert service.tasks_of("changed my mind") == []
        visitor.can_go_on(service, "changed my mind")


class TestStrangeAnswers:
    """F10 to F12: an answer, but not the API's."""

    def test_f10_a_page_in_place_of_the_api(self, visitor: Visitor, service: Service) -> None:
        service.next[SUBMIT] = [shows_a_page(200, handled=True)]
        service.next[LIST] = [shows_a_page(200)]
        tile = visitor.asks("sign in").ends("unknown").says(UNEXPECTED_PAGE, MAYBE_CHARGED)
        visitor.sees_nothing_raw()
        tile.shows()
        assert len(service.posts_of("sign in")) == 1
        visitor.can_go_on(service, "sign in")

    def test_f10_a_page_in_place_of_a_task(self, visitor: Visitor, service: Service) -> None:
        service.standing[Endpoint.QUERY] = shows_a_page(200)
        tile = visitor.asks("sign in again").says(UNEXPECTED_PAGE)
        visitor.sees_nothing_raw()
        service.standing.clear()
        tile.shows()
        assert len(service.posts_of("sign in again")) == 1

    @pytest.mark.parametrize(
        ("code", "meaning"),
        [
            (401, "key was not accepted"),
            (402, "credit"),
            (403, "may not use this model"),
            (1200, "prompt"),
            (1402, "could not be fetched"),
        ],
    )
    def test_f11_an_error_inside_a_200(self, code: int, meaning: str, visitor: Visitor, service: Service) -> None:
        service.next[SUBMIT] = [says(code, "no")]
        visitor.asks(f"200 with {code}").ends("failed").says(meaning, NOTHING_CHARGED)
        assert len(service.posts_of(f"200 with {code}")) == 1
        visitor.can_go_on(service, f"200 with {code}")

    @pytest.mark.parametrize(
        "data",
        [
            None,
            {},
            [],
            "done",
            {"id": None},
            {"id": {"id": 1}},
            {"id": "../../balance"},
            {"id": "x" * 129},
            {"id": "a b"},
        ],
        ids=str,
    )
    def test_f11_a_200_without_a_task(self, data: object, visitor: Visitor, service: Service) -> None:
        service.next[SUBMIT] = [bends(lambda _: data)]
        prompt = f"data {str(data)[:30]}"
        visitor.asks(prompt).shows()
        assert len(service.posts_of(prompt)) == len(service.tasks_of(prompt)) == 1
        assert service.count(LIST) >= 1
        visitor.sees_nothing_raw()

    def test_f11_a_task_in_wrong_types_is_a_task(self, visitor: Visitor, service: Service) -> None:
        odd = {"status": 7, "urls": "none", "outputs": {"a": 1}, "created_at": [], "error": 3, "timings": "fast"}
        service.next[SUBMIT] = [with_fields(**odd)]
        service.next[Endpoint.QUERY] = [with_fields(**odd), bends(lambda _: None), answers(200, b"[[[[")]
        visitor.asks("wrong types").shows()
        assert len(service.posts_of("wrong types")) == 1
        visitor.can_go_on(service, "wrong types")

    @pytest.mark.parametrize("status", [302, 307])
    def test_f12_a_redirect_is_not_followed(self, status: int, visitor: Visitor, service: Service) -> None:
        prompt = f"moved {status}"
        with Elsewhere() as elsewhere:
            there = f"http://127.0.0.1:{elsewhere.port}/api/v3/x"
            service.next[SUBMIT] = [moves_to(there, status, handled=True)]
            service.next[LIST] = [moves_to(there, status)]
            service.next[Endpoint.QUERY] = [moves_to(there, status), moves_to(there, status)]
            visitor.asks(prompt).shows()
            assert elsewhere.visits == []
        assert len(service.posts_of(prompt)) == 1
        visitor.sees_nothing_raw()


class TestKeys:
    """F13: a key as people paste it."""

    def test_f13_blanks_and_bearer_are_taken_off(self, visitor: Visitor, service: Service) -> None:
        visitor.asks("trimmed").shows()
        (post,) = service.posts_of("trimmed")
        assert post.headers["authorization"] == f"Bearer {KEY}"

    @pytest.mark.parametrize("text", [f"  {OWN_KEY}\n", f"Bearer {OWN_KEY}", f"\tBearer  {OWN_KEY} "])
    def test_f13_a_visitors_key_is_trimmed_too(self, text: str, guest: Guest, service: Service) -> None:
        guest.press("with my key", guest.brings_key(text)["token"])
        guest.row("with my key", "completed")
        (post,) = service.posts_of("with my key")
        assert post.headers["authorization"] == f"Bearer {OWN_KEY}"

    @pytest.mark.parametrize(
        "text", ["wsk secret", "wsk-\nsecret", "wsk-gehéim-secret", "", None, 7, ["k"], "k" * 500]
    )
    def test_f13_what_is_no_key_is_not_sent(self, text: object, guest: Guest, service: Service) -> None:
        assert "refused" in (answer := guest.brings_key(text))
        assert "secret" not in str(answer)
        assert service.arrived == []

    @pytest.mark.parametrize("key", ["wsk secret", "wsk-\nsecret", "wsk-gehéim-secret"])
    def test_f13_a_key_that_is_none_is_refused_and_not_printed(
        self, key: str, new_app: NewApp, service: Service
    ) -> None:
        said = new_app(WAVESPEED_API_KEY=key).fails()
        assert "WAVESPEED_API_KEY" in said
        assert "secret" not in said
        assert "Traceback" not in said
        assert service.arrived == []
