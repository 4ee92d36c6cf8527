"""Job: one requested image as the app stores it, from before its first byte is sent. Pure."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import Enum

from components import messages
from components.domain.bill import Bill, BilledTask, BillOutcome
from components.domain.fields import FIELDS
from components.domain.request import GenerationRequest
from components.domain.task import TaskStatus, TaskUpdate
from components.messages.message import Charge, Message


class JobState(Enum):
    """State of a job, by the names that the page's scripts and stored records use."""

    WAITING = "waiting"
    CREATED = "created"
    PROCESSING = "processing"
    COMPLETED = "completed"
    FAILED = "failed"
    UNKNOWN = "unknown"
    STOPPED = "stopped"


@dataclass(frozen=True, slots=True)
class StoredImage:
    """Image in the store, its bytes as received."""

    name: str
    """File name of 128 random bits in hex with a suffix. It is the only permission needed to see the image."""
    width: int
    """Pixels."""
    height: int
    """Pixels."""
    format: str
    """PNG, JPEG or WEBP, detected from the content."""
    size: int
    """Bytes."""
    nsfw: bool = False
    received: str = ""
    """Name of the image as the service returned it, where the original was restored outside a mask; else empty."""


@dataclass(frozen=True, slots=True)
class StoredFile:
    """Output in the store that the page cannot show, its bytes as received."""

    name: str
    """As that of a `StoredImage`."""
    format: str
    """Name of the format for people, such as JPEG XL."""
    size: int
    """Bytes."""


