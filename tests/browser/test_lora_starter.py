"""The dialog of LoRAs: chosen by their samples, found at Hugging Face, and their trigger words."""

from __future__ import annotations

import pytest
from playwright.sync_api import Locator, Route, expect

from components import messages
from tests.browser.lora_rows import check, paste, row, under, word
from tests.browser.person import Person
from tests.support.v3_service import HostedApi
from tests.tools.repaint_samples import shelf as starters_on_shelf

OPEN, STARTERS = "Browse LoRAs", len(starters_on_shelf())
PIXELS, PAPER = "nerijs/pixel-art-xl", "TheLastBen/Papercut_SDXL"


pytestmark = pytest.mark.app("fake sites")


@pytest.fixture
def person(regular: Person) -> Person:
    return regular


def shelf(person: Person) -> Locator:
    return person.page.get_by_role("dialog", name="Find a LoRA")


def starters(person: Person) -> Locator:
    return shelf(person).get_by_role("region", name="Starter LoRAs").get_by_role("listitem")


def found(person: Person) -> Locator:
    return shelf(person).get_by_role("region", name="On Hugging Face").get_by_role("listitem")


def chips(person: Person) -> Locator:
    return person.page.get_by_role("list", name="Added to your prompt").get_by_role("listitem")


def open_shelf(person: Person) -> None:
    person.button(OPEN).click()
    expect(starters(person)).to_have_count(STARTERS)


def choose(person: Person, title: str) -> None:
    open_shelf(person)
    person.button(f"Use {title}").click()
    expect(shelf(person)).to_have_count(0)


def asked_for(person: Person) -> list[str]:
    """Return the addresses of what is fetched from now on."""
    addresses: list[str] = []
    person.page.on("request", lambda request: addresses.append(request.url))
    return addresses


@pytest.mark.full
def test_a_click_puts_a_lora_into_the_first_empty_row_and_offers_its_word(person: Person, api: HostedApi) -> None:
    person.prompt.fill("a cat")
    choose(person, "Pixel Art XL")
    expect(row(person)).to_have_value(PIXELS)
    expect(person.button(OPEN)).to_be_focused()
    person.sees_text("Added Pixel Art XL.")
    expect(chips(person)).to_have_text("Pixel Art XL 1")
    expect(under(person)).to_contain_text("Pixel Art XLHugging Face")
    expect(word(person, "pixel art")).to_have_attribute("aria-pressed", "false")
    expect(person.prompt).to_have_value("a cat")
    word(person, "pixel art").click()
    expect(person.prompt).to_have_value("a cat, pixel art")
    person.generate()
    person.sees_pictures(1)
    assert api.posts[0]["loras"] == [{"path": PIXELS, "scale": 1}]


@pytest.mark.full
def test_every_card_has_what_one_needs_to_choose(person: Person) -> None:
    open_shelf(person)
    card = starters(person).filter(has_text="Papercut")
    expect(card).to_contain_text("Trigger word: papercut")
    expect(card).to_contain_text("License: creativeml-openrail-m")
    link = card.get_by_role("link")
    expect(link).to_have_attribute("href", f"https://huggingface.co/{PAPER}")
    expect(link).to_have_attribute("target", "_blank")
    expect(link).to_have_attribute("rel", "noopener")
    assert card.get_by_role("img").evaluate("image => image.decode().then(() => image.naturalWidth)") == 256


@pytest.mark.full
def test_by_keyboard(person: Person) -> None:
    press = person.page.keyboard.press
    person.button(OPEN).focus()
    press("Enter")
    expect(shelf(person)).to_be_visible()
    press("Escape")
    expect(shelf(person)).to_have_count(0)
    expect(person.button(OPEN)).to_be_focused()
    expect(row(person)).to_have_value("")
    press("Space")
    expect(shelf(person).get_by_role("searchbox")).to_be_focused()
    press("Tab")
    expect(shelf(person).get_by_role("button", name="Close")).to_be_focused()
    for _ in range(3):
        press("Tab")
    expect(shelf(person).get_by_role("link", name="Papercut")).to_be_focused()
    press("Tab")
    expect(person.button("Use Papercut")).to_be_focused()
    press("Enter")
    expect(row(person)).to_have_value(PAPER)
    expect(person.button(OPEN)).to_be_focused()


def test_what_stands_in_a_row_is_marked_and_the_next_goes_into_the_next_row(person: Person) -> None:
    paste(person, "https://huggingface.co/nerijs/pixel-art-xl")
    expect(row(person)).to_have_value(PIXELS)
    open_shelf(person)
    expect(person.button("Pixel Art XL is added")).to_be_disabled()
    person.button("Use Papercut").click()
    expect(row(person, 2)).to_have_value(PAPER)
    expect(word(person, "papercut", 2)).to_be_visible()
    person.page.get_by_label("Use LoRA 1", exact=True).uncheck()
    open_shelf(person)
    expect(person.button("Pixel Art XL is added, turned off")).to_be_disabled()


