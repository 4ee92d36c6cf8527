"""Weights in a prompt as AUTOMATIC1111's web UI reads them: `(words)`, `[words]`, `(words:1.3)`, BREAK. Pure.

Rules: https://github.com/AUTOMATIC1111/stable-diffusion-webui/wiki/Features#attentionemphasis
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

STEP = 1.1
"""By what a pair of round brackets multiplies; square ones divide by it."""
MAX_TOKENS = 75
"""Tokens of a chunk, without the two for its begin and end."""
NEAR_COMMA = 20
"""Tokens behind a comma that move to the next chunk with the one that no longer fits."""
_SIGN = re.compile(r"\\[()\[\]\\]|\\|[()\[\]]|:\s*([+-]?[.\d]+)\s*\)|[^\\()\[\]:]+|:")
_BREAK = re.compile(r"\bBREAK\b")
_FACTORS = {"(": STEP, "[": 1 / STEP}
_OPENS = {")": "(", "]": "["}
_DIGITS = 12
"""Digits of a weight: what is multiplied and divided again differs in the last ones."""


@dataclass(frozen=True, slots=True)
class WeightedText:
    """Words with one weight; None: the break between two chunks."""

    text: str
    weight: float | None = 1.0


@dataclass(frozen=True, slots=True)
class Chunk:
    """Tokens that are encoded at once, each with its weight."""

    tokens: tuple[int, ...] = ()
    weights: tuple[float, ...] = ()


def spans(text: str) -> list[WeightedText]:
    """Return the spans of a prompt; neighbors differ in weight."""
    reader = _Reader()
    for sign in _SIGN.finditer(text):
        reader.take(sign[0], sign[1])
    return _merged(reader.spans())


def plain(found: Sequence[WeightedText]) -> str | None:
    """Return the text of a prompt in which nothing is weighted; None: something is."""
    return found[0].text if len(found) == 1 and found[0].weight == 1 else None


class _Reader:
    """Reads signs from left to right; a bracket that stays open weighs all behind it."""

    def __init__(self) -> None:
        self._pieces: list[str | None] = []
        self._open: dict[str, list[int]] = {"(": [], "[": []}
        """Number of the first piece within each open bracket."""
        self._begin: dict[int, list[float]] = defaultdict(list)
        self._end: dict[int, list[float]] = defaultdict(list)
        """Factors by the number of the first piece that they weigh, and of the first that they no longer do."""

    def take(self, sign: str, number: str | None) -> None:
        if sign[0] == "\\":
            self._pieces.append(sign[1:])
        elif sign in self._open:
            self._open[sign].append(len(self._pieces))
        elif not self._closes(sign, number):
            self._pieces += _broken(sign)

    def _closes(self, sign: str, number: str | None) -> bool:
        bracket = "(" if number else _OPENS.get(sign, "")
        if not self._open.get(bracket):
            return False
        try:
            factor = float(number) if number else _FACTORS[bracket]
        except ValueError:  # two points in a number: it is text
            return False
        self._weigh(self._open[bracket].pop(), factor)
        return True

    def _weigh(self, first: int, factor: float) -> None:
        if first < len(self._pieces):  # something is inside
            self._begin[first].append(factor)
            self._end[len(self._pieces)].append(factor)

    def spans(self) -> Iterator[WeightedText]:
        for bracket, begins in self._open.items():
            for first in begins:
                self._weigh(first, _FACTORS[bracket])
        product, noughts = 1.0, 0
        for number, piece in enumerate(self._pieces):
            for factor in self._end[number]:
                product, noughts = (product / factor, noughts) if factor else (product, noughts - 1)
            for factor in self._begin[number]:
                product, noughts = (product * factor, noughts) if factor else (product, noughts + 1)
            weight = 0.0 if noughts else round(product, _DIGITS)
            yield WeightedText("", None) if piece is None else WeightedText(piece, weight)


def _broken(text: str) -> list[str | None]:
    """Return the words around each BREAK, without the spaces that touch it, and None for each."""
    first, *others = _BREAK.split(text)
    pieces: list[str | None] = [first]
    for other in others:
        pieces[-1] = (pieces[-1] or "").rstrip()
        pieces += [None, other.lstrip()]
    return pieces


def _merged(found: Iterator[WeightedText]) -> list[WeightedText]:
    merged: list[WeightedText] = []
    for span in found:
        if merged and merged[-1].weight == span.weight is not None:
            merged[-1] = WeightedText(merged[-1].text + span.text, span.weight)
        else:
            merged.append(span)
    return merged or [WeightedText("")]


def chunks(found: Sequence[WeightedText], tokens_of: Callable[[str], list[int]], comma: int) -> list[Chunk]:
    """Return the chunks of a prompt, at least one. A chunk is cut behind a comma that is near its end."""
    done: list[Chunk] = []
    tokens: list[tuple[int, float]] = []
    for span in found:
        if span.weight is None:
            done.append(_chunk(tokens))
            tokens = []
            continue
        for token in tokens_of(span.text):
            if len(tokens) == MAX_TOKENS:
                cut = _cut(tokens, token, comma)
                done.append(_chunk(tokens[:cut]))
                tokens = tokens[cut:]
            tokens.append((token, span.weight))
    return [*done, _chunk(tokens)] if tokens or not done else done


def _cut(tokens: list[tuple[int, float]], following: int, comma: int) -> int:
    """Return how many tokens of a full chunk stay in it."""
    if following == comma:
        return len(tokens)
    near = range(len(tokens), len(tokens) - NEAR_COMMA, -1)
    return next((place for place in near if tokens[place - 1][0] == comma), len(tokens))


def _chunk(tokens: list[tuple[int, float]]) -> Chunk:
    return Chunk(tuple(token for token, _ in tokens), tuple(weight for _, weight in tokens))
