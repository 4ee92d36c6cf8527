"""What programs read of the parameters: on Gradio's API page, in its OpenAPI description, and as an MCP tool."""

from __future__ import annotations

import pytest

from components.api.endpoint import Endpoint
from components.domain.model_family import ModelFamily
from components.services.backend import Backend
from components.services.playground import Playground
from components.storage.store import Store
from components.ui.page import Page
from components.ui.programs.generate import PARAMETERS
from components.ui.programs.parameter_schemas import parameters_schema
from tests.support.core import host_config
from tests.support.scripted_api import BASE, KEY, MODEL


@pytest.fixture
async def shown(tmp_path):
    """Parameters on the API page, by name."""
    backend = Backend.hosted(Endpoint(BASE, KEY), [MODEL])
    store = Store(tmp_path)
    blocks = Page(Playground(backend, store, host_config(backend))).blocks
    yield {one["parameter_name"]: one for one in blocks.get_api_info()["named_endpoints"]["/generate"]["parameters"]}
    store.close()


async def test_each_parameter_stands_under_its_name_with_its_range(shown):
    assert [one["label"] for one in shown.values()] == list(PARAMETERS)
    assert {"minimum": 1, "maximum": 50}.items() <= shown["num_inference_steps"]["type"].items()
    assert {"minimum": 256, "maximum": 1536, "multipleOf": 8}.items() <= shown["width"]["type"].items()
    assert {"type": "null"} in shown["preset"]["type"]["oneOf"]
    assert {"type": "string", "enum": ["full", "fast"]} in shown["preset"]["type"]["oneOf"]


def test_a_tool_has_the_parameters_that_the_model_takes_and_the_prompt_is_required():
    schema = parameters_schema(ModelFamily.built_in([MODEL]))
    assert schema["required"] == ["prompt"]
    assert set(PARAMETERS) - set(schema["properties"]) == {
        *("image", "mask_image", "prompt_strength", "refine", "high_noise_frac", "refine_steps", "preset"),
        "sampler",
    }
    assert schema["properties"]["loras"]["maxItems"] == 4
