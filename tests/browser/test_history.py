"""A person's history: found, marked, chosen, fetched as one file, deleted."""

from __future__ import annotations

import io
import re
import time
import zipfile
from collections.abc import Iterator

import pytest
from playwright.sync_api import expect

from components.images.metadata import read_text
from tests.browser.apps import SharedApps
from tests.browser.history_view import comes_back, history, search, tiles
from tests.browser.person import Person
from tests.browser.tab import Tab
from tests.support.app_process import AppProcess
from tests.support.seeded_history import LORA, TOKEN, fill
from tests.support.v3_service import HostedApi

COUNT = 150


@pytest.fixture(scope="module")
def app(shared_apps: SharedApps, tmp_path_factory: pytest.TempPathFactory) -> Iterator[AppProcess]:
    folder = tmp_path_factory.mktemp("app")
    fill(folder / "data", COUNT, time.time())
    app = AppProcess.hosted(folder, shared_apps.api("hosted")).start()
    yield app
    app.kill()


@pytest.fixture
def person(tab: Tab, app: AppProcess) -> Iterator[Person]:
    """The visitor that made them, on a page that stays open from test to test."""
    if page := tab.left_open(app.url):
        person = Person(page, app.url).close_dialogs()
    else:
        page = tab.cleared(app.url)
        page.evaluate("token => localStorage.setItem('playground-visitor', token)", TOKEN)
        person = Person(page, app.url).open()
    yield person
    assert person.errors == []
    tab.leave_open(app.url)


@pytest.mark.full
def test_words_are_found_and_the_picture_opens_in_full(person: Person) -> None:
    view = history(person)
    expect(view.get_by_text("150 pictures", exact=True)).to_be_visible()
    search(view, "CAFE 149")
    expect(tiles(view)).to_have_count(1)
    view.get_by_role("button", name="Open: Picture number 149").click()
    large = person.page.get_by_role("dialog", name="Picture", exact=True)
    expect(large.get_by_role("img", name="Picture number 149")).to_be_visible()
    person.unfold_actions(large).get_by_role("button", name="Use these settings").click()
    expect(view).to_be_hidden()
    expect(person.prompt).to_have_value("Picture number 149 of a café")


@pytest.mark.full
def test_what_is_not_there_is_said_and_everything_comes_back(person: Person) -> None:
    view = history(person)
    search(view, "an elephant")
    expect(view.get_by_text("No matches.")).to_be_visible()
    search(view, "")
    expect(tiles(view).first).to_be_visible()
    expect(view.get_by_text("No matches.")).to_be_hidden()


@pytest.mark.full
def test_scrolling_shows_them_all_and_none_twice(person: Person) -> None:
    view = history(person)
    expect(tiles(view).first).to_be_visible()
    while (count := tiles(view).count()) < COUNT:
        tiles(view).last.scroll_into_view_if_needed()
        expect(tiles(view)).not_to_have_count(count)
    expect(tiles(view)).to_have_count(COUNT)
    ids = tiles(view).evaluate_all("tiles => tiles.map((tile) => tile.dataset.job)")
    assert len(set(ids)) == COUNT
    assert ids == sorted(ids), "the newest first"
    expect(view.get_by_role("button", name="Show more")).to_be_hidden()


@pytest.mark.full
def test_filters_narrow_it_down(person: Person) -> None:
    view = history(person)
    view.get_by_role("button", name="Today").click()
    view.get_by_role("button", name="Yesterday").click()
    expect(tiles(view)).to_have_count(24)  # one an hour
    view.get_by_role("button", name="Yesterday").click()
    view.get_by_role("combobox", name="LoRA").select_option(LORA)
    search(view, "number 14")
    expect(tiles(view)).to_have_count(4)  # 114, 141, 144, 147


@pytest.mark.full
def test_a_favourite_is_one_in_every_tab_and_after_a_reload(person: Person) -> None:
    other = Person(person.page.context.new_page(), person.url).open()
    star = person.results.get_by_role("button", name="Favorite: Picture number 1 of")
    star.click()
    expect(star).to_have_attribute("aria-pressed", "true")
    other.page.bring_to_front()
    other.page.evaluate("dispatchEvent(new Event('online'))")
    theirs = other.results.get_by_role("button", name="Favorite: Picture number 1 of")
    expect(theirs).to_have_attribute("aria-pressed", "true")
    person.page.bring_to_front()
    person.page.reload()
    view = history(person)
    view.get_by_role("button", name="Favorites", exact=True).click()
    expect(tiles(view)).to_have_count(1)
    view.get_by_role("button", name="Favorite: Picture number 1 of").click()
    expect(view.get_by_role("button", name="Favorite: Picture number 1 of")).to_have_attribute("aria-pressed", "false")


