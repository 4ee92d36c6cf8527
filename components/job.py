"""A job: one wish of one click as we hold it, from before its first byte is sent."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from enum import Enum
from typing import Any

from components.errors import Charge, Sentence
from components.generation import GenerationRequest, LoraWeight, Preset, Refine, SourceImage, TaskStatus, TaskUpdate


class JobState(Enum):
    """Where a job is, as the page names it."""

    WAITING = "waiting"
    CREATED = "created"
    PROCESSING = "processing"
    COMPLETED = "completed"
    FAILED = "failed"
    UNKNOWN = "unknown"
    STOPPED = "stopped"


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture in the store, its bytes as received."""

    name: str
    """Unguessable: who knows it may see the picture."""
    width: int
    height: int
    format: str
    """PNG, JPEG or WEBP, found from the content."""
    size: int
    """Bytes."""
    nsfw: bool = False
    received: str = ""
    """The name of the picture as the service made it, where the original was put back outside a mask; else empty."""


@dataclass(frozen=True, slots=True)
class Job:
    """All that is known of one wish. Changed only by making a new value; times are Unix seconds."""

    id: str
    visitor: str
    click: str
    number: int
    """From 1: its place among the pictures of one click."""
    backend: str
    model: str
    request: GenerationRequest
    created: float
    key: str = ""
    """The mark of the visitor's own key that pays; empty when the backend's own key does."""
    person: str = ""
    """As whom the visitor is counted when the backend's own key pays."""
    price: int | None = None
    """Millionths of a US dollar, as the API quoted it; None when it was not asked or did not tell."""
    state: JobState = JobState.WAITING
    sent: float | None = None
    """When the POST that may have arrived went out; None while none did."""
    lost: float | None = None
    """When the answer to that POST was given up."""
    task_id: str | None = None
    query_url: str | None = None
    accepted: float | None = None
    started: float | None = None
    ended: float | None = None
    """When nothing more was to come; None while the app works on it. An UNKNOWN one may be taken up again."""
    inference_ms: int | None = None
    pictures: tuple[Picture, ...] = ()
    trouble: Sentence | None = None
    note: str = ""
    seed_note: str = ""
    is_set_aside: bool = False
    """Its backend is not set up now, so nobody follows it."""
    refused_field: str = ""
    """The API's name of the setting it refused; empty when it refused none."""
    position: int | None = None
    """How many stand before it: in our own line while it waits, in the service's after that."""
    step: int | None = None
    steps: int | None = None
    preview: str = ""
    """The newest small JPEG of it while it is painted, as a data URI; never written down."""
    stage: str = ""
    """What is done before its first step."""
    next_send: float | None = None
    """When a busy service is tried next; None unless it is first in line."""
    links: tuple[str, ...] = ()
    """Where pictures lie at the service that could not be fetched."""
    is_favourite: bool = False

    @property
    def account(self) -> str:
        """Return the name of whose account it is made on: the backend's own, or one visitor's there."""
        return account_name(self.backend, self.key)

    @property
    def can_be_taken_back(self) -> bool:
        """Tell whether it waits and no POST of it is under way."""
        return self.state is JobState.WAITING and self.sent is None and self.ended is None

    @property
    def kind(self) -> tuple[object, ...]:
        """Return what jobs must have in common to take about the same time."""
        ask = self.request
        return (self.backend, self.model, ask.width, ask.height, ask.num_inference_steps, len(ask.loras), ask.preset)

    def priced(self, price: int) -> Job:
        """The host's money is reserved for it."""
        return replace(self, price=price)

    def sending(self, now: float) -> Job:
        """The POST is about to leave."""
        return replace(self, sent=now, position=None, next_send=None)

    def turned_away(self, trouble: Sentence) -> Job:
        """The POST surely made no task; it may go out again."""
        return replace(self, sent=None, trouble=trouble)

    def accepted_as(self, update: TaskUpdate, now: float) -> Job:
        """The API made a task of it."""
        known = replace(
            self,
            task_id=update.task_id,
            query_url=update.query_url,
            accepted=self.accepted or now,
            ended=None,
        )
        return known.seen(update, now)

    def seen(self, update: TaskUpdate, now: float) -> Job:
        """An observation of its task. The end is not taken from here: a picture must be fetched first."""
        running = update.status is not TaskStatus.QUEUED
        return replace(
            self,
            state=JobState.PROCESSING if running or self.started else JobState.CREATED,
            started=self.started or (now if running else None),
            inference_ms=update.inference_ms,
            note=update.note or self.note,
            position=update.position,
            step=update.step,
            steps=update.steps,
            preview=update.preview,
            stage=update.stage,
            trouble=None,
            is_set_aside=False,
        )

    def set_aside(self, trouble: Sentence) -> Job:
        """Nobody follows it until its backend is set up again."""
        return replace(self, is_set_aside=True, trouble=trouble)

    def in_line(self, place: int, next_send: float | None) -> Job:
        """It waits to be sent, so many before it."""
        return replace(self, position=place, next_send=next_send)

    def troubled(self, trouble: Sentence) -> Job:
        """Looking at it is hard just now; its state stays."""
        return replace(self, trouble=trouble)

    def lost_sight(self, trouble: Sentence, now: float) -> Job:
        """No answer came to the POST: a task may exist, and is looked for."""
        return replace(self, state=JobState.UNKNOWN, lost=self.lost or now, ended=None, trouble=trouble)

    @property
    def is_paid_without_picture(self) -> bool:
        """Tell whether its task was made and paid for, and its picture could not be had."""
        spent = self.trouble is not None and self.trouble.charge is Charge.SPENT
        return self.state is JobState.FAILED and self.task_id is not None and spent

    @property
    def can_be_deleted(self) -> bool:
        """Tell whether nothing of it is awaited: neither its end nor a picture that was paid for."""
        return self.ended is not None and self.state is not JobState.UNKNOWN and not self.is_paid_without_picture

    def favoured(self, *, is_favourite: bool) -> Job:
        """Its visitor likes it, or no more."""
        return replace(self, is_favourite=is_favourite)

    def taken_up(self) -> Job:
        """Somebody follows it again; the trouble that kept them from it is over."""
        return replace(self, is_set_aside=False, trouble=None) if self.is_set_aside else self

    def taken_up_again(self) -> Job:
        """Its task is looked at once more."""
        return replace(self, state=JobState.PROCESSING, ended=None, trouble=None, links=())

    def ended_as(self, state: JobState, now: float, trouble: Sentence | None = None) -> Job:
        """Nothing more will come."""
        return replace(
            self,
            state=state,
            ended=now,
            trouble=trouble,
            position=None,
            step=None,
            steps=None,
            preview="",
            stage="",
            next_send=None,
        )


