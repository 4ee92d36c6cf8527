"""The mask editor by mouse, by fingers and by keyboard: what is painted is what reaches the service."""

from __future__ import annotations

import io
from collections.abc import Iterator

import pytest
from PIL import Image, ImageChops
from playwright.sync_api import Browser, Locator, expect

from tests.app_process import AppProcess
from tests.browser.person import Person
from tests.hosted_api import HostedApi, recorded_models

SIDE = 1024


@pytest.fixture(scope="module")
def api() -> Iterator[HostedApi]:
    """A service with models that take pictures and masks."""
    api = HostedApi()
    api.models = recorded_models("models_aliases")
    api.start()
    yield api
    api.stop()


@pytest.fixture
def on_a_phone(browser: Browser, app: AppProcess) -> Iterator[Person]:
    context = browser.new_context(viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True)
    person = Person(context.new_page(), app.url).open()
    yield person
    assert person.errors == []
    context.close()


def png(image: Image.Image) -> bytes:
    file = io.BytesIO()
    image.save(file, "PNG")
    return file.getvalue()


def picture_file(image: Image.Image) -> dict[str, object]:
    return {"name": "mine.png", "mimeType": "image/png", "buffer": png(image)}


def editor(person: Person) -> Locator:
    """Give a picture and open the editor on it."""
    given = picture_file(Image.new("RGB", (SIDE, SIDE), "teal"))
    person.page.get_by_label("Picture to start from", exact=True).set_input_files([given])  # pyright: ignore[reportArgumentType]
    person.button("Change only a part").click()
    dialog = person.page.get_by_role("dialog", name="Change only a part")
    expect(dialog.get_by_text("Nothing will change yet")).to_be_visible()
    expect(dialog.get_by_role("button", name="Use this mask")).to_be_disabled()
    return dialog


def press(dialog: Locator, name: str) -> None:
    dialog.get_by_role("button", name=name, exact=True).click()


def rectangle(dialog: Locator, box: tuple[int, int, int, int]) -> None:
    """Fill in left, top, width and height."""
    if not dialog.get_by_label("Left", exact=True).is_visible():
        dialog.get_by_text("A rectangle by numbers").click()
    for label, value in zip(("Left", "Top", "Rectangle width", "Rectangle height"), box, strict=True):
        dialog.get_by_label(label, exact=True).fill(str(value))


def sent_mask(person: Person, api: HostedApi, dialog: Locator) -> Image.Image:
    """Use the mask, generate, and return the mask that the service got."""
    press(dialog, "Use this mask")
    expect(person.page.get_by_text("Only the striped part changes.")).to_be_visible()
    person.generate("a red door")
    person.sees_pictures(1)
    mask = Image.open(io.BytesIO(api.uploaded(api.posts[-1]["mask"])))
    assert mask.mode in ("L", "1")
    return mask.convert("L")


def same(one: Image.Image, other: Image.Image) -> bool:
    return one.size == other.size and ImageChops.difference(one, other).getbbox() is None


def stroked(line: tuple[float, float, float, float], radius: float) -> Image.Image:
    """Return the plainest reference of a level stroke: every pixel whose middle is near enough."""
    x0, y0, x1, _ = line
    mask = Image.new("L", (SIDE, SIDE), 0)
    for y in range(int(y0 - radius) - 1, int(y0 + radius) + 2):
        for x in range(int(x0 - radius) - 1, int(x1 + radius) + 2):
            nearest = min(max(x + 0.5, x0), x1)
            if (x + 0.5 - nearest) ** 2 + (y + 0.5 - y0) ** 2 <= radius**2 and 0 <= x < SIDE and 0 <= y < SIDE:
                mask.putpixel((x, y), 255)
    return mask


def canvas_box(dialog: Locator) -> dict[str, float]:
    box = dialog.get_by_role("img", name="The picture with the mask").bounding_box()
    assert box
    return {name: float(box[name]) for name in ("x", "y", "width", "height")}


def test_a_stroke_of_the_mouse_reaches_the_service_to_the_pixel(person: Person, api: HostedApi) -> None:
    dialog, mouse = editor(person), person.page.mouse
    box = canvas_box(dialog)
    y = round(box["y"] + box["height"] / 2)
    ends = [round(box["x"] + box["width"] * part) for part in (0.25, 0.75)]
    mouse.move(ends[0], y)
    mouse.down()
    mouse.move(ends[1], y, steps=7)
    mouse.up()
    radius = float(dialog.get_by_label("Brush size", exact=True).input_value())
    scale = SIDE / box["width"]
    level = (y - box["y"]) * scale
    line = ((ends[0] - box["x"]) * scale, level, (ends[1] - box["x"]) * scale, level)
    wanted = stroked(line, radius)
    assert same(sent_mask(person, api, dialog), wanted)


def test_undo_redo_erase_and_invert_by_numbers_and_keys(person: Person, api: HostedApi) -> None:
    dialog = editor(person)
    rectangle(dialog, (100, 200, 300, 400))
    press(dialog, "Add rectangle")
    expect(dialog.get_by_text("11 % of the picture will change.")).to_be_visible()
    person.page.keyboard.press("Control+z")
    expect(dialog.get_by_text("Nothing will change yet")).to_be_visible()
    person.page.keyboard.press("Control+Shift+z")
    expect(dialog.get_by_text("11 % of the picture will change.")).to_be_visible()
    rectangle(dialog, (100, 200, 50, 50))
    press(dialog, "Take rectangle away")
    press(dialog, "Everything but this")
    wanted = Image.new("L", (SIDE, SIDE), 255)
    wanted.paste(0, (100, 200, 400, 600))
    wanted.paste(255, (100, 200, 150, 250))
    assert same(sent_mask(person, api, dialog), wanted)


def test_a_mask_that_is_uploaded_is_used_as_it_is(person: Person, api: HostedApi) -> None:
    dialog = editor(person)
    mine = Image.new("L", (SIDE, SIDE), 0)
    mine.paste(255, (7, 11, 501, 333))
    dialog.get_by_label("Upload a mask").last.set_input_files([picture_file(mine)])  # pyright: ignore[reportArgumentType]
    expect(dialog.get_by_text("15 % of the picture will change.")).to_be_visible()
    assert same(sent_mask(person, api, dialog), mine)


def touch(person: Person, kind: str, *points: tuple[float, float]) -> None:
    cdp = person.page.context.new_cdp_session(person.page)
    fingers = [{"x": x, "y": y, "id": number} for number, (x, y) in enumerate(points)]
    cdp.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": fingers})


def test_one_finger_paints_and_two_do_not(on_a_phone: Person) -> None:
    person = on_a_phone
    dialog = editor(person)
    box = canvas_box(dialog)
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    touch(person, "touchStart", (x, y))
    touch(person, "touchStart", (x, y), (x + 40, y + 40))
    touch(person, "touchMove", (x - 20, y - 20), (x + 70, y + 70))
    touch(person, "touchEnd")
    expect(dialog.get_by_text("Nothing will change yet")).to_be_visible()
    assert canvas_box(dialog)["width"] > box["width"]
    press(dialog, "Whole picture")
    touch(person, "touchStart", (x - 60, y))
    touch(person, "touchMove", (x + 60, y))
    touch(person, "touchEnd")
    expect(dialog.get_by_text("% of the picture will change.")).to_be_visible()
    expect(dialog.get_by_role("button", name="Use this mask")).to_be_enabled()
    assert person.page.evaluate("scrollX + document.querySelector('dialog').scrollTop") == 0
