"""Gallery of results: an HTML component whose script polls for changes and draws the tiles."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable
from dataclasses import replace
from functools import partial
from typing import Any

import gradio as gr

from components import messages
from components.domain.job import Job
from components.errors import InvalidRequest, PlaygroundError
from components.services.playground import Playground
from components.ui import assets
from components.ui.gallery.bin import bin_functions
from components.ui.gallery.history import history_functions
from components.ui.gallery.job_functions import job_functions, job_of
from components.ui.gallery.job_json import rows_of
from components.ui.gallery.presets import preset_functions
from components.ui.http.client_address import address_of
from components.ui.identity import as_object, number_field, person_of, session_key
from components.ui.message_json import message_json
from components.ui.panels.loras import ROWS
from components.ui.panels.price import image_count, price_json, priced_request
from components.ui.routes.archive import Archives


class Results:
    """Gallery component, which is also input and output of a press.

    Its input value is a ticket `{visitor, click, key}` with the fields of page.TICKET_FIELDS; its output value is a
    receipt, see `receipt`.
    """

    def __init__(self, playground: Playground) -> None:
        self._playground, self._jobs = playground, playground.jobs
        self.archives = Archives(playground)
        # An empty template, and nodes built by the script: Gradio evaluates templates as JavaScript, so that `${...}`
        # in a prompt would run (tried with 6.31).
        self.component = gr.HTML(
            {},
            html_template="",
            js_on_load=assets.mount("main", "mount", self._messages(), ["fill"]),
            apply_default_css=False,
            elem_id="results",
            # They run outside Gradio's queue, and take none of its places.
            server_functions=self._server_functions(),
        )

    def receipt(self, click: str, jobs: tuple[Job, ...]) -> dict[str, Any]:
        """Return the receipt of a click: the JSON of the jobs that it started."""
        return {"click": click, "rows": self._rows(jobs), "refused": [], "notice": None}

    @staticmethod
    def refusal(click: str, error: PlaygroundError) -> dict[str, Any]:
        """Return the receipt of a click that started nothing, with its error at a field or for the whole page."""
        if isinstance(error, InvalidRequest) and error.field:
            refused = [{"field": error.field, "message": message_json(error.message, is_free=True)}]
            return {"click": click, "rows": [], "refused": refused, "notice": None}
        return {"click": click, "rows": [], "refused": [], "notice": message_json(error.message, is_free=True)}

    def _messages(self) -> dict[str, dict[str, Any]]:
        """Return the messages that the script shows without an answer of the server."""
        backend = self._playground.backend
        texts = {
            "offline": messages.OFFLINE,
            "nothing_kept_here": messages.NOTHING_STORED_HERE,
            "picture_not_loaded": messages.PICTURE_NOT_LOADED,
            "older_not_loaded": messages.OLDER_NOT_LOADED,
            "link_copied": messages.LINK_COPIED,
            "source_gone": messages.SOURCE_GONE,
            "too_late": messages.TOO_LATE,
            "too_many_loras": messages.too_many_loras(ROWS),
        }
        found = {name: message_json(message, is_free=True) for name, message in texts.items()}
        is_set_back = self._playground.store.may_be_set_back
        unanswered = messages.UNANSWERED_OR_FORGOTTEN if is_set_back else messages.UNANSWERED
        return found | {"unanswered": message_json(unanswered, is_free=backend.free)}

    def _server_functions(self) -> list[Callable[..., Awaitable[Any]]]:
        """Return the server functions of the script. Gradio sets an attribute on each, so they cannot be methods."""

        async def older(payload: Any, request: gr.Request) -> dict[str, Any]:
            """Return the page of jobs that were created before a time."""
            values = as_object(payload)
            jobs, more = await self._jobs.older(person_of(values, request).visitor_id, number_field(values, "before"))
            return {"rows": self._rows(jobs), "more": more}

        async def estimate(payload: Any, request: gr.Request) -> dict[str, Any] | None:
            """Return the price of a press and what the model offers; None while the form has invalid values."""
            values = as_object(payload)
            if (priced := priced_request(values)) is None:
                return None
            person, token = person_of(values, request), session_key(values)
            estimate = partial(self._playground.estimate, person, token, client_address=address_of(request))
            found = await estimate(priced)
            plain = await estimate(replace(priced, loras=())) if priced.loras else None
            # After the estimate, which reads the price of which the payment tells how often it can be paid.
            payment = await self._playground.host_payment(person, token, priced)
            is_payer = self._playground.is_payer(person, token)
            return price_json(found, image_count(values), payment, is_payer=is_payer, without_loras=plain)

        async def recipe(payload: Any, request: gr.Request) -> str:
            """Return the settings of a visitor's own job as A1111 infotext."""
            return await self._playground.recipes.of_job(*job_of(payload, request))

        functions = [older, estimate, recipe, *job_functions(self._jobs)]
        functions += [*history_functions(self._playground, self.archives), *bin_functions(self._playground)]
        return [*functions, *preset_functions(self._playground)]

    def _rows(self, jobs: Iterable[Job]) -> list[dict[str, Any]]:
        return rows_of(jobs, self._playground)
