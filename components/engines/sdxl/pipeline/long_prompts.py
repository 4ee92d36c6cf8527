"""Prompts of any length: SDXL encodes 77 tokens at once, so a longer prompt is encoded in pieces.

diffusers' own encoder reads each, unless words are weighted (`weighted_prompt.py`).
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterator
from typing import Any

from components.engines.sdxl.model.libraries import torch
from components.engines.sdxl.pipeline.weighted_prompt import plain, spans
from components.engines.sdxl.pipeline.weighted_words import embeddings

MAX_TOKENS = 75
"""Tokens of a piece, without the two for its begin and end."""
LONGEST = 32
"""Characters of a token."""


def pieces(text: str, count: Callable[[str], int], room: int = MAX_TOKENS) -> list[str]:
    """Cut a text between words so that each piece fits; a short one stays as it is."""
    if count(text) <= room:
        return [text]
    found: list[str] = []
    piece = ""
    for word in _words(text, count, room):
        longer = f"{piece} {word}".strip()
        if piece and count(longer) > room:
            found.append(piece)
            longer = word
        piece = longer
    return [*found, piece]


def _words(text: str, count: Callable[[str], int], room: int) -> Iterator[str]:
    """Yield the words, one that is too long in parts: some scripts have no spaces."""
    for word in text.split():
        rest = word
        while count(rest) > room:
            lengths = range(1, min(len(rest), room * LONGEST))
            fits = max(1, bisect_right(lengths, room, key=lambda length, rest=rest: count(rest[:length])))
            yield rest[:fits]
            rest = rest[fits:]
        yield rest


def words_for(pipe: Any, prompt: str, negative: str, guidance: float) -> dict[str, Any]:
    """Return a pipeline's prompt arguments: the texts themselves, or embeddings when they are long."""
    negative = negative if guidance > 1 else ""  # at 1 diffusers ignores the negative prompt
    found, refused = spans(prompt), spans(negative)
    text, other = plain(found), plain(refused)
    if text is None or other is None:
        return embeddings(pipe, found, refused if guidance > 1 else None)
    texts, negatives = _pieces(pipe, text), _pieces(pipe, other)
    if len(texts) == len(negatives) == 1:
        return {"prompt": text, "negative_prompt": other}
    rounds = max(len(texts), len(negatives))
    texts += [""] * (rounds - len(texts))
    negatives += [""] * (rounds - len(negatives))
    read = [_read(pipe, one, other, guidance) for one, other in zip(texts, negatives, strict=True)]
    return _joined(read)


def _pieces(pipe: Any, text: str) -> list[str]:
    return pieces(text, lambda part: len(pipe.tokenizer_2(part, add_special_tokens=False).input_ids))


def _read(pipe: Any, prompt: str, negative: str, guidance: float) -> tuple[Any, ...]:
    with torch().no_grad():
        return pipe.encode_prompt(
            prompt=prompt, negative_prompt=negative, num_images_per_prompt=1, do_classifier_free_guidance=guidance > 1
        )


def _joined(read: list[tuple[Any, ...]]) -> dict[str, Any]:
    """Set the pieces' embeddings one behind the other; the first piece speaks for the whole."""
    names = ("prompt_embeds", "negative_prompt_embeds", "pooled_prompt_embeds", "negative_pooled_prompt_embeds")
    joined: dict[str, Any] = {}
    for place, name in enumerate(names):
        values = [one[place] for one in read]
        if values[0] is not None:
            joined[name] = values[0] if "pooled" in name else torch().cat(values, dim=1)
    return joined
