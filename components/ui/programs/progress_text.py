"""Progress text: what programs are told of a job under way."""

from __future__ import annotations

from components import messages
from components.domain.job import Job, JobState


def progress_text(job: Job) -> str:
    """Return what is told of a job under way, in the words of its tile."""
    if job.stage:
        return str(job.stage)
    if job.state is JobState.PROCESSING and job.step is not None and job.steps:
        return messages.text("program.step", {"step": job.step, "steps": job.steps})
    if job.state is JobState.PROCESSING:
        return messages.text("program.making")
    return messages.text("gallery.in_line_after", {"count": job.position}) if job.position else _waiting(job)


def _waiting(job: Job) -> str:
    return messages.text("gallery.waiting" if job.state is JobState.WAITING else "gallery.in_line")
