"""Nobody is kept out: axe-core finds nothing in any view, light and dark, wide and narrow. It comes with its
package, so nothing is fetched."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page, expect

from components import messages
from tests.browser.apps import SharedApps
from tests.browser.person import Person
from tests.browser.tab import LAPTOP
from tests.support import full_run
from tests.support.app_process import AppProcess
from tests.support.v3_task import png

NAMED_AS_SEEN = "label-content-name-mismatch"
"""Rule that axe-core 4.14 counts to all; 4.12 still calls it experimental."""
ALL_RULES = {"resultTypes": ["violations"], "rules": {NAMED_AS_SEEN: {"enabled": True}}}
COLOURS = ALL_RULES | {"runOnly": ["color-contrast", "link-in-text-block"]}
LOOKS = [(1280, "light", ALL_RULES), (390, "dark", COLOURS)]
"""The theme changes colours alone."""
MORE_LOOKS = [(1280, "dark", COLOURS), (390, "light", ALL_RULES)]
"""With `--full`: few rules depend on the width, and none on width and theme together."""
AT_REST = "*, *::before, *::after { transition: none !important; animation: none !important; }"
"""What fades has no colour of its own."""


pytestmark = pytest.mark.app("pictures")


@pytest.fixture(scope="module")
def form(laptop: BrowserContext, shared_apps: SharedApps) -> Person:
    """The page of a visitor without pictures; each view closes what the one before it left open."""
    return opened(laptop.new_page(), shared_apps)


@pytest.fixture(scope="module")
def filled(browser: Browser, shared_apps: SharedApps) -> Iterator[Person]:
    """The page of a visitor with pictures in every state."""
    with browser.new_context(**LAPTOP) as context:
        api, person = shared_apps.api("pictures"), opened(context.new_page(), shared_apps)
        make_a_grid(person)
        make_a_comparison(person)
        api.next_submits = [lambda: (400, {}, b'{"code": 1200, "message": "sensitive"}')]
        person.generate("one that fails")
        person.sees("failed", 1)
        api.is_stalled = True
        person.generate("a sensitive one")
        person.sees("processing", 1)
        for task in api.tasks.values():
            task.nsfw, task.finished_by_hand = [task.body["prompt"] == "a sensitive one"], True
        person.sees("completed", 5)
        person.generate("one that is not done")
        person.sees("processing", 1)
        yield person


def opened(page: Page, shared_apps: SharedApps) -> Person:
    person = Person(page, shared_apps.app("pictures").url).open()
    load_checker(page)
    return person


def load_checker(page: Page) -> None:
    page.add_style_tag(content=AT_REST)
    page.evaluate(Axe().axe_script)


def make_a_grid(person: Person) -> None:
    person.prompt.fill("a red fox")
    person.page.get_by_text("Compare settings").click()
    person.page.get_by_label("Setting across").select_option("Guidance")
    person.page.get_by_label("Values across").fill("2, 4")
    person.button("Make the grid").click()
    person.sees("completed", 2)
    person.page.keyboard.press("Escape")


def make_a_comparison(person: Person) -> None:
    person.page.get_by_role("textbox", name="LoRA 1", exact=True).fill("TheLastBen/Papercut_SDXL")
    person.page.get_by_role("textbox", name="LoRA 1", exact=True).blur()
    person.page.get_by_role("button", name="Compare with and without").click()
    person.sees("completed", 4)
    person.page.get_by_role("dialog", name="With and without").wait_for()
    person.page.keyboard.press("Escape")


# --- the views: how a person comes to each ---


def nothing_yet(person: Person) -> None:
    person.page.get_by_role("button", name="Use example:").first.wait_for()


def everything_open(person: Person) -> None:
    """The form with all that can be unfolded, and its words."""
    person.prompt.fill("a fox " * 80)
    person.choose("Refiner", "Blend (recommended)")
    person.page.get_by_text("Compare settings").click()
    person.page.get_by_label("Values across").fill("1, x")
    person.sees_text("Couldn't read")
    person.page.get_by_role("textbox", name="LoRA 1", exact=True).fill("nerijs/pixel-art-xl")
    person.page.get_by_role("textbox", name="LoRA 1", exact=True).blur()
    person.sees_text("Trigger words:")
    person.button("Add LoRA").click()


def pictures(person: Person) -> None:
    person.sees("completed", 5)
    person.sees("failed", 1)
    person.sees("processing", 1)


def account(person: Person) -> None:
    person.button("Use your own key").click()
    person.key_box.wait_for()
    person.enter_key("not one of them")
    person.sees_text("look like a key")


def styles(person: Person) -> None:
    person.button("Style").click()
    person.button("Watercolor").click()


def shelf(person: Person) -> None:
    person.button("Browse LoRAs").click()
    person.page.get_by_role("dialog").get_by_role("listitem").first.wait_for()


def large_view(person: Person) -> None:
    person.open_picture("a red fox")


def card_menu(person: Person) -> None:
    person.results.get_by_role("button", name="More", exact=True).first.click()
    person.page.get_by_role("dialog", name="More").get_by_role("button", name="Copy settings link").wait_for()


def comparison(person: Person) -> None:
    person.page.get_by_role("button", name="Compare", exact=True).first.click()
    person.sees_text("Same prompt, same seed")


def grid_view(person: Person) -> None:
    person.button("Show as grid").first.click()
    expect(person.page.get_by_role("dialog", name="Grid").locator("img")).to_have_count(2)


def history(person: Person) -> None:
    person.button("History").click()
    dialog = person.page.get_by_role("dialog", name="History")
    dialog.get_by_role("checkbox", name="Select: a red fox").first.check()
    expect(dialog.get_by_role("button", name="Delete", exact=True)).to_be_enabled()


def bin_of_deleted(person: Person) -> None:
    history(person)
    dialog = person.page.get_by_role("dialog", name="History")
    dialog.get_by_role("button", name="Delete", exact=True).click()
    dialog.get_by_role("button", name="Recently deleted").click()
    dialog.get_by_role("checkbox", name="Select: a red fox").check()
    dialog.get_by_role("button", name="Delete permanently").click()
    person.sees_text("This permanently deletes")


def history_without_finds(person: Person) -> None:
    person.button("History").click()
    person.page.get_by_role("searchbox").fill("nothing of the kind")
    person.sees_text("No matches.")


def picture_panel(person: Person) -> None:
    person.start_from("photo.png", png(1024, 1024, 1))
    person.edit("Extend")
    person.button("Make it wider").wait_for()


def mask_editor(person: Person) -> None:
    person.start_from("photo.png", png(1024, 1024, 1))
    person.edit("Edit a part")
    person.button("Mark the part").click()
    person.page.get_by_role("img", name="Your picture with the mask").wait_for()


def code(person: Person) -> None:
    person.prompt.fill("a fox")
    person.button("Show code").click()
    person.page.get_by_role("tab", name="curl").wait_for()


def refused(person: Person) -> None:
    """An error at a field: with the picture of the view before, no prompt is needed."""
    if (remove := person.button("Remove picture")).is_visible():
        remove.click()
    person.generate_button.click()
    person.sees_text(messages.NO_PROMPT.happened)


WITH_PICTURES = [
    pictures,
    large_view,
    history,
    card_menu,
    comparison,
    grid_view,
    history_without_finds,
    bin_of_deleted,
]
EMPTY = [nothing_yet, picture_panel, mask_editor, refused, account, styles, shelf, code]


def settled(page: Page, width: int, theme: str) -> None:
    page.set_viewport_size({"width": width, "height": 900})
    page.emulate_media(color_scheme="dark" if theme == "dark" else "light")
    page.evaluate("isDark => document.body.classList.toggle('dark', isDark)", theme == "dark")
    page.evaluate("() => new Promise((then) => requestAnimationFrame(() => requestAnimationFrame(then)))")


def told(violations: list[dict[str, Any]]) -> list[str]:
    """Return each fault with where it is and what axe says of it, for whoever reads the failed test."""
    return [
        f"{one['id']}: {' '.join(map(str, node['target']))}: {node['failureSummary']}\n{node['html'][:300]}"
        for one in violations
        for node in one["nodes"]
    ]


def assert_good_for_everybody(page: Page) -> None:
    faults: dict[str, list[str]] = {}
    for width, theme, rules in LOOKS + (MORE_LOOKS if full_run.is_full() else []):
        settled(page, width, theme)
        found = page.evaluate("rules => axe.run(document.querySelector('dialog[open]') ?? document, rules)", rules)
        for fault in told(found["violations"]):
            faults.setdefault(fault, []).append(f"{width} {theme}")
    assert not faults, "\n\n".join(f"{', '.join(looks)}: {fault}" for fault, looks in faults.items())


def assert_good_in(view: Callable[[Person], None], person: Person) -> None:
    settled(person.page, *LOOKS[0][:2])
    while person.page.locator("dialog[open]").count():
        person.page.keyboard.press("Escape")
    view(person)
    assert_good_for_everybody(person.page)


@pytest.mark.parametrize("view", full_run.cases(EMPTY, usual=1))
def test_the_form(view: Callable[[Person], None], form: Person) -> None:
    assert_good_in(view, form)


@pytest.mark.full
@pytest.mark.app("demo")  # its model takes a refiner
def test_the_form_with_all_that_can_be_unfolded(person: Person) -> None:
    load_checker(person.page)
    assert_good_in(everything_open, person)


@pytest.mark.parametrize("view", full_run.cases(WITH_PICTURES, usual=3))
def test_what_was_made(view: Callable[[Person], None], filled: Person) -> None:
    assert_good_in(view, filled)


def test_the_host_s_page(context: BrowserContext, app: AppProcess) -> None:
    page = context.new_page()
    page.goto(app.host_link())
    page.get_by_text("Spending is on").wait_for()
    load_checker(page)
    assert_good_for_everybody(page)


@pytest.mark.parametrize(
    ("wrong", "rule"),
    [
        ("<button></button>", "button-name"),
        ("<h3>of minor weight</h3>", "heading-order"),
        ("<button aria-label=Open>Close it</button>", NAMED_AS_SEEN),
    ],
)
def test_the_checker_finds_what_is_wrong(wrong: str, rule: str, person_less_page: Page) -> None:
    person_less_page.set_content(f"<html lang=en><title>x</title><main><h1>x</h1>{wrong}</main>")
    load_checker(person_less_page)
    with pytest.raises(AssertionError, match=rule):
        assert_good_for_everybody(person_less_page)


@pytest.fixture
def person_less_page(context: BrowserContext) -> Page:
    return context.new_page()
