"""Watcher: follows a task to its images on disk, across network errors, lost keys and restarts."""

from __future__ import annotations

import asyncio
import io
import random
from collections.abc import Sequence
from dataclasses import replace
from typing import BinaryIO

from components import messages
from components.api.body import IMAGE_LIMIT
from components.api.client import Client
from components.clock import Clock
from components.domain.job import Job, JobState, StoredFile, StoredImage
from components.domain.task import TaskStatus, TaskUpdate
from components.errors import ImageUnavailable, PlaygroundError, PollFailed, PollUnauthorized, TaskNotFound
from components.jobs.mask_composite import with_original_outside_mask
from components.jobs.poll_schedule import DurationHistory, PollSchedule
from components.jobs.repository import JobRepository
from components.messages.message import Message
from components.net.retry import MAX_RETRY_AFTER, backoff
from components.storage.async_store import AsyncStore

NOT_FOUND_CHECKS = 3
"""Polls answered by 404 before a task counts as gone, one minute after the first."""
NOT_FOUND_SECONDS = 30.0
"""Pause between these polls."""
FETCH_PAUSES = (1.0, 3.0, 8.0)
"""Seconds between the attempts to download an image; after the last one the visitor can retry from its tile."""
UNAUTHORIZED_CHECKS = 2
"""Polls answered by 401 or 403 before a job is paused."""
UNAUTHORIZED_SECONDS = 2.0
"""Pause between these polls."""
SLOW_SECONDS, UNFINISHED_SECONDS = 180.0, 900.0
"""Age of a task at which its tile says that it takes long, and then that it is not finished yet."""

_Stored = tuple[StoredImage | StoredFile, bool]
"""What is stored of an output, and whether it is on disk."""
_TOO_LARGE = (messages.TOO_MANY_BYTES, messages.TOO_MANY_PIXELS)
"""Problems after which a download is repeated once only: the image will hardly be smaller the next time."""
_END_MESSAGES = {
    TaskStatus.CANCELLED: messages.CANCELLED,
    TaskStatus.TIMED_OUT: messages.TIMED_OUT,
    TaskStatus.DELETED: messages.DELETED,
}


