"""F01 to F08: submits without a connection, refused, or without a response."""

from __future__ import annotations

import json
import re
from contextlib import nullcontext

import pytest
from playwright.sync_api import Browser, Route, expect

from components.jobs.lost_submits import SEARCH_AFTER
from tests.faults.fast_app_process import FastApp
from tests.faults.fast_clock import SPEED, let_time_pass
from tests.faults.faults import answers, drips, fails, full_port, is_cut, is_silent, resets, says, shows_a_page
from tests.faults.http_visitor import HttpVisitor, text_of
from tests.faults.page_visitor import TIMEOUT, Visitor
from tests.faults.phrases import MAYBE_CHARGED, NOTHING_CHARGED, NOTHING_SENT
from tests.faults.service import OWN_KEY, Endpoint, Exchange, Fault, Service
from tests.support.full_run import cases
from tests.support.waiting import wait_until

SUBMIT, LIST = Endpoint.SUBMIT, Endpoint.LIST
CALLS = re.compile("/component_server/")
DECIDED = 1000 * SEARCH_AFTER[-1] / SPEED + TIMEOUT
"""Milliseconds in which a lost submit is decided when nothing was found."""
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

    @pytest.mark.parametrize("case", cases(["port closed", "name not found", "no answer to connecting"], 1))
    def test_f01_no_connection(self, case: str, visitor: Visitor, service: Service, app: FastApp) -> None:
        with visitor.unaware():
            service.refuse()
            if case == "name not found":
                app.set_names({})  # first: a connection that is open needs no name
                service.listen()
            with full_port(service.port) if case == "no answer to connecting" else nullcontext():
                visitor.is_said_to_be_unsent(case, NOTHING_SENT)
        assert service.posts_of(case) == []
        app.set_names(app.usual_names)
        visitor.can_go_on(service, case)
        assert service.posts_of(case) == []

    @pytest.mark.full
    def test_f01_a_service_that_comes_back_in_between_gets_one_post(self, visitor: Visitor, service: Service) -> None:
        visitor.submit("just before").shows()  # so that price and balance are known
        with visitor.unaware():
            service.refuse()
            with full_port(service.port):
                visitor.press_for("back in time")
                let_time_pass(1.5)
        service.listen()
        visitor.tile("back in time").shows()
        assert len(service.posts_of("back in time")) == 1

    def test_f02_a_certificate_nobody_vouches_for(self, visitor: Visitor, service: Service) -> None:
        with visitor.unaware():
            service.refuse()
            service.hellos, before = 0, [*service.arrived]
            service.listen_as_impostor()
            visitor.is_said_to_be_unsent("impostor", NOTHING_SENT, r"not even the key", r"identity")
            let_time_pass()
            assert service.hellos == 1, "it was tried again"
        assert service.arrived == before
        visitor.can_go_on(service, "impostor")


class TestUnknown:
    """F3: the request was sent and no usable response came."""

    def test_f03_an_error_that_names_its_task_counts_as_accepted(self, visitor: Visitor, service: Service) -> None:
        async def late(exchange: Exchange) -> None:
            _, _, body = exchange.handle()
            envelope = {"code": 5004, "message": "timed out", "data": json.loads(body)["data"]}
            await answers(504, json.dumps(envelope).encode())(exchange)

        service.next[SUBMIT] = [late]
        visitor.submit("named in the error").shows()
        assert service.count(LIST) == 0, "nothing was looked for"  # so it stands before jobs that are looked for again
        assert len(service.posts_of("named in the error")) == 1

    @pytest.mark.parametrize("case", cases(SENT_BUT_UNANSWERED, 1))
    def test_f03_one_task_fits_and_is_adopted(self, case: str, visitor: Visitor, service: Service) -> None:
        service.next[SUBMIT] = [SENT_BUT_UNANSWERED[case]]
        visitor.submit(case).shows()
        assert len(service.posts_of(case)) == len(service.tasks_of(case)) == 1
        assert service.count(LIST) >= 1
        visitor.can_go_on(service, case)
        assert len(service.posts_of(case)) == 1

    @pytest.mark.full
    @pytest.mark.parametrize("fault", cases([resets(handled=False), shows_a_page(502)], 1), ids=["reset", "502"])
    def test_f03_none_fits_and_nothing_was_charged(self, fault: Fault, visitor: Visitor, service: Service) -> None:
        service.next[SUBMIT] = [fault]
        tile = visitor.submit("never arrived").ends("unknown").says(MAYBE_CHARGED)
        tile.ends("failed", DECIDED).says(NOTHING_CHARGED, "no charge for this")
        assert service.count(LIST) == 3
        assert len(service.posts_of("never arrived")) == 1
        visitor.can_go_on(service, "never arrived")
        assert len(service.posts_of("never arrived")) == 1

    def test_f03_two_fit_and_neither_is_taken(self, visitor: Visitor, service: Service) -> None:
        async def makes_two(exchange: Exchange) -> None:
            exchange.handle()
            await resets(handled=True)(exchange)

        service.next[SUBMIT] = [makes_two]
        tile = visitor.submit("two of them").ends("unknown").says(MAYBE_CHARGED)
        wait_until(lambda: service.count(LIST) == 2)
        let_time_pass()
        tile.ends("unknown").says(MAYBE_CHARGED)
        expect(tile.node.get_by_role("button", name="Check again")).to_be_enabled()
        assert [task.queries for task in service.tasks_of("two of them")] == [0, 0]
        assert len(service.posts_of("two of them")) == 1
        visitor.can_go_on(service, "two of them")

    def test_f03_it_is_said_and_found_once_the_list_can_be_read(self, visitor: Visitor, service: Service) -> None:
        service.next[SUBMIT] = [resets(handled=True)]
        service.standing[LIST] = fails(500, "no list today")
        tile = visitor.submit("found later").ends("unknown").says(MAYBE_CHARGED)
        expect(tile.node.get_by_role("button", name="Check again")).to_be_enabled()
        visitor.sees_nothing_raw()

        def can_be_read(route: Route) -> None:
            # Not before: the app looks by itself too, and would take the button away.
            if '"fn_name":"recheck"' in (route.request.post_data or ""):
                service.standing.clear()
            route.fallback()

        visitor.page.route(CALLS, can_be_read)
        tile.press("Check again")
        tile.shows()
        visitor.page.unroute(CALLS)
        assert len(service.posts_of("found later")) == 1


