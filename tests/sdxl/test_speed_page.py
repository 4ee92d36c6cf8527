"""The speed as a person chooses it on the page, with the tiny SDXL behind it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any
from urllib.request import urlopen

import httpx
import pytest
from PIL import Image
from playwright.sync_api import Locator, expect

from components import messages
from components.engines.sdxl import messages as engine_messages
from components.messages.message import Message
from tests.browser.person import Person
from tests.browser.tab import Tab
from tests.sdxl.reference import same
from tests.sdxl.sdxl_app import app_of
from tests.support.app_process import AppProcess
from tests.support.full_run import cases

SIDE = 256
FAST = "Fast, 4 steps"


@pytest.fixture
def person(tab: Tab, app: AppProcess) -> Iterator[Person]:
    """Somebody who asks for small pictures of one seed."""
    page = tab.left_open(app.url)
    person = Person(page, app.url).tidy_up() if page else Person(tab.cleared(app.url), app.url).open()
    for name, value in (("Width", SIDE), ("Height", SIDE), ("Seed", 7)):
        person.set_number(name, value)
    yield person
    assert person.errors == []
    tab.leave_open(app.url)


def speed(person: Person, name: str) -> Locator:
    return person.page.get_by_role("radio", name=name, exact=True)


def stands(person: Person, guidance: float, steps: int) -> None:
    expect(person.number("Guidance")).to_have_value(f"{guidance:g}")
    expect(person.number("Steps")).to_have_value(str(steps))


def told(person: Person, sentence: Message) -> Locator:
    return person.page.get_by_text(sentence.happened)


def newest(person: Person) -> Image.Image:
    source = person.in_state("completed").first.locator("img").get_attribute("src")
    with urlopen(str(source).removesuffix("?thumb")) as answer, Image.open(answer) as picture:
        return picture.convert("RGB")


def made(person: Person, count: int) -> Image.Image:
    person.generate("a cat")
    person.sees("completed", count)
    return newest(person)


def viewed(person: Person) -> Locator:
    return person.open_picture("a cat")


@pytest.mark.full
def test_fast_shows_what_counts_and_best_brings_back_what_stood_there(person: Person) -> None:
    expect(speed(person, "Best")).to_be_checked()
    person.set_number("Guidance", 6)
    person.set_number("Steps", 12)
    person.choose("Speed", FAST)
    stands(person, 1, 4)
    for sentence in (messages.fast_sampling(4), messages.FAST_WITHOUT_REFINER, messages.FAST_WITHOUT_NEGATIVE):
        expect(told(person, sentence)).to_be_visible()
    for name in ("Guidance", "Steps"):
        assert person.number(name).evaluate("box => box.closest('[inert]') !== null"), f"{name} cannot be moved"
    person.choose("Speed", "Best")
    stands(person, 6, 12)
    for sentence in (messages.fast_sampling(4), messages.FAST_WITHOUT_REFINER, messages.FAST_WITHOUT_NEGATIVE):
        expect(told(person, sentence)).to_be_hidden()
    person.set_number("Steps", 13)
    expect(person.number("Steps")).to_have_value("13")


@pytest.mark.full
def test_each_picture_is_painted_at_the_speed_chosen_for_it(person: Person, studio) -> None:
    person.set_number("Steps", 6)
    best = made(person, 1)
    assert same(best, studio.paint(width=SIDE, height=SIDE, num_inference_steps=6))
    person.choose("Speed", FAST)
    fast = made(person, 2)
    assert not same(fast, best)
    side = viewed(person)
    facts = side.locator("dl")
    for name, value in (("Speed", "Fast"), ("Steps", "4"), ("Guidance", "1")):
        expect(facts.locator("div").filter(has_text=name).filter(has_text=value).first).to_be_visible()
    expect(side.get_by_text("Speed Best → Fast")).to_be_visible()
    person.page.keyboard.press("Escape")
    person.choose("Speed", "Best")
    assert same(made(person, 3), best)


@pytest.mark.full
def test_the_refiner_is_left_out_and_nothing_else_is_claimed(person: Person) -> None:
    person.choose("Refiner", "Polish afterward")
    person.choose("Speed", FAST)
    expect(told(person, messages.FAST_WITHOUT_REFINER)).to_be_visible()
    made(person, 1)
    expect(viewed(person).get_by_text("Speed").first).to_be_visible()
    expect(person.page.get_by_role("dialog", name="Picture").get_by_text("Refiner")).to_have_count(0)
    person.page.keyboard.press("Escape")
    person.choose("Speed", "Best")
    made(person, 2)
    expect(viewed(person).get_by_text("Polish afterward").first).to_be_visible()


@pytest.mark.full
def test_same_settings_bring_the_speed_of_the_picture(person: Person) -> None:
    person.choose("Speed", FAST)
    first = made(person, 1)
    person.choose("Speed", "Best")
    stands(person, 3.5, 28)
    viewed(person).get_by_role("button", name="Use these settings").click()
    expect(speed(person, FAST)).to_be_checked()
    stands(person, 1, 4)
    assert same(made(person, 2), first)
    person.choose("Speed", "Best")
    stands(person, 3.5, 28)


@pytest.mark.full
def test_a_draft_keeps_the_speed_and_what_stood_there_for_best(person: Person) -> None:
    person.prompt.fill("a cat")
    person.set_number("Guidance", 5)
    person.set_number("Steps", 9)
    person.choose("Speed", FAST)
    stands(person, 1, 4)
    person.page.wait_for_timeout(600)  # the draft is written when the form rests
    person.open()
    expect(speed(person, FAST)).to_be_checked()
    stands(person, 1, 4)
    expect(told(person, messages.fast_sampling(4))).to_be_visible()
    person.choose("Speed", "Best")
    stands(person, 5, 9)


@pytest.mark.full
def test_a_link_and_the_defaults(person: Person) -> None:
    person.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    person.prompt.fill("a cat")
    person.choose("Speed", FAST)
    stands(person, 1, 4)
    person.button("Copy settings link").click()
    expect(person.page.get_by_text("Link copied.").first).to_be_visible()
    link = person.page.evaluate("navigator.clipboard.readText()")
    other = Person(person.page.context.new_page(), link).open()
    expect(speed(other, FAST)).to_be_checked()
    stands(other, 1, 4)
    other.button("Reset to defaults").click()
    expect(speed(other, "Best")).to_be_checked()
    stands(other, 3.5, 28)
    assert other.errors == []


@pytest.mark.full
@pytest.mark.parametrize(
    "best", cases([{"num_inference_steps": 1e9}, {"guidance_scale": "x"}, 5, [], {"best": {}}], 2), ids=str
)
def test_a_forged_link_is_put_in_range(tab: Tab, app: AppProcess, best: object) -> None:
    made_up = json.dumps({"prompt": "a cat", "preset": "fast", "best": best, "num_inference_steps": 4})
    person = Person(tab.cleared(app.url), f"{app.url}/#make={made_up}").open()
    expect(speed(person, FAST)).to_be_checked()
    person.choose("Speed", "Best")
    stands(person, 3.5, 50 if best == {"num_inference_steps": 1e9} else 28)
    assert person.errors == []


@pytest.mark.full
def test_the_code_says_what_counts(person: Person) -> None:
    person.prompt.fill("a cat")
    person.choose("Speed", FAST)
    stands(person, 1, 4)
    person.button("Show code").click()
    dialog = person.page.get_by_role("dialog")
    dialog.get_by_role("tab", name="Python, this page").click()
    expect(dialog.get_by_text('preset="fast"')).to_be_visible()
    expect(dialog.get_by_text("num_inference_steps=4")).to_be_visible()


@pytest.mark.full
def test_a_program_chooses_too(app: AppProcess, studio) -> None:
    def generated(**more: object) -> dict[str, Any]:
        call = f"{app.url}/gradio_api/call/v2/generate"
        payload = {"prompt": "a cat", "seed": 7, "width": SIDE, "height": SIDE, "num_inference_steps": 6}
        event = httpx.post(call, json=payload | more).json()
        answer = httpx.get(f"{call}/{event['event_id']}", timeout=120).text
        assert "event: complete" in answer, answer
        return json.loads(answer.strip().split("\n")[-1].removeprefix("data: "))[1]

    assert "Steps: 6" in generated()["recipe"]
    fast = generated(preset="fast", refine="base_image_refiner")
    assert "Steps: 4, CFG scale: 1, " in fast["recipe"]
    assert "Preset: fast" in fast["recipe"]
    assert fast["note"] == str(engine_messages.FAST_WITHOUT_REFINER)


@pytest.mark.full
def test_where_fast_is_usual_best_can_be_chosen(studio, tmp_path, tab: Tab) -> None:
    app = app_of(studio, tmp_path, SDXL_PRESET="fast", SDXL_FAST="lightning-8").start()
    try:
        person = Person(tab.cleared(app.url), app.url).open()
        expect(speed(person, "Fast, 8 steps")).to_be_checked()
        stands(person, 1, 8)
        expect(told(person, messages.fast_sampling(8))).to_be_visible()
        for name, value in (("Width", SIDE), ("Height", SIDE), ("Seed", 7)):
            person.set_number(name, value)
        fast = made(person, 1)
        person.choose("Speed", "Best")
        stands(person, 3.5, 28)
        person.set_number("Steps", 6)
        assert same(made(person, 2), studio.paint(width=SIDE, height=SIDE, num_inference_steps=6))
        person.button("Reset to defaults").click()
        expect(speed(person, "Fast, 8 steps")).to_be_checked()
        stands(person, 1, 8)
        assert not same(fast, newest(person))
        assert person.errors == []
    finally:
        app.kill()


@pytest.mark.full
def test_a_sampler_is_chosen_for_a_picture_and_comes_back_with_its_settings(person: Person, studio) -> None:
    person.set_number("Steps", 6)
    person.choose("Sampler", "DDIM")
    assert same(made(person, 1), studio.paint(width=SIDE, height=SIDE, num_inference_steps=6, sampler="DDIM"))
    person.button("Reset to defaults").click()
    expect(speed(person, "Usual")).to_be_checked()
    side = viewed(person)
    expect(side.locator("dl").locator("div").filter(has_text="Sampler").filter(has_text="DDIM")).to_be_visible()
    side.get_by_role("button", name="Use these settings").click()
    expect(speed(person, "DDIM")).to_be_checked()
    person.choose("Speed", FAST)
    expect(told(person, messages.FAST_SAMPLER)).to_be_visible()
