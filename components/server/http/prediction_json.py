"""Prediction JSON: a task in the API's format."""

from __future__ import annotations

import base64

from components.messages.message import Message
from components.server.http.envelope import code_json
from components.server.http.timestamps import iso
from components.server.tasks import fields
from components.server.tasks.image_files import ImageFiles
from components.server.tasks.outcome import Status
from components.server.tasks.queue import TaskView

SYNC_TIMED_OUT = 5004
SYNC_TIMEOUT_PASSED = Message("server_sync_timeout")


def prediction_json(view: TaskView, base: str, *, inline: ImageFiles | None = None) -> dict[str, object]:
    """Return the prediction; `base` is the server's address as the client reached it.

    With `inline`, a task with enable_base64_output contains its image, read from there.
    """
    task, end = view.record, view.record.outcome
    return {
        "id": task.id,
        "model": task.model,
        "outputs": _outputs(view, base, inline),
        "urls": {"get": f"{base}/api/v3/predictions/{task.id}/result"},
        "has_nsfw_contents": [end.nsfw] if end.output else [],
        "status": task.status.value,
        "created_at": iso(task.created_ms),
        "error": str(end.error or ""),
        "timings": {"inference": end.inference_ms},
        **_extras(view),
    }


def still_processing(prediction: dict[str, object]) -> dict[str, object]:
    """Return the response to a submit in sync mode after the timeout."""
    return prediction | {
        "status": Status.PROCESSING.value,
        "code": SYNC_TIMED_OUT,
        "error": str(SYNC_TIMEOUT_PASSED),
        "x-message": code_json(SYNC_TIMEOUT_PASSED),
    }


def _outputs(view: TaskView, base: str, inline: ImageFiles | None) -> list[str]:
    name = view.record.outcome.output
    if not name:
        return []
    if inline is not None and view.record.input.get(fields.BASE64.name) is True:
        return [base64.b64encode(inline.output(name).read_bytes()).decode()]
    return [f"{base}/outputs/{name}"]


def _extras(view: TaskView) -> dict[str, object]:
    """Return the fields that the hosted API does not have. Each text has its message beside it, as code and values."""
    extras: dict[str, object] = {}
    if view.progress is not None:
        extras["x-progress"] = {"step": view.progress[0], "steps": view.progress[1]}
    if view.preview:
        extras["x-preview"] = f"data:image/jpeg;base64,{base64.b64encode(view.preview).decode()}"
    if view.stage:
        extras |= {"x-stage": str(view.stage), "x-stage-code": code_json(view.stage)}
    if view.position is not None:
        extras["x-position"] = view.position
    end = view.record.outcome
    if end.notes:
        extras["x-note"] = " ".join(str(note) for note in end.notes)
        extras["x-notes"] = [code_json(note) for note in end.notes]
    if end.error:
        extras["x-message"] = code_json(end.error)
    return extras
