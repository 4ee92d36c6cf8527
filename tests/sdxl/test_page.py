"""The page in a browser with the tiny SDXL behind it: all five ways, preview, stop, LoRA with and without."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path
from urllib.request import urlopen

import pytest
from PIL import Image, ImageChops
from playwright.sync_api import expect

from tests.browser.person import Person
from tests.browser.tab import Tab
from tests.support.app_process import AppProcess

SIDE = 256


@pytest.fixture
def person(tab: Tab, app: AppProcess) -> Iterator[Person]:
    """First-time visitor with the form set to small images of few steps."""
    page = tab.left_open(app.url)
    person = Person(page, app.url).tidy_up() if page else Person(tab.cleared(app.url), app.url).open()
    for name, value in (("Width", SIDE), ("Height", SIDE), ("Steps", 6), ("Seed", 7)):
        person.set_number(name, value)
    yield person
    assert person.errors == []
    tab.leave_open(app.url)


@pytest.fixture(scope="module")
def photo(tmp_path_factory) -> Path:
    path = tmp_path_factory.mktemp("photo") / "photo.png"
    Image.linear_gradient("L").resize((SIDE, SIDE)).convert("RGB").save(path)
    return path


def newest(person: Person) -> Image.Image:
    """The picture of the first tile, as the store has it."""
    source = person.in_state("completed").first.locator("img").get_attribute("src")
    content = urlopen(str(source).removesuffix("?thumb")).read()
    return Image.open(io.BytesIO(content)).convert("RGB")


def made(person: Person, count: int) -> Image.Image:
    person.generate("a cat")
    person.sees("completed", count)
    return newest(person)


@pytest.mark.full
def test_from_words_and_again_the_same(person: Person) -> None:
    first = made(person, 1)
    assert first.size == (SIDE, SIDE)
    assert made(person, 2).tobytes() == first.tobytes()
    person.set_number("Seed", 8)
    assert made(person, 3).tobytes() != first.tobytes()


@pytest.mark.full
def test_from_a_picture_and_in_a_part_of_it(person: Person, photo: Path) -> None:
    person.page.get_by_label("Starting picture").set_input_files(photo)
    expect(person.page.get_by_role("img", name="fitted to 1024 × 1024")).to_be_visible()  # the model's own size
    for name in ("Width", "Height"):
        person.set_number(name, SIDE)
    expect(person.page.get_by_role("img", name=f"fitted to {SIDE} × {SIDE}")).to_be_visible()
    whole = made(person, 1)
    person.edit("Edit a part")
    person.button("Mark the part").click()
    dialog = person.page.locator("dialog.mask-editor")
    area = dialog.get_by_role("img", name="Your picture with the mask")
    box = area.bounding_box()
    assert box
    person.page.mouse.move(box["x"] + box["width"] * 0.6, box["y"] + box["height"] * 0.6)
    person.page.mouse.down()
    person.page.mouse.move(box["x"] + box["width"] * 0.8, box["y"] + box["height"] * 0.8, steps=5)
    person.page.mouse.up()
    dialog.get_by_role("button", name="Done").click()
    expect(dialog).to_be_hidden()
    part = made(person, 2)
    given = Image.open(photo).convert("RGB")
    assert whole.getpixel((5, 5)) != given.getpixel((5, 5))
    difference = ImageChops.difference(part, given)
    assert difference.getbbox(), "something changed"
    assert difference.crop((0, 0, SIDE // 3, SIDE // 3)).getbbox() is None, "and nothing outside the mask"


@pytest.mark.full
@pytest.mark.parametrize(
    ("way", "told"), [("Blend (recommended)", "Blend, switch at"), ("Polish afterward", "Polish afterward")]
)
def test_with_the_refiner(person: Person, way: str, told: str) -> None:
    plain = made(person, 1)
    person.choose("Refiner", way)
    if way == "Blend (recommended)":
        person.set_number("Switch point", 1)
        expect(person.page.get_by_text("1 refiner.")).to_be_visible()
    refined = made(person, 2)
    assert refined.tobytes() != plain.tobytes()
    person.results.get_by_role("button", name="Open: a cat").first.click()
    expect(person.page.get_by_role("dialog", name="Picture").get_by_text(told).first).to_be_visible()


@pytest.mark.full
def test_a_lora_of_the_host_s_folder_with_and_without(person: Person) -> None:
    expect(person.page.get_by_text("Available here by name:")).to_be_visible()
    box = person.page.get_by_role("textbox", name="LoRA 1", exact=True)
    box.fill("peft")
    box.blur()
    expect(box).to_have_value("peft.safetensors")
    person.prompt.fill("a cat")
    person.button("Compare with and without").click()
    dialog = person.page.get_by_role("dialog", name="With and without")
    expect(dialog.get_by_text("of the picture differs")).to_be_visible()
    person.page.keyboard.press("Escape")
    person.set_number("LoRA 1 scale", 0)
    at_zero = made(person, 3)
    person.button("Remove LoRA 1").click()
    assert made(person, 4).tobytes() == at_zero.tobytes(), "at 0 it is as if it were not there"


@pytest.mark.full
def test_a_lora_that_cannot_be_used_is_refused_at_its_row(person: Person) -> None:
    box = person.page.get_by_role("textbox", name="LoRA 1", exact=True)
    box.fill("truncated")
    box.blur()
    person.generate("a cat")
    told = person.results.get_by_text("cut off").or_(person.page.get_by_text("is incomplete"))
    expect(told.filter(visible=True).first).to_be_visible()
    person.sees("completed", 0)


@pytest.mark.full
def test_a_long_prompt_counts_to_its_last_word_and_nothing_else_is_said(person: Person) -> None:
    long = "a red fox in the snow at night, " * 20
    pictures = []
    for number, last in enumerate(("an owl", "a castle"), 1):
        person.generate(long + last)
        person.sees("completed", number)
        pictures.append(newest(person))
    assert pictures[0].tobytes() != pictures[1].tobytes()
    expect(person.page.get_by_text("word pieces")).to_have_count(0)


@pytest.mark.full
def test_a_preview_grows_and_the_person_stops_it(person: Person) -> None:
    for name, value in (("Width", 768), ("Height", 768), ("Steps", 50)):
        person.set_number(name, value)
    person.generate("a long wait")
    preview = person.tiles.first.locator("img.preview")
    expect(preview).to_be_visible()
    assert preview.evaluate("image => image.decode().then(() => image.naturalWidth)") > 16
    person.tiles.first.get_by_role("button", name="Stop").click()
    person.sees("stopped", 1)
    expect(person.tiles.first).to_contain_text("You stopped this while it was being made.")
    for name, value in (("Width", SIDE), ("Height", SIDE), ("Steps", 4)):
        person.set_number(name, value)
    made(person, 1)
