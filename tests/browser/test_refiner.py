"""Refiner panel, and its arithmetic in the browser against the one in Python."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from components.domain.refiner_steps import split_steps
from tests.browser.person import Person

SPLIT = """async (cases) => {
  const { splitSteps } = await import("/refiner/refiner.js");
  return cases.map((one) => splitSteps(...one));
}"""


def test_the_steps_are_shared_in_the_browser_as_in_python(scripts: Page) -> None:
    numbers = (1, 2, 3, 5, 10, 28, 30, 50)
    cases = [(steps, part / 20, each) for steps in numbers for part in range(21) for each in (False, True)]
    found = scripts.evaluate(SPLIT, cases)
    assert [tuple(one) for one in found] == [
        split_steps(steps, handover, each=each) for steps, handover, each in cases
    ]


@pytest.mark.full
@pytest.mark.app("demo")
def test_a_handover_is_said_in_steps_and_follows_them(person: Person) -> None:
    person.choose("Refiner", "Blend (recommended)")
    person.set_number("Steps", 30)
    expect(person.page.get_by_text("30 steps: 23 base + 7 refiner.")).to_be_visible()
    person.set_number("Switch point", 1)
    expect(person.page.get_by_text("nothing is left for the refiner")).to_be_visible()
    person.set_number("Switch point", 0.8)
    person.generate("a castle")
    person.sees_pictures(1)
    person.page.get_by_role("button", name="Open: a castle").click()
    expect(person.page.get_by_text("Blend, switch at 0.8")).to_be_visible()
