"""One card for each press: the newest large, older ones small, what failed small too, and nothing jumps."""

from __future__ import annotations

import pytest
from playwright.sync_api import FloatRect, Locator, expect

from tests.browser.person import SECONDS, Person
from tests.browser.tab import SHIFTS, let_it_move
from tests.support import full_run
from tests.support.v3_service import HostedApi

REFUSED = b'{"code": 1200, "message": "sensitive"}'


@pytest.fixture
def person(newcomer: Person) -> Person:
    return newcomer


def cards(person: Person) -> Locator:
    return person.results.get_by_role("article")


def box(node: Locator) -> FloatRect:
    found = node.bounding_box()
    assert found
    return found


def make(person: Person, prompt: str, count: int = 1) -> None:
    done = person.in_state("completed").count()
    person.choose("Pictures", str(count))
    person.generate(prompt)
    expect(person.in_state("completed")).to_have_count(done + count)


@pytest.mark.full
def test_a_press_is_one_card_with_its_prompt_once_and_the_newest_is_large(person: Person) -> None:
    make(person, "a red fox", 4)
    expect(cards(person)).to_have_count(1)
    expect(cards(person).get_by_text("a red fox", exact=True)).to_have_count(1)
    one, two, three, four = (box(person.tiles.nth(number)) for number in range(4))
    assert one["y"] == two["y"] < three["y"] == four["y"], "two by two"
    assert one["x"] == three["x"] < two["x"] == four["x"]
    make(person, "an owl")
    expect(cards(person)).to_have_count(2)
    newest, older = box(person.tiles.nth(0)), box(cards(person).nth(1))
    assert newest["height"] == pytest.approx(0.6 * 900, rel=0.02), "six tenths of the window"
    image = person.tiles.first.get_by_role("img").element_handle()
    person.page.wait_for_function("image => image.naturalWidth >= image.clientWidth", arg=image)
    assert older["width"] < 0.5 * box(cards(person).nth(0))["width"]
    make(person, "a castle")
    rows = {box(card)["y"] for card in cards(person).all()[1:]}
    assert len(rows) == 1, "side by side"


@pytest.mark.full
def test_variations_of_a_card_are_as_many_as_it_has(person: Person, api: HostedApi) -> None:
    make(person, "a red fox", 2)
    cards(person).get_by_role("button", name="Variations").click()
    person.sees("completed", 4)
    expect(cards(person)).to_have_count(2)
    assert len({post["seed"] for post in api.posts}) == 4
    assert {post["prompt"] for post in api.posts} == {"a red fox"}


@pytest.mark.full
def test_what_came_of_sharing_is_said_for_some_seconds(person: Person) -> None:
    make(person, "a red fox")
    person.page.evaluate("() => { navigator.canShare = navigator.clipboard.write = undefined; }")
    cards(person).get_by_role("button", name="Share").click()
    notice = person.page.get_by_text("This browser can't share the picture.")
    expect(notice).to_be_visible()
    expect(notice).to_be_hidden(timeout=15 * SECONDS)


@pytest.mark.full
def test_what_failed_is_small_tried_again_and_dismissed(person: Person, api: HostedApi) -> None:
    api.is_stalled = True
    person.generate("a fox")
    person.sees("processing", 1)
    *_, task = api.tasks.values()
    task.status_by_hand = "failed"
    person.sees("failed", 1)
    api.is_stalled = False
    person.results.get_by_role("button", name="Try again").click()
    person.sees("completed", 1)
    made, failed = (box(card)["height"] for card in cards(person).all())
    assert failed < 0.5 * made
    first, second = api.posts
    assert first == second, "the same settings, the same seed"
    expect(cards(person)).to_have_count(2)
    person.results.get_by_role("button", name="Dismiss").click()
    person.sees("failed", 0)
    person.page.reload()
    person.sees("completed", 1)
    person.sees("failed", 0)


@pytest.mark.full
def test_one_that_fails_while_it_is_large_keeps_its_room_until_something_else_changes(
    person: Person, api: HostedApi
) -> None:
    make(person, "an owl")
    api.is_stalled = True
    person.generate("a fox")
    person.sees("processing", 1)
    before = box(cards(person).nth(1))
    person.page.evaluate(SHIFTS)
    *_, task = api.tasks.values()
    task.status_by_hand = "failed"
    person.sees("failed", 1)
    assert box(cards(person).nth(1)) == before
    assert person.page.evaluate("window.shift") < 0.02
    person.page.reload()
    person.sees("failed", 1)
    assert box(cards(person).nth(0))["height"] < 200


