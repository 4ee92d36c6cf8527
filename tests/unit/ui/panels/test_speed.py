"""The panel of the speed: what is read of it, where it is shown, and what the page says beside it."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from components import messages
from components.api.client import Endpoint
from components.domain.model_family import STANDARD_NAMES, Model, ModelFamily
from components.domain.request import (
    FAST_GUIDANCE,
    FAST_STEPS,
    GenerationRequest,
    Preset,
    Refine,
    StepBounds,
)
from components.domain.schema import OWN_SERVER_SCHEMA
from components.engines.sdxl import presets
from components.errors import InvalidRequest
from components.services.backend import Backend
from components.services.estimate import unavailable_parts
from components.services.playground import Playground
from components.storage.store import Store
from components.ui.page import Page
from components.ui.panels.price import priced_request
from components.ui.panels.speed import SpeedPanel
from components.ui.widgets import field_id
from tests.support.core import host_config
from tests.support.scripted_api import BASE, KEY, MODEL

NUMBERS = [field_id(name) for name in ("preset", "num_inference_steps", "guidance_scale")]
FORM: dict[str, Any] = {
    "prompt": "a fox",
    "width": 1024,
    "height": 1024,
    "guidance_scale": 3.5,
    "num_inference_steps": 28,
    "seed": 7,
}


def family(usual: Preset | None, steps: StepBounds = FAST_STEPS) -> ModelFamily:
    fields = OWN_SERVER_SCHEMA.fields | {"sampler"} | ({"preset"} if usual else set())
    return ModelFamily(
        (
            Model.of(
                MODEL,
                replace(OWN_SERVER_SCHEMA, fields=fields, default_preset=usual, fast_steps=steps),
                STANDARD_NAMES,
                is_from_api=True,
            ),
        )
    )


@pytest.fixture
async def page(tmp_path: Path) -> AsyncGenerator[Page]:
    backend = Backend.sdxl(Endpoint(BASE, KEY))
    store = Store(tmp_path)
    yield Page(Playground(backend, store, host_config(backend)))
    store.close()


def told(page: Page, usual: Preset | None, steps: StepBounds = FAST_STEPS) -> dict[str, Any]:
    """What browsers are told of fields by their ids, once the model has told of its presets."""
    page._playground.backend.catalogue.family = family(usual, steps)
    page.refresh_ranges()
    return {one["props"].get("elem_id"): one["props"] for one in page.blocks.config["components"]}


@pytest.mark.parametrize(("value", "preset"), [(None, None), ("full", Preset.FULL), ("fast", Preset.FAST)])
def test_what_is_chosen_is_read(value, preset):
    assert SpeedPanel.read({"preset": value}) is preset


@pytest.mark.parametrize("value", ["", "slow", 1, ["fast"], {}])
def test_what_is_none_is_refused_at_the_field(value):
    with pytest.raises(InvalidRequest) as caught:
        SpeedPanel.read({"preset": value})
    assert (caught.value.field, caught.value.message) == ("preset", messages.NO_SUCH_SPEED)


async def test_it_is_shown_where_the_model_takes_it_alone(page):
    speed = told(page, None)[field_id("preset")]
    assert (speed["visible"], speed.get("value")) == (False, None)
    speed = told(page, Preset.FULL)[field_id("preset")]
    assert (speed["visible"], speed["value"]) == (True, "full")
    assert told(page, None)[field_id("preset")]["visible"] is False


async def test_where_fast_is_usual_the_page_comes_with_what_counts(page):
    fields = told(page, Preset.FAST)
    assert [fields[name]["value"] for name in NUMBERS] == ["fast", 4, 1]
    fields = told(page, Preset.FULL)
    assert [fields[name]["value"] for name in NUMBERS] == ["full", 28, 3.5]


async def test_fast_of_eight_steps_is_called_so_and_recorded_so(page):
    fields = told(page, Preset.FAST, StepBounds(8, 8))
    assert [fields[name]["value"] for name in NUMBERS] == ["fast", 8, 1]
    speed = fields[field_id("preset")]
    assert [(str(name.key), value) for name, value in speed["choices"]][1:] == [("preset.fast?steps=8", "fast")]
    assert speed["elem_classes"] == ["fast-steps-8-8"]
    for steps in (2, 28):
        asked, _ = page._request(FORM | {"preset": "fast", "num_inference_steps": steps})
        assert asked.num_inference_steps == 8


async def test_a_request_says_what_it_is_painted_with(page):
    refined = FORM | {"refine": "base_image_refiner", "refine_steps": 3}
    best, _ = page._request(refined | {"preset": "full"})
    assert (best.preset, best.num_inference_steps, best.guidance_scale) == (Preset.FULL, 28, 3.5)
    assert best.refine is Refine.SECOND_PASS
    fast, _ = page._request(refined | {"preset": "fast"})
    assert (fast.preset, fast.num_inference_steps, fast.guidance_scale) == (Preset.FAST, 4, 1.0)
    assert fast.refine is Refine.OFF
    few, _ = page._request(refined | {"preset": "fast", "num_inference_steps": 2})
    assert few.num_inference_steps == 2


async def test_a_page_from_before_knows_no_speed_and_is_painted_as_ever(page):
    ask, _ = page._request(FORM)
    assert (ask.preset, ask.num_inference_steps) == (None, 28)


def test_the_page_says_what_has_no_effect():
    off = unavailable_parts(family(Preset.FULL), GenerationRequest("a fox", preset=Preset.FAST))
    assert off == {
        "sampling": messages.fast_sampling(4),
        "sampler": messages.FAST_SAMPLER,
        "refiner": messages.FAST_WITHOUT_REFINER,
        "negative_prompt": messages.FAST_WITHOUT_NEGATIVE,
    }
    assert unavailable_parts(family(Preset.FULL), GenerationRequest("a fox", preset=Preset.FULL)) == {}


def test_where_no_model_takes_it_it_is_off():
    """Somebody on a page with a speed may bring a key, with which another service paints."""
    assert unavailable_parts(family(None), GenerationRequest("a fox")) == {"preset": messages.not_taken("preset")}


def test_the_form_s_speed_is_part_of_what_is_asked():
    form = {"width": 1024, "height": 1024, "num_inference_steps": 4, "loras": 0}
    for value, preset in (("fast", Preset.FAST), ("full", None), (None, None), (["fast"], None)):
        ask = priced_request(form | {"preset": value})
        assert ask is not None
        assert ask.preset is preset


def test_the_page_and_the_engine_speak_of_the_same():
    assert {preset.value for preset in Preset} == set(presets.PRESETS)
    assert (presets.FAST.steps, presets.FAST.guidance) == ((FAST_STEPS.least, FAST_STEPS.most), FAST_GUIDANCE)
