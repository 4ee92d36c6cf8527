"""Calls of programs that make one image and wait for it: from `/generate`, and from the MCP server."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any

from components import messages
from components.domain.batch import batch
from components.domain.field import Field, Kind
from components.domain.fields import FIELDS, MAX_LORAS
from components.domain.job import Job, JobState
from components.domain.person import Person
from components.domain.request import GenerationRequest, LoraWeight
from components.domain.schema import check_length
from components.errors import InvalidRequest, PlaygroundError, TooManyJobs
from components.jobs.submission import Submission
from components.loras.tags import merged, take_tags
from components.messages.message import Charge, Message
from components.services.playground import Playground
from components.ui.programs.call_limits import CallLimits
from components.ui.programs.images import IMAGE_PARAMETERS, image_fields
from components.ui.widgets import choice_in, number_of

PROGRESS_SECONDS = 10.0
"""Longest time between two reports of progress; clients that hear nothing for a minute give a call up."""

Report = Callable[[Job], Awaitable[None]]
"""Tells a program about its job, at every change and at least every PROGRESS_SECONDS."""


class CallFailed(Exception):
    """A call that returns no image. `str()` is the page's own message, with what is known of the charge."""

    def __init__(self, message: Message, *, is_free: bool) -> None:
        super().__init__(messages.in_full(message, is_free=is_free))


class PictureCalls:
    """Calls of all programs, which share the limit on those that wait."""

    def __init__(self, playground: Playground) -> None:
        self.playground = playground
        self._limits = CallLimits(playground.config.job_limits)

    async def make(
        self, values: Mapping[str, Any], program: Person, click: str = "", report: Report | None = None
    ) -> Job:
        """Start a job, wait for its end and return it. Raises CallFailed.

        `values` are the parameters of `/generate`. Without a `click` the call is a press of its own; the same click
        again is the same job, and is refused where its settings are others.
        """
        try:
            with self._limits.waiting(program):
                return await self._finished(values, program, click, report)
        except TooManyJobs as error:
            raise CallFailed(error.message, is_free=True) from error

    async def _finished(self, values: Mapping[str, Any], program: Person, click: str, report: Report | None) -> Job:
        is_free = self.playground.backend.free
        started = await self._started(values, program, click)
        try:
            async with self._reporting(started, report):
                # A caller that disconnects ends this wait only: the job has a task of its own, and is paid for.
                job = await self.playground.jobs.finished(started.id) or started
        except PlaygroundError as error:
            # The job goes on, whatever could not be read of it here.
            raise CallFailed(messages.NO_END, is_free=is_free) from error
        # A file that the page cannot show is what was paid for: a program may open it.
        if job.state is not JobState.COMPLETED and not (job.ended and job.files):
            raise CallFailed(problem_of(job), is_free=is_free or job.price == 0)
        return job

    async def _started(self, values: Mapping[str, Any], program: Person, click: str) -> Job:
        """Start a job. Raises CallFailed; then nothing was sent."""
        try:
            request = await self.request(values, program)
            model = self.playground.backend.family.choose(request).id
            submission = Submission(
                program.visitor_id, click or secrets.token_hex(16), batch(request, 1)[0], model=model
            )
            # Without a token: a visitor's own key is no parameter of any endpoint.
            (job,) = await self.playground.start(program, submission, "")
        except PlaygroundError as error:
            raise CallFailed(error.message, is_free=True) from error
        if click and not _is_repeated(request, job.request):
            raise CallFailed(messages.REQUEST_ID_USED, is_free=True)
        return job

    @asynccontextmanager
    async def _reporting(self, job: Job, report: Report | None) -> AsyncGenerator[None]:
        """Report the progress of a job while the context is open."""
        if report is None:
            yield
            return
        reporting = asyncio.create_task(self._report(job, report))
        try:
            yield
        finally:
            reporting.cancel()
            # What cannot be read or told of the progress takes nothing from the image.
            await asyncio.gather(reporting, return_exceptions=True)

    async def _report(self, started: Job, report: Report) -> None:
        epoch, version, job = "", 0, started
        while not job.ended:
            await report(job)
            found = await self.playground.jobs.changes(started.visitor, epoch, version, PROGRESS_SECONDS)
            epoch, version = found.epoch, found.version
            job = next((one for one in found.jobs if one.id == started.id), job)

    async def request(self, values: Mapping[str, Any], program: Person) -> GenerationRequest:
        """Return the request of a call, its images stored. Raises InvalidRequest and StorageError."""
        # In a thread: it reads the host's folder of LoRAs.
        request = await asyncio.to_thread(settings_request, self.playground, values)
        present = {name: values[name] for name in IMAGE_PARAMETERS if values.get(name) is not None}
        size = {"width": request.width, "height": request.height}
        return replace(request, **await image_fields(self.playground, program, present | size))


