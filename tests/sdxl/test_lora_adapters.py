"""What becomes of a LoRA in every format that people really have."""

from __future__ import annotations

from typing import Any

import pytest

from components.engines.protocol import LoraRef, Refine
from components.engines.sdxl import messages
from components.errors import EngineError
from tests.sdxl.reference import Studio, half_mask, same, source
from tests.support import full_run

REFUSED = {
    "lokr_half": messages.LORA_HALF,
    "sd15": messages.LORA_SD1,
    "flux_kohya": messages.LORA_FLUX,
    "flux_peft": messages.LORA_FLUX,
    "sd3_peft": messages.LORA_SD3,
    "wrong_sizes": messages.LORA_SHAPES,
    "wrong_sizes_self": messages.LORA_SHAPES,
    "half_pair": messages.LORA_HALF,
    "whole_model": messages.LORA_NONE,
    "nan": messages.LORA_BROKEN,
    "zeros": messages.LORA_ZERO,
    "unknown_type": messages.LORA_DAMAGED,
    "unknown_names": messages.LORA_NO_EFFECT,
    "elsewhere": messages.LORA_NO_EFFECT,
    "pickled": messages.LORA_PICKLE,
    "truncated": messages.LORA_CUT_OFF,
    "short_by_one": messages.LORA_CUT_OFF,
    "page": messages.LORA_PAGE,
    "empty": messages.LORA_EMPTY,
    "huge_header": messages.LORA_NOT_SAFETENSORS,
    "pointer": messages.LORA_POINTER,
}
LOADS = (
    "peft",
    "peft_rank8",
    "peft_text",
    "kohya_names",
    "kohya_sgm",
    "kohya_sgm_alpha1",
    "kohya_sgm_text",
    "locon",
    "mixed_rank",
    "dora",
    "loha",
)


@pytest.fixture(scope="module")
def marks(studio):
    """What each LoRA that loads makes of the same picture, and the picture without any."""
    return {name: studio.mark((name, 1.0)) for name in LOADS} | {"": studio.mark()}


def test_every_file_of_the_folder_is_tried(lora_files):
    assert {path.stem for path in lora_files.glob("*.safetensors")} == {*REFUSED, *LOADS}


@pytest.mark.parametrize("name", LOADS)
def test_it_loads_and_changes_the_picture(marks, name):
    assert marks[name] != marks[""]


def test_the_formats_of_one_lora_give_one_picture(marks):
    assert marks["peft"] == marks["kohya_names"] == marks["kohya_sgm"]
    assert marks["peft_text"] == marks["kohya_sgm_text"]


def test_different_loras_give_different_pictures(marks):
    different = ("", "peft", "peft_rank8", "peft_text", "kohya_sgm_alpha1", "locon", "mixed_rank")
    assert len({marks[name] for name in different}) == len(different)


@pytest.mark.parametrize("name", full_run.cases(REFUSED, usual=8))
def test_s09_it_is_refused_with_its_own_sentence_and_leaves_no_trace(studio, marks, name):
    with pytest.raises(EngineError) as caught:
        studio.with_loras((name, 1.0))
    assert caught.value.message == REFUSED[name]
    assert studio.mark() == marks[""]


def test_after_all_that_were_refused_the_good_ones_are_as_before(studio, marks):
    for name in ("peft", "locon"):
        assert studio.mark((name, 1.0)) == marks[name]


@pytest.mark.full
def test_a_failure_beside_a_good_one_leaves_no_trace(studio, marks):
    with pytest.raises(EngineError):
        studio.with_loras(("peft_text", 1.0), ("wrong_sizes_self", 1.0))
    assert studio.mark() == marks[""]
    assert studio.mark(("peft_text", 1.0)) == marks["peft_text"]


@pytest.mark.parametrize("name", full_run.cases(["peft", "peft_text", "locon"], usual=1))
def test_weight_nought_is_none_to_the_last_bit(studio, marks, name):
    assert studio.mark((name, 0.0)) == marks[""]
    assert studio.mark((name, 0.0), ("peft_rank8", 1.0)) == marks["peft_rank8"]


@pytest.mark.full
def test_the_order_does_not_matter(studio):
    uses = [("peft", 0.7), ("peft_rank8", 0.4), ("peft_text", 1.2), ("locon", 0.2)]
    assert studio.mark(*uses) == studio.mark(*reversed(uses)) == studio.mark(*uses[2:], *uses[:2])


@pytest.mark.full
def test_one_file_named_twice_counts_with_both_weights(studio):
    assert studio.mark(("peft", 0.25), ("peft", 0.5)) == studio.mark(("peft", 0.75))


@pytest.mark.full
def test_back_and_forth_is_as_before(studio, marks):
    for name in ("peft", "peft_rank8", "peft_text", "peft", ""):
        assert studio.mark(*([(name, 1.0)] if name else [])) == marks[name]


def test_a_lora_of_the_past_leaves_no_bit_behind(tiny, lora_files, tmp_path):
    fresh = Studio.of(tiny, lora_files, tmp_path)
    values: dict[str, Any] = {
        "image": source(),
        "mask": half_mask(),
        "prompt_strength": 0.99,
        "num_inference_steps": 5,
    }
    before = fresh.paint(**values)
    fresh.with_loras(("kohya_names", 1.0))
    assert same(fresh.paint(**values), before)


@pytest.mark.full
def test_more_than_are_kept_are_loaded_anew(studio, marks, monkeypatch):
    monkeypatch.setattr(studio.engine._loaded._loras, "_room", 1)
    for name in (*LOADS[:2], LOADS[0]):
        assert studio.mark((name, 1.0)) == marks[name]
        assert len(studio.engine._loaded._loras.names) == 1


@pytest.mark.full
def test_it_is_known_by_what_is_in_it(studio, lora_files, marks):
    path = lora_files / "sub" / "changing.safetensors"
    path.parent.mkdir()
    for name in ("peft", "peft_rank8"):
        path.write_bytes((lora_files / f"{name}.safetensors").read_bytes())
        assert studio.mark(("sub/changing", 1.0)) == marks[name]


@pytest.mark.full
def test_the_refiner_is_left_alone(studio):
    """It shares a text encoder with the base, and the LoRA must not reach it through that."""
    told = {"refine": Refine.SECOND_PASS, "refine_steps": 2, "num_inference_steps": 3}
    without = studio.paint(**told, loras=(LoraRef("peft_text.safetensors", 0.0),))
    with_it = studio.paint(**told, loras=(LoraRef("peft_text.safetensors", 1.0),))
    assert not same(without, with_it)
    assert same(without, studio.paint(**told))


def test_a_file_outside_the_hosts_folder_is_not_read(studio):
    for path in ("../base.safetensors", "/etc/passwd.safetensors", "nowhere.safetensors"):
        with pytest.raises(EngineError) as caught:
            studio.paint(loras=(LoraRef(path, 1.0),))
        assert caught.value.message == messages.LORA_OUTSIDE_FOLDER
