"""Making a picture wider or taller on the page: what is shown, what is undone, and what reaches the service."""

from __future__ import annotations

import io
import random
from collections.abc import Generator
from contextlib import contextmanager

import pytest
from PIL import Image, ImageChops
from playwright.sync_api import Locator, expect

from components.images.outpaint import OVERLAP
from tests.browser.person import Person
from tests.support.v3_service import HostedApi

pytestmark = pytest.mark.app("pictures")


@pytest.fixture
def person(regular: Person) -> Person:
    return regular


def noise(width: int, height: int) -> Image.Image:
    return Image.frombytes("RGB", (width, height), random.Random(5).randbytes(width * height * 3))


def png(image: Image.Image) -> bytes:
    file = io.BytesIO()
    image.save(file, "PNG")
    return file.getvalue()


def panel(person: Person) -> Locator:
    return person.page.get_by_role("region", name="Edit a picture")


def undo(person: Person) -> Locator:
    """Return the button that undoes an extension; a note over the results may have one too."""
    return panel(person).get_by_role("button", name="Undo", exact=True)


def give(person: Person, image: Image.Image) -> None:
    """Choose a picture file and open what makes it wider."""
    person.start_from("mine.png", png(image))
    expect(panel(person)).to_contain_text("1024 × 1024 pixels")
    person.edit("Extend")


@contextmanager
def priced_anew(person: Person) -> Generator[None]:
    """Wait until the price has come that a change of the form asks for, and is shown."""
    with person.page.expect_response(lambda answer: '"estimate"' in (answer.request.post_data or "")):
        yield
    person.page.wait_for_timeout(100)


@pytest.mark.full
def test_wider_sends_the_old_picture_in_the_middle_and_a_mask_of_what_is_new(person: Person, api: HostedApi) -> None:
    give(person, noise(1024, 1024))
    person.button("Make it wider").click()
    expect(panel(person)).to_contain_text("The picture is now 1280 × 1024 pixels.")
    expect(person.number("Width")).to_have_value("1280")
    api.length = lambda body: 1.0
    person.generate("a wide field")
    person.sees("processing", 1)
    below = person.results.get_by_role("heading", name="Ideas")
    before = below.bounding_box()
    person.sees("completed", 1)
    person.sees_text("Everything outside your selection is unchanged.")
    assert below.bounding_box() == before, "what is said with the picture pushes nothing down"
    person.sees_pictures(1)
    body = api.posts[-1]
    mask = Image.open(io.BytesIO(api.uploaded(body["mask"])))
    wanted = Image.new("L", (1280, 1024), 255)
    wanted.paste(0, (128 + OVERLAP, 0, 1152 - OVERLAP, 1024))
    assert ImageChops.difference(mask.convert("L"), wanted).getbbox() is None
    image = Image.open(io.BytesIO(api.uploaded(body["image"]))).convert("RGB")
    assert ImageChops.difference(image.crop((128, 0, 1152, 1024)), noise(1024, 1024)).getbbox() is None
    assert body["size"] == "1280*1024"


@pytest.mark.full
def test_taller_is_undone_with_its_mask_and_its_size(person: Person) -> None:
    give(person, noise(1024, 1024))
    for where in ("above", "above and below"):
        expect(undo(person)).to_be_disabled()
        person.page.get_by_label("Where it gets taller").select_option(where)
        person.button("Make it taller").click()
        expect(panel(person)).to_contain_text("The picture is now 1024 × 1280 pixels.")
        undo(person).click()
        expect(panel(person)).to_contain_text("1024 × 1024 pixels")
        expect(person.number("Height")).to_have_value("1024")
    expect(undo(person)).to_be_disabled()


@pytest.mark.full
def test_a_new_price_neither_takes_what_was_said_nor_offers_to_undo_what_was_not_done(person: Person) -> None:
    give(person, noise(1024, 1024))
    expect(undo(person)).to_be_disabled()
    with priced_anew(person):
        person.set_number("Steps", 21)
    expect(undo(person)).to_be_disabled()
    person.button("Make it wider").click()
    expect(panel(person)).to_contain_text("The picture is now 1280 × 1024 pixels.")
    with priced_anew(person):
        person.set_number("Steps", 22)
    expect(panel(person)).to_contain_text("The picture is now 1280 × 1024 pixels.")


@pytest.mark.full
def test_what_becomes_too_large_is_said_to_be_smaller(person: Person) -> None:
    give(person, noise(1024, 1024))
    for _ in range(2):
        person.button("Make it wider").click()
        expect(undo(person)).to_be_enabled()
        person.page.wait_for_timeout(50)
    expect(panel(person)).to_contain_text("It was scaled down to fit the maximum size.")
