"""What can go wrong, as one tree. Each error is three sentences for the person in front of the page.

PlaygroundError
├── InvalidRequest            a value a person gave is out of range; nothing was sent
├── NotAccepted               the API answered and made no task; nothing was charged
│   ├── KeyRefused            401, 403
│   ├── NoCredit              402
│   ├── ModelNotFound         404 on a submit
│   └── Busy                  429; `retry_after` says when
├── NothingSent               the API could not be reached; no byte of the request left
├── UntrustedService          bad certificate; nothing was sent, not even the key
├── SubmissionUnknown         the request left and no usable answer came: a task may exist
├── WatchTrouble              a look at a task failed; the task itself is not touched by it
│   └── TaskGone              the API knows this task no more
├── TaskFailed                the task ended without a picture
├── PictureTrouble            the task is done, its picture could not be fetched or read
├── EngineError               an engine of ours cannot paint this
├── TooMany                   the cap on unfinished pictures is reached; nothing was sent
├── StoreTrouble              the data folder could not be read or written
└── SetupError                the app cannot start this way
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum


class Charge(Enum):
    """Whether money may have been spent."""

    NONE = "none"
    MAYBE = "maybe"
    REFUNDED = "refunded"
    SPENT = "spent"


@dataclass(frozen=True, slots=True)
class Sentence:
    """What is said of a trouble: what happened, and what to do now. Plain text, never HTML."""

    happened: str
    advice: str = ""
    charge: Charge = Charge.NONE


class PlaygroundError(Exception):
    """The root of all errors raised on purpose. `str()` of one is fit to be read by anybody."""

    charge = Charge.NONE

    def __init__(self, happened: str, advice: str = "") -> None:
        super().__init__(f"{happened} {advice}".strip())
        self.sentence = Sentence(happened, advice, self.charge)


class InvalidRequest(PlaygroundError):
    """A value that was given is not allowed; `field` is its name on the API."""

    def __init__(self, field: str, sentence: str) -> None:
        super().__init__(sentence)
        self.field = field


class NotAccepted(PlaygroundError):
    """The API answered a submit and made no task of it."""


class KeyRefused(NotAccepted):
    """The key is wrong, was deleted, was never topped up, or its role may not do this."""


class NoCredit(NotAccepted):
    """The account behind the key is empty."""


class ModelNotFound(NotAccepted):
    """The API does not offer this model."""


class Busy(NotAccepted):
    """The API asks to wait: nothing was made, the same request may be sent again."""

    def __init__(self, happened: str, advice: str = "", retry_after: float | None = None) -> None:
        super().__init__(happened, advice)
        self.retry_after = retry_after
        """Seconds the API asked for; None when it named none."""


class NothingSent(PlaygroundError):
    """No connection was made, so no byte of the request left."""


class UntrustedService(PlaygroundError):
    """The service's certificate is not good. Nothing was sent, and nothing will be."""


class SubmissionUnknown(PlaygroundError):
    """The request left and no usable answer came. A task may exist: it is never sent again."""

    charge = Charge.MAYBE


class WatchTrouble(PlaygroundError):
    """A look at a task failed. It says nothing about the task, which goes on."""

    charge = Charge.MAYBE

    def __init__(self, happened: str, advice: str = "", retry_after: float | None = None) -> None:
        super().__init__(happened, advice)
        self.retry_after = retry_after


class TaskGone(WatchTrouble):
    """The API knows the task no more: older than seven days, or another account's."""


class TaskFailed(PlaygroundError):
    """The task ended without a picture. The API refunds such tasks."""

    charge = Charge.REFUNDED


class PictureTrouble(PlaygroundError):
    """The task is done and paid for; its picture could not be fetched or read."""

    charge = Charge.SPENT


class EngineError(PlaygroundError):
    """An engine of ours cannot paint this order."""


class SetupError(PlaygroundError):
    """The app cannot start with these settings."""


class TooMany(PlaygroundError):
    """As many pictures as allowed are unfinished already."""


class StoreTrouble(PlaygroundError):
    """The data folder could not be read or written just now: a full disk, say."""
