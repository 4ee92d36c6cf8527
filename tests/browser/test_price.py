"""What Generate costs, and what the model does not take, as a person sees it before pressing."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.person import Person
from tests.support.v3_service import HostedApi


@pytest.fixture
def person(regular: Person) -> Person:
    return regular


@pytest.mark.app("pictures")
def test_the_price_stands_on_the_button_times_the_pictures(person: Person) -> None:
    expect(person.generate_button).to_have_text("Generate · $0.01")
    person.choose("Pictures", "4")
    expect(person.generate_button).to_have_text("Generate · 4 for $0.04")


@pytest.mark.full
def test_on_a_phone_the_price_of_four_is_not_cut_off(on_a_phone: Person) -> None:
    on_a_phone.open_settings()
    on_a_phone.choose("Pictures", "4")
    on_a_phone.button("Close settings").click()
    expect(on_a_phone.generate_button).to_contain_text("4 for $0.04")
    assert on_a_phone.generate_button.evaluate("""button => {
      const label = document.createRange();
      label.selectNodeContents(button);
      const [inner, outer] = [label.getBoundingClientRect(), button.getBoundingClientRect()];
      return inner.left >= outer.left && inner.right <= outer.right;
    }""")


@pytest.mark.app("pictures")
def test_balance_and_ranges_are_those_that_the_service_tells(person: Person) -> None:
    expect(person.page.get_by_text("left.")).to_be_visible()
    expect(person.page.get_by_label("range slider for Steps", exact=True)).to_have_attribute("max", "40")
    expect(person.number("Steps")).to_have_value("30")


@pytest.mark.full
def test_what_the_visit_has_spent_is_summed_and_survives_a_reload(newcomer: Person) -> None:
    person = newcomer
    person.generate("a cat")
    person.sees("completed", 1)
    expect(person.page.get_by_text("Spent this session: $0.01 (1 picture)")).to_be_visible()
    person.page.reload()
    expect(person.page.get_by_text("Spent this session: $0.01 (1 picture)")).to_be_visible()


def test_a_price_that_is_not_told_is_unknown_and_never_nothing(person: Person, api: HostedApi) -> None:
    api.price = None
    person.set_number("Steps", 33)
    expect(person.generate_button).to_have_text("Generate · price unknown")


@pytest.mark.full
@pytest.mark.app("text alone")
def test_what_the_model_does_not_take_is_off_and_says_why(person: Person, api: HostedApi) -> None:
    expect(person.page.get_by_text("This model doesn't support a starting picture.")).to_be_visible()
    expect(person.page.get_by_label("Starting picture")).to_be_disabled()
    expect(person.page.get_by_text("This model doesn't support a refiner.")).to_be_visible()
    person.generate("a cat")
    person.sees("completed", 1)
    assert not {"image", "mask", "mask_image", "refine"} & set(api.posts[-1])


@pytest.mark.full
@pytest.mark.app("demo")
def test_on_a_page_that_costs_nothing_no_price_is_said(person: Person) -> None:
    person.generate("a cat")
    person.sees("completed", 1)
    expect(person.generate_button).to_have_text("Generate")
    expect(person.page.get_by_text("Spent this session")).to_be_hidden()
