"""Weighted prompts on the model: embeddings against the web UI's rules, and pictures."""

from __future__ import annotations

from typing import Any

import pytest

from components.engines.protocol import Refine
from components.engines.sdxl.model.libraries import torch
from components.engines.sdxl.pipeline.long_prompts import words_for
from tests.sdxl.reference import ByHand, same
from tests.support import full_run

WEIGHED = "a (red:1.4) cat, [dark] sky"
SPANS = [("a", 1.0), ("red", 1.4), ("cat ,", 1.0), ("dark", 1 / 1.1), ("sky", 1.0)]


def rows_by_the_rules(pipe: Any, chunk: list[tuple[str, float]]) -> tuple[Any, Any]:
    """Return a chunk's rows: 77 tokens of each encoder, times their weights, brought back to the mean they had."""
    both: list[Any] = []
    pooled: Any = None
    for tokenizer, encoder in ((pipe.tokenizer, pipe.text_encoder), (pipe.tokenizer_2, pipe.text_encoder_2)):
        text = " ".join(words for words, _ in chunk)
        ids = tokenizer(text, padding="max_length", max_length=77, truncation=True, return_tensors="pt").input_ids
        weights = [1.0]
        for words, weight in chunk:
            weights += [weight] * len(tokenizer(words, add_special_tokens=False).input_ids)
        weights += [1.0] * (77 - len(weights))
        with torch().no_grad():
            read = encoder(ids, output_hidden_states=True)
        rows = read.hidden_states[-2]
        scaled = rows * torch().tensor(weights)[None, :, None]
        both.append(scaled * (rows.mean() / scaled.mean()))
        pooled = read[0]
    return torch().cat(both, dim=-1), pooled


@pytest.fixture(scope="module")
def hand(tiny):
    return ByHand(tiny)


def test_the_rows_are_those_of_the_rules(hand):
    ours = words_for(hand.base, WEIGHED, "", 3.5)
    rows, pooled = rows_by_the_rules(hand.base, SPANS)
    torch().testing.assert_close(ours["prompt_embeds"], rows)
    torch().testing.assert_close(ours["pooled_prompt_embeds"], pooled)
    empty, of_empty = rows_by_the_rules(hand.base, [])
    torch().testing.assert_close(ours["negative_prompt_embeds"], empty)
    torch().testing.assert_close(ours["negative_pooled_prompt_embeds"], of_empty)


def test_a_break_begins_another_chunk_and_the_shorter_prompt_is_filled_up(hand):
    ours = words_for(hand.base, "a cat BREAK (sky)", "(dog:1.2)", 3.5)
    chunks = [rows_by_the_rules(hand.base, chunk) for chunk in ([("a cat", 1.0)], [("sky", 1.1)])]
    torch().testing.assert_close(ours["prompt_embeds"], torch().cat([rows for rows, _ in chunks], dim=1))
    torch().testing.assert_close(ours["pooled_prompt_embeds"], chunks[0][1])
    filled = [rows_by_the_rules(hand.base, chunk)[0] for chunk in ([("dog", 1.2)], [])]
    torch().testing.assert_close(ours["negative_prompt_embeds"], torch().cat(filled, dim=1))
    assert set(words_for(hand.base, "(a)", "(b)", 1.0)) == {"prompt_embeds", "pooled_prompt_embeds"}


def test_where_nothing_is_weighted_the_picture_is_as_it_was(studio, hand):
    for typed, text in (("a cat", "a cat"), ("(a cat:1.0)", "a cat"), (r"a \(cat\)", "a (cat)")):
        assert same(studio.paint(typed), hand.picture("StableDiffusionXLPipeline", prompt=text, height=64, width=64))


@pytest.mark.full
@pytest.mark.parametrize("refine", full_run.cases(reversed(Refine), usual=1))
def test_a_weight_changes_the_picture_every_way(studio, refine):
    pictures = {studio.paint(words, refine=refine).tobytes() for words in ("a cat", "a (cat:1.6)", "a BREAK cat")}
    assert len(pictures) == 3
