"""History: server functions for a visitor's finished images."""

from __future__ import annotations

import math
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import gradio as gr

from components.services.playground import Playground
from components.storage.search_table import Search
from components.ui.gallery.bin import jobs_field
from components.ui.gallery.job_json import job_json
from components.ui.http.client_address import address_of
from components.ui.identity import as_object, number_field, person_of, text_field
from components.ui.routes.archive import Archives

_MAX_TEXT_LENGTH = 500
"""Characters of a search text or of a filter's value."""


def history_functions(playground: Playground, archives: Archives) -> list[Callable[..., Awaitable[Any]]]:
    """Return the server functions of the script. Gradio sets an attribute on each, so they cannot be methods."""
    stored = playground.history

    async def history(payload: Any, request: gr.Request) -> dict[str, Any]:
        """Return the next page of jobs that match a search; the first page has the filters' values too."""
        values = as_object(payload)
        visitor, search = person_of(values, request).visitor_id, _search(values)
        jobs, more = await stored.page(visitor, search)
        found: dict[str, Any] = {"rows": [job_json(job, playground) for job in jobs], "more": more}
        return found if isinstance(values.get("before"), dict) else found | await summary(visitor)

    async def summary(visitor: str) -> dict[str, Any]:
        choices, cleanup = await stored.filters(visitor), await stored.cleanup_note(visitor)
        found = {"count": choices.count, "models": choices.models, "loras": choices.loras}
        return found | {"swept": {"pictures": cleanup.images, "last": cleanup.latest}}

    async def set_favourite(payload: Any, request: gr.Request) -> bool:
        """Set whether a job is a favourite; return False unless it is the visitor's own and finished."""
        values = as_object(payload)
        is_favourite = values.get("favourite") is True
        return await stored.set_favourite(
            person_of(values, request).visitor_id, _job(values), is_favourite=is_favourite
        )

    async def pack(payload: Any, request: gr.Request) -> str:
        """Return the URL of a zip file of the visitor's images, relative to the page."""
        values = as_object(payload)
        visitor, client = person_of(values, request).visitor_id, address_of(request)
        return archives.create(visitor, jobs_field(values), client, is_clean=values.get("clean") is True)

    return [history, set_favourite, pack]


def _search(values: Mapping[str, Any]) -> Search:
    # The last job of the page before: its id orders jobs of the same instant. The first page begins at the end of the
    # days that are searched.
    before = as_object(values.get("before"))
    end = number_field(values, "until") or math.inf
    return Search(
        words=text_field(values, "words", _MAX_TEXT_LENGTH),
        is_favourite=values.get("favourite") is True,
        model=text_field(values, "model", _MAX_TEXT_LENGTH),
        lora=text_field(values, "lora", _MAX_TEXT_LENGTH),
        since=number_field(values, "since"),
        before=(number_field(before, "created"), text_field(before, "id", 64)) if before else (end, ""),
    )


def _job(values: Mapping[str, Any]) -> str:
    return text_field(values, "job", 64)
