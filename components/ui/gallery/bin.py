"""Bin: server functions for a visitor's deleted images, which can be put back."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from typing import Any

import gradio as gr

from components import messages
from components.jobs.bin import BIN_DAYS
from components.jobs.submission import DeletionResult
from components.services.playground import Playground
from components.storage.bin_table import BinnedJob, BinPlace
from components.ui.gallery.job_json import job_json, rows_of
from components.ui.identity import as_object, number_field, person_of, text_field
from components.ui.message_json import message_json
from components.ui.routes.archive import MAX_JOBS


def bin_functions(playground: Playground) -> list[Callable[..., Awaitable[Any]]]:
    """Return the server functions of the script. Gradio sets an attribute on each, so they cannot be methods."""
    stored = playground.jobs.bin

    async def delete(payload: Any, request: gr.Request) -> dict[str, Any]:
        """Put the visitor's ended jobs into the bin; return their ids."""
        values = as_object(payload)
        jobs = await stored.put(person_of(values, request).visitor_id, jobs_field(values))
        return {"deleted": [job.id for job in jobs]}

    async def undelete(payload: Any, request: gr.Request) -> dict[str, Any]:
        """Put the visitor's jobs back where they were; return their rows."""
        values = as_object(payload)
        jobs = await stored.undelete(person_of(values, request).visitor_id, jobs_field(values))
        return {"rows": rows_of(jobs, playground)}

    async def binned(payload: Any, request: gr.Request) -> dict[str, Any]:
        """Return the next page of the visitor's bin, and how many jobs are in it."""
        values = as_object(payload)
        visitor = person_of(values, request).visitor_id
        jobs, more = await stored.page(visitor, _place(values))
        count = await playground.store.bin_count(visitor)
        rows = [_binned_json(one, playground) for one in jobs]
        return {"rows": rows, "more": more, "count": count, "days": BIN_DAYS}

    async def delete_for_good(payload: Any, request: gr.Request) -> dict[str, Any]:
        """Delete the visitor's jobs in the bin, or all of them; say when the API still has images of them."""
        values = as_object(payload)
        visitor = person_of(values, request).visitor_id
        if values.get("all") is True:
            return _result_json(await stored.empty(visitor))
        return _result_json(await stored.delete(visitor, jobs_field(values)))

    return [delete, undelete, binned, delete_for_good]


def jobs_field(values: Mapping[str, Any]) -> list[str]:
    """Return the job ids in untrusted JSON, as many as are taken at once."""
    ids = values.get("jobs")
    return [text_field({"job": job_id}, "job", 64) for job_id in ids[:MAX_JOBS]] if isinstance(ids, list) else []


def _place(values: Mapping[str, Any]) -> BinPlace:
    before = as_object(values.get("before"))
    if not before:
        return BinPlace()
    binned, created = number_field(before, "binned"), number_field(before, "created")
    return BinPlace(binned, created, text_field(before, "id", 64))


def _result_json(result: DeletionResult) -> dict[str, Any]:
    left = None if result.is_everywhere else message_json(messages.NOT_DELETED_AT_SERVICE, is_free=True)
    return {"deleted": result.deleted, "left": left}


def _binned_json(one: BinnedJob, playground: Playground) -> dict[str, Any]:
    """Return a job in the bin, which has the thumbnails of its images alone, each with the pass for it."""
    job = replace(one.job, files=())
    row = job_json(job, playground)
    passes = [playground.picture_passes.pass_for(image.name) for image in job.images]
    pictures = [
        {**shown, "src": f"{shown['thumb']}&pass={key}", "thumb": f"{shown['thumb']}&pass={key}"}
        for shown, key in zip(row["pictures"], passes, strict=True)
    ]
    return row | {"pictures": pictures, "binned": one.binned, "leaves": playground.retention.leaves_bin(one)}
