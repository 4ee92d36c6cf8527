"""Words for the status of a task: those of the v3 API, and others that certainly mean the same. Pure."""

from __future__ import annotations

import re

from components.domain.json_values import as_text
from components.domain.task import TaskStatus

_LIMIT = 64
"""Characters of a status."""
_SEPARATORS = re.compile(r"[\s_-]+")
_PREFIX = re.compile(r"^(?:[a-z]*?(?:state|status)|task|job|request|content)(?=[a-z])")
"""Of the names of enumerations, such as JOB_STATE_SUCCEEDED, and of what the word is said of."""
_MEANINGS = {
    TaskStatus.QUEUED: "created queued pending inqueue queueing submitted scheduled",
    TaskStatus.COMPLETED: (
        "completed complete succeeded succeed success successful finished finish done"
        " partiallysucceeded completedwitherrors"
    ),
    TaskStatus.FAILED: "failed fail failure error errored aborted rejected crashed killed terminated moderated",
    TaskStatus.CANCELLED: "cancelled canceled cancelledbyuser canceledbyuser",
    TaskStatus.TIMED_OUT: "timeout timedout expired deadlineexceeded",
    TaskStatus.DELETED: "deleted removed",
}
_STATUS = {word: status for status, words in _MEANINGS.items() for word in words.split()}


def status_named(value: object) -> TaskStatus:
    """Return the status that a word means, in any spelling.

    An unknown word counts as RUNNING, so that the task is polled on. So does one that means no end for certain, such
    as "canceling" or "stopped": the task may still make its image, and be charged.
    """
    text = as_text(value)
    if len(text) > _LIMIT:
        return TaskStatus.RUNNING
    word = _SEPARATORS.sub("", text.lower())
    return _STATUS.get(word) or _STATUS.get(_PREFIX.sub("", word), TaskStatus.RUNNING)
