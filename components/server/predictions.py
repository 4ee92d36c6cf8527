"""The calls about tasks: submit, query, list, delete."""

from __future__ import annotations

import asyncio
import re
from concurrent.futures import Future
from dataclasses import dataclass
from typing import cast

import anyio
import anyio.to_thread
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from components.server import prediction
from components.server.address import base_of
from components.server.body import JSON_LIMIT, parse_object, read_body
from components.server.checks import Body, string
from components.server.envelope import answer
from components.server.fields import MODEL
from components.server.intake import Asked, Intake
from components.server.records import Filter, Records
from components.server.refusals import Refused, out_of_range, unknown
from components.server.shelf import Shelf
from components.server.tasks import Tasks
from components.server.times import unix_ms

DECODERS = 2
"""Submits that are read and checked at a time: each may decode two large pictures."""
ASKERS = 16
"""Submits of which the engine is asked at a time."""
FORESIGHT = 6.0
"""Seconds for which it is asked."""
ID = re.compile("[0-9a-f]{32}")
SYNC_PATIENCE = 100.0
"""Seconds for which a submit in sync mode is held open."""


@dataclass(frozen=True, slots=True)
class Page:
    """Which part of the list is asked for; `number` from 1."""

    number: int
    size: int
    which: Filter


class Predictions:
    """Endpoints on the tasks."""

    def __init__(
        self, tasks: Tasks, intake: Intake, records: Records, shelf: Shelf, patience: float = SYNC_PATIENCE
    ) -> None:
        self._tasks, self._intake, self._records, self._shelf = tasks, intake, records, shelf
        self._patience = patience
        self._decoders = anyio.CapacityLimiter(DECODERS)
        self._askers = anyio.CapacityLimiter(ASKERS)

    def routes(self) -> list[Route]:
        one = "/api/v3/predictions/{task_id}"
        return [
            Route(f"/api/v3/{MODEL}", self.submit, methods=["POST"]),
            Route("/api/v3/predictions", self.listing, methods=["POST"]),
            Route("/api/v3/predictions/delete", self.delete_many, methods=["POST"]),
            Route(f"{one}/result", self.query, methods=["GET"]),
            Route(one, self.query_or_delete, methods=["GET", "DELETE"]),
        ]

    async def submit(self, request: Request) -> Response:
        if request.query_params.get("webhook"):
            raise Refused(400, "webhook is not offered by this server; query the task instead")
        raw = await read_body(request, JSON_LIMIT, "The body")
        asked = await anyio.to_thread.run_sync(self._intake.read, raw, limiter=self._decoders)
        await self._foresee(asked)
        accepted = await anyio.to_thread.run_sync(self._intake.accept, asked, limiter=self._decoders)
        settled = self._tasks.settled(accepted.task_id) if accepted.waits else None
        if settled is not None:
            await _wait(settled, self._patience)
        shown = await self._shown(request, accepted.task_id)
        waited_in_vain = accepted.waits and shown["status"] not in ("completed", "failed")
        return answer(prediction.still_processing(shown) if waited_in_vain else shown)

    async def _foresee(self, asked: Asked) -> None:
        """Ask the engine, for a few seconds: nobody else's submit waits for that, and after it the painting tells."""
        if not self._intake.foresees:
            return
        with anyio.move_on_after(FORESIGHT):
            await anyio.to_thread.run_sync(self._intake.foresee, asked, limiter=self._askers, abandon_on_cancel=True)

    async def query(self, request: Request) -> Response:
        return answer(await self._shown(request, request.path_params["task_id"]))

    async def query_or_delete(self, request: Request) -> Response:
        return await (self.delete(request) if request.method == "DELETE" else self.query(request))

    async def delete(self, request: Request) -> Response:
        task_id = request.path_params["task_id"]
        if not await run_in_threadpool(self._tasks.delete, [task_id]):
            raise unknown("Prediction")
        return answer({"id": task_id, "status": "deleted"})

    async def delete_many(self, request: Request) -> Response:
        body = parse_object(await read_body(request, JSON_LIMIT, "The body"))
        count = await run_in_threadpool(self._tasks.delete, _ids(body))
        return answer({"deleted_count": count})

    async def listing(self, request: Request) -> Response:
        page = _page(parse_object(await read_body(request, JSON_LIMIT, "The body")))
        return answer(await run_in_threadpool(self._listed, page, base_of(request)))

    async def _shown(self, request: Request, task_id: str) -> dict[str, object]:
        return await run_in_threadpool(self._look, task_id, base_of(request))

    def _look(self, task_id: str, base: str) -> dict[str, object]:
        look = self._tasks.look(task_id)
        if look is None:
            raise unknown("Prediction")
        return prediction.shown(look, base, inline=self._shelf)

    def _listed(self, page: Page, base: str) -> dict[str, object]:
        tasks, total = self._records.list_tasks(page.which, (page.number - 1) * page.size, page.size)
        items = [prediction.shown(self._tasks.look_at(task), base) for task in tasks]
        return {"page": page.number, "total": total, "items": items}


async def _wait(settled: Future[None], seconds: float) -> None:
    """`asyncio.wait` cancels nothing when the time is over: others may wait for the same task."""
    await asyncio.wait([asyncio.wrap_future(settled)], timeout=seconds)


def _ids(body: Body) -> list[str]:
    """The ids that can be any of ours; others are ignored, as the API has it."""
    ids = body.get("ids")
    if not isinstance(ids, list):
        raise out_of_range("ids", "a list of prediction ids")
    return [one for one in cast("list[object]", ids) if isinstance(one, str) and ID.fullmatch(one)]


def _page(body: Body) -> Page:
    which = Filter(
        model=_word(body, "model"),
        status=_word(body, "status"),
        after_ms=unix_ms("created_after", body.get("created_after")),
        before_ms=unix_ms("created_before", body.get("created_before")),
    )
    return Page(_count(body, "page", 1, 1_000_000), _count(body, "page_size", 20, 100), which)


def _word(body: Body, name: str) -> str | None:
    """A filter; the empty string filters nothing."""
    value = body.get(name)
    return None if value is None else string(name, value) or None


def _count(body: Body, name: str, default: int, most: int) -> int:
    value = body.get(name, default)
    if isinstance(value, bool) or not isinstance(value, int) or not 1 <= value <= most:
        raise out_of_range(name, f"an integer from 1 to {most}")
    return value
