"""The live gallery: a component of our own whose script asks for changes and draws them."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any

import gradio as gr
from gradio.components.base import server

from components.errors import InvalidRequest, TooMany
from components.job import Job, is_token, visitor_name
from components.jobs import Jobs
from components.ui import assets
from components.ui.rows import changed_rows, row

LONGEST_WAIT = 20.0
"""Seconds a question for changes is held while nothing changes."""


class Results(gr.HTML):
    """The gallery of one visitor, and the place where a click says who pressed.

    Its value in is a ticket `{visitor, click}`; its value out is a receipt, see `receipt`.
    """

    def __init__(self, jobs: Jobs, labels: dict[str, str]) -> None:
        self._jobs, self._labels = jobs, labels
        super().__init__(
            {},
            html_template="",
            js_on_load=assets.text("js/mount.js").replace("ASSETS", assets.address("js")),
            apply_default_css=False,
            elem_id="results",
            elem_classes=["results-host"],
        )

    def get_block_name(self) -> str:
        """Use Gradio's own HTML component in the browser."""
        return "html"

    def preprocess(self, payload: Any) -> Any:
        """Hand on the ticket; the handler checks it."""
        return payload

    def postprocess(self, value: Any) -> Any:
        """Hand on the receipt: plain JSON, drawn by the script as text."""
        return value

    def receipt(self, click: str, jobs: tuple[Job, ...]) -> dict[str, Any]:
        """Return what a click came to: the tiles it started."""
        rows = [row(job, self._labels.get(job.backend, job.backend)) for job in jobs]
        return {"click": click, "rows": rows, "refused": [], "notice": ""}

    @staticmethod
    def refusal(click: str, error: InvalidRequest | TooMany) -> dict[str, Any]:
        """Return that a click started nothing, and why: a sentence at its field, or one for the whole page."""
        if isinstance(error, InvalidRequest) and error.field:
            refused = [{"field": error.field, "sentence": str(error)}]
            return {"click": click, "rows": [], "refused": refused, "notice": ""}
        return {"click": click, "rows": [], "refused": [], "notice": str(error)}

    @server
    async def changes(self, ask: Any) -> dict[str, Any]:
        """Return what changed since the version the browser knows, holding the answer while nothing does."""
        values = _mapping(ask)
        visitor = _visitor(values)
        epoch, version = str(values.get("epoch", ""))[:32], _number(values.get("version"))
        wait = min(max(_number(values.get("wait")), 0.0), LONGEST_WAIT)
        return changed_rows(
            await self._jobs.changes(visitor, epoch, int(version), wait),
            self._labels,
            time.time(),
        )

    @server
    async def older(self, ask: Any) -> dict[str, Any]:
        """Return the page of tiles before a time."""
        values = _mapping(ask)
        jobs, more = await self._jobs.older(_visitor(values), _number(values.get("before")))
        return {"rows": [row(job, self._labels.get(job.backend, job.backend)) for job in jobs], "more": more}

    @server
    async def look_again(self, ask: Any) -> None:
        """Look once more for a picture whose sending was never answered."""
        values = _mapping(ask)
        await self._jobs.look_again(_visitor(values), str(values.get("job", ""))[:64])


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def _visitor(values: Mapping[str, Any]) -> str:
    """Return the visitor's name. Whoever sends no proper token sees an empty board that is nobody's."""
    token = values.get("visitor")
    return visitor_name(token) if isinstance(token, str) and is_token(token) else "nobody"


def _number(value: Any) -> float:
    is_number = isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < 1e12
    return float(value) if is_number else 0.0
