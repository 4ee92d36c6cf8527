"""API accounts: sender and watcher of each account that jobs run on, the host's and visitors' own."""

from __future__ import annotations

from dataclasses import dataclass

from components import messages
from components.api.client import Client
from components.clock import Clock
from components.domain.job import Job
from components.jobs.lost_submits import LostSubmits
from components.jobs.poll_schedule import DurationHistory
from components.jobs.repository import JobRepository
from components.jobs.sender import Sender
from components.jobs.submission import JobTarget
from components.jobs.visitor_keys import VisitorKeys
from components.jobs.watcher import Watcher
from components.messages.message import Message
from components.storage.async_store import AsyncStore


@dataclass(frozen=True, slots=True)
class AccountWorkers:
    """Client, sender, watcher and search for lost submits of one account."""

    client: Client
    sender: Sender
    watcher: Watcher
    lost_submits: LostSubmits


class ApiAccounts:
    """Workers by account name. An account whose key was forgotten stays open until its last job has ended."""

    def __init__(
        self, jobs: JobRepository, store: AsyncStore, clock: Clock, durations: DurationHistory, keys: VisitorKeys
    ) -> None:
        self._jobs, self._store, self._clock = jobs, store, clock
        self._durations, self._keys = durations, keys
        self._workers: dict[str, AccountWorkers] = {}

    def __contains__(self, account: str) -> bool:
        return account in self._workers

    def __getitem__(self, account: str) -> AccountWorkers:
        return self._workers[account]

    def open(self, account: str, client: Client) -> None:
        """Open an account, so that its jobs can be sent and followed; does nothing when it is open."""
        if account not in self._workers:
            sender = Sender(client, self._jobs, self._store, self._clock)
            watcher = Watcher(client, self._jobs, self._store, self._clock, self._durations)
            lost_submits = LostSubmits(client, self._jobs, self._store, self._clock)
            self._workers[account] = AccountWorkers(client, sender, watcher, lost_submits)

    def cancel_unsent(self, target: JobTarget, message: Message) -> None:
        """End the unsent jobs of an account with this message; sent ones are followed to their end."""
        if target.account in self._workers:
            self._workers[target.account].sender.cancel_all(message)

    def close_idle(self, account: str, key: str, running: int) -> None:
        """Close a visitor's account that has no running jobs and no stored key; the host's stays open."""
        if key and not running and not self._keys.has(key):
            self._workers.pop(account, None)

    def drop_rejected_key(self, job: Job) -> None:
        """Forget a visitor's key and end its unsent jobs when a job's new value says that the service rejects it."""
        # Paused: the service rejected the key of a poll, so it would reject a submit too.
        is_refused = job.refused_field == "key" and job.problem == messages.KEY_REFUSED
        if job.key and (is_refused or job.is_paused):
            self._keys.forget_key(job.key)
            self._workers[job.account].sender.cancel_all(messages.KEY_REFUSED)

    def close(self) -> None:
        """Close all senders."""
        for workers in self._workers.values():
            workers.sender.close()
