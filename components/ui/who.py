"""Who asks: the browser by the token it sends, or the user of Hugging Face its session says is signed in."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any

from components.generation import is_text
from components.person import Person


def values_of(asked: Any) -> Mapping[str, Any]:
    """Return what a script sent as the object it should be, an empty one for anything else."""
    return asked if isinstance(asked, dict) else {}


def user_of(request: Any) -> str:
    """Return the name of whoever signed in with Hugging Face, "" for nobody.

    The session is a cookie that the app itself signed (Gradio's own sign-in puts it there); there is none where the
    page offers no signing in.
    """
    inner = getattr(request, "request", request)  # gr.Request wraps Starlette's
    info = _within(_within(getattr(inner, "scope", None), "session"), "oauth_info")
    until, name = info.get("expires_at"), _within(info, "userinfo").get("preferred_username")
    is_signed_in = isinstance(until, int | float) and until >= time.time()
    return name if is_signed_in and isinstance(name, str) else ""


def person_of(values: Mapping[str, Any], request: Any) -> Person:
    """Return whoever sent these values: the user who is signed in, else the browser; nobody without a token."""
    user = user_of(request)
    return Person.signed_in(user) if user else Person.browser(values.get("visitor"))


def key_token(values: Mapping[str, Any]) -> str:
    """Return the token of the tab's own key, "" when it has none."""
    token = values.get("key")
    return token[:100] if isinstance(token, str) else ""


def number_in(values: Mapping[str, Any], name: str) -> float:
    """Return a number that was sent, 0 for anything else."""
    value = values.get(name)
    if not isinstance(value, int | float) or isinstance(value, bool) or not abs(value) < 1e12:
        return 0.0
    return float(value)


def text_in(values: Mapping[str, Any], name: str, longest: int) -> str:
    """Return a text that was sent, cut to its longest; empty for anything else."""
    value = values.get(name)
    return value[:longest] if isinstance(value, str) and is_text(value) else ""


def _within(values: Any, name: str) -> Mapping[str, Any]:
    """Return a mapping inside a mapping; empty where there is none."""
    inner = values.get(name) if isinstance(values, Mapping) else None
    return inner if isinstance(inner, Mapping) else {}
