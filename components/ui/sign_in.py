"""What Gradio's signing in with Hugging Face leaves to be done."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import gradio as gr
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

_CHECK = "_check_login_status"


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
