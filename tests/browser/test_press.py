"""One press of Generate is one task (F14), however the press is made."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, Route, expect

from tests.browser.person import Person
from tests.support.app_process import AppProcess
from tests.support.v3_service import HostedApi

SECOND = 1000.0


@pytest.fixture
def person(regular: Person) -> Person:
    return regular


def only_these_are_sent(person: Person, api: HostedApi, *prompts: str) -> None:
    """Check what was sent, after one more press: presses are sent in their order, so a stray one would be there."""
    person.generate("one more")
    expect(person.cards.first).to_contain_text("one more")
    person.sees("completed", len(prompts) + 1)
    assert [post["prompt"] for post in api.posts] == [*prompts, "one more"]


@pytest.mark.full
def test_a_double_click_before_the_page_s_script_is_there_makes_one(
    bare_page: Page, app: AppProcess, api: HostedApi
) -> None:
    page = bare_page
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    page.route("**/ui/main.js", hold)
    page.goto(app.url)
    person = Person(page, app.url)
    person.prompt.fill("impatient")
    person.generate_button.dblclick()
    page.wait_for_timeout(0.5 * SECOND)  # the script is that late
    held[0].continue_()
    person.sees_pictures(1)
    only_these_are_sent(person, api, "impatient")


@pytest.mark.full
def test_a_double_click_makes_one(person: Person, api: HostedApi) -> None:
    person.prompt.fill("double")
    person.generate_button.dblclick()
    person.sees_pictures(1)
    only_these_are_sent(person, api, "double")


@pytest.mark.full
def test_a_held_key_makes_one(person: Person, api: HostedApi) -> None:
    person.prompt.fill("held")
    person.generate_button.focus()
    for _ in range(6):
        person.page.keyboard.down("Enter")
        person.page.wait_for_timeout(0.15 * SECOND)  # how often a held key repeats
    person.page.keyboard.up("Enter")
    person.sees_pictures(1)
    only_these_are_sent(person, api, "held")


@pytest.mark.full
def test_two_presses_make_two(person: Person, api: HostedApi) -> None:
    person.generate("twice")
    person.generate()
    person.sees_pictures(2)
    assert [post["prompt"] for post in api.posts] == ["twice", "twice"]


def test_control_enter_generates_with_what_was_just_typed(person: Person, api: HostedApi) -> None:
    person.prompt.press_sequentially("typed to the end")
    person.page.keyboard.press("Control+Enter")
    person.sees_pictures(1)
    assert [post["prompt"] for post in api.posts] == ["typed to the end"]


@pytest.mark.full
def test_enter_alone_spends_nothing(person: Person, api: HostedApi) -> None:
    person.prompt.fill("a line")
    person.prompt.press("Enter")
    person.page.get_by_role("textbox", name="Negative prompt", exact=True).press("Enter")
    person.number("Steps").press("Enter")
    only_these_are_sent(person, api)


@pytest.mark.full
def test_a_replayed_event_starts_nothing(person: Person, api: HostedApi) -> None:
    with person.page.expect_request("**/gradio_api/queue/join*") as sent:
        person.generate("replayed")
    person.sees_pictures(1)
    body = sent.value.post_data
    for _ in range(3):
        answer = person.page.request.post(sent.value.url, data=body, headers={"content-type": "application/json"})
        assert answer.ok
    only_these_are_sent(person, api, "replayed")
