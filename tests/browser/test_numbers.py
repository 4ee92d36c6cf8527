"""Numbers forgive: comma or point, an emptied box is the default, what is out of range is clamped and said, the wheel
scrolls the page, and an empty seed is a random one, which is -1 wherever it is sent or stored."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.person import Person
from tests.support.v3_service import HostedApi

STEPS = {"min": 1, "max": 50, "step": 1}
GUIDANCE = {"min": 1, "max": 20, "step": 0.1}
SIDE = {"min": 256, "max": 1536, "step": 8}
SEEDS = {"min": -1, "max": 2_147_483_647, "step": 1}


@pytest.fixture
def person(regular: Person) -> Person:
    return regular


def run(page: Page, work: str, given: Any) -> Any:
    return page.evaluate(
        f"""async (given) => {{
            const {{ parseNumber, settled }} = await import("/shared/number_box.js");
            return ({work})(given);
        }}""",
        given,
    )


@pytest.mark.parametrize(
    ("typed", "is_whole", "number"),
    [
        ("3.5", False, 3.5),
        ("3,5", False, 3.5),
        ("0,8", False, 0.8),
        (",5", False, 0.5),
        ("3,", False, 3),
        (" 28 ", True, 28),
        ("-1", True, -1),
        ("−0,5", False, -0.5),
        ("+7", True, 7),
        ("1,024", True, 1024),
        ("1,024", False, 1.024),
        ("2.147.483.647", True, 2_147_483_647),
        ("1 024", True, 1024),
        ("２８", True, 28),
        ("٢٨", True, 28),
        ("۲۸", True, 28),
        ("٣٫٥", False, 3.5),
        ("1e3", False, None),
        ("1.2.3", False, None),
        ("0x10", True, None),
        ("abc", True, None),
        ("३", True, None),
        ("-", True, None),
        ("", True, None),
        ("Infinity", False, None),
    ],
)
def test_what_was_typed(scripts: Page, typed: str, is_whole: bool, number: float | None) -> None:
    assert run(scripts, "([typed, isWhole]) => parseNumber(typed, isWhole)", [typed, is_whole]) == number


@pytest.mark.parametrize(
    ("typed", "span", "usual", "value", "note"),
    [
        ("", STEPS, 28, 28, ""),
        ("  ", SEEDS, -1, -1, ""),
        ("12", STEPS, 28, 12, ""),
        ("1000", STEPS, 28, 50, "50 is the most."),
        ("-5", STEPS, 28, 1, "1 is the least."),
        ("12,5", STEPS, 28, 13, "Whole numbers only."),
        ("abc", STEPS, 28, None, "Numbers only, please."),
        ("3,55", GUIDANCE, 3.5, 3.55, ""),
        ("1000", SIDE, 1024, 1000, ""),
        ("1023", SIDE, 1024, 1024, "In steps of 8."),
        ("99999", SIDE, 1024, 1536, "1,536 is the most."),
        ("0", SEEDS, -1, 0, ""),
    ],
)
def test_what_a_box_holds_once_it_is_left(
    scripts: Page, typed: str, span: dict[str, float], usual: float, value: float | None, note: str
) -> None:
    held = run(scripts, "([typed, range, usual]) => settled(typed, range, usual)", [typed, span, usual])
    assert held == {"value": value, "note": note}


def leave(box: Locator, typed: str) -> None:
    box.fill(typed)
    box.blur()


@pytest.mark.full
def test_boxes_of_the_form_forgive(person: Person, api: HostedApi) -> None:
    guidance, steps, seed = (person.number(name) for name in ("Guidance", "Steps", "Seed"))
    leave(guidance, "3,7")
    expect(guidance).to_have_value("3.7")
    leave(steps, "1000")
    expect(steps).to_have_value("50")
    person.sees_text("50 is the most.")
    expect(person.page.get_by_text("50 is the most.")).to_have_count(0, timeout=8000)
    leave(steps, "")
    expect(steps).to_have_value("28")
    leave(steps, "abc")
    expect(steps).to_have_value("28")
    person.sees_text("Numbers only, please.")
    leave(seed, "7")
    leave(seed, "")
    expect(seed).to_have_value("")
    expect(seed).to_have_attribute("placeholder", "Random")
    expect(person.page.get_by_label("range slider for Seed", exact=True)).to_have_value("-1")
    person.generate("numbers that forgive")
    person.sees_pictures(1)
    sent = api.posts[0]
    assert (sent["guidance_scale"], sent["num_inference_steps"]) == (3.7, 28)
    assert sent["seed"] >= 0, "the app draws it"


def test_what_is_typed_last_is_sent_although_the_box_was_not_left(person: Person, api: HostedApi) -> None:
    person.prompt.fill("typed last")
    person.number("Steps").fill("99")
    person.generate()
    person.sees_pictures(1)
    assert api.posts[0]["num_inference_steps"] == 50


@pytest.mark.full
def test_a_comma_typed_key_by_key_is_taken_as_it_is_typed(person: Person) -> None:
    box = person.number("Guidance")
    box.press("ControlOrMeta+a")
    box.press_sequentially("4,5")
    expect(box).to_have_value("4,5")
    expect(person.page.get_by_label("range slider for Guidance", exact=True)).to_have_value("4.5")
    box.press("ArrowUp")
    expect(box).to_have_value("4.6")


def test_the_wheel_scrolls_and_changes_no_number(person: Person) -> None:
    box = person.number("Steps")
    box.scroll_into_view_if_needed()
    box.focus()
    before = box.input_value()
    place = box.bounding_box()
    assert place
    person.page.mouse.move(place["x"] + 5, place["y"] + 5)
    person.page.mouse.wheel(0, -120)
    person.page.wait_for_function(
        "([label, top]) => document.querySelector(`[aria-label='${label}']`).getBoundingClientRect().top !== top",
        arg=["number input for Steps", place["y"]],
    )
    expect(box).to_have_value(before)


@pytest.mark.full
def test_a_lora_s_scale_takes_a_comma(person: Person, api: HostedApi) -> None:
    person.page.get_by_role("textbox", name="LoRA 1", exact=True).fill("owner/style")
    leave(person.number("LoRA 1 scale"), "0,8")
    person.generate("a lora's scale")
    person.sees_pictures(1)
    assert api.posts[0]["loras"] == [{"path": "owner/style", "scale": 0.8}]


def test_the_days_near_to_now_are_named_and_others_have_their_date(scripts: Page) -> None:
    headings = scripts.evaluate("""async () => {
        const { dayHeading } = await import("/shared/formats.js");
        const at = (day, ...time) => new Date(2026, 2, day, ...time) / 1000; // by the browser's time zone
        const now = at(30, 0, 30);
        return [at(30, 0, 0), at(29, 23, 59), at(29, 0, 0), at(28, 23, 59), at(31, 0, 0)]
          .map((time) => dayHeading(time, now));
      }""")
    assert headings == ["Today", "Yesterday", "Yesterday", "Mar 28, 2026", "Mar 31, 2026"]
