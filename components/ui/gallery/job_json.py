"""Job JSON: a job as the gallery's script reads it, in plain JSON values, times in Unix seconds."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict
from typing import Any
from urllib.parse import quote

from components.domain.bill import Bill
from components.domain.field import Field, Kind
from components.domain.fields import FIELDS
from components.domain.job import Job, StoredImage
from components.domain.money import dollars
from components.domain.request import GenerationRequest
from components.jobs.feed import FeedChanges
from components.messages.catalogue import text_record
from components.messages.message import Message
from components.services.account_refusals import is_account_refusal
from components.services.backend import DEMO, HOSTED, shown_model
from components.services.playground import Playground
from components.ui.message_json import message_json

MODEL_PAGES = "https://wavespeed.ai/models/"
"""Address under which the hosted service has a page for each model."""


def job_json(job: Job, playground: Playground) -> dict[str, Any]:
    """Return the fields of a tile and of the large view; the message of one that costs nothing mentions no money."""
    backend = playground.backend_of(job)
    is_free = (backend is not None and backend.free) or job.price == 0
    return {
        "id": job.id,
        "click": job.click,
        "number": job.number,
        "state": job.state.value,
        **_settings_json(job.request),
        **({} if job.is_readable else {"seed": None}),
        "seed_note": _note_json(job.seed_note),
        "model": shown_model(job),
        "model_page": f"{MODEL_PAGES}{quote(job.model)}" if job.backend == HOSTED else None,
        "backend": text_record(backend.label) if backend else job.backend,
        "is_practice": job.backend == DEMO,
        "created": job.created,
        "accepted": job.accepted,
        "started": job.started,
        "ended": job.ended,
        "inference_ms": job.inference_ms,
        "usual": None if job.ended else playground.jobs.typical_seconds(job),
        "position": job.position,
        "step": job.step,
        "steps": job.steps,
        "favourite": job.is_favourite,
        "preview": job.preview,
        "stage": _note_json(job.stage),
        "pictures": [_image_json(image, job.id) for image in job.images],
        "message": message_json(job.shown_problem, is_free=is_free) if job.shown_problem else None,
        **(
            _cost_json(job)
            if playground.is_paid_by_its_visitor(job)
            else {"micros": None, "price": None, "bill": None}
        ),
        "field": job.refused_field,
        "set_aside": job.is_paused,
        "next_send": job.next_send,
        "can_take_back": job.is_cancellable,
        "can_stop": playground.jobs.can_be_stopped(job),
        "is_stop_charged": playground.jobs.is_stop_charged(job),
        "is_stop_requested": job.stop_requested is not None,
        "can_look_again": job.can_look_again,
        "links": list(job.links),
        "files": [f"playground/pictures/{file.name}?original" for file in job.files],
        "notes": [message_json(note, is_free=True) for note in job.notes],
        "task": job.task_id,
        **({"seal": seal} if (seal := playground.store.blocking.seal(job)) else {}),
    }


def _cost_json(job: Job) -> dict[str, Any]:
    """Return what a job costs: as expected, and as billed."""
    return {
        "micros": job.price,
        "price": dollars(job.price) if job.price else None,
        "bill": _bill_json(job.bill) if job.bill else None,
    }


def _bill_json(bill: Bill) -> dict[str, Any]:
    return {
        "outcome": bill.outcome.value,
        "micros": bill.cost,
        "refunded": bill.refunded,
        "is_final": bill.is_final,
    }


def _settings_json(request: GenerationRequest) -> dict[str, Any]:
    """Return the fields of a request that a tile or the large view shows."""
    return {field.tile_key: _shown_value(request, field) for field in FIELDS if field.is_shown}


def _shown_value(request: GenerationRequest, field: Field) -> Any:
    if field.kind is Kind.LORAS:
        return [asdict(lora) for lora in request.loras]
    return None if field.is_null_unused and not request.uses(field) else request.plain_value(field.name)


def changes_json(changes: FeedChanges, playground: Playground, now: float) -> dict[str, Any]:
    """Return the answer of a long poll. `now` is the server's clock: the browser's may be wrong."""
    refused = [job for job in changes.jobs if is_account_refusal(job)]
    return {
        "epoch": changes.epoch,
        "version": changes.version,
        "now": now,
        "busy": changes.unfinished,
        "gone": [*changes.deleted, *(job.id for job in refused)],
        "rows": rows_of(changes.jobs, playground),
        "more": changes.more,
        "notices": [message_json(notice, is_free=True) for notice in playground.notices],
        # Of those that have just ended: a first page has what was said before.
        "refused": _note_json(None if changes.is_whole or not refused else refused[-1].problem),
    }


def rows_of(jobs: Iterable[Job], playground: Playground) -> list[dict[str, Any]]:
    """Return the jobs that have a tile: all but those that the state of the host's account ended."""
    return [job_json(job, playground) for job in jobs if not is_account_refusal(job)]


def _note_json(note: Message | None) -> dict[str, Any] | None:
    """Return a message that says nothing of a charge, or None."""
    return message_json(note, is_free=True) if note else None


def _image_json(image: StoredImage, job_id: str) -> dict[str, Any]:
    src = f"playground/pictures/{image.name}"
    return {
        "src": src,
        "thumb": f"{src}?thumb",
        "download": f"{src}?download={quote(job_id)}",
        "original": f"{src}?original",
        "clean": f"{src}?clean",
        "received": f"playground/pictures/{image.received}?original" if image.received else None,
        "width": image.width,
        "height": image.height,
        "format": image.format,
        "bytes": image.size,
        "nsfw": image.nsfw,
    }
