"""Embeddings of a prompt with weights: chunks of 75 tokens, their rows scaled, each chunk's mean kept."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from components.engines.sdxl.model.libraries import torch
from components.engines.sdxl.pipeline.weighted_prompt import MAX_TOKENS, Chunk, WeightedText, chunks

COMMA = ",</w>"
"""CLIP's token of a comma."""


def embeddings(pipe: Any, prompt: Sequence[WeightedText], negative: Sequence[WeightedText] | None) -> dict[str, Any]:
    """Return a pipeline's prompt arguments; `negative` None: without one."""
    texts = [_chunks(pipe, prompt)] + ([] if negative is None else [_chunks(pipe, negative)])
    rounds = max(map(len, texts))
    found: dict[str, Any] = {}
    for start, text in zip(("", "negative_"), texts, strict=False):
        padded = [*text, *[Chunk()] * (rounds - len(text))]
        rows, pooled = _encoded(pipe, padded)
        found |= {f"{start}prompt_embeds": rows, f"{start}pooled_prompt_embeds": pooled}
    return found


def _chunks(pipe: Any, found: Sequence[WeightedText]) -> list[Chunk]:
    tokenizer = pipe.tokenizer_2

    def tokens_of(text: str) -> list[int]:
        return tokenizer(text, add_special_tokens=False).input_ids

    return chunks(found, tokens_of, tokenizer.convert_tokens_to_ids(COMMA))


def _encoded(pipe: Any, parts: Sequence[Chunk]) -> tuple[Any, Any]:
    """Return the rows of all chunks, one behind the other, and what the first says of the whole."""
    readers = [(pipe.tokenizer, pipe.text_encoder), (pipe.tokenizer_2, pipe.text_encoder_2)]
    there = [(tokenizer, encoder) for tokenizer, encoder in readers if encoder is not None]
    rows: list[Any] = []
    pooled: Any = None
    for part in parts:
        with torch().no_grad():
            read = [encoder(_ids(tokenizer, part, pipe), output_hidden_states=True) for tokenizer, encoder in there]
        rows.append(torch().cat([_weighted(one.hidden_states[-2], part) for one in read], dim=-1))
        pooled = read[-1][0] if pooled is None else pooled
    return torch().cat(rows, dim=1), pooled


def _ids(tokenizer: Any, part: Chunk, pipe: Any) -> Any:
    """Return a chunk as its encoder takes it; the two differ in what fills it up."""
    filled = [tokenizer.pad_token_id] * (MAX_TOKENS - len(part.tokens))
    ids = [tokenizer.bos_token_id, *part.tokens, tokenizer.eos_token_id, *filled]
    return torch().tensor([ids], device=pipe._execution_device)


def _weighted(rows: Any, part: Chunk) -> Any:
    """Scale the rows by their weights, then all of them so that their mean is as before."""
    if all(weight == 1 for weight in part.weights):
        return rows
    whole = rows.float()
    weights = [1.0, *part.weights, *[1.0] * (whole.shape[1] - 1 - len(part.weights))]
    scaled = whole * whole.new_tensor(weights)[None, :, None]
    mean = scaled.mean()
    return (scaled * (whole.mean() / mean) if bool(mean) else scaled).to(rows.dtype)
