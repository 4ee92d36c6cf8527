"""What the page says by itself, where no answer comes: in the words of the catalogue, and only as long as it is so."""

from __future__ import annotations

import json
import re

import pytest
from playwright.sync_api import Route, expect

from components import messages
from components.messages.message import Message
from tests.browser.person import PATIENCE, Person
from tests.support.v3_service import HostedApi

SERVER = re.compile("/gradio_api/component_server")
FEED = re.compile("/playground/feed")
JOIN = re.compile("/gradio_api/queue/join")


@pytest.fixture
def person(regular: Person) -> Person:
    return regular


def says(person: Person, told: Message) -> None:
    for part in (told.happened, told.advice):
        expect(person.page.get_by_text(part).first).to_be_visible(timeout=PATIENCE)


def refuse(person: Person, function: str) -> None:
    """Let the page's questions to one server function fail."""

    def answer(route: Route) -> None:
        asked = json.loads(route.request.post_data or "{}").get("fn_name")
        route.abort() if asked == function else route.fallback()

    person.page.route(SERVER, answer)


@pytest.mark.full
def test_a_lost_connection_is_said_and_no_more_once_it_is_back(person: Person, api: HostedApi) -> None:
    api.is_stalled = True
    person.generate("a cat")
    person.sees("processing", 1)
    person.page.route(FEED, lambda route: route.abort())
    api.finish_all()  # answers the long poll that waits already; the next one is refused
    says(person, messages.OFFLINE)
    api.is_stalled = False
    person.generate("made meanwhile")
    person.page.unroute(FEED)
    person.sees_pictures(2)
    expect(person.page.get_by_text(messages.OFFLINE.happened)).to_be_hidden()


@pytest.mark.full
def test_a_press_that_never_arrived_is_said(person: Person, api: HostedApi) -> None:
    """Gradio reloads the page when a press meets a broken connection: the words are put back then."""
    person.page.route(JOIN, lambda route: route.abort())
    person.generate("a cat")
    says(person, messages.UNANSWERED)
    expect(person.prompt).to_have_value("a cat")
    person.has_tiles(0)
    person.page.unroute(JOIN)
    person.generate()
    person.sees_pictures(1)
    assert len(api.posts) == 1


@pytest.mark.full
def test_a_press_that_arrives_after_it_was_given_up_is_not_sent(newcomer: Person, api: HostedApi) -> None:
    """The page waits 15 s for a receipt; then it says that nothing was charged, and that stays true."""
    person, delayed = newcomer, list[Route]()
    person.page.route(JOIN, lambda route: delayed.append(route))
    person.generate("a cat")
    says(person, messages.UNANSWERED)
    expect(person.tiles).to_have_count(0)
    with person.page.expect_response(JOIN) as late:
        delayed[0].continue_()
    assert late.value.ok
    person.page.unroute(JOIN)
    person.generate("a dog")
    person.sees_pictures(1)
    assert [post["prompt"] for post in api.posts] == ["a dog"]


@pytest.mark.full
def test_a_press_before_a_reload_that_did_arrive_is_not_said(person: Person, api: HostedApi) -> None:
    person.generate("a cat")
    person.sees("completed", 1)
    click = person.tiles.first.get_attribute("data-job")
    assert click
    pending = json.dumps({"click": click.rpartition("-")[0], "prompt": "a cat"})
    person.page.evaluate("pending => sessionStorage.setItem('playground-pending /', pending)", pending)
    person.page.reload()
    person.sees_pictures(1)
    person.page.wait_for_function("() => !sessionStorage.getItem('playground-pending /')")
    expect(person.page.get_by_text(messages.UNANSWERED.happened)).to_be_hidden()


@pytest.mark.full
def test_a_picture_that_does_not_load_can_be_tried_again(person: Person, api: HostedApi) -> None:
    pictures = "**/playground/pictures/*"
    person.page.route(pictures, lambda route: route.abort())
    person.generate("a cat")
    expect(person.page.get_by_text(messages.PICTURE_NOT_LOADED.happened)).to_be_visible(timeout=PATIENCE)
    person.page.unroute(pictures)
    person.page.get_by_role("button", name=messages.PICTURE_NOT_LOADED.advice.rstrip(".")).click()
    person.sees_pictures(1)


@pytest.mark.full
def test_older_pictures_that_do_not_come_are_said(person: Person, api: HostedApi) -> None:
    """The first page is said to have more behind it; what asks for more fails."""

    def answer(route: Route) -> None:
        response = route.fetch()
        route.fulfill(response=response, json={**response.json(), "more": True})

    person.generate("a cat")
    person.sees_pictures(1)
    refuse(person, "older")
    person.page.route(re.compile(r"/playground/feed\?epoch=&"), answer)
    person.page.reload()
    person.page.get_by_role("button", name="Show older pictures").click()
    says(person, messages.OLDER_NOT_LOADED)


@pytest.mark.full
def test_a_key_that_could_not_be_forgotten_is_said(person: Person, api: HostedApi) -> None:
    person.page.get_by_role("button", name="Use your own key").click()
    person.page.get_by_label("Your WaveSpeed key", exact=True).fill(next(iter(api.keys)))
    person.page.get_by_role("button", name="Use this key").click()
    forget = person.page.get_by_role("button", name="Forget my key")
    forget.wait_for()
    refuse(person, "forget_key")
    forget.click()
    says(person, messages.KEY_NOT_FORGOTTEN)
    person.page.unroute(SERVER)
    forget.click()
    expect(forget).to_be_hidden()


@pytest.mark.full
def test_it_was_too_late_to_take_it_back(person: Person, api: HostedApi) -> None:
    def answer(route: Route) -> None:
        asked = json.loads(route.request.post_data or "{}").get("fn_name")
        route.fulfill(json=False) if asked == "cancel" else route.fallback()

    api.next_submits = [lambda: (429, {"retry-after": "8"}, b'{"code": 429}')]
    person.generate("a cat")
    take_back = person.page.get_by_role("button", name="Cancel")
    take_back.wait_for()
    person.page.route(SERVER, answer)
    take_back.click()
    says(person, messages.TOO_LATE)
    person.page.unroute(SERVER)
    take_back.click()
    person.sees("stopped", 1)