def problem_of(job: Job) -> Message:
    """Return why there is no image: the reason of a job's end; of one that goes on, that it may be charged."""
    if job.problem and (job.ended or job.problem.charge is not Charge.NONE):
        return job.problem
    return messages.NO_END


def _is_repeated(request: GenerationRequest, earlier: GenerationRequest) -> bool:
    """Return whether a request is an earlier one again: of a seed to be drawn any will do."""
    seed = earlier.seed if request.seed == -1 else request.seed
    return _comparable(replace(request, seed=seed)) == _comparable(earlier)


def _comparable(request: GenerationRequest) -> list[Any]:
    images = [image.digest if image else None for image in (request.image, request.mask)]
    return [*images, *(request.plain_value(field.name) for field in FIELDS if field.kind is not Kind.IMAGE)]


def settings_request(playground: Playground, values: Mapping[str, Any]) -> GenerationRequest:
    """Return the request without its images; a null counts as left out. Raises InvalidRequest. Blocks."""
    settings = [field for field in FIELDS if field.kind is not Kind.IMAGE]
    present = [field for field in settings if values.get(field.parameter) is not None]
    fields = {field.name: _checked_value(playground, field, values[field.parameter]) for field in present}
    fields["prompt"], tagged = take_tags(fields.get("prompt", ""), playground.lora_checker.resolve)
    fields["loras"] = merged(fields.get("loras", ()), tagged)
    schema = playground.backend.schema
    fields.setdefault("preset", schema.default_preset)
    return GenerationRequest.of(fields).with_preset_applied(schema.fast_steps)


def _checked_value(playground: Playground, field: Field, value: Any) -> Any:
    """Return a value as the page's own fields would read it, an image as it is. Raises InvalidRequest."""
    if field.kind is Kind.CHOICE:
        return choice_in(field.name, value)
    if field.kind is Kind.LORAS:
        return _loras(playground, value)
    if field.is_number:
        return number_of(value, field.name)
    if field.kind is Kind.TEXT and not isinstance(value, str):
        raise InvalidRequest(field.name, messages.not_text(field.name))
    if field.kind is Kind.TEXT:
        check_length(field.name, len(value))
    return value


def _loras(playground: Playground, values: Any) -> tuple[LoraWeight, ...]:
    if not isinstance(values, list):
        raise InvalidRequest("loras", messages.NOT_A_LIST_OF_LORAS)
    if len(values) > MAX_LORAS:
        raise InvalidRequest("loras", messages.too_many_loras(MAX_LORAS))
    return tuple(_lora(playground, value) for value in values)


def _lora(playground: Playground, value: Any) -> LoraWeight:
    if not isinstance(value, dict) or not isinstance(value.get("path"), str) or set(value) - {"path", "scale"}:
        raise InvalidRequest("loras", messages.NOT_A_LORA)
    lora = playground.lora_checker.resolve(value["path"], "loras")
    default_scale = 1.0 if lora.weight is None else lora.weight
    return LoraWeight(lora.path, number_of(value.get("scale", default_scale), "loras"))
