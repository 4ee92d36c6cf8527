"""A job as the gallery's script reads it: plain JSON values, times in Unix seconds."""

from __future__ import annotations

from typing import Any

from components.board import Changes
from components.job import Job, Picture
from components.playground import Backend


def row(job: Job, backend: Backend) -> dict[str, Any]:
    """Return what a tile and the large view show of a job; of a free backend no word of money is said."""
    ask, trouble = job.request, job.trouble
    is_free = backend.free and job.backend == backend.name
    return {
        "id": job.id,
        "click": job.click,
        "number": job.number,
        "state": job.state.value,
        "prompt": ask.prompt,
        "negative_prompt": ask.negative_prompt,
        "width": ask.width,
        "height": ask.height,
        "guidance_scale": ask.guidance_scale,
        "num_inference_steps": ask.num_inference_steps,
        "seed": ask.seed,
        "seed_note": job.seed_note,
        "loras": [{"path": lora.path, "scale": lora.scale} for lora in ask.loras],
        "model": job.model,
        "backend": backend.label if job.backend == backend.name else job.backend,
        "created": job.created,
        "accepted": job.accepted,
        "started": job.started,
        "ended": job.ended,
        "inference_ms": job.inference_ms,
        "position": job.position,
        "step": job.step,
        "steps": job.steps,
        "pictures": [_picture(picture) for picture in job.pictures],
        "happened": trouble.happened if trouble else "",
        "advice": trouble.advice if trouble else "",
        "charge": trouble.charge.value if trouble and not is_free else None,
        "field": job.refused_field,
        "set_aside": job.is_set_aside,
        "note": job.note,
        "task": job.task_id,
    }


def changed_rows(changes: Changes, backend: Backend, now: float) -> dict[str, Any]:
    """Return an answer of the long-poll."""
    return {
        "epoch": changes.epoch,
        "version": changes.version,
        "now": now,
        "busy": changes.unfinished,
        "rows": [row(job, backend) for job in changes.jobs],
        "more": changes.more,
    }


def _picture(picture: Picture) -> dict[str, Any]:
    return {
        "src": f"playground/pictures/{picture.name}",
        "original": f"playground/pictures/{picture.name}?download",
        "width": picture.width,
        "height": picture.height,
        "format": picture.format,
        "bytes": picture.size,
        "nsfw": picture.nsfw,
    }
