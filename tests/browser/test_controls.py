"""Controls by keyboard and by sight: few stops of Tab, arrows inside groups, focus and boxes that are seen in light,
dark and forced colors; and the page fits at 200 %."""

from __future__ import annotations

from io import BytesIO

import pytest
from PIL import Image, ImageChops, ImageStat
from playwright.sync_api import Locator, Page, expect

from tests.browser.person import Person
from tests.support import full_run
from tests.support.app_process import AppProcess
from tests.support.v3_service import HostedApi

MOST_STOPS = 15
SEEN = 2.0
"""Mean difference out of 255 of two pictures of a box with what is around it."""
LOOKS = [("light", "none"), ("dark", "active"), ("dark", "none"), ("light", "active")]
CONTRAST = """button => {
  const brush = new OffscreenCanvas(1, 1).getContext("2d", { willReadFrequently: true });
  const light = (color) => {
    brush.fillStyle = color;
    brush.fillRect(0, 0, 1, 1);
    const [r, g, b] = [...brush.getImageData(0, 0, 1, 1).data].slice(0, 3)
      .map((one) => one / 255).map((one) => (one <= 0.04045 ? one / 12.92 : ((one + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const { color, backgroundColor } = getComputedStyle(button);
  const [low, high] = [light(color), light(backgroundColor)].sort((one, other) => one - other);
  return (high + 0.05) / (low + 0.05);
}"""
FOCUSED = "() => document.activeElement.matches('#generate, #generate *')"


@pytest.fixture
def person(regular: Person) -> Person:
    return regular


def look(page: Page, scheme: str, forced: str) -> None:
    page.emulate_media(color_scheme=scheme, forced_colors=forced)  # type: ignore[arg-type]
    page.evaluate("isDark => document.body.classList.toggle('dark', isDark)", scheme == "dark")


def shot(box: Locator) -> Image.Image:
    """Return a picture of a control and the 6 pixels around it."""
    place = box.bounding_box()
    assert place
    around = {"x": place["x"] - 6, "y": place["y"] - 6, "width": place["width"] + 12, "height": place["height"] + 12}
    return Image.open(BytesIO(box.page.screenshot(clip=around, caret="hide"))).convert("RGB")  # type: ignore[arg-type]


def apart(one: Image.Image, other: Image.Image) -> float:
    return sum(ImageStat.Stat(ImageChops.difference(one, other.resize(one.size))).mean) / 3


@pytest.mark.parametrize("width", full_run.cases([390, 768, 1440], usual=1))
def test_generate_is_few_stops_from_the_top(bare_page: Page, app: AppProcess, width: int) -> None:
    bare_page.set_viewport_size({"width": width, "height": 900})
    bare_page.goto(app.url)
    Person(bare_page, app.url).results.wait_for()
    for _ in range(MOST_STOPS):
        bare_page.keyboard.press("Tab")
        if bare_page.evaluate(FOCUSED):
            return
    pytest.fail(f"Generate is more than {MOST_STOPS} stops from the top")


@pytest.mark.full
def test_a_group_is_one_stop_and_arrows_choose_in_it(person: Person) -> None:
    square = person.page.get_by_role("radio", name="Square", exact=True)
    square.focus()
    for _ in range(2):
        person.page.keyboard.press("ArrowRight")
    expect(person.page.get_by_role("radio", name="Tall", exact=True)).to_be_checked()
    expect(person.page.get_by_role("radio", name="Tall", exact=True)).to_be_focused()
    expect(square).not_to_be_checked()
    expect(person.number("Width")).to_have_value("832")
    person.page.keyboard.press("Tab")
    expect(person.page.get_by_role("radio", name="1", exact=True)).to_be_focused()
    person.page.keyboard.press("ArrowRight")
    expect(person.page.get_by_role("radio", name="2", exact=True)).to_be_checked()


@pytest.mark.full
@pytest.mark.parametrize(("scheme", "forced"), LOOKS)
def test_the_focus_is_seen_on_every_kind_of_control(person: Person, scheme: str, forced: str) -> None:
    page = person.page
    look(page, scheme, forced)
    controls = {
        "prompt": page.locator("#words"),
        "negative prompt": page.get_by_role("textbox", name="Negative prompt"),
        "LoRA": page.get_by_role("textbox", name="LoRA 1", exact=True),
        "number": person.number("Guidance"),
        "slider": page.get_by_label("range slider for Guidance", exact=True),
        "box": page.get_by_label("Use LoRA 1", exact=True),
        "button": person.button("Add LoRA"),
    }
    unseen: list[str] = []
    for name, control in controls.items():
        control.scroll_into_view_if_needed()
        page.evaluate("document.activeElement.blur()")
        before = shot(control)
        page.keyboard.press("Shift")  # the focus that follows is the keyboard's
        (person.prompt if name == "prompt" else control).focus()
        if apart(before, shot(control)) < SEEN / 2:
            unseen.append(name)
    assert not unseen


