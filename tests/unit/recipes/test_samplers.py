"""Samplers of recipes, by the names of other programs: chosen where the model offers them, else named."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from components import messages
from components.domain.request import GenerationRequest, Sampler
from components.domain.schema import OWN_SERVER_SCHEMA
from components.recipes.infotext import infotext
from components.recipes.restore import restore
from components.recipes.samplers import parsed_sampler
from tests.support.comfy_graphs import graph
from tests.support.program_samples import INVOKE
from tests.support.recipe_samples import LINE

OFFERING = replace(OWN_SERVER_SCHEMA, fields=OWN_SERVER_SCHEMA.fields | {"sampler"}, samplers=tuple(Sampler))


def found(text, schema=OFFERING):
    recipe = restore(text, schema, {})
    assert recipe is not None
    return recipe.settings["sampler"], recipe.left_out


@pytest.mark.parametrize("sampler", Sampler, ids=lambda sampler: sampler.value)
def test_our_own_files_bring_it_back(sampler):
    text = infotext(GenerationRequest("a fox", seed=1, sampler=sampler), "m")
    assert f"Sampler: {sampler.value}" in text
    assert found(text) == (sampler.value, ())
    assert found(text, OWN_SERVER_SCHEMA) == (None, (messages.not_restored(("Sampler",)),))


@pytest.mark.parametrize(
    ("name", "spread", "expected"),
    [
        ("DPM++ 2M Karras", "", "DPM++ 2M Karras"),
        ("DPM++ 2M", "Karras", "DPM++ 2M Karras"),
        ("DPM++ 2M", "Automatic", "DPM++ 2M Karras"),
        ("DPM++ 2M", "", None),
        ("DPM++ 2M SDE", "Karras", "DPM++ 2M SDE Karras"),
        ("DPM++ 2M SDE", "Automatic", None),
        ("dpmpp_2m_sde_gpu", "karras", "DPM++ 2M SDE Karras"),
        ("dpmpp_2m", "sgm_uniform", None),
        ("Euler", "Automatic", "Euler"),
        ("Euler", "Karras", None),
        ("euler", "simple", None),
        ("euler_ancestral", "normal", "Euler a"),
        ("k_euler_ancestral", "native", "Euler a"),
        ("ddim", "ddim_uniform", "DDIM"),
        ("uni_pc", "normal", "UniPC"),
        ("lcm", "sgm_uniform", "LCM"),
        ("Heun", "", None),
        ("", "karras", None),
        ("euler" + " " * 10_000_000, "", None),
    ],
)
def test_names_of_other_programs(name, spread, expected):
    read = parsed_sampler(name, spread, ())
    assert (read and read.sampler.value) == expected


@pytest.mark.parametrize(
    ("text", "sampler"),
    [
        (f"a fox\n{LINE}, Sampler: DPM++ 2M, Schedule type: Karras", "DPM++ 2M Karras"),
        (f"a fox\n{LINE}, Sampler: Euler a", "Euler a"),
        (json.dumps(INVOKE | {"scheduler": "dpmpp_2m_k"}), "DPM++ 2M Karras"),
        (json.dumps({"prompt": "a", "steps": 20, "sampler": "dpmpp_2m", "scheduler": "karras"}), "DPM++ 2M Karras"),
    ],
)
def test_what_is_chosen_is_not_named_as_missing(text, sampler):
    chosen, told = found(text)
    assert chosen == sampler
    assert not any(message.code == "not_restored" for message in told)


def test_a_graph_of_comfyui():
    assert found(graph({"sampler_name": "dpmpp_2m", "scheduler": "karras"})) == (
        "DPM++ 2M Karras",
        (messages.not_restored(("Model",)),),
    )
    turbo = graph(
        {"sigmas": ["sigmas", 0], "scheduler": None}, sigmas=("SDTurboScheduler", {"model": ["model", 0], "steps": 1})
    )
    assert found(turbo)[0] is None


def test_one_that_is_unknown_is_named():
    assert found(f"a fox\n{LINE}, Sampler: Heun, Schedule type: Karras") == (
        None,
        (messages.not_restored(("Sampler", "Schedule type")),),
    )
