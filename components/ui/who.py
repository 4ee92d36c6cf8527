"""Who asks: the browser by the token it sends, or the user of Hugging Face its session says is signed in."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any

from components.person import Person


def user_of(request: Any) -> str:
    """Return the name of whoever signed in with Hugging Face, "" for nobody.

    The session is a cookie that the app itself signed (Gradio's own sign-in puts it there); there is none where the
    page offers no signing in.
    """
    inner = getattr(request, "request", request)  # gr.Request wraps Starlette's
    scope: Mapping[str, Any] = getattr(inner, "scope", None) or {}
    info = (scope.get("session") or {}).get("oauth_info") or {}
    if not isinstance(info.get("expires_at"), int | float) or info["expires_at"] < time.time():
        return ""
    name = (info.get("userinfo") or {}).get("preferred_username")
    return name if isinstance(name, str) else ""


def person_of(values: Mapping[str, Any], request: Any) -> Person:
    """Return whoever sent these values: the user who is signed in, else the browser; nobody without a token."""
    user = user_of(request)
    return Person.signed_in(user) if user else Person.browser(values.get("visitor"))


def key_token(values: Mapping[str, Any]) -> str:
    """Return the token of the tab's own key, "" when it has none."""
    token = values.get("key")
    return token[:100] if isinstance(token, str) else ""
