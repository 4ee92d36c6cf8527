"""Table of fields: one more row is in every encoding of a request."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from components.domain.field import Kind
from components.domain.fields import FIELDS, field_of
from components.domain.request import GenerationRequest, Preset, Refine, Sampler
from tests.support.further_field import NAME, modules_with_further_field

Import = Callable[[str], Any]


def test_the_table_and_the_request_agree():
    plain = GenerationRequest("a cat")
    for field in FIELDS:
        if field.kind not in (Kind.LORAS, Kind.TEXT):
            assert plain.plain_value(field.name) == field.default, field.name
    assert field_of("refine").choices == tuple(mode.value for mode in Refine)
    assert field_of("preset").choices == tuple(preset.value for preset in Preset)
    assert field_of("sampler").choices == tuple(sampler.value for sampler in Sampler)
    assert len({field.name for field in FIELDS}) == len(FIELDS)


@pytest.fixture(scope="module")
def anew() -> Iterator[Import]:
    with modules_with_further_field() as imported:
        yield imported


@pytest.fixture
def of_two(anew: Import) -> Any:
    """A request with the further number, 2."""
    return anew("components.domain.request").GenerationRequest.of({"prompt": "a cat", "seed": 7, NAME: 2})


@pytest.fixture
async def playground(anew: Import, tmp_path: Path) -> Any:
    backend = anew("components.services.backend").Backend.hosted(
        anew("components.api.endpoint").Endpoint("https://api.example.com", "key"), ["stability-ai/sdxl-lora"]
    )
    store = anew("components.storage.store").Store(tmp_path)
    config = anew("tests.support.core").host_config(backend)
    yield anew("components.services.playground").Playground(backend, store, config)
    store.close()


def described_model(anew: Import, **facts: Any) -> Any:
    """Return a model as an API describes it that has the number under its other name."""
    properties = {"prompt": {}, "seed": {}, "clipskip": facts}
    entry = {"model_id": "m", "api_schema": {"api_schemas": [{"request_schema": {"properties": properties}}]}}
    body = json.dumps({"code": 200, "data": [entry]}).encode()
    answer = anew("components.api.envelope").ApiResponse(200, body)
    return anew("components.api.model_list").decode_models(answer, ["m"]).preferred


def test_schema_from_a_list_of_models(anew, of_two):
    model = described_model(anew, minimum=1, maximum=4)
    assert NAME in model.schema.fields
    assert (model.schema.range(NAME).minimum, model.schema.range(NAME).maximum) == (1, 4)
    model.schema.check(of_two)
    with pytest.raises(anew("components.errors").InvalidRequest, match="Clip skip must be between 1 and 4"):
        model.schema.check(of_two.with_value(NAME, 5))
    assert not anew("components.domain.schema").BUILT_IN_SCHEMA.takes(of_two)
    family = anew("components.domain.model_family").ModelFamily.built_in(["m"])
    with pytest.raises(anew("components.errors").InvalidRequest, match="clip skip"):
        family.choose(of_two)


def test_a_value_of_another_type_is_refused_and_an_unknown_option_is_an_error(anew):
    request = anew("components.domain.request").GenerationRequest
    with pytest.raises(anew("components.errors").InvalidRequest, match="Clip skip must be a whole number"):
        request.of({"prompt": "a cat", NAME: 2.5})
    with pytest.raises(ValueError, match="no such options"):
        request("a cat", options=(("other", 1),))


def test_body_of_a_submit(anew, of_two):
    encode = anew("components.api.encode").encode
    assert encode(of_two, described_model(anew).field_names)["clipskip"] == 2
    assert encode(of_two)[NAME] == 2
    assert NAME not in encode(of_two.with_value(NAME, None))


class EngineWithOption:
    """As much of an engine as the server needs to know what it takes."""

    def options(self) -> tuple[str, ...]:
        return (NAME,)


def test_our_own_server_lists_it_for_an_engine_that_takes_it(anew):
    server = anew("components.server.tasks.fields")
    further = server.fields_of(EngineWithOption())
    [run] = anew("components.server.http.models").entry("", further)["api_schema"]["api_schemas"]
    described = run["request_schema"]["properties"][NAME]
    assert (described["type"], described["minimum"], described["maximum"]) == ("integer", 1, 12)
    request_of = anew("components.server.tasks.validate").request_of
    assert request_of({"prompt": "x", NAME: 2}, lambda: 0, further).options == {NAME: 2}
    assert request_of({"prompt": "x"}, lambda: 0, further).options == {}
    with pytest.raises(anew("components.server.errors").Refused, match="clip_skip must be from 1 to 12"):
        request_of({"prompt": "x", NAME: 13}, lambda: 0, further)
    assert server.fields_of(object()) == ()


def test_recipe_written_and_restored(anew, of_two):
    text = anew("components.recipes.infotext").infotext(of_two, "m")
    assert "Clip skip: 2" in text
    restore = anew("components.recipes.restore").restore
    assert restore(text, described_model(anew).schema, {}).settings[NAME] == 2
    moved = restore(text.replace("Clip skip: 2", "Clip skip: 40"), described_model(anew).schema, {})
    assert moved.settings[NAME] == 12
    assert "Clip skip" in str(moved.left_out[0])
    without = restore(text, anew("components.domain.schema").BUILT_IN_SCHEMA, {})
    assert without.settings[NAME] is None
    assert "Clip skip" in str(without.left_out[0])


def test_price_key_and_duration_key(anew, of_two):
    other = of_two.with_value(NAME, 3)
    quotes = anew("components.budget.quotes")
    assert quotes.price_key("m", of_two) != quotes.price_key("m", other)
    job = anew("components.domain.job").Job("c-1", "v", "c", 1, "b", "m", of_two, 1.0)
    assert job.duration_key == replace(job, request=other).duration_key
    priced = anew("components.ui.panels.price").priced_request
    form = {"width": 1024, "height": 1024, "num_inference_steps": 20, "loras": 0, NAME: 4}
    assert priced(form).value(NAME) == 4


def test_stored_record_and_tile(anew, of_two, playground):
    table = anew("components.storage.jobs_table")
    job = anew("components.domain.job").Job("c-1", "v", "c", 1, "b", "m", of_two, 1.0)
    record = json.loads(json.dumps(table.to_record(job)))
    assert record["request"][NAME] == 2
    assert table.from_record(record) == job
    assert anew("components.ui.gallery.job_json").job_json(job, playground)[NAME] == 2


async def test_parameter_of_generate_and_its_description(anew, playground):
    generate, calls = anew("components.ui.programs.generate"), anew("components.ui.programs.picture_calls")
    page = anew("components.ui.page").Page(playground)
    shown = page.blocks.get_api_info()["named_endpoints"]["/generate"]["parameters"]
    parameters = {parameter["parameter_name"]: parameter for parameter in shown}
    assert [*parameters][-1] == NAME
    assert parameters[NAME]["parameter_default"] is None
    kind = parameters["refine_steps"]["python_type"]["type"]
    assert parameters[NAME]["python_type"] == {"type": kind, "description": generate.PARAMETERS[NAME]}
    assert calls.settings_request(playground, {"prompt": "x", NAME: 2}).value(NAME) == 2


def test_code_samples_in_every_language(anew, of_two):
    samples = anew("components.api.code_samples")
    hosts = samples.SampleHosts("https://api.example.com", "http://127.0.0.1:7860")
    found = samples.code_samples(of_two, described_model(anew), hosts)
    names = {"gradio": f"{NAME}=2", "gradio_javascript": f'"{NAME}": 2'} | {
        name: '"clipskip": 2' for name in ("curl", "wavespeed", "javascript")
    }
    assert {name for name, text in found.items() if names[name] in text} == set(names)


def test_grid_over_its_values(anew, of_two):
    batch = anew("components.domain.batch")
    axes = batch.read_axes([{"field": NAME, "values": "1-3"}])
    assert [one.value(NAME) for one in batch.cells(of_two, axes, described_model(anew).schema)] == [1, 2, 3]


def test_data_of_the_page_s_scripts(anew):
    data = anew("components.ui.field_data")
    *_, last = data.field_data()
    assert {key for key, value in last.items() if value is True} == {
        *("isNumber", "isWhole", "isCompared", "inGrid", "inLinks", "affectsPrice", "isOption")
    }
    assert (last["name"], last["key"], last["label"]) == (NAME, NAME, "Clip skip")
    assert f'"name": "{NAME}"' in data.field_data_html()
