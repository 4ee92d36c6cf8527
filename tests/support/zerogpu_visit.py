"""Request of a visitor on a ZeroGPU Space, as Gradio hands it to a listener."""

from __future__ import annotations

from typing import NoReturn

import gradio as gr
from starlette.requests import Request

from components.api.visitor_token import TOKEN_HEADER, current_token
from components.errors import StorageError
from components.messages import STORE_TROUBLE

TOKEN = "e30.eyJ1c2VyIjoiYWxpY2UifQ.c2ln"


def visit(token: str | None = TOKEN) -> gr.Request:
    """Return a request with the token that Hugging Face's proxy adds; None: it adds none."""
    headers = [] if token is None else [(TOKEN_HEADER.lower().encode(), token.encode())]
    return gr.Request(Request({"type": "http", "headers": headers, "client": ("127.0.0.1", 1), "path": "/"}))


class RefusingStart:
    """Stand-in for `Playground.start` that notes the token with which jobs would start, and refuses them."""

    def __init__(self) -> None:
        self.tokens: list[str] = []

    async def start(self, *_: object) -> NoReturn:
        self.tokens.append(current_token())
        raise StorageError(STORE_TROUBLE)
