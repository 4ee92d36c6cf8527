"""A task as the API shows it."""

from __future__ import annotations

import base64

from components.server import fields
from components.server.records import Status
from components.server.shelf import Shelf
from components.server.tasks import Look
from components.server.times import iso

SYNC_TIMED_OUT = 5004


def shown(look: Look, base: str, *, inline: Shelf | None = None) -> dict[str, object]:
    """The prediction; `base` is the server's address as the caller reached it.

    With `inline` a task that asked for base64 carries its picture itself, read from that shelf.
    """
    task, end = look.record, look.record.outcome
    return {
        "id": task.id,
        "model": task.model,
        "outputs": _outputs(look, base, inline),
        "urls": {"get": f"{base}/api/v3/predictions/{task.id}/result"},
        "has_nsfw_contents": [end.nsfw] if end.output else [],
        "status": task.status.value,
        "created_at": iso(task.created_ms),
        "error": end.error,
        "timings": {"inference": end.inference_ms},
        **_extras(look),
    }


def still_processing(prediction: dict[str, object]) -> dict[str, object]:
    """The answer to a submit that waited as long as the server waits."""
    return prediction | {
        "status": Status.PROCESSING.value,
        "code": SYNC_TIMED_OUT,
        "error": "Sync mode timed out; the task goes on, query it later",
    }


def _outputs(look: Look, base: str, inline: Shelf | None) -> list[str]:
    name = look.record.outcome.output
    if not name:
        return []
    if inline is not None and look.record.input.get(fields.BASE64.name) is True:
        return [base64.b64encode(inline.output(name).read_bytes()).decode()]
    return [f"{base}/outputs/{name}"]


def _extras(look: Look) -> dict[str, object]:
    """What the hosted API does not tell."""
    extras: dict[str, object] = {}
    if look.progress is not None:
        extras["x-progress"] = {"step": look.progress[0], "steps": look.progress[1]}
    if look.preview:
        extras["x-preview"] = f"data:image/jpeg;base64,{base64.b64encode(look.preview).decode()}"
    if look.stage:
        extras["x-stage"] = look.stage
    if look.position is not None:
        extras["x-position"] = look.position
    if look.record.outcome.note:
        extras["x-note"] = look.record.outcome.note
    return extras
