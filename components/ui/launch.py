"""Launch: Gradio's settings, the app's own routes, and the ASGI middlewares in their order."""

from __future__ import annotations

import sys
from collections.abc import AsyncGenerator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from typing import TYPE_CHECKING, Any

import gradio as gr
from fastapi import FastAPI
from gradio.themes import Base
from gradio.utils import get_upload_folder
from starlette.middleware import Middleware

from components.clock import Clock
from components.domain.person import ANONYMOUS, Person
from components.net.open_files import raised_limit
from components.services.host_config import HostConfig
from components.services.playground import Playground
from components.ui import assets
from components.ui.gallery.feed import feed_route
from components.ui.gradio_files import FirstFiles
from components.ui.http.compression import Compression
from components.ui.http.csp import CspNonces
from components.ui.http.exceptions import handlers
from components.ui.http.forwarded import ForwardedHeaders
from components.ui.http.gradio_server import bounded_server
from components.ui.http.gradio_sessions import use_lean_sessions
from components.ui.http.host_check import HostCheck
from components.ui.http.page_html import PageHtml
from components.ui.http.page_turns import PageTurns
from components.ui.http.payload_schema import PayloadSchema, PayloadValidation
from components.ui.http.rate_limit import RateLimit, rates_within
from components.ui.http.security import OriginCheck, SecurityHeaders
from components.ui.http.sessions import Sessions
from components.ui.http.sign_in import SignIn, partition_sessions, sign_in_handlers
from components.ui.http.upload_folder import bounded_folder
from components.ui.labels import Labels
from components.ui.opening import Opening
from components.ui.page import TITLE, Page
from components.ui.programs.call_limits import EVENT_SLOTS
from components.ui.programs.generate import misnamed_parameter
from components.ui.programs.openapi import openapi_route
from components.ui.routes.files import routes
from components.ui.routes.gradio_assets import gradio_assets_route
from components.ui.routes.health import health_route
from components.ui.routes.host import HostPage
from components.ui.routes.lora_pictures import lora_picture_route
from components.ui.routes.manifest import manifest_route
from components.ui.shell import page_html

if TYPE_CHECKING:
    from components.ui.programs.mcp_server import McpServer

UPLOAD_LIMIT = "45mb"
"""Largest file of Gradio's own upload route, in Gradio's notation."""
QUEUE_LIMIT = 500
"""Events that may wait in Gradio's queue; more get its answer 503."""
QUEUE_POLL_SECONDS = 0.02
"""Interval in which Gradio's queue looks for events; its default of 1 ms costs an idle app 7 % of a core."""
SESSION_CAPACITY = 1000
"""Sessions whose state Gradio stores (its default is 10,000); the oldest is dropped beyond it."""


def launch(playground: Playground, *, wait: bool = True) -> gr.Blocks:
    """Serve the page until it is closed; without `wait`, return as soon as it is served.

    Address and port are read by Gradio from `GRADIO_SERVER_NAME` and `GRADIO_SERVER_PORT`.
    """
    page, host = Page(playground), HostPage(playground)
    blocks, labels = page.blocks, Labels(page.blocks.config)
    # Gradio's default of one event at a time for each function would make every press wait for the one before.
    blocks.queue(max_size=QUEUE_LIMIT, default_concurrency_limit=None)
    gradio_queue = blocks._queue  # pyright: ignore[reportPrivateUsage] - Gradio 6.31 has no setting for it
    gradio_queue.sleep_when_free = gradio_queue.progress_update_sleep_when_free = QUEUE_POLL_SECONDS
    use_lean_sessions()
    with bounded_server(playground.config.proxies):
        _serve(blocks, labels, _app_kwargs(playground, host, page, labels))
    if invitation := host.invitation(blocks.share_url or blocks.local_url or ""):
        sys.stdout.write(f"{invitation}\n")
        # Where the output is a pipe, as in a container, the line would wait in a buffer.
        sys.stdout.flush()
    if wait:
        blocks.block_thread()
    return blocks


def _serve(blocks: gr.Blocks, labels: Labels, app_kwargs: dict[str, Any]) -> None:
    """Start Gradio's server in a thread of its own and return."""
    blocks.launch(
        app_kwargs=app_kwargs,
        theme=_theme(),
        favicon_path=str(assets.FOLDER / "icons" / "icon-192.png"),
        pwa=True,
        css=assets.eager_styles(),
        i18n=labels.translations(),
        footer_links=["api", "gradio"],
        # Gradio's file route then serves its own upload folder and nothing else of this machine.
        allowed_paths=[],
        max_file_size=UPLOAD_LIMIT,
        # Gradio's default of 40 slots could all be taken by waiting programs: a press would then wait for them.
        max_threads=EVENT_SLOTS,
        # On by default in Gradio 6.31: statistics for anyone to read, and the prompts in the browser's storage.
        enable_monitoring=False,
        run_history=False,
        # Its Node process outlived the app (tried) and gained little.
        ssr_mode=False,
        # Explicit, since GRADIO_MCP_SERVER would turn on Gradio's own; that variable turns on ours.
        mcp_server=False,
        # The text of an unforeseen exception stays in the log.
        show_error=False,
        state_session_capacity=SESSION_CAPACITY,
        # Returns at once: the host's link, which is printed after it, needs the port that Gradio chose.
        prevent_thread_lock=True,
    )