@dataclass(frozen=True, slots=True)
class Job:
    """Everything the app knows about one requested image. Immutable; times are Unix seconds.

    A finished or failed job has `ended`; `None` or an empty text means that a fact is not known, or not yet.
    """

    id: str
    visitor: str
    """Visitor id of the owner, see `Person`."""
    click: str
    """Token of the press of Generate: a press that arrives twice has the same one."""
    number: int
    """Index among the images of one press, from 1."""
    backend: str
    """Name of the backend that the job is sent to."""
    model: str
    request: GenerationRequest
    created: float
    key: str = ""
    """Fingerprint of the visitor's own key that pays; empty when the backend's key does."""
    person: str = ""
    """`Person.payer_name` of the visitor when the backend's key pays."""
    price: int | None = None
    """Quoted price in millionths of a US dollar; None when it was not requested or not returned."""
    bill: Bill | None = None
    """What the task cost in truth; None when the service has no list of billings, or it was not read yet."""
    state: JobState = JobState.WAITING
    sent: float | None = None
    """Time of the POST that may have arrived; None while there is none."""
    lost: float | None = None
    """Time at which waiting for the answer to that POST ended without one."""
    task_id: str | None = None
    query_url: str | None = None
    """URL at which the API wants the task to be queried; None when it is built from the id."""
    accepted: float | None = None
    """Time at which the API returned a task."""
    started: float | None = None
    """Time at which the task was first seen running."""
    stop_requested: float | None = None
    """Time at which the service accepted a request to stop the task, which may go on and be charged all the same."""
    ended: float | None = None
    """Time at which the app stopped working on it; None until then. An UNKNOWN job may be resumed."""
    inference_ms: int | None = None
    """Milliseconds of inference, as the API measured them."""
    images: tuple[StoredImage, ...] = ()
    files: tuple[StoredFile, ...] = ()
    problem: Message | None = None
    """Latest problem: while the job runs a temporary one, after its end the reason."""
    notes: tuple[Message, ...] = ()
    """Notes of our own server about the image; the hosted API has none."""
    seed_note: Message | None = None
    """Note about the seeds of the press, see `batch`."""
    is_paused: bool = False
    """True while its backend or a valid key is missing, so that its task is not polled."""
    refused_field: str = ""
    """API name of the setting that the API refused; empty when it refused none."""
    position: int | None = None
    """Queue position, 0 is next: in the app's send queue until the job is sent, in the server's queue after that."""
    step: int | None = None
    """Denoising steps done."""
    steps: int | None = None
    """Denoising steps in all."""
    preview: str = ""
    """Latest preview of the running task, a small JPEG as a data URI. Never stored."""
    stage: Message | None = None
    """Stage before the first step, such as loading a model. Never stored."""
    next_send: float | None = None
    """Time of the next send after a 429; None unless the job is first in the send queue."""
    links: tuple[str, ...] = ()
    """URLs of images at the service that could not be downloaded."""
    is_favourite: bool = False
    is_readable: bool = True
    """False when its record was written by another version and cannot be read. It is shown and never saved."""

    @property
    def account(self) -> str:
        """Return the name of the API account that pays, see `account_name`."""
        return account_name(self.backend, self.key)

    @property
    def is_cancellable(self) -> bool:
        """Return whether it waits and no POST of it is under way or may have arrived."""
        # Once the POST may have left, a task may exist that is charged even when no job follows it.
        # A paused one that waits is a newer version's to send: that would not know of its end here.
        return self.state is JobState.WAITING and self.sent is None and self.ended is None and not self.is_paused

    @property
    def duration_key(self) -> tuple[object, ...]:
        """Return the key of jobs that take about the same time: backend, model, and what the time depends on."""
        extents = (self.request.extent(field.name) for field in FIELDS if field.affects_duration)
        return (self.backend, self.model, *extents)

    def with_price(self, price: int) -> Job:
        """Return the job with the price that is reserved for it."""
        return replace(self, price=price)

    def with_stop_requested(self, now: float) -> Job:
        """Return the job after the service was asked to stop its task; only its bill says what that cost."""
        return replace(self, stop_requested=now)

    @property
    def shown_problem(self) -> Message | None:
        """Return the latest problem, with the charge that the bill proves in place of the likely one."""
        charge = _PROVEN_CHARGES.get(self.bill.outcome) if self.bill else None
        return replace(self.problem, charge=charge) if self.problem and charge else self.problem

    @property
    def billed_task(self) -> BilledTask | None:
        """Return what the search for its bill needs; None before its end, once it is final, and where all is free."""
        is_free = self.price == 0
        if not self.task_id or self.ended is None or is_free or (self.bill and self.bill.is_final):
            return None
        has_image = self.state is JobState.COMPLETED or self.is_paid_without_image or bool(self.files)
        return BilledTask(self.id, self.account, self.task_id, self.price, self.ended, has_image)

    def with_sent(self, now: float) -> Job:
        """Return the job as it is saved right before its POST: after a crash the POST counts as sent."""
        return replace(self, sent=now, position=None, next_send=None)

    def with_send_rejected(self, problem: Message) -> Job:
        """Return the job after a POST that certainly created no task: it may be sent again."""
        return replace(self, sent=None, problem=problem)

    def with_task(self, update: TaskUpdate, now: float) -> Job:
        """Return the job with the task that the API created for it."""
        accepted = replace(
            self,
            task_id=update.task_id,
            query_url=update.query_url,
            accepted=self.accepted or now,
            ended=None,
        )
        return accepted.with_update(update, now)

    def with_update(self, update: TaskUpdate, now: float) -> Job:
        """Return the job with one observation of its task.

        A final status does not end the job here: its image must be downloaded first.
        """
        running = update.status is not TaskStatus.QUEUED
        return replace(
            self,
            # A task that was seen running stays so: the status of some answers goes back.
            state=JobState.PROCESSING if running or self.started else JobState.CREATED,
            started=self.started or (now if running else None),
            inference_ms=update.inference_ms,
            notes=update.notes or self.notes,
            position=update.position,
            step=update.step,
            steps=update.steps,
            preview=update.preview,
            stage=update.stage,
            problem=None,
            is_paused=False,
        )

    def paused(self, problem: Message) -> Job:
        """Return the job paused: its task is not polled until its backend or a valid key is back."""
        return replace(self, is_paused=True, problem=problem)

    def with_queue_position(self, position: int, next_send: float | None) -> Job:
        """Return the job with its position in the send queue and, after a 429, the time of the next send."""
        return replace(self, position=position, next_send=next_send)

    def with_problem(self, problem: Message) -> Job:
        """Return the job with a temporary problem; its state stays."""
        return replace(self, problem=problem)

    def as_unknown(self, problem: Message, now: float) -> Job:
        """Return the job after a POST without an answer: a task may exist and is searched for at the API."""
        return replace(self, state=JobState.UNKNOWN, lost=self.lost or now, ended=None, problem=problem)

    @property
    def is_paid_without_image(self) -> bool:
        """Return whether its task was paid for and its image could not be downloaded."""
        spent = self.problem is not None and self.problem.charge is Charge.SPENT
        return self.state is JobState.FAILED and self.task_id is not None and spent and not self.files

    @property
    def stored_names(self) -> tuple[str, ...]:
        """Return the names of all its files in the store."""
        images = (name for image in self.images for name in (image.name, image.received) if name)
        return (*images, *(file.name for file in self.files))

    @property
    def can_look_again(self) -> bool:
        """Return whether its visitor may ask for another look: at a lost answer, a missing image, a fault of ours."""
        is_left = self.ended is None and self.problem in _LEFT_BY_US
        return self.state is JobState.UNKNOWN or self.is_paid_without_image or self.is_paused or is_left

    @property
    def can_be_deleted(self) -> bool:
        """Return whether it may be deleted: it has ended, and no task or paid image may still turn up."""
        is_over = self.ended is not None and self.state is not JobState.UNKNOWN
        return is_over and self.is_readable and not self.is_paid_without_image

    def with_favourite(self, *, is_favourite: bool) -> Job:
        """Return the job marked as a favourite, or not."""
        return replace(self, is_favourite=is_favourite)

    def unpaused(self) -> Job:
        """Return the job polled again, without the problem that paused it."""
        return replace(self, is_paused=False, problem=None) if self.is_paused else self

    def reopened(self) -> Job:
        """Return the job as running again, so that its task is polled once more."""
        return replace(self, state=JobState.PROCESSING, ended=None, problem=None, links=())

    def ended_as(self, state: JobState, now: float, problem: Message | None = None) -> Job:
        """Return the job at its end, without the values that only a running job has."""
        return replace(
            self,
            state=state,
            ended=now,
            problem=problem,
            position=None,
            step=None,
            steps=None,
            preview="",
            stage=None,
            next_send=None,
        )


_PROVEN_CHARGES = {
    BillOutcome.CHARGED: Charge.SPENT,
    BillOutcome.REFUNDED: Charge.REFUNDED,
    BillOutcome.NOT_CHARGED: Charge.NONE,
}
_LEFT_BY_US = (messages.OUR_FAULT, messages.OUR_FAULT_UNSENT, messages.SENT_ELSEWHERE)
"""Problems of a job that no task may follow any more."""


def account_name(backend: str, key_fingerprint: str) -> str:
    """Return the name of an API account: the backend's own for an empty fingerprint, else that of a visitor's key."""
    return f"{backend} {key_fingerprint}" if key_fingerprint else backend
