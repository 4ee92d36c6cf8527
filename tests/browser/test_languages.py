"""The page in the languages of the catalogue: chosen by a person and kept, and nothing is cut on a phone."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, ViewportSize, expect

from components.messages import NOTHING_HERE
from components.messages.catalogue import languages, text
from components.messages.plurals import plural_categories, plural_category
from tests.browser.person import Person
from tests.support.app_process import AppProcess
from tests.support.page_views import VIEWS, start
from tests.support.pseudo_page import cut

pytestmark = pytest.mark.app("demo")
LONG_AND_MIRRORED = ("de", "ar")
NO_STORAGE = """for (const name of ["localStorage", "sessionStorage"])
  Object.defineProperty(window, name, { get() { throw new DOMException("no", "SecurityError"); } });"""
COUNTS = (*range(205), 1000, 1_000_000, 2_000_000, 0.5, 1.5, 3.5)


def choose(page: Page, language: str) -> None:
    """Choose a language by its own name, as a person does who does not read the page's."""
    page.locator("#language select").select_option(label=text("language.name", language=language))
    expect(page.locator("html")).to_have_attribute("lang", language)
    page.locator("#generate").get_by_text(text("page.generate", language=language)).wait_for()


@pytest.mark.full
def test_a_choice_loses_nothing_that_was_typed_and_lasts(person: Person, app: AppProcess) -> None:
    page = person.page
    person.prompt.fill("half a thought")
    choose(page, "ar")
    prompt = page.locator("#field-prompt textarea")
    expect(prompt).to_have_value("half a thought")
    expect(page.locator("html")).to_have_attribute("dir", "rtl")
    assert page.url == f"{app.url}/", "an address that is passed on has no language"
    refusal = page.request.get(f"{app.url}/nothing").text()
    assert refusal == " ".join(NOTHING_HERE.texts_in("ar"))
    page.context.clear_cookies()  # as in the frame of another site
    page.reload()
    page.locator("#generate").get_by_text(text("page.generate", language="ar")).wait_for()
    expect(prompt).to_have_value("half a thought")
    choose(page, "en")
    expect(page.locator("html")).to_have_attribute("dir", "ltr")
    assert person.errors == []


@pytest.mark.full
def test_without_storage_the_address_carries_what_was_typed(bare_page: Page, app: AppProcess) -> None:
    bare_page.add_init_script(NO_STORAGE)
    person = Person(bare_page, app.url).open()
    person.prompt.fill("half a thought")
    choose(bare_page, "de")
    expect(bare_page.locator("#field-prompt textarea")).to_have_value("half a thought")
    assert person.errors == []


@pytest.fixture(params=LONG_AND_MIRRORED)
def phone(request: pytest.FixtureRequest, browser: Browser, app: AppProcess) -> Iterator[Page]:
    size = ViewportSize(width=390, height=900)
    with browser.new_context(locale=request.param, viewport=size) as context:
        page = context.new_page()
        page.goto(app.url)
        yield page


@pytest.mark.full
def test_nothing_is_cut_on_a_phone(phone: Page) -> None:
    start(phone)
    for view in VIEWS:
        view(phone)
        assert cut(phone, is_pseudo=False) == [], view.__name__


def test_the_server_counts_as_browsers_do(scripts: Page) -> None:
    for language in languages():
        rules = f"new Intl.PluralRules('{language}')"
        assert {*scripts.evaluate(f"{rules}.resolvedOptions().pluralCategories")} == plural_categories(language)
        found = scripts.evaluate(f"(counts) => counts.map((count) => {rules}.select(count))", [*COUNTS])
        assert found == [plural_category(language, count) for count in COUNTS], language
