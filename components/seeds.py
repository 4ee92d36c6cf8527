"""Seeds of the pictures of one click: consecutive, in range, known before anything is sent."""

from __future__ import annotations

import secrets
from dataclasses import replace

from components import messages
from components.errors import InvalidRequest
from components.generation import MAX_SEED, GenerationRequest

MOST_PICTURES = 4


WRAPPED = "The highest seed was reached, so the seeds went on from 0."


def with_and_without(request: GenerationRequest) -> tuple[tuple[GenerationRequest, ...], str]:
    """Return a request as it is and the same without its LoRAs, with one seed. Raises InvalidRequest when it has none.

    Returned as by `batch`.
    """
    if not any(lora.scale > 0 for lora in request.loras):
        raise InvalidRequest("loras", messages.NOTHING_TO_COMPARE)
    (drawn,), note = batch(request, 1)
    return (drawn, replace(drawn, loras=())), note


def batch(request: GenerationRequest, pictures: int) -> tuple[tuple[GenerationRequest, ...], str]:
    """Return one request for each picture, seeds one after the other, and a sentence if there is one to say of them.

    A random seed (-1) is drawn so that the last picture's is in range too; a chosen one wraps to 0. Raises
    InvalidRequest.
    """
    if not 1 <= pictures <= MOST_PICTURES:
        raise InvalidRequest("pictures", messages.too_many_pictures(MOST_PICTURES))
    first = request.seed if request.seed >= 0 else secrets.randbelow(MAX_SEED + 2 - pictures)
    seeds = [(first + number) % (MAX_SEED + 1) for number in range(pictures)]
    return tuple(request.with_seed(seed) for seed in seeds), WRAPPED if seeds[-1] < first else ""