class Watcher:
    """Follows the tasks of one account."""

    def __init__(
        self, client: Client, jobs: JobRepository, store: AsyncStore, clock: Clock, durations: DurationHistory
    ) -> None:
        self._client, self._jobs, self._store, self._clock = client, jobs, store, clock
        self._durations = durations
        self._random = random.Random()
        self._stops: dict[str, float] = {}
        """Time at which the service was asked to stop a job's task, by job id."""

    async def delete(self, task_ids: Sequence[str]) -> bool:
        """Delete tasks at the service; return False when that failed."""
        try:
            await self._client.delete(task_ids)
        except PlaygroundError:
            return False
        return True

    async def request_stop(self, job: Job) -> bool:
        """Ask the service to stop a job's task, which is followed on. Return False if it has ended, or that failed."""
        try:
            # The call would delete the image of a task that has just completed.
            if (await self._client.get_task(job.task_id or "", job.query_url)).status.is_final:
                return False
            # Before the call: the next poll may already find the task gone.
            self._stops[job.id] = self._clock.now()
            await self._client.delete([job.task_id or ""])
        except PlaygroundError:
            self._stops.pop(job.id, None)
            return False
        return True

    async def follow(self, job: Job, update: TaskUpdate | None = None) -> Job:
        """Poll until the task ends, then store its images; `update` is the answer to the submit, if it was just sent.

        Return the ended job, or a paused one when its key may not poll any more. Raises StorageError.
        """
        if job.stop_requested:  # before a restart
            self._stops[job.id] = job.stop_requested
        schedule = PollSchedule(self._durations.range_of(job.duration_key))
        age = max(0.0, self._clock.now() - (job.accepted or self._clock.now()))
        # From here on by the monotonic clock: a wall clock that is set forward would end the waiting early.
        accepted_at = self._clock.monotonic() - age
        schedule.last_unfinished = age
        while update is None or not update.status.is_final:
            if update is not None:
                schedule.record(self._clock.monotonic() - accepted_at, queued=update.status is TaskStatus.QUEUED)
                await self._clock.sleep(schedule.next_delay())
            job, update = await self._poll_until_answered(job, accepted_at)
            if job.ended or job.is_paused:
                return job
        noticed = self._clock.monotonic() - accepted_at
        job = await self._end(job, update)
        if job.state is JobState.COMPLETED:
            seconds = None if update.inference_ms is None else update.inference_ms / 1000
            self._durations.add(job.duration_key, schedule.estimated_duration(noticed, seconds))
        return job

    async def _poll_until_answered(self, job: Job, accepted_at: float) -> tuple[Job, TaskUpdate | None]:
        """Poll until an answer comes. The job comes back ended when the API does not know its task any more.

        `accepted_at` is by the monotonic clock.
        """
        failures = not_found = unauthorized = 0
        while True:
            try:
                update = await self._client.get_task(job.task_id or "", job.query_url)
            except TaskNotFound as error:
                if job.id in self._stops:
                    return await self._stopped(job), None
                not_found += 1
                if not_found >= NOT_FOUND_CHECKS:
                    return await self._finish(job, JobState.FAILED, error.message), None
                await self._clock.sleep(NOT_FOUND_SECONDS)
            except PollUnauthorized as error:
                unauthorized += 1
                if unauthorized >= UNAUTHORIZED_CHECKS:
                    return await self._pause(job, error.message), None
                await self._clock.sleep(UNAUTHORIZED_SECONDS)
            except PollFailed as error:
                failures += 1
                job = await self._wait_after_failure(job, error, failures)
            else:
                return await self._observe(job, update, self._clock.monotonic() - accepted_at), update

    async def _wait_after_failure(self, job: Job, error: PollFailed, failures: int) -> Job:
        # A single failed poll is not worth a message: the next one usually succeeds.
        if failures > 1:
            job = job.with_problem(error.message)
            await self._jobs.publish(job)
        wait = error.retry_after or backoff(failures, self._random)
        await self._clock.sleep(min(wait, MAX_RETRY_AFTER))
        return job

    async def _stopped(self, job: Job) -> Job:
        job = replace(job, stop_requested=self._stops[job.id])
        return await self._finish(job, JobState.STOPPED, messages.STOPPED_AT_SERVICE)

    async def _pause(self, job: Job, message: Message) -> Job:
        paused = job.paused(message if job.key else messages.HOST_LOOK_REFUSED)
        await self._jobs.save(paused)
        return paused

    async def _observe(self, job: Job, update: TaskUpdate, age: float) -> Job:
        observed = replace(job.with_update(update, self._clock.now()), stop_requested=self._stops.get(job.id))
        if not update.status.is_final and age > SLOW_SECONDS:
            message = messages.NOT_FINISHED if age > UNFINISHED_SECONDS else messages.TAKES_LONG
            observed = observed.with_problem(message)
        # Polls come up to four times a second: progress is published, only what a restart needs is written to disk.
        if (observed.state, observed.stop_requested) != (job.state, job.stop_requested):
            await self._jobs.save(observed)
        elif observed != job:
            await self._jobs.publish(observed)
        return observed

    async def _end(self, job: Job, update: TaskUpdate) -> Job:
        if update.status is not TaskStatus.COMPLETED:
            if job.id in self._stops:
                return await self._stopped(job)
            message = _END_MESSAGES.get(update.status) or messages.failed(update.error)
            return await self._finish(job, JobState.FAILED, message)
        job = replace(job, inference_ms=update.inference_ms, notes=update.notes or job.notes)
        if not update.outputs:
            update = await self._poll_again(job, update)
        job, problem = await self._collect(job, update)
        return await self._finish(job, JobState.COMPLETED if job.images else JobState.FAILED, problem)

    async def _collect(self, job: Job, update: TaskUpdate) -> tuple[Job, Message | None]:
        """Download every image of the task; one that fails becomes a problem and a link, and stops no other."""
        # Together: an address that does not answer holds up no other image. None goes on when an error has ended it.
        fetches = (self._collect_one(job, update, index) for index in range(len(update.outputs)))
        found: list[tuple[StoredImage | StoredFile | str, Message | None]] = []
        for one in await asyncio.gather(*fetches, return_exceptions=True):
            if isinstance(one, BaseException):
                raise one
            found.append(one)
        images = tuple(image for image, _ in found if isinstance(image, StoredImage))
        files = tuple(file for file, _ in found if isinstance(file, StoredFile))
        links = tuple(link for link, _ in found if isinstance(link, str) and link)
        problems = [problem for _, problem in found if problem]
        problem = problems[-1] if problems else None if found else messages.NO_PICTURE
        return replace(job, images=images, files=files, links=links), problem

    async def _collect_one(
        self, job: Job, update: TaskUpdate, index: int
    ) -> tuple[StoredImage | StoredFile | str, Message | None]:
        """Return an image of the task, or in place of one that could not be fetched its link, and a problem."""
        try:
            image, is_on_disk = await self._fetch(job, update, index)
        except ImageUnavailable as error:
            output = update.outputs[index]
            return output if isinstance(output, str) and self._client.may_open(output) else "", error.message
        if isinstance(image, StoredFile):
            return image, messages.stored_as_file(image.format)
        problem = None if is_on_disk else messages.NOT_SAVED
        return await self._composited(job, image, problem) if job.request.mask else (image, problem)

    async def _composited(
        self, job: Job, image: StoredImage, problem: Message | None
    ) -> tuple[StoredImage, Message | None]:
        """Return the image with the original outside its mask; where that fails, the image as received."""
        try:
            composite, is_on_disk = await asyncio.to_thread(
                with_original_outside_mask, self._store.blocking, job.request, image
            )
        except (ImageUnavailable, OSError):
            return image, messages.NOT_PUT_BACK
        return composite, problem if is_on_disk else messages.NOT_SAVED

    async def _fetch(self, job: Job, update: TaskUpdate, index: int) -> _Stored:
        """Download one image, and return whether it is on disk. Raises ImageUnavailable after the last attempt.

        One that cannot be shown is stored as it came then.
        """
        nsfw = index < len(update.nsfw) and update.nsfw[index]
        for pause in FETCH_PAUSES:
            try:
                return await self._fetch_once(update.outputs[index], nsfw=nsfw)
            except ImageUnavailable as error:
                if error.message in _TOO_LARGE and pause != FETCH_PAUSES[0]:
                    raise
                # A new query may bring a fresh link: a signed one may have expired.
                again = await self._poll_again(job, update, pause)
                update = again if index < len(again.outputs) else update
        return await self._fetch_once(update.outputs[index], nsfw=nsfw, is_last=True)

    async def _fetch_once(self, output: str | bytes, *, nsfw: bool, is_last: bool = False) -> _Stored:
        file = await self._open_temp()
        try:
            return await self._store_output(output, file, nsfw=nsfw, is_last=is_last)
        except OSError:
            # The disk is full or read-only. The image is paid for, so memory takes its place.
            return await self._store_output(output, io.BytesIO(), nsfw=nsfw, is_last=is_last)
        finally:
            await self._store.discard(file)

    async def _open_temp(self) -> BinaryIO:
        """Return an empty temporary file; a cancellation while it is opened leaves none behind."""
        opening = asyncio.ensure_future(self._store.open_temp())
        try:
            # A thread cannot be cancelled: it may have made the file when this task has already ended.
            return await asyncio.shield(opening)
        except asyncio.CancelledError:
            self._store.blocking.discard(await opening)
            raise

    async def _store_output(self, output: str | bytes, file: BinaryIO, *, nsfw: bool, is_last: bool) -> _Stored:
        if isinstance(output, bytes):
            if len(output) > IMAGE_LIMIT:
                raise ImageUnavailable(messages.TOO_MANY_BYTES)
            await asyncio.to_thread(file.write, output)
        else:
            await self._client.download(output, file)
        try:
            return await self._store.commit_image(file, nsfw=nsfw)
        except ImageUnavailable:
            if is_last and (stored := await self._store.commit_file(file)):
                return stored
            raise

    async def _poll_again(self, job: Job, update: TaskUpdate, pause: float = 1.0) -> TaskUpdate:
        await self._clock.sleep(pause)
        try:
            again = await self._client.get_task(update.task_id, job.query_url)
        except PollFailed:
            return update
        return again if again.status is TaskStatus.COMPLETED else update

    async def _finish(self, job: Job, state: JobState, problem: Message | None) -> Job:
        self._stops.pop(job.id, None)
        ended = job.ended_as(state, self._clock.now(), problem)
        await self._jobs.save(ended)
        return ended
