"""Tools for programs that speak MCP: what each does for one caller, in plain JSON values, without MCP itself."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from components import messages
from components.domain.job import Job
from components.domain.money import dollars
from components.domain.person import Person, visitor_id_of
from components.domain.request import GenerationRequest
from components.errors import BudgetDenied, InvalidRequest
from components.images.compact import compact
from components.services.backend import shown_model
from components.ui.programs.generate import details
from components.ui.programs.images import IMAGE_FIELDS
from components.ui.programs.picture_calls import CallFailed, PictureCalls, Report, problem_of

MOST_RECENT = 20
"""Jobs that `recent` returns, at most."""
REQUEST_ID = "request_id"
_ID_LENGTHS = range(8, 101)
"""Characters of a request id. All programs that are not signed in share them, so that short ones would meet."""
_LATEST = 1e11
"""A time after every job, in Unix seconds."""

Values = Mapping[str, Any]
ToolResult = dict[str, Any]


@dataclass(frozen=True, slots=True)
class ToolCaller:
    """Who calls a tool."""

    program: Person
    address: str
    """Of the client, by which price calls are limited."""
    root: str
    """Address under which the caller reaches the page, without a trailing slash."""


@dataclass(frozen=True, slots=True)
class PictureResult:
    """What `generate` returns: an image file, and its details."""

    content: bytes
    media_type: str
    details: ToolResult


class ProgramTools:
    """Tools of one page. Each raises CallFailed, or another PlaygroundError; then nothing was charged."""

    def __init__(self, calls: PictureCalls) -> None:
        self.playground, self._calls = calls.playground, calls

    async def generate(self, values: Values, caller: ToolCaller, report: Report | None) -> PictureResult:
        """Make a picture and wait for it; the same request id again is the same picture."""
        parameters = {name: _sent(name, value) for name, value in values.items() if name != REQUEST_ID}
        click = _click_of(values.get(REQUEST_ID), caller.program)
        job = await self._calls.make(parameters, caller.program, click, report)
        if not job.images:
            raise CallFailed(problem_of(job), is_free=self.playground.backend.free)
        content, media_type = await self._image(job)
        return PictureResult(content, media_type, details(job) | {"urls": _urls(job, caller)})

    async def price(self, values: Values, caller: ToolCaller) -> ToolResult:
        """Return what such a picture would cost; nothing is made. Raises BudgetDenied where the host does not pay."""
        playground = self.playground
        if problem := playground.access_problem(caller.program):
            raise BudgetDenied(problem)
        request = await self._calls.request(values, caller.program)
        found = await playground.estimate(caller.program, "", request, caller.address)
        if found.blocked_by:
            raise InvalidRequest("", found.blocked_by)
        price = 0 if found.is_free else found.price
        return {"is_free": found.is_free, "usd": None if price is None else dollars(price)}

    async def recent(self, values: Values, caller: ToolCaller) -> ToolResult:
        """Return the latest pictures of this caller. Raises BudgetDenied where all callers are one person."""
        if not caller.program.user and not self.playground.is_payer(caller.program, ""):
            raise BudgetDenied(messages.PROGRAMS_UNKNOWN)
        jobs, _ = await self.playground.jobs.older(caller.program.visitor_id, _LATEST)
        return {"pictures": [_row(job, caller) for job in jobs[: _count(values)]]}

    async def balance(self, values: Values, caller: ToolCaller) -> ToolResult:
        """Return for how many further pictures of this caller the host pays, None where that is not counted.

        To the host also what is left on the account. Raises BudgetDenied where the host pays for nothing.
        """
        playground = self.playground
        if problem := playground.access_problem(caller.program):
            raise BudgetDenied(problem)
        request = GenerationRequest("a picture")
        # First, as on the page: it reads the price by which the payment is counted.
        await playground.estimate(caller.program, "", request, caller.address)
        payment = await playground.host_payment(caller.program, "", request)
        return {
            "is_free": playground.backend.free,
            "pictures_left": 0 if payment.problem else payment.left,
            "problem": str(payment.problem) if payment.problem else None,
            **await self._account(caller.program),
        }

    async def _account(self, program: Person) -> ToolResult:
        """Return what is left on the host's account, to the host alone."""
        account = self.playground.account if self.playground.is_payer(program, "") else None
        left = await account.balance() if account else None
        return {} if left is None else {"account_usd": dollars(left)}

    async def _image(self, job: Job) -> tuple[bytes, str]:
        """Return the first image of a job in a small file; as it was received where that cannot be made."""
        stored = self.playground.store.image_file(job.images[0].name) if job.images else None
        if stored is None:
            raise CallFailed(messages.FILE_GONE, is_free=self.playground.backend.free)
        if small := await asyncio.to_thread(compact, stored):
            return small, "image/webp"
        content = await asyncio.to_thread(stored.read_bytes) if isinstance(stored, Path) else stored
        return content, f"image/{job.images[0].format.lower()}"


def _sent(name: str, value: Any) -> Any:
    """Return a parameter as `/generate` takes it: of an image, a text that is no data URI is the path of an upload."""
    is_path = name in IMAGE_FIELDS and isinstance(value, str) and not value.startswith("data:")
    return {"path": value} if is_path else value


def _click_of(request_id: object, program: Person) -> str:
    """Return the id of the press that a request id stands for, "" without one. Raises InvalidRequest."""
    if request_id is None:
        return ""
    if not isinstance(request_id, str) or len(request_id) not in _ID_LENGTHS:
        raise InvalidRequest(REQUEST_ID, messages.REQUEST_ID_UNFIT)
    return visitor_id_of(f"request {program.visitor_id} {request_id}")


def _count(values: Values) -> int:
    count = values.get("count", 10)
    return min(max(count, 1), MOST_RECENT) if isinstance(count, int) else 10


def _row(job: Job, caller: ToolCaller) -> ToolResult:
    return {
        "job": job.id,
        "state": job.state.value,
        "created": job.created,
        "prompt": job.request.prompt,
        "model": shown_model(job),
        "seed": job.request.seed,
        "problem": str(job.shown_problem) if job.shown_problem else None,
        "urls": _urls(job, caller),
    }


def _urls(job: Job, caller: ToolCaller) -> list[str]:
    """Return the addresses of a job's images, and of files that no page shows, as received."""
    names = (*(image.name for image in job.images), *(f"{file.name}?original" for file in job.files))
    return [f"{caller.root}/playground/pictures/{name}" for name in names]
