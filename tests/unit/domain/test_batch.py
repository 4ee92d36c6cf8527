from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from components import messages
from components.domain.batch import MAX_IMAGES, batch, with_and_without
from components.domain.request import MAX_SEED, GenerationRequest, LoraWeight
from components.errors import InvalidRequest


@given(st.integers(-1, MAX_SEED) | st.integers(MAX_SEED - 4, MAX_SEED), st.integers(1, MAX_IMAGES))
def test_the_seeds_of_a_click_are_consecutive_and_in_range(seed, pictures):
    requests, _ = batch(GenerationRequest("a cat", seed=seed), pictures)
    seeds = [request.seed for request in requests]
    assert len(seeds) == len(set(seeds)) == pictures
    assert all(0 <= seed <= MAX_SEED for seed in seeds)
    assert seeds == [(seeds[0] + number) % (MAX_SEED + 1) for number in range(pictures)]
    if seed >= 0:
        assert seeds[0] == seed
    else:
        assert seeds[-1] == seeds[0] + pictures - 1, "a drawn seed never wraps"


def test_past_the_highest_seed_it_goes_on_from_0_and_says_so():
    requests, note = batch(GenerationRequest("a cat", seed=MAX_SEED - 1), 4)
    assert [request.seed for request in requests] == [MAX_SEED - 1, MAX_SEED, 0, 1]
    assert note == messages.SEEDS_WRAPPED


def test_without_wrapping_nothing_is_said_of_it():
    assert batch(GenerationRequest("a cat", seed=5), 2)[1] is None


def test_drawn_seeds_differ():
    assert len({batch(GenerationRequest("a cat"), 1)[0][0].seed for _ in range(50)}) > 45


@pytest.mark.parametrize("pictures", [-1, 0, MAX_IMAGES + 1])
def test_too_many_or_no_pictures_are_refused(pictures):
    with pytest.raises(InvalidRequest) as caught:
        batch(GenerationRequest("a cat"), pictures)
    assert caught.value.field == "pictures"


def test_with_and_without_its_loras_a_request_has_one_seed():
    (one, other), note = with_and_without(
        GenerationRequest("a cat", seed=-1, loras=(LoraWeight("a/b", 0.5), LoraWeight("c/d", 0)))
    )
    assert one.seed == other.seed >= 0
    assert one.loras and not other.loras and note is None
    assert replace(one, loras=()) == other


@pytest.mark.parametrize("loras", [(), (LoraWeight("a/b", 0),)])
def test_without_a_lora_there_is_nothing_to_compare(loras):
    with pytest.raises(InvalidRequest) as refused:
        with_and_without(GenerationRequest("a cat", loras=loras))
    assert refused.value.message == messages.NOTHING_TO_COMPARE
    assert refused.value.field == "loras"
