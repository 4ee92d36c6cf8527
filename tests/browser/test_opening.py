"""First paint: prompt and Generate before Gradio is there, in the places of the real ones; what is done there."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Locator, Page, Route, expect

from tests.browser.person import Person
from tests.browser.tab import LAPTOP, PHONE, let_it_move
from tests.support.app_process import AppProcess
from tests.support.v3_service import HostedApi

SHIFTS = """window.shifts = 0;
new PerformanceObserver((list) => {
  for (const one of list.getEntries()) if (!one.hadRecentInput) window.shifts += one.value;
}).observe({ type: "layout-shift", buffered: true });"""
HIDDEN_AT_FIRST = """window.hidden_at_first = null;
new MutationObserver((changes, observer) => {
  if (!changes.some(({ removedNodes }) => [...removedNodes].some(({ id }) => id === "opening"))) return;
  observer.disconnect();
  const parts = [...document.querySelectorAll("#title h1, #generate, .results h2, #help-prompt")];
  window.hidden_at_first = parts.filter((one) => getComputedStyle(one).visibility !== "visible").map(({ id }) => id);
}).observe(document, { childList: true, subtree: true });"""
"""What is not seen in the frame in which the page takes the place of its first paint."""
MOST_SHIFT = 0.02
SMALLEST_TARGET = 24
"""Pixels a side (WCAG 2.2, 2.5.8)."""


class Held:
    """The page's own script, held back until `release`: Gradio is there, and nothing of the page works."""

    def __init__(self, page: Page) -> None:
        self._routes: list[Route] = []
        page.route("**/ui/main.js", lambda route: self._routes.append(route))

    def release(self) -> None:
        for route in self._routes:
            route.continue_()


@pytest.fixture(params=["laptop", pytest.param("phone", marks=pytest.mark.full)])
def visitor(request: pytest.FixtureRequest, browser: Browser) -> Iterator[Page]:
    with browser.new_context(**(LAPTOP if request.param == "laptop" else PHONE)) as context:
        page = context.new_page()
        let_it_move(page)
        yield page


def test_what_is_typed_and_pressed_before_the_page_is_ready_is_made_once(
    bare_page: Page, app: AppProcess, api: HostedApi
) -> None:
    held = Held(bare_page)
    bare_page.goto(app.url, wait_until="commit")
    person = Person(bare_page, app.url)
    person.prompt.fill("a hurry")
    person.generate_button.click()
    waiting = bare_page.get_by_role("button", name="Getting ready…")
    waiting.click(force=True)
    bare_page.locator("#generate").wait_for(state="attached")
    held.release()
    person.sees_pictures(1)
    expect(bare_page.locator("#field-prompt textarea")).to_have_value("a hurry")
    assert [body["prompt"] for body in api.posts] == ["a hurry"]
    assert person.errors == []


@pytest.mark.full
def test_a_form_that_comes_late_is_waited_for(bare_page: Page, app: AppProcess) -> None:
    bare_page.add_init_script(
        "addEventListener('DOMContentLoaded', () => dispatchEvent(new Event('playground:ready')))"
    )
    bare_page.goto(app.url, wait_until="commit")
    person = Person(bare_page, app.url)
    person.prompt.fill("a hurry")
    expect(bare_page.locator("#field-prompt textarea")).to_have_value("a hurry")
    expect(bare_page.locator("#opening")).to_have_count(0)
    assert person.errors == []


@pytest.mark.full
def test_the_focus_and_the_place_in_the_text_are_kept(bare_page: Page, app: AppProcess) -> None:
    held = Held(bare_page)
    bare_page.goto(app.url, wait_until="commit")
    person = Person(bare_page, app.url)
    person.prompt.press_sequentially("fox")
    person.prompt.press("ArrowLeft")
    bare_page.locator("#generate").wait_for(state="attached")
    held.release()
    person.results.wait_for()
    bare_page.keyboard.type("!")
    expect(bare_page.locator("#field-prompt textarea")).to_have_value("fo!x")


@pytest.mark.full
def test_a_reload_shows_the_draft_at_once(person: Person) -> None:
    person.prompt.fill("half a thought")
    person.draft_holds("half a thought")
    held = Held(person.page)
    person.page.reload(wait_until="commit")
    expect(person.page.locator("#opening textarea")).to_have_value("half a thought")
    person.page.locator("#generate").wait_for(state="attached")
    held.release()
    expect(person.page.locator("#opening")).to_have_count(0)
    expect(person.prompt).to_have_value("half a thought")
    person.page.unroute("**/ui/main.js")


def test_the_page_opens_without_a_jump_and_in_the_places_of_its_first_paint(visitor: Page, app: AppProcess) -> None:
    visitor.add_init_script(SHIFTS)
    visitor.add_init_script(HIDDEN_AT_FIRST)
    held = Held(visitor)
    visitor.goto(app.url, wait_until="commit")
    painted = [box_of(visitor.locator(f"#opening {tag}")) for tag in ("h1", "textarea", ".start button")]
    visitor.locator("#generate").wait_for(state="attached")
    held.release()
    Person(visitor, app.url).results.get_by_role("list").first.wait_for()
    visitor.wait_for_load_state("networkidle")
    shown = [box_of(visitor.locator(name)) for name in ("#title h1", "#field-prompt textarea", "#generate")]
    for before, after in zip(painted, shown, strict=True):
        assert [round(side / 3) for side in before] == pytest.approx([round(side / 3) for side in after], abs=1)
    assert visitor.evaluate("window.shifts") < MOST_SHIFT
    assert visitor.evaluate("window.hidden_at_first") == []