@pytest.mark.full
def test_several_are_fetched_as_one_file_with_a_sheet(person: Person) -> None:
    view = history(person)
    search(view, '"number 8"')
    expect(tiles(view)).to_have_count(11)
    for number in (8, 81):
        view.get_by_role("checkbox", name=f"Select: Picture number {number} of").check()
    expect(view.get_by_text("2 selected")).to_be_visible()
    with person.page.expect_download() as waiting:
        view.get_by_role("button", name="Download as zip").click()
    archive = zipfile.ZipFile(io.BytesIO(waiting.value.path().read_bytes()))
    assert archive.testzip() is None
    first, *others = archive.namelist()
    assert first == "pictures/001-picture-number-8-of-a-café-8.png"
    assert others == ["pictures/002-picture-number-81-of-a-café-81.png", "contact-sheet.html"]
    assert read_text(archive.read(first)).startswith("Picture number 8 of a café\n")
    sheet = archive.read("contact-sheet.html").decode()
    assert "Picture number 81 of a café" in sheet and "Seed: 81" in sheet


def test_what_is_deleted_is_undone_at_its_place_or_ends_in_the_bin(person: Person) -> None:
    view = history(person)
    search(view, '"number 5 of"')
    expect(tiles(view)).to_have_count(1)
    view.get_by_role("checkbox").check()
    view.get_by_role("button", name="Delete", exact=True).click()
    expect(tiles(view)).to_have_count(0)
    expect(view.get_by_text("Deleted.", exact=True)).to_be_visible()
    expect(view.get_by_role("searchbox")).to_be_focused()
    view.get_by_role("button", name="Undo").click()
    expect(view.get_by_text("Restored.")).to_be_visible()
    expect(tiles(view)).to_have_count(1)
    view.get_by_role("checkbox").check()
    view.get_by_role("button", name="Delete", exact=True).click()
    view.get_by_role("button", name="Recently deleted").click()
    rest = view.get_by_role("listitem").filter(has_text="Picture number 5 of")
    expect(rest.get_by_text("30 days left")).to_be_visible()
    rest.get_by_role("button", name="Open: Picture number 5 of").click()
    view.get_by_role("button", name="Delete permanently").click()
    expect(view.get_by_text("This permanently deletes the picture.")).to_be_visible()
    view.get_by_role("button", name="Yes, delete").click()
    expect(view.get_by_text("Nothing was deleted lately.")).to_be_visible()
    view.get_by_role("button", name="Close", exact=True).click()
    expect(person.results.get_by_role("button", name="Open: Picture number 5 of")).to_have_count(0)
    expect(person.results.get_by_role("button", name="Open: Picture number 6 of")).to_be_visible()


@pytest.mark.full
def test_a_page_that_does_not_come_can_be_asked_for_again(person: Person) -> None:
    view = history(person)
    expect(tiles(view).first).to_be_visible()
    person.page.route("**/component_server/**", lambda route: route.abort())
    search(view, '"number 77"')
    expect(view.get_by_text("Couldn't load these.")).to_be_visible()
    person.page.unroute("**/component_server/**")
    view.get_by_role("button", name="Try again").click()
    expect(tiles(view)).to_have_count(1)


@pytest.mark.full
def test_a_double_click_opens_one(person: Person) -> None:
    person.button("History").dblclick()
    expect(person.page.get_by_role("dialog", name="History")).to_have_count(1)
    person.page.keyboard.press("Escape")
    expect(person.page.get_by_role("dialog", name="History")).to_have_count(0)


@pytest.mark.full
def test_among_the_found_nothing_is_said_of_the_one_before(person: Person) -> None:
    view = history(person)
    search(view, '"number 2"')
    expect(tiles(view)).to_have_count(11)
    view.get_by_role("button", name="Open: Picture number 2 of").click()
    large = person.page.get_by_role("dialog", name="Picture", exact=True)
    large.get_by_role("group", name="Actions").wait_for()
    expect(large.get_by_text("Changed since")).to_have_count(0)


@pytest.mark.full
def test_a_star_that_cannot_be_kept_is_said(person: Person) -> None:
    view = history(person)
    star = view.get_by_role("button", name="Favorite: Picture number 3 of")
    expect(star).to_be_visible()
    person.page.route("**/component_server/**", lambda route: route.abort())
    star.click()
    expect(view.get_by_text("Couldn't mark this as a favorite. Try again.")).to_be_visible()
    expect(star).to_have_attribute("aria-pressed", "false")
    person.page.unroute("**/component_server/**")