class TestRefused:
    """F4 to F8: the service refuses the submit."""

    @pytest.mark.parametrize(
        ("refusal", "field"),
        cases(
            [
                (fails(400, "num_inference_steps is too high for <b>you</b>"), "num-inference-steps"),
                (fails(422, "guidance_scale must be lower for <b>you</b>"), "guidance-scale"),
                (says(1400, "negative_prompt is missing for <b>you</b>"), "negative-prompt"),
                (says(1401, "seed is out of range for <b>you</b>"), "seed"),
            ],
            1,
        ),
        ids=["400", "422", "1400", "1401"],
    )
    def test_f04_a_setting(self, refusal: Fault, field: str, visitor: Visitor, service: Service) -> None:
        service.next[SUBMIT] = [refusal]
        prompt = f"refused at {field}"
        visitor.submit(prompt).ends("failed").says(NOTHING_CHARGED)
        place = visitor.page.locator(f"#field-{field}")
        expect(place).to_contain_text(field.replace("-", "_"))
        expect(place).to_contain_text("<b>you</b>")
        expect(visitor.prompt).to_have_value(prompt)
        expect(visitor.number("Width")).to_have_value("256")
        assert len(service.posts_of(prompt)) == 1
        visitor.can_go_on(service, prompt)
        visitor.submit(f"{prompt}, again").shows()
        expect(place).not_to_contain_text("<b>you</b>")

    def test_f05_the_hosts_key(self, visitor: Visitor, service: Service) -> None:
        service.next[SUBMIT] = [fails(401, "invalid api key")]
        visitor.is_refused_by_the_page("401", "owner's key", "your own key")
        assert len(service.posts_of("401")) == 1
        visitor.can_go_on(service, "401")

    @pytest.mark.full
    def test_f05_a_visitors_key_is_forgotten(self, app: FastApp, browser: Browser, service: Service) -> None:
        with browser.new_context() as context:
            visitor = Visitor(context.new_page(), app.url).open_for_small_pictures()
            visitor.use_key(OWN_KEY)
            visitor.submit("own key").shows()
            service.keys.discard(OWN_KEY)
            tile = visitor.submit("own 401").ends("failed")
            tile.says("key was rejected", "add money", NOTHING_CHARGED)
            expect(visitor.key_box).to_be_visible()
            expect(visitor.key_box).to_have_value("")
            visitor.press_for("own 401 again")
            visitor.sees_match("key is no longer stored")
            sent = [service.posts_of(prompt) for prompt in ("own key", "own 401", "own 401 again")]
            assert [len(posts) for posts in sent] == [1, 1, 0]
            assert {post.headers["authorization"] for posts in sent for post in posts} == {f"Bearer {OWN_KEY}"}
            service.recover()
            visitor.use_key(OWN_KEY)
            visitor.can_go_on(service, "own 401")
            assert visitor.errors == []

    def test_f06_a_visitor_without_credit_tops_up(self, http_visitor: HttpVisitor, service: Service) -> None:
        service.next[SUBMIT] = [fails(402, "payment required")]
        http_visitor.press("own 402", http_visitor.use_key(OWN_KEY)["token"])
        text = text_of(http_visitor.row("own 402", "failed"))
        assert re.search("no credit.*add credit", text, re.I)
        assert "host" not in text
        assert len(service.posts_of("own 402")) == 1

    @pytest.mark.parametrize(
        "refusal",
        cases([fails(402, "payment required"), says(400, "Insufficient credits")], 1),
        ids=["402", "insufficient"],
    )
    def test_f06_no_credit(self, refusal: Fault, visitor: Visitor, service: Service) -> None:
        service.next[SUBMIT] = [refusal]
        visitor.is_refused_by_the_page("no credit", "add credit", "your own key")
        assert len(service.posts_of("no credit")) == 1
        visitor.can_go_on(service, "no credit")

    def test_f07_a_model_that_the_host_s_key_may_not_use(self, visitor: Visitor, service: Service) -> None:
        service.next[SUBMIT] = [fails(403, "no")]
        visitor.is_refused_by_the_page("model 403", "model")
        assert len(service.posts_of("model 403")) == 1
        visitor.can_go_on(service, "model 403")

    def test_f07_a_model_that_is_gone(self, visitor: Visitor, service: Service) -> None:
        service.next[SUBMIT] = [fails(404, "no")]
        visitor.submit("model 404").ends("failed").says(r"model.* no longer available", NOTHING_CHARGED)
        assert len(service.posts_of("model 404")) == 1
        visitor.can_go_on(service, "model 404")

    @pytest.mark.parametrize("refusal", cases([fails(413), shows_a_page(413)], 1), ids=["envelope", "page"])
    def test_f08_too_large(self, refusal: Fault, visitor: Visitor, service: Service) -> None:
        service.next[SUBMIT] = [refusal]
        visitor.submit("too large").ends("failed").says(r"too (large|big)|20 MB", NOTHING_CHARGED)
        assert len(service.posts_of("too large")) == 1
        visitor.can_go_on(service, "too large")
