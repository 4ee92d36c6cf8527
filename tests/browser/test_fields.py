"""Fields by name: one more number of the table is in link, draft, press and viewer, in any order of the widgets."""

from __future__ import annotations

import json
from collections.abc import Iterator
from urllib.parse import quote

import pytest
from playwright.sync_api import BrowserContext, expect

from tests.browser.person import Person
from tests.support.app_process import AppProcess
from tests.support.paths import ROOT
from tests.support.v3_service import HostedApi, recorded_models

BOX = "#field-clip-skip input"
FILLED = {"prompt": "a fox", "width": 832, "height": 1216, "guidance_scale": 6, "num_inference_steps": 12, "seed": 9}
LORA = {"path": "nerijs/pixel-art-xl", "scale": 0.5, "on": True}
"""A value of its own in each field: one in the wrong place shows."""


class AppWithFurtherField(AppProcess):
    """App whose table of fields has one more number, and whose listeners list their components in another order."""

    script = ROOT / "tests" / "support" / "app_with_further_field.py"


@pytest.fixture
def further_app(tmp_path) -> Iterator[tuple[AppWithFurtherField, HostedApi]]:
    api = HostedApi()
    api.models = recorded_models("models_family")
    [run] = api.models[1]["api_schema"]["api_schemas"]
    run["request_schema"]["properties"]["clipskip"] = {"type": "integer", "minimum": 1, "maximum": 12}
    api.start()
    app = AppWithFurtherField.hosted(tmp_path, api).start()
    yield app, api
    app.stop()
    api.stop()


@pytest.mark.full
def test_a_further_number_and_reordered_widgets(context: BrowserContext, further_app) -> None:
    app, api = further_app
    link = quote(json.dumps({**FILLED, "clip_skip": 2, "loras": [LORA]}))
    person = Person(context.new_page(), f"{app.url}/#make={link}").open()
    box = person.page.locator(BOX)
    expect(box).to_have_value("2")
    expect(person.prompt).to_have_value("a fox")
    numbers: dict[str, float] = {
        "Width": 832,
        "Height": 1216,
        "Guidance": 6,
        "Steps": 12,
        "Seed": 9,
        "LoRA 1 scale": 0.5,
    }
    for name, value in numbers.items():
        expect(person.number(name)).to_have_value(f"{value:g}")
    expect(person.page.get_by_role("textbox", name="LoRA 1", exact=True)).to_have_value("nerijs/pixel-art-xl")

    person.button("Swap width and height").click()
    expect(person.number("Width")).to_have_value("1216")
    person.generate()
    person.sees_pictures(1)
    sent = api.posts[-1]
    assert (sent["clipskip"], sent["size"], sent["num_inference_steps"], sent["seed"]) == (2, "1216*832", 12, 9)

    box.fill("3")
    box.blur()
    person.draft_holds('"clip_skip":3')
    person.page.reload()
    expect(box).to_have_value("3")
    person.generate()
    person.sees_pictures(2)
    person.open_picture("a fox")
    person.sees_text("Clip skip 2 → 3")
    assert person.errors == []