@pytest.mark.full
def test_it_is_worked_by_keyboard_and_closes_with_escape(person: Person) -> None:
    person.button("History").focus()
    person.page.keyboard.press("Enter")
    view = person.page.get_by_role("dialog", name="History")
    expect(view.get_by_role("searchbox")).to_be_focused()
    person.page.keyboard.type('"number 33"')
    expect(tiles(view)).to_have_count(1)
    person.page.keyboard.press("Escape")
    person.page.keyboard.press("Escape")
    expect(view).to_be_hidden()
    expect(person.button("History")).to_be_focused()


@pytest.mark.full
def test_what_is_deleted_in_another_tab_is_gone_from_an_open_history(person: Person) -> None:
    view = history(person)
    search(view, '"number 11 of"')
    expect(tiles(view)).to_have_count(1)
    view.get_by_role("checkbox").check()
    total = int(view.get_by_text(re.compile(r"^\d+ pictures$")).inner_text().split()[0])
    theirs = Person(person.page.context.new_page(), person.url).open()
    other = history(theirs)
    search(other, '"number 11 of"')
    expect(tiles(other)).to_have_count(1)
    other.get_by_role("checkbox").check()
    other.get_by_role("button", name="Delete", exact=True).click()
    expect(tiles(other)).to_have_count(0)
    theirs.page.close()
    comes_back(person)
    expect(tiles(view)).to_have_count(0)
    expect(view.get_by_text("1 selected")).to_be_hidden()
    expect(view.get_by_text(f"{total - 1} pictures", exact=True)).to_be_visible()


@pytest.mark.full
def test_what_is_finished_in_another_tab_comes_into_an_open_history(person: Person, api: HostedApi) -> None:
    view = history(person)
    first = tiles(view).first
    expect(first).to_be_visible()
    known = tiles(view).count()
    theirs = Person(person.page.context.new_page(), person.url).open()
    theirs.generate("a heron")
    expect(theirs.results.get_by_role("button", name="Open: a heron")).to_be_visible()
    theirs.page.close()
    comes_back(person)
    expect(first.get_by_role("button", name="Open: a heron")).to_be_visible()
    expect(tiles(view)).to_have_count(known + 1)


@pytest.mark.full
def test_from_a_ticked_box_enter_leads_to_what_can_be_done(person: Person) -> None:
    view = history(person)
    search(view, '"number 12 of"')
    expect(tiles(view)).to_have_count(1)
    view.get_by_role("checkbox").focus()
    person.page.keyboard.press("Space")
    person.page.keyboard.press("Enter")
    expect(view.get_by_role("button", name="Download as zip")).to_be_focused()
    for name in ("Delete", "Select all shown", "Clear"):
        person.page.keyboard.press("Tab")
        expect(view.get_by_role("button", name=name, exact=True)).to_be_focused()
    bar, shelf = view.get_by_role("group", name="Selected pictures"), view.get_by_role("list", name="Results")
    assert float((bar.bounding_box() or {})["y"]) >= float((shelf.bounding_box() or {})["y"])


@pytest.mark.full
def test_each_day_has_one_heading_before_its_pictures(person: Person) -> None:
    view = history(person)
    expect(tiles(view).first).to_be_visible()
    days = view.get_by_role("heading", level=3).all_inner_texts()
    assert days and len(set(days)) == len(days)
    expect(view.get_by_role("list", name="Results").get_by_role("listitem").first).to_have_text(days[0])


@pytest.mark.full
def test_another_visitor_sees_nothing_of_it(on_a_phone: Person) -> None:
    on_a_phone.page.get_by_role("button", name="Use example:").first.wait_for()
    expect(on_a_phone.tiles).to_have_count(0)
    expect(on_a_phone.button("History")).to_be_hidden()


@pytest.mark.full
def test_lists_show_thumbnails_and_what_their_menu_saves_is_the_original(person: Person) -> None:
    small = person.results.get_by_role("button", name="Open: Picture number 4 of").get_by_role("img")
    assert str(small.get_attribute("src")).endswith("?thumb")
    small.scroll_into_view_if_needed()
    with person.page.expect_response(lambda answer: "/pictures/" in answer.url and "?" not in answer.url):
        small.click(button="right")
    assert "?" not in str(small.get_attribute("src"))
    person.results.get_by_role("button", name="Open: Picture number 2 of").click()
    large = person.page.get_by_role("dialog", name="Picture", exact=True)
    assert "?" not in str(large.get_by_role("img").get_attribute("src"))
