"""The recipe travels in the picture: kept from the page, given to it again, and the form is as it was."""

from __future__ import annotations

import base64
import io
import re
from pathlib import Path

import pytest
from PIL import Image
from PIL.PngImagePlugin import PngInfo
from playwright.sync_api import Locator, expect

from components.images.metadata import read_text
from tests.browser.person import Person

DROP = """([selector, data, type]) => {
  const bytes = Uint8Array.from(atob(data), (sign) => sign.charCodeAt(0));
  const files = new DataTransfer();
  files.items.add(new File([bytes], "mine", { type }));
  document.querySelector(selector).dispatchEvent(
    new DragEvent("drop", { dataTransfer: files, bubbles: true, cancelable: true }));
}"""


pytestmark = pytest.mark.app("demo")


@pytest.fixture
def person(regular: Person) -> Person:
    return regular


def viewer(person: Person) -> Locator:
    return person.page.get_by_role("dialog", name="Picture")


def kept(person: Person, name: str) -> bytes:
    """Press a link in the large view and return the file it gives."""
    with person.page.expect_download() as download:
        viewer(person).get_by_role("link", name=re.compile(f"{name}$")).click()
    return Path(download.value.path()).read_bytes()


def drop(person: Person, data: bytes, kind: str = "image/png") -> None:
    """Drop a picture file anywhere on the page."""
    person.page.evaluate(DROP, ["body", base64.b64encode(data).decode(), kind])


def negative(person: Person) -> Locator:
    return person.page.get_by_role("textbox", name="Negative prompt", exact=True)


def lora(person: Person, number: int) -> Locator:
    return person.page.get_by_role("textbox", name=f"LoRA {number}", exact=True)


def fill(person: Person) -> None:
    person.prompt.fill("a red fox in the snow, für 狐")
    negative(person).fill("blurry, text")
    for name, value in (("Steps", 12), ("Guidance", 6.5), ("Seed", 0), ("Width", 512), ("Height", 640)):
        person.set_number(name, value)
    lora(person, 1).fill("nerijs/pixel-art-xl")
    lora(person, 1).blur()


def is_filled(person: Person) -> None:
    """Check every field that `fill` has set."""
    expect(person.prompt).to_have_value("a red fox in the snow, für 狐")
    expect(negative(person)).to_have_value("blurry, text")
    for name, value in (("Steps", 12), ("Guidance", 6.5), ("Seed", 0), ("Width", 512), ("Height", 640)):
        expect(person.number(name)).to_have_value(str(value))
    expect(lora(person, 1)).to_have_value("nerijs/pixel-art-xl")
    expect(lora(person, 2)).to_be_hidden()


@pytest.mark.full
def test_a_picture_of_the_page_gives_its_settings_back(person: Person) -> None:
    fill(person)
    person.generate()
    person.sees_pictures(1)
    person.open_picture("a red fox")
    told = kept(person, "Save")
    original, bare = kept(person, "Original file"), kept(person, "Clean copy")
    assert read_text(told).startswith("a red fox in the snow, für 狐 <lora:pixel-art-xl:1>\nNegative prompt: blurry")
    assert read_text(bare) == ""
    pixels = [Image.open(io.BytesIO(data)).tobytes() for data in (told, original, bare)]
    assert pixels[0] == pixels[1] == pixels[2]

    box = viewer(person).get_by_role("checkbox", name="Don't include prompt and settings in downloads")
    box.check()
    assert kept(person, "Save") == bare
    person.page.reload()
    person.sees_pictures(1)
    person.open_picture("a red fox")
    assert kept(person, "Save") == bare, "it is remembered"
    expect(box).to_be_checked()
    box.uncheck()
    assert kept(person, "Save") == told
    person.page.keyboard.press("Escape")

    person.prompt.fill("something else")
    person.button("Add LoRA").click()
    lora(person, 2).fill("owner/another")
    drop(person, told)
    person.sees_text("This picture contains its settings.")
    person.button("Restore its settings").click()
    person.sees_text("Settings restored.")
    is_filled(person)
    expect(person.button("Don't use this picture")).to_be_hidden()
    expect(person.button("Restore its settings")).to_be_hidden()


def test_what_of_another_program_s_file_cannot_be_used_is_said(person: Person) -> None:
    info, file = PngInfo(), io.BytesIO()
    line = "Steps: 80, Sampler: DPM++ 2M Karras, CFG scale: 7, Seed: 5, Size: 832x1216, Model hash: 31e35c80fc"
    info.add_text("parameters", f"a castle, <lora:inkSketch_v2:0.7>\nNegative prompt: text\n{line}")
    Image.new("RGB", (832, 1216), "navy").save(file, "PNG", pnginfo=info)
    drop(person, file.getvalue())
    person.button("Restore its settings").click()
    expect(person.prompt).to_have_value("a castle")
    expect(person.number("Steps")).to_have_value("50")
    expect(person.number("Height")).to_have_value("1216")
    panel = person.page.get_by_role("region", name="Edit a picture")
    expect(panel).to_contain_text("Steps was 80, which isn't available here, so it's 50 now.")
    expect(panel).to_contain_text("Couldn't find the LoRA “inkSketch_v2” named in the file.")
    expect(panel).to_contain_text("These settings don't exist here: Sampler, Model hash.")
    expect(panel.get_by_role("button", name="Dismiss")).to_be_focused()
    person.page.keyboard.press("Enter")
    expect(panel).not_to_contain_text("These settings don't exist here")


@pytest.mark.full
def test_a_file_without_settings_offers_none(person: Person) -> None:
    file = io.BytesIO()
    Image.new("RGB", (512, 512), "navy").save(file, "PNG")
    drop(person, file.getvalue())
    expect(person.button("Don't use this picture")).to_be_visible()
    expect(person.button("Restore its settings")).to_have_count(0)
