"""Page without a key: our own server and its demo painter behind the same page."""

from __future__ import annotations

import json

import pytest
from playwright.sync_api import Page, expect

from tests.browser.person import PATIENCE, Person
from tests.support.app_process import AppProcess
from tests.support.curl import call_generate

pytestmark = pytest.mark.app("demo")


def test_a_first_visit_gets_a_picture_with_one_click(person: Person) -> None:
    person.sees_text("no AI")
    person.generate("a red fox in the snow at night")
    person.sees_pictures(1)


@pytest.mark.full
def test_a_prompt_without_a_known_word_is_told_which_there_are(regular: Person) -> None:
    person = regular
    person.generate("qwer asdf")
    person.sees_pictures(1)
    person.sees_text("doesn't know these words")


@pytest.mark.full
def test_there_is_no_speed_to_choose(bare_page: Page, app: AppProcess) -> None:
    settings = json.dumps({"prompt": "a castle", "preset": "fast", "num_inference_steps": 4})
    person = Person(bare_page, f"{app.url}/#make={settings}").open()
    expect(person.page.get_by_text("Speed was out of range")).to_be_visible()
    expect(person.prompt).to_have_value("a castle")
    expect(person.page.get_by_role("radio", name="Best", exact=True)).to_have_count(0)
    person.generate()
    person.sees_pictures(1)
    assert person.errors == []


@pytest.mark.full
def test_a_killed_app_paints_on_after_its_restart(person: Person, app: AppProcess) -> None:
    for side in ("Width", "Height"):  # four large ones take as long as a person here waits
        person.set_number(side, 768)
    person.set_number("Steps", 50)
    person.choose("Pictures", "4")
    person.generate("a castle")
    person.sees("processing", 1)
    app.kill()
    app.start()
    expect(person.in_state("completed")).to_have_count(4, timeout=3 * PATIENCE)
    person.sees_pictures(4)


@pytest.mark.full
def test_a_program_of_another_session_shares_no_gallery(person: Person) -> None:
    call_generate(person.url, {"prompt": "made by a program"})
    person.page.reload()
    person.generate_button.wait_for()
    person.results.wait_for()
    expect(person.tiles).to_have_count(0)
