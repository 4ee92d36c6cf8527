"""Seeds of the pictures of one click: consecutive, in range, known before anything is sent."""

from __future__ import annotations

import secrets

from components.errors import InvalidRequest
from components.generation import MAX_SEED, GenerationRequest

MOST_PICTURES = 4


def batch(request: GenerationRequest, pictures: int) -> tuple[tuple[GenerationRequest, ...], tuple[str, ...]]:
    """Return one request for each picture and a sentence on each seed. Raises InvalidRequest.

    A random seed (-1) is drawn so that the last picture's is in range too; a chosen one wraps to 0.
    """
    if not 1 <= pictures <= MOST_PICTURES:
        raise InvalidRequest("pictures", f"Between 1 and {MOST_PICTURES} pictures can be made at once.")
    first = request.seed
    if first < 0:
        first = secrets.randbelow(MAX_SEED + 2 - pictures)
    seeds = [(first + number) % (MAX_SEED + 1) for number in range(pictures)]
    wrapped = " The highest seed was reached, so it went on from 0." if seeds[-1] < first else ""
    notes = [f"Picture {number} uses seed {seed}.{wrapped}" for number, seed in enumerate(seeds, start=1)]
    return tuple(request.with_seed(seed) for seed in seeds), tuple(notes if pictures > 1 else [""])
