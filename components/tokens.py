"""How many tokens SDXL's text encoders make of a text, and which words are beyond those they read.

Counted as transformers' `CLIPTokenizer` counts for `openai/clip-vit-large-patch14`, whose vocabulary both encoders
share. OpenAI's own first makes “quotes” straight, mends broken text with ftfy and undoes HTML entities (`&amp;`);
here, as in transformers, text is taken as it stands. The control characters U+001C to U+001F are blanks here alone.
"""

from __future__ import annotations

import gzip
import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache
from heapq import heappop, heappush
from itertools import groupby
from pathlib import Path

ROOM = 75
"""Tokens that words may fill: 77, less the two that mark begin and end."""

_MERGES = Path(__file__).resolve().parents[1] / "assets" / "tokens" / "merges.txt.gz"
_MARK = re.compile(r"<\|(?:start|end)oftext\|>")
"""One token each, should somebody write them, but in small letters alone."""
_PIECE = re.compile(r"<\|(?:start|end)oftext\|>|'(?:s|t|re|ve|m|ll|d)|[^\W\d_]+|\d|(?:[^\s\w]|_)+")
_PART = re.compile(r"\S+?(?:,(?=[^\W_])|(?!\S))")
"""What no token reaches across: a word, or what stands before a comma in it."""
_LONG_PART = 30
"""Characters. A longer part (a script without blanks) is cut within, a shorter one is wholly seen or not."""


def count(text: str) -> int:
    """Return the number of tokens, without the two that mark begin and end."""
    rest = _MARK.split(text)
    return len(rest) - 1 + sum(_Chain(piece).merged() for part in rest for piece in _pieces(part))


def cut(text: str) -> str:
    """Return the end of a text that is beyond the room, from the first word not wholly within; "" if it fits."""
    text, left = text.strip(), ROOM
    for part in _PART.finditer(text):
        needed = count(part.group())
        if needed > left:
            return text[part.start() + _fitting(part.group(), left) :]
        left -= needed
    return ""


def _fitting(part: str, room: int) -> int:
    """Return how many characters of a part that is too long are within the room."""
    if len(part) <= _LONG_PART:
        return 0
    fits, too_many = 0, len(part)
    while too_many - fits > 1:
        middle = (fits + too_many) // 2
        fits, too_many = (middle, too_many) if count(part[:middle]) <= room else (fits, middle)
    return fits


def _pieces(text: str) -> Iterator[str]:
    """Yield what is tokenized by itself: runs of letters, single numerals, runs of signs."""
    plain = unicodedata.normalize("NFC", text).replace("Σ", "σ").lower()  # Python alone has a sigma for a word's end
    for piece in _PIECE.findall(plain):
        if len(piece) > 1 and piece.isalnum() and not piece.isalpha():
            yield from _apart(piece)  # re takes numerals like ² for letters
        else:
            yield piece


def _apart(piece: str) -> Iterator[str]:
    for is_letters, characters in groupby(piece, str.isalpha):
        if is_letters:
            yield "".join(characters)
        else:
            yield from characters


class _Chain:
    """The symbols of one piece, of which neighbours become one: the pair of lowest rank first, then the leftmost."""

    def __init__(self, piece: str) -> None:
        signs = _signs()
        self._symbols = [signs[byte] for byte in piece.encode("utf-8", "surrogatepass")]
        self._symbols[-1] += "</w>"
        self._before = list(range(-1, len(self._symbols) - 1))
        self._after = list(range(1, len(self._symbols) + 1))
        self._pairs: list[tuple[int, int, str, str]] = []
        """A heap of rank, place and both symbols; a pair whose symbols changed meanwhile is passed over."""

    def merged(self) -> int:
        """Merge what can be merged; return how many symbols are left."""
        left = len(self._symbols)
        for place in range(left - 1):
            self._offer(place)
        while self._pairs:
            _, place, one, other = heappop(self._pairs)
            if self._holds(place, one, other):
                self._merge(place)
                left -= 1
        return left

    def _offer(self, place: int) -> None:
        if place < 0 or self._after[place] >= len(self._symbols):
            return
        one, other = self._symbols[place], self._symbols[self._after[place]]
        rank = _ranks().get(f"{one} {other}")
        if rank is not None:
            heappush(self._pairs, (rank, place, one, other))

    def _holds(self, place: int, one: str, other: str) -> bool:
        after = self._after[place]
        return self._symbols[place] == one and after < len(self._symbols) and self._symbols[after] == other

    def _merge(self, place: int) -> None:
        gone = self._after[place]
        after = self._after[place] = self._after[gone]
        self._symbols[place] += self._symbols[gone]
        self._symbols[gone] = ""
        if after < len(self._symbols):
            self._before[after] = place
        self._offer(self._before[place])
        self._offer(place)


@lru_cache(maxsize=1)
def _ranks() -> dict[str, int]:
    """Return the rank of each pair of symbols, read at the first use; the lowest is merged first."""
    with gzip.open(_MERGES, "rt", encoding="utf-8") as lines:
        return {pair: rank for rank, pair in enumerate(lines.read().splitlines())}


@lru_cache(maxsize=1)
def _signs() -> tuple[str, ...]:
    """Return the sign that stands for each byte in the merges: itself if it can be seen, else one from U+0100 on."""
    seen = {*range(0x21, 0x7F), *range(0xA1, 0xAD), *range(0xAE, 0x100)}
    others = iter(range(0x100, 0x200))
    return tuple(chr(byte if byte in seen else next(others)) for byte in range(256))