def account_name(backend: str, key: str) -> str:
    """Return the name of an account at a backend: its own, or that of a visitor's key, given by its mark."""
    return f"{backend} {key}" if key else backend


def to_record(job: Job) -> dict[str, Any]:
    """Return the job as plain JSON values."""
    record = asdict(job)
    record["state"] = job.state.value
    record["request"]["refine"] = job.request.refine.value
    record["request"]["preset"] = job.request.preset.value if job.request.preset else None
    for passing in ("preview", "stage"):
        del record[passing]
    if job.trouble:
        record["trouble"]["charge"] = job.trouble.charge.value
    return record


def from_record(record: dict[str, Any]) -> Job:
    """Return the job of `to_record`. Raises KeyError, TypeError or ValueError when it is none."""
    parts: dict[str, Any] = {
        "request": _request(record["request"]),
        "state": JobState(record["state"]),
        "pictures": tuple(Picture(**picture) for picture in record["pictures"]),
        "trouble": _sentence(record["trouble"]),
        "links": tuple(record.get("links", ())),
    }
    return Job(**{**record, **parts})


def _request(record: Mapping[str, Any]) -> GenerationRequest:
    parts: dict[str, Any] = {
        "loras": tuple(LoraWeight(**lora) for lora in record["loras"]),
        "image": _source(record.get("image")),
        "mask": _source(record.get("mask")),
        "refine": Refine(record.get("refine", Refine.OFF.value)),
        "preset": Preset(record["preset"]) if record.get("preset") else None,
    }
    return GenerationRequest(**{**record, **parts})


def _source(record: Mapping[str, Any] | None) -> SourceImage | None:
    return SourceImage(**record) if record else None


def _sentence(record: dict[str, str] | None) -> Sentence | None:
    return Sentence(record["happened"], record["advice"], Charge(record["charge"])) if record else None
