"""Where a person stands: whose key pays for them, what is in the way, and which ways are open."""

from __future__ import annotations

from dataclasses import dataclass

from components.errors import Sentence


@dataclass(frozen=True, slots=True)
class OwnKeyShown:
    """A visitor's own key as its owner sees it."""

    tail: str
    balance: str
    """What is left on its account, such as `$4.20`; empty when it was not told."""


@dataclass(frozen=True, slots=True)
class Standing:
    """What the account panel shows."""

    user: str
    """Their name at Hugging Face; empty unless signed in."""
    can_sign_in: bool
    own_key: OwnKeyShown | None
    is_key_lost: bool
    """The tab brought a token whose key is not held any more."""
    obstacle: Sentence | None
    """Why the host's key does not pay for them; None when it does, or when their own does."""
    paid_by: str
    """Who paints and whose key pays, in one line."""
    to_bring: int
    """Pictures of this browser from before signing in, which may be taken along."""


@dataclass(frozen=True, slots=True)
class KeyGrant:
    """A key that is held now."""

    token: str
    """Unguessable; the tab keeps it and sends it with each press."""
    shown: OwnKeyShown