@pytest.mark.app("demo")
def test_the_ideas_stay_where_the_first_paint_has_them(visitor: Page, app: AppProcess) -> None:
    held = Held(visitor)
    visitor.goto(app.url, wait_until="commit")
    names = (".ideas h2", ".example img", "li:last-child .example")
    painted = [box_of(visitor.locator(f"#opening {name}").first) for name in names]
    visitor.locator("#generate").wait_for(state="attached")
    held.release()
    expect(visitor.locator("#opening")).to_have_count(0)
    shown = [box_of(visitor.locator(f".results {name}").first) for name in names]
    for before, after in zip(painted, shown, strict=True):
        assert before == pytest.approx(after, abs=1.5)


@pytest.mark.full
@pytest.mark.app("demo")
def test_the_box_for_a_key_that_was_asked_for_early_opens(bare_page: Page, app: AppProcess) -> None:
    held = Held(bare_page)
    bare_page.goto(app.url, wait_until="commit")
    person = Person(bare_page, app.url)
    bare_page.get_by_role("button", name="Make it real").click()
    bare_page.locator("#generate").wait_for(state="attached")
    held.release()
    expect(bare_page.get_by_label("Your WaveSpeed key")).to_be_focused()
    assert person.errors == []


def test_an_idea_chosen_before_the_page_is_ready_fills_in_the_whole_form(
    bare_page: Page, app: AppProcess, api: HostedApi
) -> None:
    held = Held(bare_page)
    bare_page.goto(app.url, wait_until="commit")
    person = Person(bare_page, app.url)
    bare_page.get_by_role("button", name="Use example: Papercut castle").click()
    prompt = person.prompt.input_value()
    assert prompt.startswith("papercut, a castle")
    person.prompt.press_sequentially(" in spring")
    person.generate_button.click()
    bare_page.locator("#generate").wait_for(state="attached")
    held.release()
    person.sees_pictures(1)
    [sent] = api.posts
    assert sent["prompt"] == f"{prompt} in spring"
    assert [lora["path"] for lora in sent["loras"]] == ["TheLastBen/Papercut_SDXL"]
    assert person.errors == []


def test_the_first_paint_has_the_ideas_until_there_are_pictures(bare_page: Page, app: AppProcess) -> None:
    person = Person(bare_page, app.url)
    opens_with_ideas(person, is_shown=True)
    opens_with_ideas(person, is_shown=True)
    person.generate("the first picture")
    person.sees_pictures(1)
    opens_with_ideas(person, is_shown=False)
    assert person.errors == []


def opens_with_ideas(person: Person, *, is_shown: bool) -> None:
    held = Held(person.page)
    person.page.goto(person.url, wait_until="commit")
    expect(person.page.locator("#opening .start")).to_be_visible()
    expect(person.page.locator("#opening .ideas")).to_be_visible(visible=is_shown)
    person.page.locator("#generate").wait_for(state="attached")
    held.release()
    expect(person.page.locator("#opening")).to_have_count(0)
    person.page.unroute("**/ui/main.js")


def box_of(element: Locator) -> list[float]:
    """Return place and height; the width of a title is that of its text."""
    box = element.bounding_box()
    assert box
    return [box["x"], box["y"], box["height"]]


@pytest.mark.full
def test_what_a_search_engine_and_a_thumb_need(visitor: Page, app: AppProcess) -> None:
    person = Person(visitor, app.url).open()
    expect(visitor.locator("#opening")).to_have_count(0)
    assert visitor.locator("h1").count() == 1
    assert visitor.locator("meta[name=description]").count() == 1
    assert visitor.title() == "SDXL LoRA Playground"
    sizes = person.page.evaluate(
        """() => [...document.querySelectorAll("#head button, #form button, .results button")]
          .filter((one) => !one.matches(".reset-button")) // Gradio's, beside a slider
          .filter((one) => one.checkVisibility({ visibilityProperty: true }) && one.offsetWidth > 1)
          .map((one) => [one.textContent.trim() || one.ariaLabel, one.offsetWidth, one.offsetHeight])"""
    )
    assert [one for one in sizes if min(one[1:]) < SMALLEST_TARGET] == []


@pytest.mark.full
def test_the_language_of_the_page_is_that_of_its_texts(browser: Browser, app: AppProcess) -> None:
    with browser.new_context(locale="fa-IR") as context:
        page = context.new_page()
        person = Person(page, app.url).open()
        expect(page.locator("html")).to_have_attribute("lang", "en")
        assert page.locator("html").get_attribute("dir") in (None, "", "ltr")
        assert person.errors == []
