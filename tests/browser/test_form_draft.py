"""Nothing typed is lost, tabs do not mix, and a link fills the form and starts nothing."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote, unquote

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from components import messages
from components.ui import assets
from components.ui.panels.loras import ROWS
from tests.browser.person import Person
from tests.support.app_process import AppProcess

pytestmark = pytest.mark.app("demo")


def opened(context: BrowserContext, url: str) -> Person:
    return Person(context.new_page(), url).open()


def fill_in(person: Person) -> None:
    """Change something of each kind."""
    person.prompt.fill("a fox")
    person.page.get_by_role("textbox", name="Negative prompt").fill("blurry")
    person.set_number("Width", 832)
    person.set_number("Steps", 12)
    person.set_number("Seed", 0)
    person.choose("Pictures", "3")
    person.page.get_by_role("textbox", name="LoRA 1", exact=True).fill("nerijs/pixel-art-xl")
    person.button("Add LoRA").click()
    person.page.get_by_role("textbox", name="LoRA 2", exact=True).fill("TheLastBen/Papercut_SDXL")
    person.set_number("LoRA 2 scale", 0)
    person.page.get_by_role("checkbox", name="Use LoRA 1").uncheck()
    person.button("Style").click()
    person.button("Watercolor").click()
    person.page.keyboard.press("Escape")
    person.draft_holds("watercolor")


def shows_what_was_filled_in(person: Person) -> None:
    expect(person.prompt).to_have_value("a fox")
    expect(person.page.get_by_role("textbox", name="Negative prompt")).to_have_value("blurry")
    expect(person.number("Width")).to_have_value("832")
    expect(person.number("Height")).to_have_value("1024")
    expect(person.number("Steps")).to_have_value("12")
    expect(person.number("Seed")).to_have_value("0")
    expect(person.page.get_by_role("radio", name="3", exact=True)).to_be_checked()
    expect(person.page.get_by_role("textbox", name="LoRA 1", exact=True)).to_have_value("nerijs/pixel-art-xl")
    expect(person.page.get_by_role("textbox", name="LoRA 2", exact=True)).to_have_value("TheLastBen/Papercut_SDXL")
    expect(person.number("LoRA 2 scale")).to_have_value("0")
    expect(person.page.get_by_role("checkbox", name="Use LoRA 1")).not_to_be_checked()
    expect(person.page.get_by_role("checkbox", name="Use LoRA 2")).to_be_checked()
    expect(person.button("Remove style: Watercolor")).to_be_visible()


@pytest.mark.full
def test_a_reload_and_a_closed_tab_lose_nothing_and_reset_takes_all_away(person: Person) -> None:
    fill_in(person)
    person.page.reload()
    shows_what_was_filled_in(person)
    again = opened(person.page.context, person.url)
    person.page.close()
    shows_what_was_filled_in(again)
    again.button("Reset to defaults").click()
    expect(again.prompt).to_have_value("")
    expect(again.number("Width")).to_have_value("1024")
    expect(again.number("Seed")).to_have_value("")
    expect(again.page.get_by_role("textbox", name="LoRA 2", exact=True)).to_be_hidden()
    expect(again.button("Remove style: Watercolor")).to_have_count(0)
    again.page.reload()
    again.generate_button.wait_for()
    expect(again.prompt).to_have_value("")
    expect(again.tiles).to_have_count(0)
    assert again.errors == []


@pytest.mark.full
def test_each_tab_keeps_its_own(person: Person) -> None:
    one = person
    one.prompt.fill("of the first tab")
    one.draft_holds("of the first tab")
    other = opened(one.page.context, one.url)
    expect(other.prompt).to_have_value("of the first tab")
    other.prompt.fill("of the second tab")
    other.draft_holds("of the second tab")
    for person, text in ((one, "of the first tab"), (other, "of the second tab")):
        person.page.reload()
        expect(person.prompt).to_have_value(text)


@pytest.mark.full
def test_without_storage_the_page_works(bare_page: Page, app: AppProcess) -> None:
    bare_page.add_init_script(
        "for (const name of ['localStorage', 'sessionStorage'])"
        " Object.defineProperty(window, name, { get() { throw new DOMException('no', 'SecurityError'); } });"
    )
    person = Person(bare_page, app.url).open()
    person.sees_text(messages.NOTHING_STORED_HERE.happened)
    expect(person.page.get_by_role("link", name=messages.NOTHING_STORED_HERE.advice)).to_be_visible()
    person.generate("a cat")
    person.sees_pictures(1)
    assert person.errors == []


def link_of(person: Person) -> str:
    return person.page.evaluate("() => navigator.clipboard.readText()")


@pytest.mark.full
def test_a_link_fills_the_form_elsewhere_and_starts_nothing(person: Person, context: BrowserContext) -> None:
    person.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    fill_in(person)
    person.button("Copy settings link").click()
    person.sees_text(messages.LINK_COPIED.happened)
    link = link_of(person)
    values = json.loads(unquote(link.partition("#make=")[2]))
    assert set(values) == {
        "prompt",
        "negative_prompt",
        "width",
        "num_inference_steps",
        "seed",
        "pictures",
        "loras",
        "styles",
    }
    other = opened(context, link)
    shows_what_was_filled_in(other)
    other.sees_text("Settings loaded from a link. Nothing has been generated.")
    expect(other.tiles).to_have_count(0)
    assert "#" not in other.page.url
    other.prompt.fill("mine now")
    other.page.reload()
    expect(other.prompt).to_have_value("mine now")
    assert other.errors == []


@pytest.fixture
def arriving(bare_page: Page, app: AppProcess) -> Iterator[Person]:
    """Visitor whose first address is a link."""
    person = Person(bare_page, app.url)
    yield person
    assert person.errors == []


def follow(person: Person, link: str) -> None:
    """Open the page by a link that carries settings."""
    person.page.goto(f"{person.url}#make={link}")
    person.generate_button.wait_for()
    person.results.wait_for()


FORGED_LORAS = [None, 1, {}, {"path": 7}, {"path": "a/b", "scale": "1"}, *[{"path": "a/b"}] * 50]
FORGED = {
    "prompt": "<script>alert(1)</script>" * 5000,
    "width": "1024",
    "seed": None,
    "pictures": 99,
    "refine": "rm -rf",
    "loras": FORGED_LORAS,
    "styles": ["<img src=x onerror=alert(1)>"],
    "__proto__": {"on": True},
    "key": "k",
    "image": "x",
}
UNUSUAL: list[Any] = [
    None,
    [],
    "text",
    {"prompt": 5, "width": "1024", "seed": None, "loras": "x", "styles": 3, "pictures": "4", "refine": "rm -rf"},
    {"pictures": 99, "__proto__": {"on": True}, "key": "k", "image": "x", "preset": "slow", "refine": "constructor"},
]
FITTING = """async ([place, link]) => {
    const { $load } = await import(`${place}/main.js`);
    const { settingsFrom, formValues } = await $load("form/values.js");
    const usual = formValues();
    return [usual, settingsFrom(link, usual)];
}"""


def test_s06_a_forged_link_breaks_and_starts_nothing(arriving: Person) -> None:
    person = arriving
    person.page.once("dialog", lambda dialog: person.errors.append(dialog.message))
    follow(person, quote(json.dumps(FORGED)))
    expect(person.prompt).not_to_have_value("")
    assert len(person.prompt.input_value()) == 10_000
    expect(person.number("Width")).to_have_value("1024")
    person.unfold()
    shown = person.page.get_by_role("textbox", name="LoRA", exact=False)
    assert 1 <= shown.count() <= ROWS
    expect(person.tiles).to_have_count(0)


@pytest.mark.full
def test_s06_what_no_link_of_the_page_says_changes_nothing(person: Person) -> None:
    for link in UNUSUAL:
        usual, fitted = person.page.evaluate(FITTING, [f"{person.url}/{assets.address('ui')}", link])
        assert fitted == {"settings": {**usual, "loras": fitted["settings"]["loras"]}, "moved": []}
        assert fitted["settings"]["loras"] in ([], usual["loras"])


@pytest.mark.full
def test_a_link_may_have_the_model_s_own_name_of_the_ensemble(person: Person) -> None:
    link = {"refine": "base_model_refiner"}
    _, fitted = person.page.evaluate(FITTING, [f"{person.url}/{assets.address('ui')}", link])
    assert fitted["settings"]["refine"] == "expert_ensemble_refiner"


@pytest.mark.full
def test_what_a_link_wants_out_of_range_is_moved_and_said(arriving: Person) -> None:
    person = arriving
    wanted = {"prompt": "a fox", "width": 99999, "num_inference_steps": -3, "guidance_scale": 7}
    follow(person, quote(json.dumps(wanted)))
    person.sees_text("Width, Steps were out of range and have been adjusted.")
    expect(person.number("Width")).to_have_value("1536")
    expect(person.number("Steps")).to_have_value("1")
    expect(person.number("Guidance")).to_have_value("7")


@pytest.mark.full
def test_a_link_that_is_cut_off_is_no_trouble(arriving: Person) -> None:
    person = arriving
    follow(person, "%7B%22prompt")
    expect(person.prompt).to_have_value("")
