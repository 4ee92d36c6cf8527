"""Who is in front of the page, as far as it matters for boards and for money. Pure."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass

_TOKEN = re.compile(r"[0-9a-f]{32}")
_USER = "user "
NOBODY = "nobody"
"""The board of whoever brings no proper token: empty, for ever."""
PROGRAMS = "API"
"""The one person that all programs together are counted as, unless they are signed in."""


@dataclass(frozen=True, slots=True)
class Person:
    """A browser, somebody signed in, or a program."""

    board: str
    """Names the board of their jobs."""
    user: str = ""
    """Their name at Hugging Face; empty unless signed in."""
    is_program: bool = False

    @property
    def name(self) -> str:
        """Return as whom they are counted when the host's key pays."""
        if self.user:
            return f"{_USER}{self.user}"
        return PROGRAMS if self.is_program else f"browser {self.board}"

    @classmethod
    def counted_as(cls, name: str) -> Person:
        """Return whoever is counted under this name; which board is theirs it does not tell."""
        return cls("", name.removeprefix(_USER) if name.startswith(_USER) else "", is_program=name == PROGRAMS)

    @classmethod
    def browser(cls, token: object) -> Person:
        """Return whoever holds a browser's token; nobody for what is no token."""
        return cls(visitor_name(str(token)) if is_token(token) else NOBODY)

    @classmethod
    def signed_in(cls, user: str) -> Person:
        """Return a user of Hugging Face: the same person in every browser."""
        return cls(visitor_name(f"{_USER}{user}"), user)


def is_token(text: object) -> bool:
    """Tell whether `text` is 128 bits in hex, as browsers make them for visitors and clicks."""
    return isinstance(text, str) and _TOKEN.fullmatch(text) is not None


def visitor_name(token: str) -> str:
    """Return the name under which a visitor's jobs are kept; the token itself is not stored."""
    return hashlib.sha256(token.encode()).hexdigest()[:32]
