"""Seeded random numbers, the same on every machine and in every process."""

from __future__ import annotations

import hashlib
import random


def seeded_random(*parts: object) -> random.Random:
    """Return the generator seeded by these parts; hash() of a text differs from process to process."""
    text = "\x1f".join(str(part) for part in parts)
    digest = hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).digest()
    return random.Random(int.from_bytes(digest, "big"))
