"""Again: a press that makes images with the settings of an earlier job, whatever the form holds."""

from __future__ import annotations

from typing import Any

from components import messages
from components.domain.batch import batch
from components.domain.request import GenerationRequest, is_whole
from components.errors import InvalidRequest
from components.jobs.service import JobService
from components.messages.message import Message
from components.ui.identity import as_object, text_field

FIELD = "again"
"""Field of the ticket: `{job, seed, pictures}`; `seed` is "same" or "new", `pictures` a number for "new"."""
_RANDOM = -1


async def requests_again(
    value: Any, visitor: str, jobs: JobService
) -> tuple[tuple[GenerationRequest, ...], Message | None] | None:
    """Return the requests of a press that repeats a visitor's own job, and a note as `batch` does.

    None for a press of the form. Raises InvalidRequest for a job that is gone or another visitor's.
    """
    wanted = as_object(value)
    if not wanted:
        return None
    job = await jobs.get_owned(visitor, text_field(wanted, "job", 64))
    if job is None or not job.is_readable:
        raise InvalidRequest("", messages.PICTURE_NOT_HERE)
    if wanted.get("seed") == "same":
        return batch(job.request, 1)
    pictures = wanted.get("pictures")
    return batch(job.request.with_seed(_RANDOM), pictures if is_whole(pictures) else 1)
