"""Job functions: server functions for a job that is not finished: look again, revoke, cancel, stop."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import gradio as gr

from components.domain.person import is_token
from components.jobs.service import JobService
from components.ui.identity import as_object, person_of

MOST_SEALS = 10
"""Sealed records that a browser gives back in one call, as assets/ui/main.js does."""


def job_functions(jobs: JobService) -> list[Callable[..., Awaitable[Any]]]:
    """Return the server functions of the script. Gradio sets an attribute on each, so they cannot be methods."""

    async def recheck(payload: Any, request: gr.Request) -> None:
        """Poll again for the task of a job that may have been charged."""
        await jobs.resume.recheck(*job_of(payload, request))

    async def revoke(payload: Any, request: gr.Request) -> bool:
        """Refuse a press without a receipt that may still come; return False when it is here."""
        values = as_object(payload)
        click = values.get("click")
        return is_token(click) and await jobs.revoke(person_of(values, request).visitor_id, str(click))

    async def restore(payload: Any, request: gr.Request) -> None:
        """Take back jobs whose sealed records the browser kept, where a crash has set the folder back."""
        values = as_object(payload)
        seals = values.get("seals")
        texts = [text for text in seals if isinstance(text, str)] if isinstance(seals, list) else []
        await jobs.resume.restore(person_of(values, request).visitor_id, texts[:MOST_SEALS])

    async def cancel(payload: Any, request: gr.Request) -> bool:
        """Cancel a job that is not sent yet, or stop one at no charge; return False when it is too late."""
        visitor, job_id = job_of(payload, request)
        if await jobs.cancel_unsent(visitor, job_id):
            return True
        return await jobs.stop(visitor, job_id, is_charge_accepted=False)

    async def stop(payload: Any, request: gr.Request) -> bool:
        """Stop a job that is being generated, which may be charged all the same; return False if that failed."""
        return await jobs.stop(*job_of(payload, request))

    return [recheck, revoke, restore, cancel, stop]


def job_of(payload: Any, request: gr.Request) -> tuple[str, str]:
    """Return the visitor who calls, and the id of the job that is meant."""
    values = as_object(payload)
    return person_of(values, request).visitor_id, str(values.get("job", ""))[:64]
