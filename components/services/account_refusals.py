"""Account refusals: jobs that ended unsent because the host's account does not pay. Pure.

They are a state of the page and no results: the page says them once and shows no tile for them.
"""

from __future__ import annotations

from components import messages
from components.domain.job import Job
from components.services.backend import HOSTED

_CODES = frozenset(
    {
        "picture_limit",
        "press_above_hour",
        "press_above_amount",
        *(
            message.code
            for message in (
                messages.SIGN_IN,
                messages.NOT_LISTED,
                messages.OWN_KEY_ONLY,
                messages.STOPPED_BY_HOST,
                messages.PERSON_LIMIT,
                messages.DAY_SPENT,
                messages.MONTH_SPENT,
                messages.BALANCE_LOW,
                messages.HOST_KEY_REFUSED,
                messages.HOST_NO_CREDIT,
                messages.HOST_MODEL_FORBIDDEN,
            )
        ),
    }
)
"""Codes of what the host's account does not pay for."""
_CODES_BEFORE_A_PRICE = frozenset(
    message.code
    for message in (
        messages.PRICE_UNAVAILABLE,
        messages.BALANCE_UNAVAILABLE,
        messages.UNREACHABLE,
        messages.UNTRUSTED,
    )
)
"""Codes of a service that did not answer before anything was reserved."""


def is_account_refusal(job: Job) -> bool:
    """Return whether a job ended unsent for the state of the host's account."""
    if job.key or job.backend != HOSTED or job.ended is None or job.sent or job.task_id or not job.problem:
        return False
    return job.problem.code in _CODES or (job.price is None and job.problem.code in _CODES_BEFORE_A_PRICE)
