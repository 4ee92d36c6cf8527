"""Parts of an image file, such as chunks and segments: how many are looked at."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import TypeVar

MAX_PARTS = 50_000
"""Parts of a file. A PNG of 25 MB with the usual chunks of 8 kB has 3,200; a forged one has millions of empty ones."""

Part = TypeVar("Part")


def limited(parts: Iterable[Part]) -> Iterator[Part]:
    """Yield the parts of a file. Raises ValueError after MAX_PARTS of them."""
    every = iter(parts)
    yield from islice(every, MAX_PARTS)
    if next(every, None) is not None:
        raise ValueError("too many parts")
