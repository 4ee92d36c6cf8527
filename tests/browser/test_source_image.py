"""Image to image and inpainting as a person does them, with a mouse and with fingers, down to the bytes at the API."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any
from urllib.request import urlopen

import pytest
from PIL import Image, ImageChops, ImageDraw
from playwright.sync_api import Locator, Page, expect

from tests.browser.person import Person
from tests.support.v3_service import HostedApi
from tests.support.v3_task import png

LYING = 6  # EXIF: taken with the camera turned; upright after a quarter turn
SECRET = b"CameraOfACanary"

pytestmark = pytest.mark.app("pictures")


@pytest.fixture
def person(regular: Person) -> Person:
    return regular


@pytest.fixture(scope="module")
def photo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Twelve megapixels, lying on its side, with the place where it was taken."""
    image = Image.new("RGB", (4000, 3000), (90, 150, 220))
    draw = ImageDraw.Draw(image)
    draw.rectangle((0, 1800, 4000, 3000), fill=(60, 140, 60))
    draw.rectangle((0, 0, 500, 500), fill=(250, 220, 40))
    exif = Image.Exif()
    exif[0x0112], exif[0x010F] = LYING, SECRET.decode()
    exif.get_ifd(0x8825).update({1: "N", 2: (52.0, 31.0, 12.0)})
    path = tmp_path_factory.mktemp("photo") / "photo.jpg"
    image.save(path, quality=92, exif=exif)
    return path


@pytest.fixture(scope="module")
def snapshot(tmp_path_factory: pytest.TempPathFactory) -> Path:
    image = Image.new("RGB", (600, 800), (90, 150, 220))
    image.paste((60, 140, 60), (0, 480, 600, 800))
    path = tmp_path_factory.mktemp("snapshot") / "snapshot.jpg"
    image.save(path)
    return path


Point = tuple[float, float]


@pytest.fixture(params=["mouse", pytest.param("fingers", marks=pytest.mark.full)])
def hands(request: pytest.FixtureRequest) -> tuple[Person, Any]:
    """Somebody at a laptop with a mouse, or with a phone in hand; and how they draw a line."""
    if request.param == "fingers":
        return request.getfixturevalue("on_a_phone"), by_finger
    return request.getfixturevalue("person"), by_mouse


def by_mouse(page: Page, start: Point, end: Point) -> None:
    page.mouse.move(*start)
    page.mouse.down()
    page.mouse.move(*end, steps=6)
    page.mouse.up()


def by_finger(page: Page, start: Point, end: Point) -> None:
    touch = page.context.new_cdp_session(page)

    def send(kind: str, *points: Point) -> None:
        places = [{"x": x, "y": y} for x, y in points]
        touch.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": places})

    send("touchStart", start)
    for part in range(1, 7):
        send("touchMove", tuple(a + (b - a) * part / 6 for a, b in zip(start, end, strict=True)))  # type: ignore[arg-type]
    send("touchEnd")


def choose(person: Person, photo: Path) -> Locator:
    """Give a picture to start from; returns what is shown of it."""
    person.page.get_by_label("Starting picture").set_input_files(photo)
    shown = person.page.get_by_role("img", name="Your starting picture")
    shown.wait_for()
    return shown


def editor(person: Person) -> Locator:
    person.edit("Edit a part")
    person.button("Mark the part").click()
    dialog = person.page.get_by_role("dialog", name="Edit a part of the picture")
    expect(dialog.get_by_role("img", name="Your picture with the mask")).to_be_visible()
    return dialog


def painted(dialog: Locator) -> Image.Image:
    """Return what the editor shows as changing: a mask of what is striped."""
    width, height, runs = dialog.get_by_role("img", name="Your picture with the mask").evaluate(
        "(canvas) => { const {data} = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);"
        " const runs = [0]; let is = false; for (let at = 3; at < data.length; at += 4) {"
        " if (Boolean(data[at]) !== is) { is = !is; runs.push(0); } runs[runs.length - 1]++; }"
        " return [canvas.width, canvas.height, runs]; }"
    )
    data = b"".join(bytes([255 * (at % 2)]) * length for at, length in enumerate(runs))
    return Image.frombytes("L", (width, height), data)


def opened(content: bytes) -> Image.Image:
    return Image.open(io.BytesIO(content))