@pytest.mark.full
def test_with_all_rows_full_it_says_so_and_stays_open(person: Person) -> None:
    for number, title in enumerate(("Pixel Art XL", "Papercut", "Crayon Style", "Voxel XL"), start=1):
        choose(person, title)
        expect(under(person, number)).to_contain_text("Hugging Face")  # the button moves down with it
    open_shelf(person)
    person.button("Use Logo Redmond").click()
    shelf(person).get_by_text(messages.too_many_loras(4).happened).wait_for()
    shelf(person).get_by_role("button", name="Close").click()
    expect(row(person, 4)).to_have_value("Fictiverse/Voxel_XL_Lora")
    expect(row(person, 1)).to_have_value(PIXELS)


@pytest.mark.full
def test_words_are_known_without_a_check_and_stay_after_one_that_knows_none(newcomer: Person) -> None:
    person = newcomer  # nobody opened the shelf on this page
    fetched = asked_for(person)
    paste(person, PIXELS)
    expect(word(person, "pixel art")).to_be_visible()
    expect(chips(person)).to_have_text("Pixel Art XL 1")
    assert not [address for address in fetched if "huggingface" in address]
    person.prompt.fill("Pixel Art of a cat")
    expect(word(person, "pixel art")).to_have_attribute("aria-pressed", "true")
    check(person)
    expect(under(person)).to_contain_text("Not compatible There's nothing at this address.")
    expect(word(person, "pixel art")).to_be_visible()
    person.button("Remove LoRA 1").click()
    person.sees_text("Still in your prompt: pixel art.")


@pytest.mark.full
def test_a_lora_without_a_word_has_no_chips(person: Person) -> None:
    choose(person, "Crayon Style")
    expect(under(person)).to_contain_text("Hugging Face · ostris/crayon_style_lora_sdxl")
    expect(under(person).get_by_role("group")).to_have_count(0)


def test_a_shelf_that_does_not_load_says_so_and_is_asked_for_again(newcomer: Person) -> None:
    person = newcomer

    def away(route: Route) -> None:
        route.abort()

    person.page.route("**/starter.json", away)
    person.button(OPEN).click()
    shelf(person).get_by_text("Couldn't load the starter LoRAs. Close this and try again.").wait_for()
    person.page.keyboard.press("Escape")
    expect(shelf(person)).to_have_count(0)
    person.page.unroute("**/starter.json")
    open_shelf(person)


def search(person: Person, words: str) -> None:
    box = shelf(person).get_by_role("searchbox", name="Search LoRAs by name")
    box.fill(words)
    box.press("Enter")


@pytest.mark.full
def test_a_lora_that_is_found_is_added_and_checked(person: Person) -> None:
    open_shelf(person)
    expect(found(person)).to_have_count(3)
    search(person, "pixel")
    expect(found(person)).to_have_count(1)
    expect(starters(person).filter(visible=True)).to_have_count(1)
    expect(found(person)).to_contain_text("by owner · 1,234 likes")
    expect(found(person)).to_contain_text("License: openrail++")
    expect(found(person)).to_contain_text("Trigger word: 8 bit")
    picture = found(person).get_by_role("img", name="Sample of pixels")
    assert picture.evaluate("image => image.decode().then(() => image.naturalWidth)") == 512
    person.button("Use pixels").click()
    expect(row(person)).to_have_value("owner/pixels")
    expect(under(person)).to_contain_text("Compatible")
    expect(word(person, "pixel art")).to_be_visible()
    open_shelf(person)
    search(person, "zzz")
    shelf(person).get_by_text("Nothing named “zzz” on Hugging Face.").wait_for()
    expect(starters(person).filter(visible=True)).to_have_count(0)
    search(person, "toys")
    found(person).get_by_role("combobox", name="File of toys").select_option("toys-v2.safetensors")
    person.button("Use toys").click()
    expect(row(person, 2)).to_have_value("https://huggingface.co/owner/toys/resolve/main/toys-v2.safetensors")
    expect(chips(person)).to_have_text(["pixels 1", "toys 1"])
    expect(under(person, 2)).to_contain_text("Compatible")


@pytest.mark.full
def test_by_touch_on_a_phone(on_a_phone: Person) -> None:
    person = on_a_phone
    person.open_settings()
    opener = person.button(OPEN)
    opener.tap()
    expect(starters(person)).to_have_count(STARTERS)
    expect(found(person)).to_have_count(3)
    assert shelf(person).evaluate("dialog => dialog.scrollWidth <= dialog.clientWidth")
    for control in [opener, *shelf(person).get_by_role("button").all(), *shelf(person).get_by_role("link").all()]:
        box = control.bounding_box()
        assert box
        assert box["height"] >= 44
        assert box["width"] >= 44
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= 390
    person.button("Use Sticker Sheet").tap()
    expect(row(person)).to_have_value("Norod78/SDXL-StickerSheet-Lora")
    word(person, "StickerSheet").tap()
    expect(person.prompt).to_have_value("StickerSheet")
