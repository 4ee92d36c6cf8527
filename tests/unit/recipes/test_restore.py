"""Recipes of other programs as settings of the form, and what is said of the rest."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from components import messages
from components.domain.fields import PROMPT_LIMIT
from components.domain.request import Preset
from components.domain.schema import BUILT_IN_SCHEMA, OWN_SERVER_SCHEMA, built_in_schema
from components.images.metadata import MAX_TEXT_LENGTH
from components.recipes.restore import Recipe, restore, restore_first
from tests.support.full_run import examples
from tests.support.recipe_samples import CASES, COMFY, FOOOCUS, LINE, SHELF, USUAL


@pytest.mark.parametrize("name", CASES)
def test_what_other_programs_write(name):
    text, settings_, told = CASES[name]
    assert restore(text, OWN_SERVER_SCHEMA, SHELF) == Recipe(USUAL | settings_, told)


OF_SDXL = replace(OWN_SERVER_SCHEMA, fields=OWN_SERVER_SCHEMA.fields | {"preset"}, default_preset=Preset.FAST)
FAST = "a fox\nSteps: 4, CFG scale: 1, Seed: 1, Size: 1024x1024, Model: m, Preset: fast, Version: SDXL LoRA Playground"


@pytest.mark.parametrize(
    ("text", "preset"), [(FAST, "fast"), (FAST.replace("fast", "slow"), "full"), (f"a fox\n{LINE}", "full")]
)
def test_a_recipe_of_ours_says_how_fast_it_was_painted(text, preset):
    found = restore(text, OF_SDXL, SHELF)
    assert found is not None
    assert (found.settings["preset"], found.left_out) == (preset, ())


def test_where_fast_is_not_offered_it_is_said():
    found = restore(FAST, OWN_SERVER_SCHEMA, SHELF)
    told = (messages.FAST_NOT_RESTORED,)
    assert found == Recipe(USUAL | {"guidance_scale": 1, "num_inference_steps": 4}, told)


def test_a_preset_of_another_program_is_none_of_ours():
    found = restore(f"a fox\n{LINE}, Preset: fast", OF_SDXL, SHELF)
    assert found is not None
    assert found.settings["preset"] == "full"
    assert found.left_out == (messages.not_restored(("Preset",)),)


@pytest.mark.parametrize(
    "text", ["", "a fox", "a fox, seed: 3", '{"a": 1}', "[]", "{" * 5000, '{"a":' * 5000, "Steps: 20, Seed: 1"]
)
def test_what_is_no_recipe(text):
    assert restore(text, OWN_SERVER_SCHEMA, SHELF) is None


UNREADABLE = {
    "a graph of nodes that nobody knows": json.dumps({"1": {"class_type": "Mystery", "inputs": {}}}),
    "an empty workflow": json.dumps({"nodes": [{"id": 1, "type": "Mystery"}], "links": []}),
    "settings without a prompt": json.dumps({"seed": 1, "sampler": "x"}),
    "too few settings": "a fox\nSteps: 20, Seed: 1",
    "a graph beyond the limit": json.dumps({"1": {"class_type": "Mystery", "inputs": {"a": "x" * 4_200_000}}}),
}


@pytest.mark.parametrize("name", UNREADABLE)
def test_a_file_whose_settings_cannot_be_read_says_so(name):
    told = Recipe({}, (messages.RECIPE_UNREADABLE,))
    assert restore_first([UNREADABLE[name]], OWN_SERVER_SCHEMA, SHELF) == told
    assert restore_first([UNREADABLE[name], f"a fox\n{LINE}"], OWN_SERVER_SCHEMA, SHELF) == Recipe(USUAL, ())


@pytest.mark.parametrize("text", ["", "a fox", "Lavc60.3.100", '{"a": 1}', "[]", "{" * 5000, "OLYMPUS DIGITAL CAMERA"])
def test_a_file_without_settings_says_nothing(text):
    assert restore_first([text], OWN_SERVER_SCHEMA, SHELF) is None


def test_what_this_model_does_not_take_is_left_out_and_said():
    text = f"a fox <lora:pixel-art-xl:1>\n{LINE}, Refiner: sd_xl_refiner_1.0, Refiner switch at: 0.6"
    off = messages.refiner_not_restored("sd_xl_refiner_1.0")
    loras = [{"path": "nerijs/pixel-art-xl", "scale": 1}]
    assert restore(text, BUILT_IN_SCHEMA, SHELF) == Recipe(USUAL | {"loras": loras}, (off,))
    bare = restore(text, built_in_schema("stability-ai/sdxl"), SHELF)
    assert bare is not None
    assert bare == Recipe(USUAL, (messages.more_loras(0), off))


def test_a_book_of_a_prompt_is_cut():
    found = restore("x" * 50_000 + f"\n{LINE}", OWN_SERVER_SCHEMA, SHELF)
    assert found == Recipe(USUAL | {"prompt": "x" * PROMPT_LIMIT}, (messages.RECIPE_TOO_LONG,))


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8) | st.just(10**400),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                ["1", "class_type", "inputs", "prompt", "seed", "steps", "loras", "width", "text", "model"]
            ),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)


@settings(max_examples=examples(400))
@given(st.text(max_size=100), ANYTHING, ANYTHING)
def test_forged_recipes_raise_nothing(text, one, other):
    graph = {**COMFY, "5": {"class_type": "EmptyLatentImage", "inputs": other}, "6": one}
    sampler = {"3": {"class_type": "KSampler", "inputs": one}, "1": other}
    forged = [text, f"{text}\n{LINE}, LoRA 1: {text}, {text}: {one}", json.dumps(graph), json.dumps(sampler)]
    forged += [json.dumps(FOOOCUS | {"loras": one, "resolution": other, "seed": one}), json.dumps(one)]
    for each in forged:
        found = restore(each, OWN_SERVER_SCHEMA, SHELF)
        if found:
            OWN_SERVER_SCHEMA.check_size(found.settings["width"], found.settings["height"])


@pytest.mark.parametrize("sign", ['"', " ", "a", ",", "a: ", 'a1: "', "<lora:", "(", "{", "[", "\n", "a1: {", "\\"])
def test_a_long_line_is_read_at_once(sign):
    restore(sign * (MAX_TEXT_LENGTH // len(sign)), OWN_SERVER_SCHEMA, SHELF)
    restore(f"{LINE}, a1: " + sign * ((MAX_TEXT_LENGTH - 100) // len(sign)), OWN_SERVER_SCHEMA, SHELF)


def test_c01_of_many_loras_that_are_unknown_a_few_are_told():
    found = restore("a fox" + "".join(f"<lora:no{n}:1>" for n in range(3000)) + f"\n{LINE}", OWN_SERVER_SCHEMA, {})
    assert found is not None
    assert len(found.left_out) < 30
    assert messages.more_loras(4) in found.left_out
