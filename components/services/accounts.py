"""Accounts: visitors' own API keys, and the transfer of a browser's jobs to a signed-in user."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from components import messages
from components.api.client import Client
from components.domain.api_key import cleaned, fingerprint_of, masked
from components.domain.money import dollars
from components.domain.person import Person
from components.errors import (
    BudgetDenied,
    CertificateError,
    ConnectionFailed,
    InvalidRequest,
    KeyForgotten,
    NotProvided,
    Unauthorized,
)
from components.jobs.repository import JobRepository
from components.jobs.service import JobService
from components.jobs.submission import JobTarget
from components.jobs.visitor_keys import VisitorKeys
from components.messages.catalogue import Text
from components.messages.message import Message
from components.storage.async_store import AsyncStore


@dataclass(frozen=True, slots=True)
class VisitorKeyView:
    """A visitor's own key as the page shows it to its owner."""

    masked: str
    """The key with all but its end hidden."""
    balance: float | None
    """Balance of its account in dollars; None when the API gave none."""


@dataclass(frozen=True, slots=True)
class AccountStatus:
    """Content of the account panel."""

    user: str
    """User name at Hugging Face; empty unless signed in."""
    can_sign_in: bool
    visitor_key: VisitorKeyView | None
    """None when the tab has no key of its own."""
    is_key_lost: bool
    """True: the tab sent a token whose key is not stored any more."""
    access_problem: Message | None
    """Why the host's key does not pay for this person; None when it does, or when the visitor's own key pays."""
    paid_by: Text
    """Which backend generates, and whose key pays."""
    transferable: int
    """Jobs of this browser from before signing in, which can be transferred to the user."""
    is_practice: bool = False
    """True: the demo engine draws."""


@dataclass(frozen=True, slots=True)
class KeyGrant:
    """Result of storing a key."""

    token: str
    """256 random bits in hex; the tab stores it and sends it with each press, in place of the key."""
    view: VisitorKeyView


class Accounts:
    """Visitors' own keys and their API accounts, and jobs that change their visitor."""

    def __init__(
        self,
        keys: VisitorKeys,
        jobs: JobService,
        repository: JobRepository,
        store: AsyncStore,
        client: Callable[[str], Client],
        visitor_target: JobTarget,
    ) -> None:
        """`client` returns the client of a key; `visitor_target` is the target of own-key jobs without the key."""
        self._keys, self._jobs, self._repository, self._store = keys, jobs, repository, store
        self._client, self._visitor_target = client, visitor_target

    async def use_key(self, person: Person, text: object, client_address: str) -> KeyGrant:
        """Check a key by the API's balance call, which is free of charge, and store it; jobs paused for it resume.

        `text` is what was typed at `client_address`. Raises InvalidRequest for text that is no key,
        Unauthorized when the API rejects it, BudgetDenied when it could not be checked or too many were, StorageError.
        """
        key = cleaned(text)
        if not key:
            raise InvalidRequest("key", messages.KEY_UNLIKE_ANY)
        # Before the call, so that a rejected key counts too.
        if not self._keys.may_try(person.visitor_id, client_address):
            raise BudgetDenied(messages.KEY_TRIES)
        client = self._client(key)
        try:
            balance = dollars(await client.balance())
        except (NotProvided, ConnectionFailed, CertificateError) as error:
            # An API without a balance call (404) cannot check a key: it is stored as it is.
            if not isinstance(error, NotProvided) or error.is_offered:
                raise BudgetDenied(messages.KEY_NOT_CHECKED) from error
            balance = None
        token = self._keys.add(key)
        # The store of keys is bounded: adding one may have pushed out another, whose account is closed here.
        self.drop_unused()
        account = self._target(fingerprint_of(key)).account
        # Before the jobs resume: they are polled with this client.
        self._jobs.open(account, client)
        await self._jobs.resume.jobs_of(person.visitor_id, account)
        await self._jobs.bills.resume(account)
        return KeyGrant(token, VisitorKeyView(masked(key), balance))

    def forget_key(self, token: str) -> None:
        """Delete a key; unsent jobs are cancelled, sent ones are followed to their end with it."""
        fingerprint = self._keys.forget(token)
        # Another tab may have stored the same key under a token of its own.
        if fingerprint and not self._keys.has(fingerprint):
            self._jobs.retire(self._target(fingerprint))

    def drop_unused(self) -> None:
        """Delete keys that were unused for too long, and close their accounts."""
        for dropped in self._keys.drop_unused():
            self._jobs.retire(self._target(dropped.fingerprint))

    def target_of(self, token: str) -> JobTarget | None:
        """Return the target of a tab's jobs: with its own key, or None for the host's when `token` is empty.

        Raises KeyForgotten: the host's key never takes the place of a forgotten one.
        """
        if not token:
            return None
        if key := self._keys.find(token):
            return self._target(key.fingerprint)
        raise KeyForgotten(messages.KEY_AWAY)

    async def view_of(self, token: str) -> VisitorKeyView | None:
        """Return a tab's key as the page shows it, None when none is stored under its token."""
        key = self._keys.find(token)
        if not key:
            return None
        try:
            balance = dollars(await self._client(key.key).balance())
        # Shown without a balance: a key that the API rejects now is reported at the jobs that it does not pay for.
        except (NotProvided, ConnectionFailed, CertificateError, Unauthorized):
            balance = None
        return VisitorKeyView(key.masked, balance)

    async def count_transferable(self, browser: Person, person: Person) -> int:
        """Return the number of a browser's jobs that can be transferred to a signed-in user; 0 for others."""
        if not person.user or browser.visitor_id == person.visitor_id:
            return 0
        return await self._store.count_jobs(browser.visitor_id)

    async def transfer_jobs(self, browser: Person, person: Person) -> int:
        """Move a browser's jobs to the signed-in user; return their number. Raises BudgetDenied, StorageError."""
        if not person.user:
            raise BudgetDenied(messages.NOT_SIGNED_IN)
        return await self._repository.transfer(browser.visitor_id, person.visitor_id)

    def _target(self, fingerprint: str) -> JobTarget:
        return replace(self._visitor_target, key=fingerprint)
