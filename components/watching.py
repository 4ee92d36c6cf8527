"""From a task of the API's to pictures on disk: looked at until its end, across every trouble."""

from __future__ import annotations

import asyncio
import io
import random
from collections.abc import Sequence
from dataclasses import replace
from typing import BinaryIO

from components import messages
from components.client import PICTURE_LIMIT, Client
from components.clock import Clock
from components.errors import LookRefused, PictureTrouble, PlaygroundError, Sentence, TaskGone, WatchTrouble
from components.generation import TaskStatus, TaskUpdate
from components.job import Job, JobState, Picture
from components.ledger import Ledger
from components.pace import Experience, Looks
from components.restoring import restored
from components.retry import LONGEST_RETRY_AFTER, backoff
from components.store import Store

GONE_CHECKS = 3
GONE_SECONDS = 30.0
"""A task the API does not know is asked for this many times, so far apart, before that is believed."""
FETCH_PAUSES = (1.0, 3.0, 8.0)
"""Seconds between the tries to fetch a finished picture; after the last it can be tried from its tile."""
REFUSED_CHECKS = 2
REFUSED_SECONDS = 2.0
"""So often, so far apart, a look must be refused for its key before the job is set aside."""
LONG_AFTER, NOT_YET_AFTER = 180.0, 900.0
"""Seconds after which a task is said to take long, and not to be finished yet."""

_TOO_MUCH = (messages.TOO_MANY_BYTES, messages.TOO_MANY_PIXELS)
"""What is tried once more and not again: it will hardly shrink."""
_ENDINGS = {
    TaskStatus.CANCELLED: messages.CANCELLED,
    TaskStatus.TIMED_OUT: messages.TIMED_OUT,
    TaskStatus.DELETED: messages.DELETED,
}


