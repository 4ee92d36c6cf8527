"""One click over lists of values: how lists are read, and which requests they make."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from components import messages
from components.domain import batch
from components.domain.batch import MAX_CELLS, Axis, cells, count, read_axes
from components.domain.fields import FIELDS, PROMPT_LIMIT, field_of
from components.domain.request import GenerationRequest, LoraWeight, Preset, Refine, SourceImage, StepBounds
from components.domain.schema import OWN_SERVER_SCHEMA
from components.errors import InvalidRequest

CAT = GenerationRequest("a red cat", seed=7, loras=(LoraWeight("a/b", 1), LoraWeight("c/d", 0.5)))


def axis(field: str, values: str) -> Axis:
    return read_axes([{"field": field, "values": values}])[0]


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("1, 2, 3", (1, 2, 3)),
        ("3,1.5 , 2.0", (3, 1.5, 2)),
        ("1-5", (1, 2, 3, 4, 5)),
        ("1-5 (+2)", (1, 3, 5)),
        ("1 - 6 (+2)", (1, 3, 5)),
        ("10-1 (-3)", (10, 7, 4, 1)),
        ("5-3", (5, 4, 3)),
        ("1-10 [4]", (1, 4, 7, 10)),
        ("1-2 (+0.25)", (1, 1.25, 1.5, 1.75, 2)),
        ("1-2 [3]", (1, 1.5, 2)),
        ("1, 4-6, 9", (1, 4, 5, 6, 9)),
        ("2, 2", (2,)),
    ],
)
def test_lists_are_written_as_elsewhere(text, values):
    assert axis("guidance_scale", text).values == values


def test_whole_settings_get_whole_values_each_once():
    assert axis("num_inference_steps", "10-20 [4]").values == (10, 13, 17, 20)
    assert axis("seed", "1-2 [5]").values == (1, 2)


@pytest.mark.parametrize(
    "text", ["", "a", "1,,2", "1-", "1-5 (-1)", "5-1 (+1)", "1-5 (+0)", "1e3", "1-5 [2", "\u0661x"]
)
@pytest.mark.parametrize("field", ["guidance_scale", "seed"])
def test_what_cannot_be_read_is_said(field, text):
    with pytest.raises(InvalidRequest) as caught:
        axis(field, text)
    assert caught.value.message == messages.VALUES_NOT_READ


@pytest.mark.parametrize("text", ["1-1000", "1-9 [99]", "1-5 [1]", "0-1 (+0.001)", ",".join(map(str, range(1, 27)))])
def test_more_than_can_be_shown_is_refused_before_it_is_counted_out(text):
    with pytest.raises(InvalidRequest) as caught:
        axis("guidance_scale", text)
    assert caught.value.message == messages.too_many_cells(MAX_CELLS)


def test_c01_no_list_is_counted_out_further_than_can_be_shown(monkeypatch):
    expanded: list[str] = []
    monkeypatch.setattr(batch, "_expand", lambda part: [expanded.append(part), *range(9 * len(expanded))][1:])
    with pytest.raises(InvalidRequest) as caught:
        axis("seed", ",".join(["1-9"] * 400))
    assert caught.value.message == messages.too_many_cells(MAX_CELLS)
    assert len(expanded) < 10


@pytest.mark.parametrize(
    "text",
    [
        "1" * 310,
        "-" + "9" * 400,
        f"1-{'9' * 400} [3]",
        f"0-1 (+{'9' * 400})",
        f"{'9' * 400}-1",
        f"0-1 (+0.{'0' * 320}1)",
    ],
)
@pytest.mark.parametrize("field", ["seed", "num_inference_steps", "guidance_scale", "lora_1_scale"])
def test_c02_a_number_of_hundreds_of_digits_is_refused(field, text):
    with pytest.raises(InvalidRequest):
        axis(field, text)


@pytest.mark.parametrize(
    "asked",
    [
        [],
        "seed",
        {},
        [1],
        [{"field": "prompt", "values": "a"}],
        [{"field": "seed"}],
        [{"field": "seed", "values": 5}],
        [{"field": ["seed"], "values": "1"}],
        [{"field": "seed", "values": "1"}] * 3,
        [{"field": "seed", "values": "1," * 2000}],
    ],
)
def test_s06_what_no_page_of_ours_asks_is_refused(asked):
    with pytest.raises(InvalidRequest) as caught:
        read_axes(asked)
    assert caught.value.message == messages.NO_SUCH_AXIS


def test_one_setting_is_listed_once():
    with pytest.raises(InvalidRequest) as caught:
        read_axes([{"field": "seed", "values": "1"}, {"field": "seed", "values": "2"}])
    assert caught.value.message == messages.SAME_AXIS_TWICE


def test_the_first_goes_across_and_the_second_down():
    axes = (axis("guidance_scale", "2, 5"), axis("num_inference_steps", "10-30 (+10)"))
    made = cells(CAT, axes, OWN_SERVER_SCHEMA)
    assert count(axes) == len(made) == 6
    assert [(one.guidance_scale, one.num_inference_steps) for one in made] == [
        (2, 10), (5, 10), (2, 20), (5, 20), (2, 30), (5, 30)
    ]  # fmt: skip
    assert {one.seed for one in made} == {7}


def test_a_random_seed_is_drawn_once_for_all():
    made = cells(GenerationRequest("a cat"), (axis("guidance_scale", "1-5"),), OWN_SERVER_SCHEMA)
    assert len({one.seed for one in made}) == 1
    assert made[0].seed >= 0


def test_words_are_searched_for_and_replaced():
    made = cells(CAT, (axis("words", "red, blue, very green"),), OWN_SERVER_SCHEMA)
    assert [one.prompt for one in made] == ["a red cat", "a blue cat", "a very green cat"]


def test_the_scale_is_the_first_lora_s():
    made = cells(CAT, (axis("lora_1_scale", "0, 0.5, 1"),), OWN_SERVER_SCHEMA)
    assert [one.loras for one in made] == [(LoraWeight("a/b", scale), CAT.loras[1]) for scale in (0, 0.5, 1)]


def test_strength_and_handover_differ_where_they_are_used():
    source = SourceImage("n", "d", 1024, 1024)
    started = GenerationRequest("a cat", image=source)
    assert [
        one.prompt_strength for one in cells(started, (axis("prompt_strength", "0.2, 0.9"),), OWN_SERVER_SCHEMA)
    ] == [0.2, 0.9]
    refined = GenerationRequest("a cat", refine=Refine.ENSEMBLE)
    assert [
        one.high_noise_frac for one in cells(refined, (axis("high_noise_frac", "0.7, 0.9"),), OWN_SERVER_SCHEMA)
    ] == [0.7, 0.9]


@pytest.mark.parametrize(
    ("field", "values", "told"),
    [
        ("words", "dog, fox", messages.WORDS_NOT_IN_PROMPT),
        ("prompt_strength", "0.2, 0.5", messages.AXIS_HAS_NO_EFFECT),
        ("high_noise_frac", "0.2, 0.5", messages.AXIS_HAS_NO_EFFECT),
        ("guidance_scale", "5, 50", messages.outside("guidance_scale", 1, 20, 50)),
        ("lora_1_scale", "1, 9", messages.outside("lora_scale", 0, 4, 9)),
    ],
)
def test_what_would_change_nothing_or_cannot_be_is_said_before_anything_is_sent(field, values, told):
    with pytest.raises(InvalidRequest) as caught:
        cells(CAT, (axis(field, values),), OWN_SERVER_SCHEMA)
    assert caught.value.message == told
    assert caught.value.field == "grid"


def test_fast_has_its_own_steps_and_guidance():
    fast = GenerationRequest("a cat", preset=Preset.FAST, guidance_scale=1, num_inference_steps=4)
    assert [
        one.num_inference_steps for one in cells(fast, (axis("num_inference_steps", "2-4"),), OWN_SERVER_SCHEMA)
    ] == [2, 3, 4]
    for field, values in (
        ("guidance_scale", "1, 5"),
        ("num_inference_steps", "4, 8"),
        ("high_noise_frac", "0.7, 0.8"),
    ):
        with pytest.raises(InvalidRequest) as caught:
            cells(fast, (axis(field, values),), OWN_SERVER_SCHEMA)
        assert caught.value.message == messages.AXIS_HAS_NO_EFFECT


def test_fast_of_eight_steps_has_no_others():
    schema = replace(OWN_SERVER_SCHEMA, fast_steps=StepBounds(8, 8))
    fast = GenerationRequest("a cat", preset=Preset.FAST).with_preset_applied(schema.fast_steps)
    assert fast.num_inference_steps == 8
    with pytest.raises(InvalidRequest) as caught:
        cells(fast, (axis("num_inference_steps", "4, 8"),), schema)
    assert caught.value.message == messages.AXIS_HAS_NO_EFFECT


def test_a_scale_needs_a_lora():
    with pytest.raises(InvalidRequest) as caught:
        cells(GenerationRequest("a cat"), (axis("lora_1_scale", "0, 1"),), OWN_SERVER_SCHEMA)
    assert caught.value.message == messages.NOTHING_TO_COMPARE


def test_a_negative_seed_would_draw_one():
    with pytest.raises(InvalidRequest) as caught:
        axis("seed", "-1, 3")
    assert caught.value.message == messages.VALUES_NOT_READ


def test_too_many_together_are_refused():
    axes = (axis("guidance_scale", "1-6"), axis("seed", "1-5"))
    with pytest.raises(InvalidRequest) as caught:
        cells(CAT, axes, OWN_SERVER_SCHEMA)
    assert caught.value.message == messages.too_many_cells(MAX_CELLS)


@given(st.text(alphabet="0123456789-+.,()[] ", max_size=30))
def test_any_list_is_read_or_refused_in_words(text):
    try:
        found = axis("guidance_scale", text)
    except InvalidRequest as error:
        assert error.field == "grid"
    else:
        assert 1 <= len(found.values) <= MAX_CELLS
        assert len(set(found.values)) == len(found.values)


@pytest.mark.parametrize("field", [field for field in FIELDS if field.grid_example], ids=lambda field: field.name)
def test_the_example_of_a_field_is_a_list_within_its_range(field):
    assert field.in_grid
    values = axis(field.name, field.grid_example).values
    assert len(values) > 1
    assert all(field.holds(value) for value in values)


def test_a_field_holds_the_numbers_of_its_range_alone():
    steps, deepest = field_of("num_inference_steps"), replace(field_of("guidance_scale"), maximum=None)
    assert [steps.holds(value) for value in (0, 1, 50, 51)] == [False, True, True, False]
    assert [deepest.holds(value) for value in (0.9, 1, 1e9)] == [False, True, True]
    assert not any(steps.holds(value) for value in (True, "5", None, float("nan")))


def test_a_parameter_s_description_has_its_own_range_step_and_choices():
    width = replace(field_of("width"), minimum=64, step=16)
    assert width.parameter_description == "pixels, 64 to 1536, a multiple of 16"
    refine = replace(field_of("refine"), choices=("a", "b", "c"))
    assert refine.parameter_description == "a, b or c; refused unless the model takes it"
    assert '"scale": 0 to 4}' in field_of("loras").parameter_description
    assert replace(field_of("preset"), parameter_text="").parameter_description == ""


def test_c02_no_cell_has_a_prompt_above_the_limit():
    words = axis("words", f"a, {'b' * 1990}")
    with pytest.raises(InvalidRequest) as caught:
        cells(GenerationRequest("a" * PROMPT_LIMIT), (words,), OWN_SERVER_SCHEMA)
    assert (caught.value.field, caught.value.message) == ("prompt", messages.too_long("prompt", PROMPT_LIMIT))
    shorter = cells(GenerationRequest("aa" * (PROMPT_LIMIT // 2)), (axis("words", "aa, b"),), OWN_SERVER_SCHEMA)
    assert [len(one.prompt) for one in shorter] == [PROMPT_LIMIT, PROMPT_LIMIT // 2]