def _app_kwargs(playground: Playground, host: HostPage, page: Page, labels: Labels) -> dict[str, Any]:
    """Return the arguments of Gradio's FastAPI app: routes, lifespan, exception handlers, middlewares."""
    mcp = _mcp_server(playground.config, page)
    first = FirstFiles.of(sorted({part["type"] for part in page.blocks.config["components"]}))

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncGenerator[None]:
        partition_sessions(app)
        async with playground.running(), bounded_folder(get_upload_folder(), Clock()), AsyncExitStack() as stack:
            if mcp:
                await stack.enter_async_context(mcp.running())
            yield

    return {
        "routes": [
            # First, since most requests are for it, and a router tries its routes one after another.
            feed_route(playground),
            manifest_route(TITLE),
            health_route(playground.store),
            gradio_assets_route(first),
            openapi_route(),
            *routes(playground),
            page.archives.route,
            *([lora_picture_route(playground.lora_finder)] if playground.lora_finder else []),
            *host.routes,
            *(mcp.routes if mcp else ()),
        ],
        "lifespan": lifespan,
        "exception_handlers": {
            **handlers(misnamed_parameter),
            **sign_in_handlers(is_offered=playground.config.can_sign_in),
        },
        "middleware": _middleware(page.blocks, playground.config, page_html(_opening(playground), first, labels)),
    }


def _opening(playground: Playground) -> Opening:
    backend = playground.backend
    needs_key = playground.access_problem(Person(ANONYMOUS)) is not None
    return Opening(TITLE, is_priced=not backend.free, is_practice=backend.is_practice, needs_key=needs_key)


def _mcp_server(config: HostConfig, page: Page) -> McpServer | None:
    """Return the server of tools for programs; None where the host has not turned it on."""
    if not config.has_mcp_server:
        return None
    from components.ui.programs.mcp_server import McpServer  # noqa: PLC0415 - its package need not be installed

    return McpServer(TITLE, page.calls)


def _middleware(blocks: gr.Blocks, config: HostConfig, html: Callable[[str], PageHtml]) -> list[Middleware]:
    """Return the middlewares that every request passes, the outermost first."""
    return [
        # Before all others, which ask whose request it is.
        Middleware(ForwardedHeaders, proxies=config.proxies),
        # Outside all that refuse, so that their refusals carry the headers too.
        Middleware(SecurityHeaders, frames=config.frames),
        # Before anything that costs CPU time. It bounds the body that PayloadValidation reads as a whole.
        Middleware(RateLimit, clock=Clock(), limits=rates_within(raised_limit())),
        Middleware(HostCheck, names=config.host_names),
        Middleware(OriginCheck),
        # Before Sessions, which reads the session hash from the parsed payload.
        Middleware(PayloadValidation, schema=PayloadSchema.of(blocks)),
        Middleware(Sessions),
        # Outside what makes the page, which costs time too.
        Middleware(PageTurns),
        # Outside CspNonces, which rewrites the page's HTML and so needs it uncompressed.
        Middleware(Compression),
        Middleware(CspNonces, html=html, frames=config.frames),
        Middleware(SignIn),
    ]


def _theme() -> Base:
    """Return the theme, in system fonts: Gradio's default font is 103 kB of every first page load (measured)."""
    fonts = ["system-ui", "-apple-system", "Segoe UI", "Roboto", "sans-serif"]
    surface = {
        "body_background_fill": "ground",
        "background_fill_primary": "surface",
        "input_background_fill": "surface",
    }
    surface |= {"background_fill_secondary": "raised", "block_background_fill": "surface"}
    lines = {"border_color_primary": "line", "input_border_color": "line-strong", "block_border_color": "line"}
    ink = {"body_text_color": "ink", "block_label_text_color": "quiet", "block_title_text_color": "ink"}
    quiet = dict.fromkeys(("body_text_color_subdued", "block_info_text_color", "input_placeholder_color"), "quiet")
    accent = {"button_primary_background_fill": "accent", "button_primary_background_fill_hover": "accent-strong"}
    accent |= {"button_primary_text_color": "accent-ink", "color_accent_soft": "accent-soft"}
    # The tokens have their own values for the dark page: Gradio's two names of each get the same one.
    tokens = {**surface, **lines, **ink, **quiet, **accent}
    both = {f"{name}{ending}": f"var(--pg-{token})" for name, token in tokens.items() for ending in ("", "_dark")}
    theme = Base(primary_hue="indigo", neutral_hue="zinc", radius_size="md", font=fonts)
    return theme.set(**both, slider_color="*primary_600", slider_color_dark="*primary_500", input_border_width="1px")
