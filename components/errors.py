"""Error tree of the app. Each error carries a Message: what happened, whether it was charged, what to do next.

PlaygroundError
├── InvalidRequest         a value is out of range or malformed; nothing was sent
├── TooBusy                too much optional work of one client waits; nothing was done
├── BudgetDenied           the host's key does not pay for this visitor, or not now; nothing was sent
│   └── TooManyJobs        the limit on unfinished images is reached
├── KeyForgotten           the visitor's own key is no longer in memory; nothing was sent
├── PressRevoked           the press arrived after its page had given it up; nothing was sent
├── SubmitRejected         the API answered and created no task; nothing was charged
│   ├── Unauthorized       401, 403
│   ├── InsufficientCredit 402
│   ├── ModelNotFound      404 on a submit
│   ├── UploadFailed       an image could not be uploaded, so its request was not sent
│   └── RateLimited        429; `retry_after` in seconds
├── ConnectionFailed       no connection to the API; no byte of the request left
├── CertificateError       invalid TLS certificate; nothing was sent, not even the key
├── SubmissionUnknown      the request left and no usable answer came: a task may exist
├── SentElsewhere          another process on the same data folder sends this job; nothing was sent here
├── PollFailed             a query of a task failed; the task itself is not affected
│   ├── PollUnauthorized   the key may not query the task: 401, 403
│   └── TaskNotFound       the API no longer knows the task: 404
├── NotProvided            the API returned no price, balance or model list
├── ImageUnavailable       the task is done, its image could not be downloaded or decoded
├── NotALora               a pasted link leads to no public LoRA in the safetensors format
├── SiteUnavailable        a pasted LoRA could not be checked, or LoRAs searched, which says nothing about them
├── EngineError            an engine of ours cannot generate this
│   └── EngineLost         its device works no more until its process is started again
├── StorageError           the data folder could not be read or written
└── SetupError             the app cannot start with these settings
"""

from __future__ import annotations

from components.messages.message import Message, literal


class PlaygroundError(Exception):
    """Root of all errors raised on purpose. `str()` of one may be shown to visitors: no keys, no internals."""

    def __init__(self, message: Message | str) -> None:
        self.message = message if isinstance(message, Message) else literal(message)
        super().__init__(self.message)

    def __str__(self) -> str:
        """Return the message in English."""
        return str(self.message)


class InvalidRequest(PlaygroundError):
    """A value is out of range or malformed. `field` is the API's name of the value; empty when there is none."""

    def __init__(self, field: str, message: Message | str) -> None:
        super().__init__(message)
        self.field = field


class TooBusy(PlaygroundError):
    """Too much optional work of one client, such as thumbnails, waits already. Nothing was done."""


class BudgetDenied(PlaygroundError):
    """The host's key does not pay for this visitor, or not now: access, limits, balance or the stop switch."""


class TooManyJobs(BudgetDenied):
    """The limit on unfinished images, of one visitor or of all, is reached."""


class KeyForgotten(PlaygroundError):
    """A visitor's own key was dropped from memory, by a restart or after long disuse. Nothing was sent.

    The host's key never pays in its place.
    """


class PressRevoked(PlaygroundError):
    """A press arrived after its page had given it up and said so. Nothing was sent."""


class SubmitRejected(PlaygroundError):
    """The API answered a submit and created no task."""


class Unauthorized(SubmitRejected):
    """The key is wrong, deleted or never topped up (401), or its role does not allow the call (403)."""


class InsufficientCredit(SubmitRejected):
    """The account behind the key has no credit (402)."""


class ModelNotFound(SubmitRejected):
    """The API does not offer the model (404 on a submit)."""


class UploadFailed(SubmitRejected):
    """An image could not be uploaded, so the request that needs it was not sent."""


class RateLimited(SubmitRejected):
    """Rate limit of the API reached (429). No task was created; the same request may be sent again."""

    def __init__(self, message: Message, retry_after: float | None = None) -> None:
        super().__init__(message)
        self.retry_after = retry_after
        """Seconds to wait, from the Retry-After header; None when the API sent none."""


class ConnectionFailed(PlaygroundError):
    """No connection was made, so no byte of the request left: it may be sent again."""


class CertificateError(PlaygroundError):
    """The server's TLS certificate is invalid. Nothing was sent, and the request is not retried."""


class SubmissionUnknown(PlaygroundError):
    """The request left and no usable answer came. A task may exist, so the request is never sent again."""


class SentElsewhere(PlaygroundError):
    """Another process on the same data folder has sent or ended this job, so this one must not send it."""


class PollFailed(PlaygroundError):
    """A query of a task, or of the list of recent tasks, failed. It says nothing about the task, which goes on.

    `retry_after` is in seconds; None when the API sent no Retry-After header.
    """

    def __init__(self, message: Message, retry_after: float | None = None) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class PollUnauthorized(PollFailed):
    """The key may not query this task (401, 403). With a valid key the task is found again."""


class TaskNotFound(PollFailed):
    """The API does not know the task (404): it is older than seven days, or another account's."""


class NotProvided(PlaygroundError):
    """The API returned no price, balance or model list, or does not offer the call."""

    def __init__(self, message: Message, *, is_offered: bool, is_busy: bool = False) -> None:
        super().__init__(message)
        self.is_offered = is_offered
        """False when the API has no such call at all (404, 405)."""
        self.is_busy = is_busy
        """True when the API has answered too many calls just now (429)."""


class ImageUnavailable(PlaygroundError):
    """The task is done and paid for, but its image could not be downloaded or decoded."""


class NotALora(PlaygroundError):
    """A link leads to no public LoRA in the safetensors format: no file, a login, another kind, a damaged file."""


class SiteUnavailable(PlaygroundError):
    """A pasted LoRA could not be checked: site down, private address, several files, or a header that is too long.

    It says nothing about the file itself. Also a search that its site did not answer.
    """


class EngineError(PlaygroundError):
    """An engine of ours cannot generate this request."""


class EngineLost(EngineError):
    """An engine's device works no more until its process is started again: every further request would fail."""


class SetupError(PlaygroundError):
    """The app cannot start with these settings."""

    def __init__(self, happened: str, advice: str = "") -> None:
        super().__init__(literal(happened, advice))


class StorageError(PlaygroundError):
    """The data folder could not be read or written, and memory could not take its place."""