class Watcher:
    """Follows the tasks of one backend."""

    def __init__(self, client: Client, ledger: Ledger, store: Store, clock: Clock, experience: Experience) -> None:
        self._client, self._ledger, self._store, self._clock = client, ledger, store, clock
        self._experience = experience
        self._chance = random.Random()

    async def delete(self, task_ids: Sequence[str]) -> bool:
        """Delete tasks at the service; False when that could not be done."""
        try:
            await self._client.delete(task_ids)
        except PlaygroundError:
            return False
        return True

    async def follow(self, job: Job, update: TaskUpdate | None = None) -> Job:
        """Look until the task ends; `update` is what the submit's answer said.

        Return the ended job, or one that is set aside because its key may not look any more.
        """
        looks = Looks(self._experience.length(job.kind))
        passed = max(0.0, self._clock.now() - (job.accepted or self._clock.now()))
        zero = self._clock.monotonic() - passed
        looks.last_unfinished = passed
        while update is None or not update.status.is_final:
            if update is not None:
                looks.seen(self._clock.monotonic() - zero, queued=update.status is TaskStatus.QUEUED)
                await self._clock.sleep(looks.next_delay())
            job, update = await self._look_until_answered(job, zero)
            if job.ended or job.is_set_aside:
                return job
        noticed = self._clock.monotonic() - zero
        job = await self._end(job, update)
        if job.state is JobState.COMPLETED:
            seconds = None if update.inference_ms is None else update.inference_ms / 1000
            self._experience.learn(job.kind, looks.took(noticed, seconds))
        return job

    async def _look_until_answered(self, job: Job, zero: float) -> tuple[Job, TaskUpdate | None]:
        """Look, again after each trouble; the job comes back ended when the API has forgotten its task.

        `zero` is when it was accepted, by the monotonic clock.
        """
        failures = gone = refused = 0
        while True:
            try:
                update = await self._client.look(job.task_id or "", job.query_url)
            except TaskGone as trouble:
                gone += 1
                if gone >= GONE_CHECKS:
                    return await self._finish(job, JobState.FAILED, trouble.sentence), None
                await self._clock.sleep(GONE_SECONDS)
            except LookRefused as trouble:
                refused += 1
                if refused >= REFUSED_CHECKS:
                    return await self._set_aside(job, trouble.sentence), None
                await self._clock.sleep(REFUSED_SECONDS)
            except WatchTrouble as trouble:
                failures += 1
                if failures > 1:
                    job = job.troubled(trouble.sentence)
                    await self._ledger.show(job)
                wait = trouble.retry_after or backoff(failures, self._chance)
                await self._clock.sleep(min(wait, LONGEST_RETRY_AFTER))
            else:
                return await self._observe(job, update, self._clock.monotonic() - zero), update

    async def _set_aside(self, job: Job, told: Sentence) -> Job:
        paused = job.set_aside(told if job.key else messages.HOST_LOOK_REFUSED)
        await self._ledger.record(paused)
        return paused

    async def _observe(self, job: Job, update: TaskUpdate, age: float) -> Job:
        seen = job.seen(update, self._clock.now())
        if not update.status.is_final and age > LONG_AFTER:
            seen = seen.troubled(messages.NOT_FINISHED if age > NOT_YET_AFTER else messages.TAKES_LONG)
        if seen.state is not job.state:
            await self._ledger.record(seen)
        elif seen != job:
            await self._ledger.show(seen)
        return seen

    async def _end(self, job: Job, update: TaskUpdate) -> Job:
        if update.status is not TaskStatus.COMPLETED:
            told = _ENDINGS.get(update.status) or messages.failed(update.error)
            return await self._finish(job, JobState.FAILED, told)
        job = replace(job, inference_ms=update.inference_ms, note=update.note)
        if not update.outputs:
            update = await self._look_once_more(job, update)
        job, trouble = await self._collect(job, update)
        return await self._finish(job, JobState.COMPLETED if job.pictures else JobState.FAILED, trouble)

    async def _collect(self, job: Job, update: TaskUpdate) -> tuple[Job, Sentence | None]:
        """Fetch every picture of the task; a picture that cannot be had is said and takes no other down."""
        pictures: list[Picture] = []
        links: list[str] = []
        trouble = None if update.outputs else messages.NO_PICTURE
        for place, output in enumerate(update.outputs):
            try:
                picture, is_on_disk = await self._fetch(job, update, place)
                pictures.append(picture)
                trouble = trouble if is_on_disk else messages.NOT_SAVED
                if job.request.mask:
                    pictures[-1], trouble = await self._restored(job, picture, trouble)
            except PictureTrouble as error:
                trouble = error.sentence
                links += [output] if isinstance(output, str) and self._client.may_open(output) else []
        return replace(job, pictures=tuple(pictures), links=tuple(links)), trouble

    async def _restored(self, job: Job, picture: Picture, trouble: Sentence | None) -> tuple[Picture, Sentence | None]:
        """Put the original back outside the mask; what was received is kept as it is where that cannot be done."""
        try:
            made, is_on_disk = await asyncio.to_thread(restored, self._store, job.request, picture)
        except (PictureTrouble, OSError):
            return picture, messages.NOT_PUT_BACK
        return made, trouble if is_on_disk else messages.NOT_SAVED

    async def _fetch(self, job: Job, update: TaskUpdate, place: int) -> tuple[Picture, bool]:
        """Fetch one picture, paid for as it is: after each trouble once more, by the address of a new query."""
        nsfw = place < len(update.nsfw) and update.nsfw[place]
        for pause in FETCH_PAUSES:
            try:
                return await self._fetch_once(update.outputs[place], nsfw=nsfw)
            except PictureTrouble as trouble:
                if trouble.sentence in _TOO_MUCH and pause != FETCH_PAUSES[0]:
                    raise
                again = await self._look_once_more(job, update, pause)
                update = again if place < len(again.outputs) else update
        return await self._fetch_once(update.outputs[place], nsfw=nsfw)

    async def _fetch_once(self, output: str | bytes, *, nsfw: bool) -> tuple[Picture, bool]:
        landing = await self._landing()
        try:
            return await self._land(output, landing, nsfw=nsfw)
        except OSError:  # the disk is full: memory takes its place
            return await self._land(output, io.BytesIO(), nsfw=nsfw)
        finally:
            await asyncio.to_thread(self._store.clear, landing)

    async def _landing(self) -> BinaryIO:
        """Return an empty file; who is cancelled while it is opened leaves none behind."""
        opening = asyncio.create_task(asyncio.to_thread(self._store.landing))
        try:
            return await asyncio.shield(opening)
        except asyncio.CancelledError:
            self._store.clear(await opening)
            raise

    async def _land(self, output: str | bytes, landing: BinaryIO, *, nsfw: bool) -> tuple[Picture, bool]:
        if isinstance(output, bytes):
            if len(output) > PICTURE_LIMIT:
                raise PictureTrouble(messages.TOO_MANY_BYTES)
            await asyncio.to_thread(landing.write, output)
        else:
            await self._client.download(output, landing)
        return await asyncio.to_thread(self._store.keep, landing, nsfw=nsfw)

    async def _look_once_more(self, job: Job, update: TaskUpdate, pause: float = 1.0) -> TaskUpdate:
        await self._clock.sleep(pause)
        try:
            again = await self._client.look(update.task_id, job.query_url)
        except WatchTrouble:
            return update
        return again if again.status is TaskStatus.COMPLETED else update

    async def _finish(self, job: Job, state: JobState, trouble: Sentence | None) -> Job:
        ended = job.ended_as(state, self._clock.now(), trouble)
        await self._ledger.record(ended)
        return ended
