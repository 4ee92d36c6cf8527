"""What can go wrong, as one tree. Each error is three sentences for the person in front of the page.

PlaygroundError
├── InvalidRequest            a value a person gave is out of range; nothing was sent
├── NotAllowed                the host's money is not for this person, or not now; nothing was sent
│   └── TooMany               the cap on unfinished pictures is reached
├── KeyAway                   the visitor's own key is not held any more; nothing was sent
├── NotAccepted               the API answered and made no task; nothing was charged
│   ├── KeyRefused            401, 403
│   ├── NoCredit              402
│   ├── ModelNotFound         404 on a submit
│   ├── UploadTrouble         a picture could not be sent up, so its request was not sent
│   └── Busy                  429; `retry_after` says when
├── NothingSent               the API could not be reached; no byte of the request left
├── UntrustedService          bad certificate; nothing was sent, not even the key
├── SubmissionUnknown         the request left and no usable answer came: a task may exist
├── WatchTrouble              a look at a task failed; the task itself is not touched by it
│   ├── LookRefused           the key may not look at it: 401, 403
│   └── TaskGone              the API knows this task no more
├── NotTold                   the API gave no price, or no balance
├── PictureTrouble            the task is done, its picture could not be fetched or read
├── NoLoraFile                a file is no LoRA in the safetensors format, or a broken one
├── OutsideTrouble            an address that a person gave could not be read just now
├── EngineError               an engine of ours cannot paint this
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
    """What is said of a trouble: what happened, was it charged, what to do now. Plain text, never HTML.

    All of them stand in messages.py.
    """

    happened: str
    advice: str = ""
    charge: Charge = Charge.NONE


class PlaygroundError(Exception):
    """The root of all errors raised on purpose. `str()` of one is fit to be read by anybody."""

    def __init__(self, told: Sentence | str) -> None:
        self.sentence = told if isinstance(told, Sentence) else Sentence(told)
        super().__init__(f"{self.sentence.happened} {self.sentence.advice}".strip())


class InvalidRequest(PlaygroundError):
    """A value that was given is not allowed; `field` is its name on the API."""

    def __init__(self, field: str, told: Sentence | str) -> None:
        super().__init__(told)
        self.field = field


class NotAllowed(PlaygroundError):
    """The host's key does not pay for this person, or not now."""


class TooMany(NotAllowed):
    """As many pictures as allowed are unfinished already."""


class KeyAway(PlaygroundError):
    """A visitor's own key was forgotten, at a restart or after long disuse. The host's never takes its place."""


class NotAccepted(PlaygroundError):
    """The API answered a submit and made no task of it."""


class KeyRefused(NotAccepted):
    """The key is wrong, was deleted, was never topped up, or its role may not do this."""


class NoCredit(NotAccepted):
    """The account behind the key is empty."""


class ModelNotFound(NotAccepted):
    """The API does not offer this model."""


class UploadTrouble(NotAccepted):
    """A picture could not be sent up, so the request that needs it was not sent."""


class Busy(NotAccepted):
    """The API asks to wait: nothing was made, the same request may be sent again."""

    def __init__(self, told: Sentence, retry_after: float | None = None) -> None:
        super().__init__(told)
        self.retry_after = retry_after
        """Seconds the API asked for; None when it named none."""


class NothingSent(PlaygroundError):
    """No connection was made, so no byte of the request left."""


class UntrustedService(PlaygroundError):
    """The service's certificate is not good. Nothing was sent, and nothing will be."""


class SubmissionUnknown(PlaygroundError):
    """The request left and no usable answer came. A task may exist: it is never sent again."""


class WatchTrouble(PlaygroundError):
    """A look at a task failed. It says nothing about the task, which goes on."""

    def __init__(self, told: Sentence, retry_after: float | None = None) -> None:
        super().__init__(told)
        self.retry_after = retry_after


class LookRefused(WatchTrouble):
    """The key may not look at this task now; with a good key it is found again."""


class TaskGone(WatchTrouble):
    """The API knows the task no more: older than seven days, or another account's."""


class NotTold(PlaygroundError):
    """The API did not tell a price or a balance."""

    def __init__(self, told: Sentence, *, is_offered: bool) -> None:
        super().__init__(told)
        self.is_offered = is_offered
        """False: this API has no such call at all (404)."""


class PictureTrouble(PlaygroundError):
    """The task is done and paid for; its picture could not be fetched or read."""


class NoLoraFile(PlaygroundError):
    """A file is no LoRA in the safetensors format, or a broken one."""


class OutsideTrouble(PlaygroundError):
    """An address that a person gave could not be read just now; it says nothing about what lies there."""


class EngineError(PlaygroundError):
    """An engine of ours cannot paint this order."""


class SetupError(PlaygroundError):
    """The app cannot start with these settings."""

    def __init__(self, happened: str, advice: str = "") -> None:
        super().__init__(Sentence(happened, advice))


class StoreTrouble(PlaygroundError):
    """The data folder could not be read or written just now, and memory could not take its place."""
