"""Submission: the values that a press of Generate becomes on its way into the job service."""

from __future__ import annotations

from dataclasses import dataclass

from components.domain.job import account_name
from components.domain.person import Person
from components.domain.request import GenerationRequest
from components.messages.message import Message


@dataclass(frozen=True, slots=True)
class JobLimits:
    """Most unfinished jobs at a time, of one visitor and over all visitors."""

    per_visitor: int
    total: int


@dataclass(frozen=True, slots=True)
class JobTarget:
    """Backend, model and paying key of new jobs."""

    backend: str
    """The backend's name, the same after a restart."""
    model: str
    key: str = ""
    """Fingerprint of the visitor's own key; empty when the backend's own key pays."""

    @property
    def account(self) -> str:
        """Return the name of the account that pays."""
        return account_name(self.backend, self.key)


@dataclass(frozen=True, slots=True)
class Submission:
    """One press of Generate: visitor, click id, and one request for each image."""

    visitor: str
    click: str
    """Id of the press, made in the browser; a click that is stored already starts nothing."""
    requests: tuple[GenerationRequest, ...]
    seed_note: Message | None = None
    """Note about the seeds for each tile; None when there is nothing to say."""
    target: JobTarget | None = None
    """None: the backend's own account."""
    model: str = ""
    """Id of the model that takes all requests; empty: the target's own."""
    person: Person | None = None
    """The person whose budget the jobs count against; None: the visitor's browser."""


@dataclass(frozen=True, slots=True)
class DeletionResult:
    """Outcome of a deletion."""

    deleted: tuple[str, ...]
    """Ids of the jobs that were deleted here."""
    is_everywhere: bool
    """False: some tasks could not be deleted at the service, which stores them for seven days."""
