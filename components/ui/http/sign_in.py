"""Sign-in with Hugging Face: error answers and a cross-site check around Gradio's own routes."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from typing import Any

from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from components import messages
from components.ui.http.responses import program_refusal, refusal

_log = logging.getLogger(__name__)


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
