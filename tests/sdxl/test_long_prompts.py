"""Prompts longer than the 77 tokens of CLIP, and the negative prompt."""

from __future__ import annotations

import pytest

from components.engines.protocol import Refine
from tests.sdxl.reference import SIZE, same
from tests.support import full_run

LONG = " ".join(f"word{number}" for number in range(40))


def test_words_beyond_the_77_tokens_count(studio):
    assert len({studio.paint(f"{LONG} {end}").tobytes() for end in ("red", "blue")}) == 2
    both = [studio.paint("a cat", negative_prompt=f"{LONG} {end}").tobytes() for end in ("red", "blue")]
    assert len(set(both)) == 2


@pytest.mark.full
@pytest.mark.parametrize("guidance", [1.0, 3.5])
@pytest.mark.parametrize("refine", list(Refine))
def test_long_words_go_every_way(studio, guidance, refine):
    assert studio.paint(LONG, guidance_scale=guidance, refine=refine).size == (SIZE, SIZE)


@pytest.mark.full
@pytest.mark.parametrize("word", full_run.cases(["🦊❄️", "x", "猫"], usual=1))
def test_a_word_longer_than_all_tokens_counts_to_its_last_letter(studio, word):
    assert len({studio.paint(word * 150 + end).tobytes() for end in ("a", "z")}) == 2


def test_what_is_not_wanted_counts_for_nothing_at_guidance_1(studio):
    pictures = [studio.paint(guidance_scale=1.0, negative_prompt=words) for words in ("", "a dog", LONG)]
    assert all(same(picture, pictures[0]) for picture in pictures)
