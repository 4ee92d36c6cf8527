"""Nothing typed is lost, tabs do not mix, and a link fills the form and starts nothing."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote, unquote

import pytest
from playwright.sync_api import Browser, BrowserContext, expect

from components import messages
from components.ui.loras import ROWS
from tests.app_process import AppProcess
from tests.browser.person import Person


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[AppProcess]:
    started = AppProcess(tmp_path_factory.mktemp("demo"), PLAYGROUND_BACKEND="demo").start()
    yield started
    started.stop()


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
    person.button("Choose styles").click()
    person.button("Watercolor").click()
    person.page.keyboard.press("Escape")
    person.page.wait_for_timeout(400)  # as long as a draft takes to be written


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


def test_a_reload_and_a_closed_tab_lose_nothing_and_reset_takes_all_away(
    context: BrowserContext, app: AppProcess
) -> None:
    person = opened(context, app.url)
    fill_in(person)
    person.page.reload()
    shows_what_was_filled_in(person)
    person.page.close()
    again = opened(context, app.url)
    shows_what_was_filled_in(again)
    again.button("Reset to defaults").click()
    expect(again.prompt).to_have_value("")
    expect(again.number("Width")).to_have_value("1024")
    expect(again.number("Seed")).to_have_value("-1")
    expect(again.page.get_by_role("textbox", name="LoRA 2", exact=True)).to_be_hidden()
    expect(again.button("Remove style: Watercolor")).to_have_count(0)
    again.page.wait_for_timeout(400)
    again.page.reload()
    again.generate_button.wait_for()
    expect(again.prompt).to_have_value("")
    expect(again.tiles).to_have_count(0)
    assert again.errors == []


def test_each_tab_keeps_its_own(context: BrowserContext, app: AppProcess) -> None:
    one = opened(context, app.url)
    one.prompt.fill("of the first tab")
    one.page.wait_for_timeout(400)
    other = opened(context, app.url)
    expect(other.prompt).to_have_value("of the first tab")
    other.prompt.fill("of the second tab")
    other.page.wait_for_timeout(400)
    for person, text in ((one, "of the first tab"), (other, "of the second tab")):
        person.page.reload()
        expect(person.prompt).to_have_value(text)


def test_without_storage_the_page_works(browser: Browser, app: AppProcess) -> None:
    with browser.new_context() as context:
        context.add_init_script(
            "for (const name of ['localStorage', 'sessionStorage'])"
            " Object.defineProperty(window, name, { get() { throw new DOMException('no', 'SecurityError'); } });"
        )
        person = opened(context, app.url)
        person.prompt.fill("a cat")
        person.generate()
        person.sees_pictures(1)
        assert person.errors == []


def link_of(person: Person) -> str:
    return person.page.evaluate("() => navigator.clipboard.readText()")


def test_a_link_fills_the_form_elsewhere_and_starts_nothing(browser: Browser, app: AppProcess) -> None:
    with browser.new_context(permissions=["clipboard-read", "clipboard-write"]) as context:
        person = opened(context, app.url)
        fill_in(person)
        person.button("Copy a link").click()
        person.sees_text(messages.LINK_COPIED.happened)
        link = link_of(person)
    told = json.loads(unquote(link.partition("#make=")[2]))
    assert set(told) == {
        "prompt",
        "negative_prompt",
        "width",
        "num_inference_steps",
        "seed",
        "pictures",
        "loras",
        "styles",
    }
    with browser.new_context() as context:
        other = opened(context, link)
        shows_what_was_filled_in(other)
        other.sees_text("A link filled in the form. Nothing was started.")
        expect(other.tiles).to_have_count(0)
        assert "#" not in other.page.url
        other.prompt.fill("mine now")
        other.page.wait_for_timeout(400)
        other.page.reload()
        expect(other.prompt).to_have_value("mine now")
        assert other.errors == []


FORGED: list[Any] = [
    None,
    [],
    "text",
    {"prompt": 5, "width": "1024", "seed": None, "loras": "x", "styles": 3, "pictures": "4"},
    {"loras": [None, 1, {}, {"path": 7}, {"path": "a/b", "scale": "1"}], "refine": "rm -rf"},
    {"pictures": 99, "styles": ["<img src=x onerror=alert(1)>"], "__proto__": {"on": True}, "key": "k", "image": "x"},
    {"prompt": "<script>alert(1)</script>" * 5000},
    {"loras": [{"path": "a/b"}] * 50},
]


@pytest.mark.parametrize("number", range(len(FORGED)))
def test_s06_a_forged_link_breaks_and_starts_nothing(number: int, context: BrowserContext, app: AppProcess) -> None:
    person = opened(context, f"{app.url}#make={quote(json.dumps(FORGED[number]))}")
    person.page.on("dialog", lambda dialog: person.errors.append(dialog.message))
    expect(person.number("Width")).to_have_value("1024")
    assert len(person.prompt.input_value()) <= 10_000
    shown = person.page.get_by_role("textbox", name="LoRA", exact=False)
    assert 1 <= shown.count() <= ROWS
    expect(person.tiles).to_have_count(0)
    assert person.errors == []


def test_what_a_link_wants_out_of_range_is_moved_and_said(context: BrowserContext, app: AppProcess) -> None:
    wanted = {"prompt": "a fox", "width": 99999, "num_inference_steps": -3, "guidance_scale": 7}
    person = opened(context, f"{app.url}#make={quote(json.dumps(wanted))}")
    person.sees_text("Width, Steps could not be as the link says and were moved.")
    expect(person.number("Width")).to_have_value("1536")
    expect(person.number("Steps")).to_have_value("1")
    expect(person.number("Guidance")).to_have_value("7")


def test_a_link_that_is_cut_off_is_no_trouble(context: BrowserContext, app: AppProcess) -> None:
    person = opened(context, f"{app.url}#make=%7B%22prompt")
    expect(person.prompt).to_have_value("")
    assert person.errors == []
