"""Which files of a model are downloaded, and from where; the network is loopback alone."""

from __future__ import annotations

import pytest

from components.engines.sdxl import messages
from components.engines.sdxl.model.files import (
    BASE_PARTS,
    REFINER_PARTS,
    is_complete,
    on_this_machine,
    variant,
    wanted,
)
from tests.support.lora_downloads import Stopped, refusal, silent, stop
from tests.support.sdxl_repository import CONFIGS, MODEL, REST, WEIGHTS


def test_of_a_model_each_part_is_fetched_once_and_as_half():
    chosen = wanted(MODEL, BASE_PARTS)
    assert set(chosen) == {*CONFIGS, *REST} | {name for name in WEIGHTS if ".fp16." in name}
    assert len(chosen) == len(set(chosen))


def test_where_there_are_no_halves_the_whole_is_fetched():
    whole = [name for name in MODEL if ".fp16." not in name]
    assert {name for name in WEIGHTS if ".fp16." not in name} <= set(wanted(whole, BASE_PARTS))
    mixed = [name for name in MODEL if name != "vae/diffusion_pytorch_model.fp16.safetensors"]
    assert "vae/diffusion_pytorch_model.safetensors" in wanted(mixed, BASE_PARTS)


def test_of_the_refiner_only_its_own_parts_are_fetched():
    assert {name.partition("/")[0] for name in wanted(MODEL, REFINER_PARTS)} == {
        "model_index.json",
        "unet",
        "scheduler",
    }


def test_a_model_is_fetched_with_progress_and_then_never_asked_for_again(hub):
    told: list[float] = []
    folder = on_this_machine("owner/model", BASE_PARTS, told.append)
    assert is_complete(folder, BASE_PARTS)
    assert variant(folder) == "fp16"
    assert set(hub.fetched) == set(wanted(MODEL, BASE_PARTS))
    assert told == sorted(told)
    assert told[-1] == 1.0
    asked = list(hub.requests)
    assert on_this_machine("owner/model", BASE_PARTS, told.append) == folder
    assert hub.requests == asked, "offline once it is there"


def test_a_fetch_that_was_stopped_is_taken_up_again(hub):
    with pytest.raises(Stopped):
        on_this_machine("owner/model", BASE_PARTS, stop)
    assert is_complete(on_this_machine("owner/model", BASE_PARTS, silent), BASE_PARTS)


@pytest.mark.parametrize("missing", ["unet/diffusion_pytorch_model.fp16.safetensors", "vae/config.json"])
def test_a_folder_that_lacks_a_part_is_not_complete(hub, missing):
    folder = on_this_machine("owner/model", BASE_PARTS, silent)
    (folder / missing).unlink()
    assert not is_complete(folder, BASE_PARTS)


def test_a_model_that_cannot_be_fetched_is_a_sentence(hub):
    assert refusal(lambda: on_this_machine("owner/nothing", BASE_PARTS, silent)) == messages.NO_MODEL
    hub.close()
    assert refusal(lambda: on_this_machine("owner/other", BASE_PARTS, silent)) == messages.NO_MODEL
