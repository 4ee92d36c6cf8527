"""What Generate costs, and what the model does not take, as a person sees it before pressing."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, expect

from tests.app_process import AppProcess
from tests.browser.person import Person
from tests.hosted_api import HostedApi, recorded_models


def starting_with(tmp_path: Any, models: str | None) -> Iterator[tuple[AppProcess, HostedApi]]:
    api = HostedApi().start()
    api.models = recorded_models(models) if models else None
    app = AppProcess.hosted(tmp_path, api).start()
    yield app, api
    app.stop()
    api.stop()


@pytest.fixture(scope="module")
def without_images(tmp_path_factory) -> Iterator[tuple[AppProcess, HostedApi]]:
    """The usual model alone, which takes no picture."""
    yield from starting_with(tmp_path_factory.mktemp("plain"), "models_lora_alone")


@pytest.fixture(scope="module")
def with_aliases(tmp_path_factory) -> Iterator[tuple[AppProcess, HostedApi]]:
    yield from starting_with(tmp_path_factory.mktemp("aliases"), "models_aliases")


@pytest.fixture
def guest(context: BrowserContext) -> Iterator[Any]:
    people: list[Person] = []

    def come(app: AppProcess) -> Person:
        people.append(Person(context.new_page(), app.url).open())
        return people[-1]

    yield come
    for person in people:
        assert person.errors == []


def test_the_price_stands_on_the_button_times_the_pictures(guest, with_aliases):
    person = guest(with_aliases[0])
    expect(person.generate_button).to_have_text("Generate · $0.01")
    person.choose("Pictures", "4")
    expect(person.generate_button).to_have_text("Generate · 4 for $0.04")


def test_a_price_that_is_not_told_is_unknown_and_never_nothing(guest, with_aliases):
    app, api = with_aliases
    person = guest(app)
    api.price = None
    person.set_number("Steps", 33)
    expect(person.generate_button).to_have_text("Generate · price unknown")
    api.price = 0.01


def test_what_the_visit_has_spent_is_summed_and_survives_a_reload(guest, with_aliases):
    person = guest(with_aliases[0])
    person.generate("a cat")
    person.sees("completed", 1)
    expect(person.page.get_by_text("This visit: $0.01, 1 picture")).to_be_visible()
    person.open()
    expect(person.page.get_by_text("This visit: $0.01, 1 picture")).to_be_visible()


def test_the_host_at_home_reads_the_balance(guest, with_aliases):
    person = guest(with_aliases[0])
    expect(person.page.get_by_text("left.")).to_be_visible()


def test_ranges_are_those_the_model_tells(guest, with_aliases):
    person = guest(with_aliases[0])
    expect(person.page.get_by_label("range slider for Steps", exact=True)).to_have_attribute("max", "40")
    expect(person.number("Steps")).to_have_value("30")


def test_what_the_model_does_not_take_is_off_and_says_why(guest, without_images):
    app, api = without_images
    person = guest(app)
    expect(person.page.get_by_text("The model here does not take a picture to start from.")).to_be_visible()
    expect(person.page.get_by_label("Picture to start from")).to_be_disabled()
    expect(person.page.get_by_text("The model here does not take a refiner.")).to_be_visible()
    person.generate("a cat")
    person.sees("completed", 1)
    assert not {"image", "mask", "mask_image", "refine"} & set(api.posts[-1])


def test_on_a_page_that_costs_nothing_no_price_is_said(context, tmp_path):
    app = AppProcess(tmp_path, PLAYGROUND_BACKEND="demo").start()
    person = Person(context.new_page(), app.url).open()
    person.generate("a cat")
    person.sees("completed", 1)
    expect(person.generate_button).to_have_text("Generate")
    expect(person.page.get_by_text("This visit")).to_be_hidden()
    app.stop()
