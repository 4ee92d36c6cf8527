"""A prompt that fills the encoders' room: said near its end, and beyond with the words that may not be seen."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, Route, expect

from components import messages
from components.messages.message import Message
from components.prompts.tokens import count_tokens
from tests.browser.person import Person
from tests.support.token_counts import TOKEN_COUNTS
from tests.support.v3_service import HostedApi

FULL = "cat " * 75
SETTLED = 400
"""Milliseconds that the page waits after the last key."""


@pytest.fixture
def person(regular: Person) -> Person:
    return regular


@pytest.fixture
def asked(person: Person) -> list[dict[str, Any]]:
    """What the page asks of lengths, as it is asked."""
    found: list[dict[str, Any]] = []

    def hear(request: Any) -> None:
        if "component_server" in request.url and (body := json.loads(request.post_data or "{}")):
            found.extend([body["data"]] if body.get("fn_name") == "prompt_length" else [])

    person.page.on("request", hear)
    return found


def negative(person: Person) -> Locator:
    return person.page.get_by_role("textbox", name="Negative prompt", exact=True)


def line(person: Person, field: str = "prompt") -> Locator:
    place = "prompt-keys" if field == "prompt" else field
    return person.page.locator(f"#help-{place} .prompt-length")


def said(sentence: Message) -> str:
    return messages.in_full(sentence, is_free=True)


def settle(person: Person) -> None:
    person.page.wait_for_timeout(SETTLED * 1.5)


@pytest.mark.full
def test_of_a_short_prompt_nothing_is_asked_and_nothing_is_said(person: Person, asked: list[Any]) -> None:
    person.prompt.press_sequentially("A red fox in the snow at night, warm light", delay=20)
    negative(person).fill("blurry, text")
    settle(person)
    expect(line(person)).to_be_empty()
    assert asked == []


@pytest.mark.full
def test_near_the_end_it_is_said_and_no_more_once_there_is_room_again(person: Person, asked: list[Any]) -> None:
    person.prompt.fill("cat " * 70)
    expect(line(person)).to_have_text(said(messages.nearly_full(70, 75)))
    expect(line(person)).to_have_role("status")
    expect(line(person)).to_have_attribute("aria-live", "polite")
    expect(person.prompt).to_have_accessible_description(
        re.compile(r"almost too long for the model \(70 of 75 word pieces used\)")
    )
    assert asked == [{"prompt": "cat " * 70}], "only of the text that is long"
    person.prompt.fill("cat " * 60)
    expect(line(person)).to_be_empty()
    person.prompt.fill("a cat")
    settle(person)
    assert len(asked) == 2


@pytest.mark.full
def test_past_the_end_what_may_not_be_seen_is_said_and_generate_works(newcomer: Person, api: HostedApi) -> None:
    person = newcomer
    person.prompt.fill(FULL + "a <b>dog</b> at night")
    needed = 75 + count_tokens("a <b>dog</b> at night")
    expect(line(person)).to_have_text(said(messages.overfull(needed, 75, "a <b>dog</b> at night")))
    expect(line(person, "negative-prompt")).to_be_empty()
    person.generate()
    person.sees_pictures(1)
    assert api.posts[0]["prompt"].endswith("at night")


@pytest.mark.full
def test_of_the_negative_prompt_it_is_said_below_its_own_box(person: Person) -> None:
    negative(person).fill(FULL + "blurry")
    expect(line(person, "negative-prompt")).to_have_text(said(messages.overfull(76, 75, "blurry")))
    expect(line(person)).to_be_empty()


@pytest.mark.full
def test_a_tag_takes_no_room(person: Person) -> None:
    person.prompt.fill("cat " * 70 + "<lora:owner/pixels:0.6>")
    expect(line(person)).to_have_text(said(messages.nearly_full(70, 75)))


@pytest.mark.full
def test_while_keys_are_pressed_nothing_is_asked(person: Person, asked: list[Any]) -> None:
    person.prompt.fill(FULL)
    expect(line(person)).to_have_text(said(messages.nearly_full(75, 75)))
    asked.clear()
    person.prompt.press("End")
    person.prompt.press_sequentially(" dog at night", delay=60)
    expect(line(person)).to_have_text(said(messages.overfull(78, 75, "dog at night")))
    assert len(asked) <= 2, "a slow computer may make one pause"


@pytest.mark.full
def test_an_answer_that_is_late_is_dropped(person: Person) -> None:
    held: list[Route] = []

    def hold_the_first(route: Route) -> None:
        body = json.loads(route.request.post_data or "{}")
        if body.get("fn_name") == "prompt_length" and "dog" in body["data"]["prompt"]:
            held.append(route)
        else:
            route.fallback()

    person.page.route(re.compile("component_server"), hold_the_first)
    person.prompt.fill(FULL + "dog")
    while not held:
        person.page.wait_for_timeout(50)
    person.prompt.fill(FULL + "fish")
    newest = said(messages.overfull(76, 75, "fish"))
    expect(line(person)).to_have_text(newest)
    held[0].continue_()
    settle(person)
    expect(line(person)).to_have_text(newest)


@pytest.mark.full
def test_a_question_without_an_answer_leaves_nothing_wrong_behind(person: Person) -> None:
    person.prompt.fill(FULL + "dog")
    expect(line(person)).to_have_text(said(messages.overfull(76, 75, "dog")))
    person.page.route(re.compile("component_server"), lambda route: route.abort())
    person.prompt.fill(FULL + "dog at night")
    expect(line(person)).to_be_empty()


@pytest.mark.full
def test_an_example_is_measured_too(newcomer: Person) -> None:
    person = newcomer
    person.prompt.fill(FULL + "dog")
    expect(line(person)).not_to_be_empty()
    person.page.get_by_role("button", name=re.compile("Use example")).first.click()
    expect(line(person)).to_be_empty()


def test_the_bound_in_the_browser_is_never_below_the_count(scripts: Page) -> None:
    texts = [text for text, _ in TOKEN_COUNTS["counts"]] + [
        "\u0344" * 9,
        "\ufeffx\ufeff",
        "Ⱥ" * 9,
        "\u001c.\u001c",
        "İİ",
        "\ud83d",
    ]
    bounds = scripts.evaluate("async (texts) => texts.map((await import('/prompt/length.js')).mostTokens)", texts)
    assert [text for text, most in zip(texts, bounds, strict=True) if most < count_tokens(text)] == []


@pytest.mark.full
def test_on_a_phone_nothing_is_cut_off(on_a_phone: Person) -> None:
    on_a_phone.prompt.fill(FULL + "x" * 200)
    expect(line(on_a_phone)).not_to_be_empty()
    assert on_a_phone.page.evaluate("document.documentElement.scrollWidth") <= 390


@pytest.mark.full
def test_the_words_of_the_styles_count(person: Person) -> None:
    person.prompt.fill("cat " * 60)
    settle(person)
    expect(line(person)).to_be_empty()
    person.button("Style").click()
    dialog = person.page.get_by_role("dialog", name="Styles")
    dialog.get_by_role("button", name="Watercolor").click()
    dialog.get_by_role("button", name="Oil painting").click()
    dialog.get_by_role("button", name="Close").click()
    expect(line(person)).to_contain_text("The model may ignore: ")
    expect(line(person)).to_contain_text("rich pigments")
    person.button("Remove style: Oil painting").click()
    person.button("Remove style: Watercolor").click()
    expect(line(person)).to_be_empty()
