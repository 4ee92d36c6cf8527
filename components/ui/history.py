"""What the script of a visitor's history may ask."""

from __future__ import annotations

import math
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import gradio as gr

from components import messages
from components.playground import Playground
from components.search import Search
from components.ui.packs import MOST, Packs
from components.ui.rows import row, told
from components.ui.who import number_in, person_of, text_in, values_of

_LONGEST = 500
"""Characters of what is searched for."""


def history_answers(playground: Playground, packs: Packs) -> list[Callable[..., Awaitable[Any]]]:
    """Return what the script may ask; Gradio marks each, so they are functions and not methods."""
    past = playground.history

    async def history(ask: Any, request: gr.Request) -> dict[str, Any]:
        """Return the next page of finished pictures that a search finds; the first with what can be filtered by."""
        values = values_of(ask)
        board, search = person_of(values, request).board, _search(values)
        jobs, more = await past.page(board, search)
        found: dict[str, Any] = {"rows": [row(job, playground) for job in jobs], "more": more}
        return found if isinstance(values.get("before"), dict) else found | await about(board)

    async def about(board: str) -> dict[str, Any]:
        choices, swept = await past.choices(board), await past.swept(board)
        found = {"count": choices.count, "models": choices.models, "loras": choices.loras}
        return found | {"swept": {"pictures": swept.pictures, "last": swept.last}}

    async def favour(ask: Any, request: gr.Request) -> bool:
        """Mark a finished picture of one's own as a favourite, or no more; false when that cannot be."""
        values = values_of(ask)
        is_favourite = values.get("favourite") is True
        return await past.favour(person_of(values, request).board, _job(values), is_favourite=is_favourite)

    async def delete(ask: Any, request: gr.Request) -> dict[str, Any]:
        """Delete ended jobs of one's own and their pictures, and tell what is left of them elsewhere."""
        values = values_of(ask)
        done = await playground.jobs.delete(person_of(values, request).board, _jobs(values))
        left = None if done.is_everywhere else told(messages.KEPT_AT_SERVICE, is_free=True)
        return {"deleted": done.gone, "left": left}

    async def pack(ask: Any, request: gr.Request) -> str:
        """Return where several pictures of one's own lie as one file for a while."""
        values = values_of(ask)
        return packs.order(person_of(values, request).board, _jobs(values), is_clean=values.get("clean") is True)

    return [history, favour, delete, pack]


def _search(values: Mapping[str, Any]) -> Search:
    before = values_of(values.get("before"))
    return Search(
        words=text_in(values, "words", _LONGEST),
        is_favourite=values.get("favourite") is True,
        model=text_in(values, "model", _LONGEST),
        lora=text_in(values, "lora", _LONGEST),
        since=number_in(values, "since"),
        before=(number_in(before, "created"), text_in(before, "id", 64)) if before else (math.inf, ""),
    )


def _job(values: Mapping[str, Any]) -> str:
    return text_in(values, "job", 64)


def _jobs(values: Mapping[str, Any]) -> list[str]:
    asked = values.get("jobs")
    names = asked[:MOST] if isinstance(asked, list) else []
    return [text_in({"job": name}, "job", 64) for name in names]
