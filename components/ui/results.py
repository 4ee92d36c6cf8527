"""The live gallery: an HTML component whose script asks for changes and draws them."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import replace
from typing import Any

import gradio as gr

from components import messages
from components.errors import InvalidRequest, PlaygroundError
from components.job import Job
from components.playground import Playground
from components.ui import assets
from components.ui.estimate import outline, pictures, shown
from components.ui.history import history_answers
from components.ui.loras import ROWS
from components.ui.packs import Packs
from components.ui.rows import changed_rows, row, told
from components.ui.who import key_token, number_in, person_of, values_of

LONGEST_WAIT = 20.0
"""Seconds a question for changes is held while nothing changes."""


class Results:
    """Owns the gallery's component, which is also the place where a click says who pressed.

    The component's value in is a ticket `{visitor, click, key}`; its value out is a receipt, see `receipt`.
    """

    def __init__(self, playground: Playground) -> None:
        self._playground, self._jobs = playground, playground.jobs
        self.packs = Packs(playground)
        self.component = gr.HTML(
            {},
            html_template="",
            js_on_load=assets.mount("mount.js", self._messages()),
            apply_default_css=False,
            elem_id="results",
            server_functions=self._answers(),
        )

    def receipt(self, click: str, jobs: tuple[Job, ...]) -> dict[str, Any]:
        """Return what a click came to: the tiles it started."""
        return {"click": click, "rows": self._rows(jobs), "refused": [], "notice": None}

    @staticmethod
    def refusal(click: str, error: PlaygroundError) -> dict[str, Any]:
        """Return that a click started nothing, and why: a sentence at its field, or one for the whole page."""
        if isinstance(error, InvalidRequest) and error.field:
            refused = [{"field": error.field, "sentence": str(error)}]
            return {"click": click, "rows": [], "refused": refused, "notice": None}
        return {"click": click, "rows": [], "refused": [], "notice": told(error.sentence, is_free=True)}

    def _messages(self) -> dict[str, dict[str, str]]:
        """Return what the script says by itself, where no answer comes."""
        backend = self._playground.backend
        silent = {
            "offline": messages.OFFLINE,
            "nothing_kept_here": messages.NOTHING_KEPT_HERE,
            "picture_not_loaded": messages.PICTURE_NOT_LOADED,
            "older_not_loaded": messages.OLDER_NOT_LOADED,
            "link_copied": messages.LINK_COPIED,
            "too_late": messages.TOO_LATE,
            "too_many_loras": messages.too_many_loras(ROWS),
        }
        said = {name: told(sentence, is_free=True) for name, sentence in silent.items()}
        return said | {"unanswered": told(messages.UNANSWERED, is_free=backend.free)}

    def _answers(self) -> list[Callable[..., Awaitable[Any]]]:
        """Return what the script may ask; Gradio marks each, so they are functions and not methods."""

        async def changes(ask: Any, request: gr.Request) -> dict[str, Any]:
            """Return what changed since the version the browser knows, holding the answer while nothing does."""
            values = values_of(ask)
            epoch, version = str(values.get("epoch", ""))[:32], int(number_in(values, "version"))
            wait = min(max(number_in(values, "wait"), 0.0), LONGEST_WAIT)
            found = await self._jobs.changes(person_of(values, request).board, epoch, version, wait)
            return changed_rows(found, self._playground, time.time())

        async def older(ask: Any, request: gr.Request) -> dict[str, Any]:
            """Return the page of tiles before a time."""
            values = values_of(ask)
            jobs, more = await self._jobs.older(person_of(values, request).board, number_in(values, "before"))
            return {"rows": self._rows(jobs), "more": more}

        async def look_again(ask: Any, request: gr.Request) -> None:
            """Look once more for what a visitor may have paid for."""
            values = values_of(ask)
            await self._jobs.look_again(person_of(values, request).board, str(values.get("job", ""))[:64])

        async def take_back(ask: Any, request: gr.Request) -> bool:
            """Take back what waits to be sent, or stop what is made for nothing; false when it is too late."""
            values = values_of(ask)
            board, job_id = person_of(values, request).board, str(values.get("job", ""))[:64]
            return await self._jobs.take_back(board, job_id) or await self._jobs.stop(board, job_id)

        async def estimate(ask: Any, request: gr.Request) -> dict[str, Any] | None:
            """Return what a press would cost and what is offered; null while the form holds no request."""
            values = values_of(ask)
            if (wish := outline(values)) is None:
                return None
            person, token = person_of(values, request), key_token(values)
            found = await self._playground.estimate(person, token, wish)
            bare = await self._playground.estimate(person, token, replace(wish, loras=())) if wish.loras else None
            return shown(found, pictures(values), bare)

        async def recipe(ask: Any, request: gr.Request) -> str:
            """Return how a visitor's own picture was made, as text that other programs read."""
            values = values_of(ask)
            board = person_of(values, request).board
            return await self._playground.recipes.of_job(board, str(values.get("job", ""))[:64])

        asked = [changes, older, look_again, take_back, estimate, recipe]
        return [*asked, *history_answers(self._playground, self.packs)]

    def _rows(self, jobs: Iterable[Job]) -> list[dict[str, Any]]:
        return [row(job, self._playground) for job in jobs]