@pytest.mark.full
@pytest.mark.parametrize(("scheme", "forced"), full_run.cases(LOOKS, usual=1))
def test_a_ticked_box_looks_ticked_in_every_state(person: Person, api: HostedApi, scheme: str, forced: str) -> None:
    notices = person.page.get_by_label("Notify me when it's ready")
    api.is_stalled = True
    person.generate("for the box of notices")
    notices.wait_for()
    look(person.page, scheme, forced)
    boxes = {
        "notices": notices,
        "LoRA": person.page.get_by_label("Use LoRA 1", exact=True),
        "pictures": person.page.get_by_role("radio", name="2", exact=True),
    }
    away = person.page.get_by_role("radio", name="1", exact=True)
    alike: list[str] = []
    for name, box in boxes.items():
        box.scroll_into_view_if_needed()
        box.uncheck() if name != "pictures" else away.check()
        for state in ("at rest", "hovered", "focused"):
            pictures: list[Image.Image] = []
            for is_on in (False, True):
                if name == "pictures":
                    (box if is_on else away).check()
                else:
                    box.set_checked(is_on)
                person.page.mouse.move(2, 2)
                person.page.evaluate("document.activeElement.blur()")
                if state == "hovered":
                    box.hover()
                if state == "focused":
                    person.page.keyboard.press("Shift")
                    box.focus()
                pictures.append(shot(box))
            if apart(*pictures) < SEEN:
                alike.append(f"{name} {state}")
    api.finish_all()
    assert not alike


@pytest.mark.full
def test_the_last_press_of_a_deletion_can_be_read_while_it_is_pointed_at(person: Person) -> None:
    person.generate("to be deleted")
    person.sees_pictures(1)
    person.button("History").click()
    dialog = person.page.get_by_role("dialog", name="History")
    dialog.get_by_role("checkbox", name="Select: to be deleted").first.check()
    dialog.get_by_role("button", name="Delete", exact=True).click()
    dialog.get_by_role("button", name="Recently deleted").click()
    dialog.get_by_role("button", name="Empty bin").click()
    button = dialog.get_by_role("button", name="Yes, delete")
    for scheme in ("light", "dark"):
        look(person.page, scheme, "none")
        for state in (button.hover, button.focus):
            person.page.mouse.move(2, 2)
            person.page.evaluate("document.activeElement.blur()")
            state()
            person.page.evaluate("() => Promise.all(document.getAnimations().map((one) => one.finished))")
            assert button.evaluate(CONTRAST) >= 4.5, f"{scheme} {state.__name__}"


@pytest.mark.full
def test_nothing_scrolls_sideways_at_200_percent(bare_page: Page, app: AppProcess) -> None:
    """A window of 1280x900 at 200 % has 640x450 pixels of the page."""
    bare_page.set_viewport_size({"width": 640, "height": 450})
    person = Person(bare_page, app.url).open()
    person.generate("at 200 %")
    person.sees_pictures(1)
    assert bare_page.evaluate("document.documentElement.scrollWidth") <= 640
    sheet = person.open_settings()
    assert sheet.evaluate("sheet => sheet.scrollWidth <= sheet.clientWidth")
    person.page.keyboard.press("Escape")
    person.results.get_by_role("button", name="Open: at 200 %").click()
    view = person.page.get_by_role("dialog", name="Picture")
    assert view.evaluate("view => view.scrollWidth <= view.clientWidth")


@pytest.mark.full
def test_a_prompt_is_set_in_the_direction_of_its_script(person: Person) -> None:
    boxes = [person.prompt, person.page.get_by_role("textbox", name="Negative prompt")]
    for box in boxes:
        for words, direction in (("ثعلب أحمر في الثلج", "rtl"), ("a red fox", "ltr"), ("שועל", "rtl")):
            box.fill(words)
            assert box.evaluate("box => getComputedStyle(box).direction") == direction
