"""Person: a browser, a signed-in user or a program; whose jobs are shown and who is counted as payer. Pure."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass

_TOKEN = re.compile(r"[0-9a-f]{32}")
_USER_PREFIX = "user "
ANONYMOUS = "nobody"
"""Visitor id for a missing or malformed token: no job is ever stored under it."""
PROGRAMS = "API"
"""Payer name of all programs together, unless they are signed in."""


@dataclass(frozen=True, slots=True)
class Person:
    """A browser, a signed-in user of Hugging Face, or a program that calls `/generate`."""

    visitor_id: str
    """Id under which the jobs are stored: 32 hex digits, or ANONYMOUS."""
    user: str = ""
    """User name at Hugging Face; empty unless signed in."""
    is_program: bool = False
    """True for a caller of `/generate` without a browser."""

    @property
    def payer_name(self) -> str:
        """Return the name under which spending of the host's money is counted and stored.

        It is stored with the job, because a resumed job has no request to take a Person from; `of_payer_name` reads
        it back.
        """
        if self.user:
            return f"{_USER_PREFIX}{self.user}"
        return PROGRAMS if self.is_program else f"browser {self.visitor_id}"

    @classmethod
    def of_payer_name(cls, name: str) -> Person:
        """Return the person of a stored payer name, so that access can be checked again before money is reserved.

        The visitor id stays empty: access depends only on the user, and on being a program.
        """
        return cls(
            "", name.removeprefix(_USER_PREFIX) if name.startswith(_USER_PREFIX) else "", is_program=name == PROGRAMS
        )

    @classmethod
    def browser(cls, token: object) -> Person:
        """Return the visitor with a browser's token; ANONYMOUS for anything that is no token."""
        return cls(visitor_id_of(str(token)) if is_token(token) else ANONYMOUS)

    @classmethod
    def program(cls, user: str) -> Person:
        """Return the program of a signed-in user; "" for the one visitor that all other programs together are.

        No browser's token and no user has this visitor id, so that jobs of programs are shown to no visitor.
        """
        return cls(visitor_id_of(f"program {user}"), user, is_program=True)

    @classmethod
    def signed_in(cls, user: str) -> Person:
        """Return a user of Hugging Face, who is the same person in every browser."""
        return cls(visitor_id_of(f"{_USER_PREFIX}{user}"), user)


def is_token(text: object) -> bool:
    """Return whether `text` is 128 bits in lower-case hex, as browsers make them for visitors and presses."""
    return isinstance(text, str) and _TOKEN.fullmatch(text) is not None


def visitor_id_of(token: str) -> str:
    """Return the visitor id: the first 128 bits of a SHA-256 hash of the token, which itself is never stored."""
    return hashlib.sha256(token.encode()).hexdigest()[:32]
