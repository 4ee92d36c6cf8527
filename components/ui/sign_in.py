"""What Gradio's signing in with Hugging Face leaves to be done."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from typing import Any

import gradio as gr
from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from components import messages
from components.ui.refusals import refusal

_CHECK = "_check_login_status"
_log = logging.getLogger(__name__)


def sign_in_handlers(*, is_offered: bool) -> Mapping[Any, Callable[..., Any]]:
    """Return the exception handlers that signing in needs."""
    if not is_offered:
        return {}
    # Importing it takes most of a second; where signing in is offered, Gradio has done so already.
    from authlib.integrations.base_client import OAuthError  # noqa: PLC0415

    return {OAuthError: _not_signed_in}


def unpublish(blocks: gr.Blocks) -> None:
    """Take the sign-in button's own question out of the API's description: it is of no use to programs."""
    for function in blocks.fns.values():
        if function.api_name == _CHECK:
            function.api_visibility = "private"


async def _not_signed_in(_: Request, __: Exception) -> Response:
    """Bring back to the page whoever did not agree at Hugging Face, or came with a stale answer of it."""
    return RedirectResponse("/", 303)


class SignIn:
    """ASGI middleware: other sites sign nobody out, and what Hugging Face did not answer is said in words."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
        elif scope["path"] == "/logout" and Headers(scope=scope).get("sec-fetch-site") in ("cross-site", "same-site"):
            # A picture in another site's page would do; such a request names no origin.
            await refusal(scope, 403, "Pages of other sites may not sign anybody out.")(scope, receive, send)
        elif scope["path"].startswith("/login/"):
            await self._sign_in(scope, receive, send)
        else:
            await self._app(scope, receive, send)

    async def _sign_in(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Nothing is sent before Hugging Face has answered."""
        try:
            await self._app(scope, receive, send)
        except Exception:  # noqa: BLE001 - whatever it is, somebody waits for a word
            _log.exception("signing in failed")
            sentence = messages.in_full(messages.SIGN_IN_FAILED, is_free=True)
            await refusal(scope, 502, sentence)(scope, receive, send)
