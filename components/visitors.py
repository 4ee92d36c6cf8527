"""What a visitor may do besides making pictures: bring a key of their own, let it be forgotten, sign in."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import replace

from components import messages
from components.client import Client
from components.errors import InvalidRequest, KeyAway, KeyRefused, NotAllowed, NothingSent, NotTold, UntrustedService
from components.jobs import Jobs, Line
from components.keyring import KeyRing
from components.keys import cleaned, mark, tail
from components.ledger import Ledger
from components.money import dollars
from components.person import Person
from components.standing import KeyGrant, OwnKeyShown
from components.store import Store

TRIES, TRIES_SECONDS = 120, 60.0
"""Keys that may be checked in so many seconds, from everybody together: each is a call to the service."""


class Visitors:
    """Keeps visitors' own keys for them, and hands their jobs to whom they sign in as."""

    def __init__(
        self, keys: KeyRing, jobs: Jobs, ledger: Ledger, store: Store, client: Callable[[str], Client], own: Line
    ) -> None:
        """`client` makes the client of a key; `own` is the line of jobs that visitors pay themselves, less its key."""
        self._keys, self._jobs, self._ledger, self._store = keys, jobs, ledger, store
        self._client, self._own = client, own
        self._tries: deque[float] = deque(maxlen=TRIES)

    async def use_key(self, person: Person, text: object, now: float) -> KeyGrant:
        """Check a key by a call that costs nothing, and hold it. Jobs that waited for it are followed again.

        `now` is by the monotonic clock.
        Raises InvalidRequest for what is no key, KeyRefused, and NotAllowed when it could not be checked.
        """
        key = cleaned(text)
        if not key:
            raise InvalidRequest("key", messages.KEY_UNLIKE_ANY)
        self._count_try(now)
        client = self._client(key)
        try:
            balance = dollars(await client.balance())
        except (NotTold, NothingSent, UntrustedService) as error:
            if not isinstance(error, NotTold) or error.is_offered:
                raise NotAllowed(messages.KEY_NOT_CHECKED) from error
            balance = ""
        token = self._keys.keep(key)
        self.forget_unused()
        account = self._line(mark(key)).account
        self._jobs.open(account, client)
        await self._jobs.take_up(person.board, account)
        return KeyGrant(token, OwnKeyShown(tail(key), balance))

    def forget_key(self, token: str) -> None:
        """Let go of a key; what was sent with it is still followed, what waits is taken back."""
        key_mark = self._keys.forget(token)
        if key_mark and not self._keys.holds(key_mark):
            self._jobs.retire(self._line(key_mark))

    def forget_unused(self) -> None:
        """Let go of the keys that nobody used for long."""
        for own in self._keys.forget_unused():
            self._jobs.retire(self._line(own.mark))

    def line(self, token: str) -> Line | None:
        """Return how jobs of this tab are sent: with its own key, or None: the usual way. Raises KeyAway."""
        if not token:
            return None
        if own := self._keys.find(token):
            return self._line(own.mark)
        raise KeyAway(messages.KEY_AWAY)

    async def own_key(self, token: str) -> OwnKeyShown | None:
        """Return a tab's key as its owner sees it, None when none is held."""
        own = self._keys.find(token)
        if not own:
            return None
        try:
            balance = dollars(await self._client(own.key).balance())
        except (NotTold, NothingSent, UntrustedService, KeyRefused):
            balance = ""
        return OwnKeyShown(own.tail, balance)

    async def to_bring(self, browser: Person, person: Person) -> int:
        """Return how many jobs of this browser somebody who signed in may take along."""
        if not person.user or browser.board == person.board:
            return 0
        return await self._ledger.call(self._store.count, browser.board)

    async def take_along(self, browser: Person, person: Person) -> int:
        """Hand a browser's jobs to the one who signed in; return how many. Raises NotAllowed."""
        if not person.user:
            raise NotAllowed(messages.NOT_SIGNED_IN)
        return await self._ledger.move(browser.board, person.board)

    def _line(self, key_mark: str) -> Line:
        return replace(self._own, key=key_mark)

    def _count_try(self, now: float) -> None:
        if len(self._tries) == TRIES and now - self._tries[0] < TRIES_SECONDS:
            raise NotAllowed(messages.KEY_TRIES)
        self._tries.append(now)
