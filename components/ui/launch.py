"""Open the page to browsers, with every launch setting chosen on purpose."""

from __future__ import annotations

import sys
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Any

import gradio as gr
from fastapi import FastAPI
from gradio.themes import Base
from starlette.middleware import Middleware

from components.clock import Clock
from components.playground import Playground
from components.ui import assets
from components.ui.compression import Compression
from components.ui.faults import handlers
from components.ui.guard import Guard, SafeHeaders
from components.ui.host import HostPage
from components.ui.limits import STANDARD, Limits
from components.ui.page import Page
from components.ui.policy import Nonces
from components.ui.posts import Posts
from components.ui.routes import routes
from components.ui.sessions import Sessions
from components.ui.shapes import Shapes
from components.ui.sign_in import SignIn, sign_in_handlers, unpublish

UPLOAD_LIMIT = "25mb"
QUEUE_LIMIT = 500
SESSIONS = 1000
"""Sessions whose state Gradio holds, about 75 kB each; one that comes back after that is given a new one."""


def launch(playground: Playground, *, wait: bool = True) -> gr.Blocks:
    """Serve the page; returns at the end, or at once unless `wait`. Address and port are Gradio's own settings."""
    page, host = Page(playground), HostPage(playground)
    blocks = page.blocks
    unpublish(blocks)
    blocks.queue(max_size=QUEUE_LIMIT, default_concurrency_limit=None)
    blocks.launch(
        app_kwargs=_app(playground, host, page),
        theme=_theme(),
        head=assets.text("html/head.html").replace("ASSETS", assets.address("js")),
        css_paths=sorted((assets.FOLDER / "css").glob("*.css")),
        footer_links=["api", "gradio", "settings"],
        allowed_paths=[],
        max_file_size=UPLOAD_LIMIT,
        enable_monitoring=False,
        run_history=False,
        ssr_mode=False,
        mcp_server=False,
        show_error=False,
        state_session_capacity=SESSIONS,
        prevent_thread_lock=True,  # the port is known only now
    )
    if told := host.invitation(blocks.share_url or blocks.local_url or ""):
        sys.stdout.write(f"{told}\n")
        sys.stdout.flush()
    if wait:
        blocks.block_thread()
    return blocks


def _app(playground: Playground, host: HostPage, page: Page) -> dict[str, Any]:
    """Return what stands around Gradio's page: our routes, the life of what is behind it, the edge."""

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncGenerator[None]:
        async with playground.running():
            yield

    return {
        "routes": [*routes(playground), page.packs.route, *host.routes],
        "lifespan": lifespan,
        "exception_handlers": {**handlers(), **sign_in_handlers(is_offered=playground.house.can_sign_in)},
        "middleware": _edge(page.blocks),
    }


def _edge(blocks: gr.Blocks) -> list[Middleware]:
    """Return what every request passes, the outermost first."""
    return [
        Middleware(SafeHeaders),
        Middleware(Limits, clock=Clock(), allowance=STANDARD),
        Middleware(Guard),
        Middleware(Posts, shapes=Shapes.of(blocks)),
        Middleware(Sessions),
        Middleware(Compression),
        Middleware(Nonces),
        Middleware(SignIn),
    ]


def _theme() -> Base:
    """Return a quiet theme in the system's own fonts: nothing is fetched for it."""
    fonts = ["system-ui", "-apple-system", "Segoe UI", "Roboto", "sans-serif"]
    return Base(primary_hue="indigo", neutral_hue="slate", radius_size="lg", font=fonts).set(
        button_primary_background_fill="*primary_600",
        button_primary_background_fill_hover="*primary_700",
        button_primary_background_fill_dark="*primary_600",
        button_primary_background_fill_hover_dark="*primary_700",
        button_primary_text_color="white",
        body_text_color_subdued="*neutral_500",
        body_text_color_subdued_dark="*neutral_400",
        block_info_text_color="*neutral_500",
        block_info_text_color_dark="*neutral_400",
        input_placeholder_color="*neutral_500",
        input_placeholder_color_dark="*neutral_400",
        slider_color="*primary_600",
        slider_color_dark="*primary_500",
    )
