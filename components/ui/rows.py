"""A job as the gallery's script reads it: plain JSON values, times in Unix seconds."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from components import messages
from components.board import Changes
from components.errors import Sentence
from components.job import Job, JobState, Picture
from components.money import dollars
from components.playground import Playground


def row(job: Job, playground: Playground) -> dict[str, Any]:
    """Return what a tile and the large view show of a job; of a free backend no word of money is said."""
    ask, trouble = job.request, job.trouble
    backend = playground.backend_of(job)
    is_free = backend is not None and backend.free
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
        "strength": ask.prompt_strength if ask.image else None,
        "refine": ask.refine.value,
        "high_noise_frac": ask.high_noise_frac,
        "refine_steps": ask.refine_steps,
        "preset": ask.preset.value if ask.preset else None,
        "model": job.model,
        "backend": backend.label if backend else job.backend,
        "created": job.created,
        "accepted": job.accepted,
        "started": job.started,
        "ended": job.ended,
        "inference_ms": job.inference_ms,
        "usual": None if job.ended else playground.jobs.usual_seconds(job),
        "position": job.position,
        "step": job.step,
        "steps": job.steps,
        "favourite": job.is_favourite,
        "preview": job.preview,
        "stage": job.stage,
        "pictures": [_picture(picture, job.id) for picture in job.pictures],
        **told(trouble, is_free=is_free),
        "micros": job.price,
        "price": None if job.price is None else dollars(job.price),
        "field": job.refused_field,
        "set_aside": job.is_set_aside,
        "next_send": job.next_send,
        "can_take_back": job.can_be_taken_back,
        "can_stop": playground.jobs.can_be_stopped(job),
        "can_look_again": job.state is JobState.UNKNOWN or job.is_paid_without_picture or job.is_set_aside,
        "links": list(job.links),
        "note": job.note,
        "task": job.task_id,
    }


def told(sentence: Sentence | None, *, is_free: bool) -> dict[str, str]:
    """Return the three parts of a message as the scripts show them."""
    if not sentence:
        return {"happened": "", "charged": "", "advice": ""}
    charged = messages.charged(sentence, is_free=is_free)
    return {"happened": sentence.happened, "charged": charged, "advice": sentence.advice}


def changed_rows(changes: Changes, playground: Playground, now: float) -> dict[str, Any]:
    """Return an answer of the long-poll."""
    return {
        "epoch": changes.epoch,
        "version": changes.version,
        "now": now,
        "busy": changes.unfinished,
        "gone": changes.gone,
        "rows": [row(job, playground) for job in changes.jobs],
        "more": changes.more,
        "notices": [told(notice, is_free=True) for notice in playground.notices],
    }


def _picture(picture: Picture, job_id: str) -> dict[str, Any]:
    src = f"playground/pictures/{picture.name}"
    return {
        "src": src,
        "thumb": f"{src}?thumb",
        "download": f"{src}?download={quote(job_id)}",
        "original": f"{src}?original",
        "clean": f"{src}?clean",
        "received": f"playground/pictures/{picture.received}?original" if picture.received else None,
        "width": picture.width,
        "height": picture.height,
        "format": picture.format,
        "bytes": picture.size,
        "nsfw": picture.nsfw,
    }
