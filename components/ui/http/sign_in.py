"""Sign-in with Hugging Face: its cookie, error answers and a cross-site check around Gradio's own routes."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from typing import Any

from fastapi import FastAPI
from starlette.datastructures import Headers
from starlette.middleware.sessions import SessionMiddleware
from starlette.requests import HTTPConnection, Request
from starlette.responses import RedirectResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from components import messages
from components.ui.http.responses import program_refusal, refusal

SESSION_COOKIE = "playground_session"
"""Name of the session's cookie: Gradio's own name may be taken by a cookie that is not `Partitioned`, which no answer
that deletes a partitioned one would delete."""
BLOCKED_PAGE = "/#sign-in-blocked"
"""Address of the page for a browser that returns from Hugging Face without its session: account/sign_in.js."""
_STATE = "_state_huggingface"
_log = logging.getLogger(__name__)


def partition_sessions(app: FastAPI) -> None:
    """Make the cookie of Gradio's sign-in `Partitioned`, before `app` answers its first request.

    A Space's page is framed by huggingface.co, where browsers that block third-party cookies accept no others. Gradio
    6.31 has no setting for it, and adds its middleware outside those of the app.
    """
    for middleware in app.user_middleware:
        if middleware.cls is SessionMiddleware:
            middleware.kwargs.update(partitioned=True, session_cookie=SESSION_COOKIE)
            app.middleware_stack = None  # built again with the first request


def sign_in_handlers(*, is_offered: bool) -> Mapping[Any, Callable[..., Any]]:
    """Return the exception handlers that sign-in needs, by exception class; none where it is not offered."""
    if not is_offered:
        return {}
    # Imported here: it takes most of a second, and where sign-in is offered Gradio has imported it already.
    from authlib.integrations.base_client import OAuthError  # noqa: PLC0415

    return {OAuthError: _not_signed_in}


async def _not_signed_in(_: Request, __: Exception) -> Response:
    """Redirect to the page after a refused or stale authorization at Hugging Face."""
    return RedirectResponse("/", 303)


class SignIn:
    """ASGI middleware: no other site signs a visitor out, and a failed sign-in is answered by a message."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one ASGI connection."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
        elif scope["path"] == "/logout" and Headers(scope=scope).get("sec-fetch-site") in ("cross-site", "same-site"):
            # An image in another site's page would send this request, without an `Origin` for OriginCheck to see.
            await program_refusal(scope, 403, "Pages of other sites may not sign anybody out.")(scope, receive, send)
        elif _is_without_session(scope):
            await RedirectResponse(BLOCKED_PAGE, 303)(scope, receive, send)
        elif scope["path"].startswith("/login/"):
            await self._sign_in(scope, receive, send)
        else:
            await self._app(scope, receive, send)

    async def _sign_in(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer 502 when the app fails: Gradio's sign-in routes send nothing before Hugging Face has answered."""
        try:
            await self._app(scope, receive, send)
        except Exception:  # noqa: BLE001 - logged in full, and answered by a message
            _log.exception("signing in failed")
            await refusal(scope, 502, messages.SIGN_IN_FAILED)(scope, receive, send)


def _is_without_session(scope: Scope) -> bool:
    """Return whether a browser comes back from Hugging Face without its session a second time.

    Gradio would send it there again without end.
    """
    connection = HTTPConnection(scope)
    if scope["path"] != "/login/callback" or not connection.query_params.get("_nb_redirects", "").isdecimal():
        return False
    return not any(key.startswith(_STATE) for key in scope.get("session", {}))