def test_a_part_of_a_photo_is_changed_and_nothing_else(hands, api: HostedApi, photo: Path) -> None:
    person, draw = hands
    choose(person, photo)
    expect(person.number("Width")).to_have_value("888")
    expect(person.number("Height")).to_have_value("1184")
    dialog = editor(person)
    box = dialog.get_by_role("img", name="Your picture with the mask").bounding_box()
    assert box
    at = [(box["x"] + box["width"] * x, box["y"] + box["height"] * y) for x, y in ((0.3, 0.3), (0.7, 0.5))]
    draw(person.page, *at)
    expect(dialog.get_by_text("of the picture will change.")).to_be_visible()
    mask = painted(dialog)
    done = dialog.get_by_role("button", name="Done")
    (done.tap if draw is by_finger else done.click)()
    expect(dialog).to_be_hidden()  # until then nothing can be typed on the page
    posts = len(api.posts)
    person.generate("a red door")
    person.sees("completed", 1)

    body = api.posts[posts]
    sent, white = opened(api.uploaded(body["image"])), opened(api.uploaded(body["mask"]))
    assert sent.size == white.size == (888, 1184)
    assert sent.getpixel((860, 20)) == pytest.approx((250, 220, 40), abs=12), "upright"
    assert not sent.getexif()
    assert not sent.info
    assert SECRET not in api.uploaded(body["image"])
    assert white.mode == "L"
    assert set(white.tobytes()) == {0, 255}
    assert white.tobytes() == mask.tobytes(), "exactly what was painted"

    source = person.in_state("completed").locator("img").get_attribute("src")
    kept = opened(urlopen(str(source).removesuffix("?thumb")).read())
    difference = ImageChops.difference(kept.convert("RGB"), sent.convert("RGB"))
    outside = Image.composite(Image.new("RGB", sent.size), difference, white)
    assert outside.getbbox() is None, "not one pixel outside the mask differs"
    assert difference.getbbox()
    expect(person.page.get_by_text("Everything outside your selection is unchanged").first).to_be_visible()

    person.generate()
    person.sees("completed", 2)
    sent_up = list(api.uploads.values())
    assert all(sent_up.count(content) == 1 for content in sent_up), "each goes up once"
    assert api.posts[posts]["image"] == api.posts[posts + 1]["image"]


def test_a_picture_of_one_s_own_with_a_strength(person: Person, api: HostedApi, snapshot: Path) -> None:
    choose(person, snapshot)
    person.page.get_by_text("Exact strength and fit").click()
    person.number("Prompt strength").fill("0,3")
    expect(person.page.get_by_text("0.30: small changes")).to_be_visible()
    posts = len(api.posts)
    person.generate("a meadow")
    person.sees("completed", 1)
    body = api.posts[posts]
    assert body["strength"] == 0.3
    assert "mask" not in body


@pytest.mark.full
def test_the_picture_is_fitted_to_the_size_and_never_stretched(person: Person, api: HostedApi, snapshot: Path) -> None:
    choose(person, snapshot)
    person.page.get_by_text("Exact strength and fit").click()
    person.choose("Shape", "Wide")
    for count, fit in enumerate(("Crop to fill", "Extend the edges"), start=1):
        person.page.get_by_role("radio", name=fit, exact=True).check()
        expect(person.page.get_by_role("img", name="fitted to 1216 × 832")).to_be_visible()
        person.generate("a meadow")
        person.sees("completed", count)
    sent = [opened(api.uploaded(body["image"])) for body in api.posts]
    assert [image.size for image in sent] == [(1216, 832)] * 2
    assert sent[0].tobytes() != sent[1].tobytes()


def test_a_finished_picture_is_started_from(person: Person, api: HostedApi) -> None:
    person.generate("a cat")
    person.sees_pictures(1)
    person.open_picture("a cat").get_by_role("button", name="Edit", exact=True).click()
    expect(person.page.get_by_role("img", name="fitted to 1024 × 1024")).to_be_visible()
    expect(person.prompt).to_have_value("a cat")
    person.generate("a dog")
    person.sees("completed", 2)
    sent = opened(api.uploaded(api.posts[-1]["image"])).convert("RGB")
    assert sent.tobytes() == opened(png(1024, 1024, abs(api.posts[-2]["seed"]))).convert("RGB").tobytes()


@pytest.mark.full
def test_f08_what_is_no_picture_is_said_in_words(person: Person, tmp_path: Path) -> None:
    for name, content, sentence in (
        ("note.png", b"no picture at all", "can't read this file as a picture"),
        ("large.png", b"\x89PNG\r\n\x1a\n" + bytes(41 * 1024 * 1024), "larger than 40 MB"),
        ("cut.png", png(64, 64, 3)[:100], "damaged"),
        ("dot.png", png(8, 8, 3), "too small"),
    ):
        (tmp_path / name).write_bytes(content)
        person.page.get_by_label("Starting picture", exact=True).set_input_files(tmp_path / name)
        expect(person.page.get_by_text(sentence)).to_be_visible()


