"""Identity: the person behind a request, and typed reading of fields in untrusted JSON."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any

from components.domain.person import Person
from components.domain.request import is_text

NO_TOKEN = "-"
"""Stands for a token of another type than text: no key is stored under it, and unlike an empty one it never lets the
host's key pay."""


def as_object(value: Any) -> Mapping[str, Any]:
    """Return a JSON value as an object; an empty one for anything else."""
    return value if isinstance(value, dict) else {}


def user_of(request: Any) -> str:
    """Return the user name of a request's sign-in with Hugging Face, "" without a valid one.

    It is in the session cookie, which Gradio's sign-in sets and the app itself signs; there is none where the page
    does not offer sign-in. `request` is a gr.Request or Starlette's.
    """
    # gr.Request wraps Starlette's.
    inner = getattr(request, "request", request)
    info = _mapping_in(_mapping_in(getattr(inner, "scope", None), "session"), "oauth_info")
    until, name = info.get("expires_at"), _mapping_in(info, "userinfo").get("preferred_username")
    is_signed_in = isinstance(until, int | float) and until >= time.time()
    return name if is_signed_in and isinstance(name, str) else ""


def person_of(values: Mapping[str, Any], request: Any) -> Person:
    """Return the person behind a request: the signed-in user, else the browser of `values["visitor"]`.

    Without a valid token it is the ANONYMOUS visitor, who has no jobs.
    """
    user = user_of(request)
    return Person.signed_in(user) if user else Person.browser(values.get("visitor"))


def session_key(values: Mapping[str, Any]) -> str:
    """Return the token of the tab's own key from `values["key"]`, "" when it has none."""
    token = values.get("key")
    if isinstance(token, str):
        return token[:100]
    return "" if token is None else NO_TOKEN


def number_field(values: Mapping[str, Any], name: str) -> float:
    """Return a number field; 0 for anything else, and from 10^12 on."""
    value = values.get(name)
    # `not <`, since every comparison with NaN is false.
    if not isinstance(value, int | float) or isinstance(value, bool) or not abs(value) < 1e12:
        return 0.0
    return float(value)


def text_field(values: Mapping[str, Any], name: str, max_length: int) -> str:
    """Return a text field, cut to `max_length` characters; empty for anything else."""
    value = values.get(name)
    return value[:max_length] if isinstance(value, str) and is_text(value) else ""


def _mapping_in(values: Any, name: str) -> Mapping[str, Any]:
    """Return the mapping under a key; empty where there is none."""
    inner = values.get(name) if isinstance(values, Mapping) else None
    return inner if isinstance(inner, Mapping) else {}