@pytest.mark.full
def test_one_that_fails_makes_no_older_one_large_before_it_is_dismissed(person: Person, api: HostedApi) -> None:
    make(person, "an owl")
    width = box(person.tiles.first)["width"]
    api.next_submits = [lambda: (400, {}, REFUSED)]
    person.generate("a fox")
    person.sees("failed", 1)
    owl = person.in_state("completed")
    assert box(owl)["width"] < 0.5 * width
    person.results.get_by_role("button", name="Dismiss").click()
    person.sees("failed", 0)
    assert box(owl)["width"] == width


def test_one_of_several_pictures_is_edited(person: Person) -> None:
    make(person, "a red fox", 2)
    cards(person).get_by_role("button", name="Edit").click()
    choice = person.page.get_by_role("dialog", name="Edit which picture?")
    choice.get_by_role("button", name="Edit: a red fox").nth(1).click()
    expect(choice).to_be_hidden()
    expect(person.button("Remove picture")).to_be_visible()
    expect(person.page.get_by_role("group", name="How much to change")).to_be_in_viewport()


@pytest.mark.full
def test_what_another_try_would_meet_again_is_not_tried_again(person: Person, api: HostedApi) -> None:
    api.next_submits = [lambda: (400, {}, REFUSED)]
    person.generate("a fox")
    person.sees("failed", 1)
    expect(person.results.get_by_role("button", name="Dismiss")).to_be_visible()
    expect(person.results.get_by_role("button", name="Try again")).to_have_count(0)


@pytest.mark.full
def test_what_was_charged_says_so_before_it_is_dismissed(regular: Person, api: HostedApi) -> None:
    person = regular
    api.is_stalled, api.bill.refund_delay = True, lambda task: 10_000.0
    person.generate("charged for nothing")
    person.sees("processing", 1)
    (task,) = [task for task in api.tasks.values() if task.body["prompt"] == "charged for nothing"]
    task.status_by_hand = "failed"
    person.sees("failed", 1)
    card = cards(person).first
    expect(card).to_contain_text("This was charged")
    card.get_by_role("button", name="Dismiss", exact=True).click()
    expect(card.get_by_text("the charge stays")).to_be_visible()
    person.sees("failed", 1)
    anyway = card.get_by_role("button", name="Dismiss anyway")
    expect(anyway).to_be_focused()
    anyway.click()
    person.has_tiles(0)


@pytest.mark.parametrize("count", full_run.cases([4, 1], usual=1))
def test_nothing_jumps_from_the_press_to_the_picture(regular: Person, api: HostedApi, count: int) -> None:
    person = regular
    let_it_move(person.page)
    make(person, "before")
    api.length = lambda body: 1.0
    person.page.evaluate(SHIFTS)
    make(person, "a red fox in the snow", count)
    expect(cards(person).first.get_by_role("button", name="More", exact=True)).to_be_visible()
    assert person.page.evaluate("window.shift") < 0.02


@pytest.mark.full
def test_after_a_press_the_card_is_in_sight_however_far_one_has_scrolled(person: Person) -> None:
    let_it_move(person.page)
    for prompt in ("a fox", "an owl", "a castle"):
        make(person, prompt, 4)
    person.page.evaluate("document.querySelector('#show').scrollTo(0, 5000)")
    expect(person.tiles.first).not_to_be_in_viewport()
    make(person, "a lighthouse")
    expect(person.tiles.first).to_be_in_viewport(ratio=0.9)


@pytest.mark.full
def test_on_a_phone_the_newest_has_its_whole_width(on_a_phone: Person) -> None:
    person = on_a_phone
    person.generate("a red fox")
    person.sees("completed", 1)
    assert box(person.tiles.first)["width"] > 0.9 * 390
    person.page.evaluate(SHIFTS)
    person.generate("an owl")
    person.sees("completed", 2)
    expect(cards(person).first.get_by_role("button", name="More", exact=True)).to_be_visible()
    assert person.page.evaluate("window.shift") < 0.02


@pytest.mark.full
@pytest.mark.app("demo")
def test_what_the_demo_painter_made_is_marked_as_practice(person: Person) -> None:
    make(person, "a fox")
    expect(person.tiles.first.get_by_text("Practice")).to_be_visible()


@pytest.mark.full
def test_what_the_service_made_is_not(regular: Person) -> None:
    person = regular
    make(person, "a fox")
    expect(person.tiles.first.get_by_text("Practice")).to_be_hidden()


@pytest.mark.full
def test_what_needs_pictures_waits_for_them(person: Person, api: HostedApi) -> None:
    switch = person.page.get_by_role("checkbox", name="Notify me when it's ready")
    expect(person.page.get_by_role("button", name="Use example:")).to_have_count(6)
    expect(switch).to_be_hidden()
    expect(person.button("History")).to_be_hidden()
    api.is_stalled = True
    person.generate("a fox")
    expect(switch).to_be_visible()
    api.finish_all()
    person.sees("completed", 1)
    expect(switch).to_be_hidden()
    expect(person.button("History")).to_be_visible()