@pytest.mark.full
def test_f08_a_picture_of_too_many_pixels_is_made_smaller_before_it_leaves(person: Person, tmp_path: Path) -> None:
    Image.new("RGB", (9000, 5000), (200, 80, 40)).save(tmp_path / "huge.jpg")
    choose(person, tmp_path / "huge.jpg")
    expect(person.number("Width")).not_to_have_value("1024")


def test_a_picture_is_dropped_or_pasted(person: Person) -> None:
    give = """(kind) => new Promise((then) => {
        const canvas = Object.assign(document.createElement("canvas"), { width: 300, height: 200 });
        canvas.toBlob((blob) => {
            const data = new DataTransfer();
            data.items.add(new File([blob], "a.png", { type: "image/png" }));
            const event = kind === "drop" ? new DragEvent("drop", { dataTransfer: data, bubbles: true })
                : new ClipboardEvent("paste", { clipboardData: data, bubbles: true });
            document.body.dispatchEvent(event);
            then();
        });
    })"""
    for kind in ("drop", "paste"):
        person.page.evaluate(give, kind)
        shown = person.page.get_by_role("img", name="Your starting picture")
        shown.wait_for()
        person.button("Don't use this picture").click()
        expect(shown).to_be_hidden()


def test_the_mask_editor_without_a_pointer(person: Person, snapshot: Path) -> None:
    choose(person, snapshot)
    dialog = editor(person)
    expect(dialog.get_by_role("button", name="Done")).to_be_disabled()
    dialog.get_by_text("Enter a rectangle").press("Enter")
    for name, value in (("Left", 10), ("Top", 20), ("Rectangle width", 100), ("Rectangle height", 50)):
        dialog.get_by_label(name, exact=True).fill(str(value))
    dialog.get_by_role("button", name="Add rectangle").press("Enter")
    assert painted(dialog).getbbox() == (10, 20, 110, 70)
    dialog.get_by_role("button", name="Invert").press("Enter")
    assert painted(dialog).getpixel((50, 50)) == 0
    assert painted(dialog).getpixel((500, 500)) == 255
    person.page.keyboard.press("Control+z")
    assert painted(dialog).getbbox() == (10, 20, 110, 70)
    person.page.keyboard.press("Control+Shift+z")
    assert painted(dialog).getpixel((500, 500)) == 255
    dialog.get_by_role("button", name="Clear").press("Enter")
    assert painted(dialog).getbbox() is None
    expect(dialog.get_by_text("Nothing is selected yet")).to_be_visible()
    person.page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()


@pytest.mark.full
def test_a_mask_of_one_s_own_is_uploaded_grown_and_kept_for_the_next_look(
    person: Person, snapshot: Path, tmp_path: Path
) -> None:
    mask = Image.new("L", (888, 1184), 0)
    mask.paste(255, (100, 100, 300, 200))
    mask.save(tmp_path / "mask.png")
    choose(person, snapshot)
    dialog = editor(person)
    dialog.get_by_label("Upload a mask").set_input_files(tmp_path / "mask.png")
    expect(dialog.get_by_text("2% of the picture will change.")).to_be_visible()
    assert painted(dialog).getbbox() == (100, 100, 300, 200)
    dialog.get_by_label("Expand edge").fill("10")
    assert painted(dialog).getbbox() == (90, 90, 310, 210)
    dialog.get_by_role("button", name="Done").click()
    person.button("Change selection").click()
    assert painted(dialog).getbbox() == (90, 90, 310, 210)


@pytest.mark.full
def test_two_fingers_zoom_and_do_not_paint(on_a_phone: Person, snapshot: Path) -> None:
    person = on_a_phone
    choose(person, snapshot)
    dialog = editor(person)
    canvas = dialog.get_by_role("img", name="Your picture with the mask")
    before = canvas.bounding_box()
    touch = person.page.context.new_cdp_session(person.page)
    for kind, apart in (("touchStart", 20), ("touchMove", 50), ("touchMove", 90), ("touchEnd", None)):
        places = (
            [] if apart is None else [{"x": 190 - apart, "y": 250, "id": 1}, {"x": 190 + apart, "y": 250, "id": 2}]
        )
        touch.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": places})
    after = canvas.bounding_box()
    assert before
    assert after
    assert after["width"] > 2 * before["width"]
    assert painted(dialog).getbbox() is None
