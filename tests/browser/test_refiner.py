"""The refiner as a person chooses it, and its arithmetic in the browser against the one in Python."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest
from playwright.sync_api import BrowserContext, expect

from components.handover import shared_steps
from components.ui import assets
from tests.app_process import AppProcess
from tests.browser.person import Person


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[AppProcess]:
    app = AppProcess(tmp_path_factory.mktemp("demo"), PLAYGROUND_BACKEND="demo").start()
    yield app
    app.stop()


def test_the_steps_are_shared_in_the_browser_as_in_python(context: BrowserContext, demo: AppProcess) -> None:
    page = context.new_page()
    page.goto(demo.url)
    address = json.dumps(f"{demo.url}/{assets.address('js/refiner.js')}")
    numbers = (1, 2, 3, 5, 10, 28, 30, 50)
    cases = [(steps, part / 20, each) for steps in numbers for part in range(21) for each in (False, True)]
    found = page.evaluate(
        f"async (cases) => {{ const {{ shared }} = await import({address});"
        " return cases.map((one) => shared(...one)); }",
        cases,
    )
    assert [tuple(one) for one in found] == [
        shared_steps(steps, handover, each=each) for steps, handover, each in cases
    ]


def test_a_handover_is_said_in_steps_and_follows_them(context: BrowserContext, demo: AppProcess) -> None:
    person = Person(context.new_page(), demo.url).open()
    person.page.get_by_role("button", name="Refiner: off").click()
    person.choose("Refiner", "Ensemble of experts")
    expect(person.page.get_by_role("button", name="Refiner: ensemble of experts")).to_be_visible()
    person.set_number("Steps", 30)
    expect(person.page.get_by_text("30 steps: 23 base + 7 refiner.")).to_be_visible()
    person.set_number("Handover", 1)
    expect(person.page.get_by_text("there is nothing left for the refiner")).to_be_visible()
    person.set_number("Handover", 0.8)
    person.generate("a castle")
    person.sees_pictures(1)
    person.page.get_by_role("button", name="Open: a castle").click()
    expect(person.page.get_by_text("Ensemble of experts, handover at 0.8")).to_be_visible()
    assert person.errors == []
