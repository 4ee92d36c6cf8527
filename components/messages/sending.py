"""Messages about submitting a task."""

from __future__ import annotations

from components.messages.catalogue import Param
from components.messages.message import Charge, Message

UNREACHABLE = Message("unreachable")
UNTRUSTED = Message("untrusted")
BUSY = Message("busy")
BUSY_TOO_LONG = Message("busy_too_long")
NO_ANSWER = Message("no_answer", charge=Charge.MAYBE)
NO_CLEAR_ANSWER = Message("no_clear_answer", charge=Charge.MAYBE)
TASK_OF_ANOTHER = Message("task_of_another", charge=Charge.MAYBE)
UNEXPECTED_PAGE = Message("unexpected_page", charge=Charge.MAYBE)
NOT_FOUND = Message("not_found", charge=Charge.MAYBE)
NEVER_ARRIVED = Message("never_arrived")
MAY_BE_ANOTHER = Message("may_be_another")
CHARGED_NOT_FOUND = Message("charged_not_found", charge=Charge.SPENT)
UNANSWERED_BEFORE_RESTART = Message("unanswered_before_restart", charge=Charge.MAYBE)
NOT_UPLOADED = Message("not_uploaded")
NOT_PUT_BACK = Message("not_put_back", charge=Charge.SPENT)
STALE = Message("stale")
STOPPED_BY_YOU = Message("stopped_by_you")
STOPPED_AT_SERVICE = Message("stopped_at_service", charge=Charge.MAYBE)
TAKEN_BACK = Message("taken_back")
KEY_REFUSED = Message("key_refused")
HOST_KEY_REFUSED = Message("host_key_refused")
MODEL_FORBIDDEN = Message("model_forbidden")
HOST_MODEL_FORBIDDEN = Message("host_model_forbidden")
NO_CREDIT = Message("no_credit")
HOST_NO_CREDIT = Message("host_no_credit")
MODEL_GONE = Message("model_gone")
TOO_LARGE = Message("too_large")
UNSUITABLE = Message("unsuitable")
LINK_NOT_FETCHED = Message("link_not_fetched")


def busy_until(moment: float) -> Message:
    """Return the message for a rate limit with a long Retry-After, until a time in Unix seconds."""
    return Message("busy_until", {"time": moment})


def setting_refused(reason: Param) -> Message:
    """Return the message for a request that the API found invalid; `reason` is the API's, possibly empty."""
    return Message("setting_refused_because", {"reason": reason}) if reason else Message("setting_refused")


def unclear(reason: str) -> Message:
    """Return the message for an answer to a submit that says neither yes nor no; `reason` is its own, or empty."""
    return Message("unclear_because", {"reason": reason}, Charge.MAYBE) if reason else NO_CLEAR_ANSWER


def first_answer(problem: Message | None) -> Message | None:
    """Return the note of what an unclear answer said, for when it is not the problem any more; None without words."""
    if problem is None or problem.code != "unclear_because":
        return None
    return Message("first_answer", problem.params)


def refused(reason: Param) -> Message:
    """Return the message for a request that the API refused for another reason."""
    return Message("refused_because", {"reason": reason}) if reason else Message("refused")
