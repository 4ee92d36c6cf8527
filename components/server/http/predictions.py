"""Prediction endpoints: submit, query, list and delete tasks."""

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

from components.messages.message import Message
from components.server.errors import Refused, out_of_range, unknown
from components.server.http import prediction_json
from components.server.http.envelope import answer
from components.server.http.request import JSON_LIMIT, base_of, page_number, read_body
from components.server.http.timestamps import unix_ms
from components.server.tasks.database import Filter, TaskDatabase
from components.server.tasks.fields import MODEL
from components.server.tasks.image_files import ImageFiles
from components.server.tasks.queue import TaskQueue
from components.server.tasks.submit import ParsedSubmit, SubmitHandler
from components.server.tasks.validate import Body, parse_object, string

DECODER_THREADS = 2
"""Submits that are parsed and checked at a time: each may decode two large images."""
PRECHECK_THREADS = 16
"""Submits that the engine checks at a time."""
PRECHECK_SECONDS = 6.0
"""Seconds that a check of the engine may take."""
ID = re.compile("[0-9a-f]{32}")
VISITOR_HEADER = "X-Playground-Visitor"
"""Header of a submit with an opaque mark of the visitor whose task it is; visitors take turns in the queue."""
VISITOR = re.compile("[0-9a-f]{8,64}")
TOKEN_HEADER = "X-IP-Token"
"""Header of a submit with the visitor's token on a ZeroGPU Space; it is kept in memory until the task ends."""
SYNC_TIMEOUT = 100.0
"""Seconds for which a submit in sync mode waits for its result."""


@dataclass(frozen=True, slots=True)
class Page:
    """The requested page of the list; `number` from 1."""

    number: int
    size: int
    which: Filter


class Predictions:
    """Endpoints on the tasks."""

    def __init__(
        self,
        tasks: TaskQueue,
        submit_handler: SubmitHandler,
        records: TaskDatabase,
        files: ImageFiles,
        sync_timeout: float = SYNC_TIMEOUT,
    ) -> None:
        self._tasks, self._submit_handler, self._records, self._files = tasks, submit_handler, records, files
        self._sync_timeout = sync_timeout
        self._decoders = anyio.CapacityLimiter(DECODER_THREADS)
        self._prechecks = anyio.CapacityLimiter(PRECHECK_THREADS)

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
            raise Refused(400, Message("server_no_webhook"))
        raw = await read_body(request, JSON_LIMIT, "body")
        submit = await anyio.to_thread.run_sync(self._submit_handler.read, raw, limiter=self._decoders)
        await self._precheck(submit)
        accepted = await anyio.to_thread.run_sync(
            self._submit_handler.accept,
            submit,
            _visitor(request),
            request.headers.get(TOKEN_HEADER, ""),
            limiter=self._decoders,
        )
        settled = self._tasks.settled(accepted.task_id) if accepted.waits else None
        if settled is not None:
            await _wait(settled, self._sync_timeout)
        prediction = await self._shown(request, accepted.task_id)
        has_timed_out = accepted.waits and prediction["status"] not in ("completed", "failed")
        return answer(prediction_json.still_processing(prediction) if has_timed_out else prediction)

    async def _precheck(self, submit: ParsedSubmit) -> None:
        """Let the engine check a submit for a few seconds; after a timeout the task itself reports what is wrong."""
        if not self._submit_handler.has_precheck:
            return
        with anyio.move_on_after(PRECHECK_SECONDS):
            await anyio.to_thread.run_sync(
                self._submit_handler.precheck, submit, limiter=self._prechecks, abandon_on_cancel=True
            )

    async def query(self, request: Request) -> Response:
        return answer(await self._shown(request, request.path_params["task_id"]))

    async def query_or_delete(self, request: Request) -> Response:
        return await (self.delete(request) if request.method == "DELETE" else self.query(request))

    async def delete(self, request: Request) -> Response:
        task_id = request.path_params["task_id"]
        if not await run_in_threadpool(self._tasks.delete, [task_id]):
            raise unknown(Message("server_no_such_task"))
        return answer({"id": task_id, "status": "deleted"})

    async def delete_many(self, request: Request) -> Response:
        body = parse_object(await read_body(request, JSON_LIMIT, "body"))
        count = await run_in_threadpool(self._tasks.delete, _ids(body))
        return answer({"deleted_count": count})

    async def listing(self, request: Request) -> Response:
        page = _page(parse_object(await read_body(request, JSON_LIMIT, "body")))
        return answer(await run_in_threadpool(self._listed, page, base_of(request)))

    async def _shown(self, request: Request, task_id: str) -> dict[str, object]:
        return await run_in_threadpool(self._read, task_id, base_of(request))

    def _read(self, task_id: str, base: str) -> dict[str, object]:
        view = self._tasks.view(task_id)
        if view is None:
            raise unknown(Message("server_no_such_task"))
        return prediction_json.prediction_json(view, base, inline=self._files)

    def _listed(self, page: Page, base: str) -> dict[str, object]:
        tasks, total = self._records.list_tasks(page.which, (page.number - 1) * page.size, page.size)
        items = [prediction_json.prediction_json(self._tasks.view_of(task), base) for task in tasks]
        return {"page": page.number, "total": total, "items": items}


async def _wait(settled: Future[None], seconds: float) -> None:
    """Wait for the end of a task; `asyncio.wait` cancels nothing, as other requests may wait for the same future."""
    await asyncio.wait([asyncio.wrap_future(settled)], timeout=seconds)


def _visitor(request: Request) -> str | None:
    """Return the visitor's mark; None without a valid one: all such callers count as one visitor."""
    mark = request.headers.get(VISITOR_HEADER, "")
    return mark if VISITOR.fullmatch(mark) else None


def _ids(body: Body) -> list[str]:
    """Return the ids in this server's format; others are ignored, as by the hosted API."""
    ids = body.get("ids")
    if not isinstance(ids, list):
        raise out_of_range(Message("server_not_ids", {"field": "ids"}))
    return [one for one in cast("list[object]", ids) if isinstance(one, str) and ID.fullmatch(one)]


def _page(body: Body) -> Page:
    which = Filter(
        model=_word(body, "model"),
        status=_word(body, "status"),
        after_ms=unix_ms("created_after", body.get("created_after")),
        before_ms=unix_ms("created_before", body.get("created_before")),
    )
    return Page(page_number(body, "page", 1_000_000, 1), page_number(body, "page_size", 100, 20), which)


def _word(body: Body, name: str) -> str | None:
    """Return the value of a filter; None for an empty string, which filters nothing."""
    value = body.get(name)
    return None if value is None else string(name, value) or None
