"""MCP server: the page's tools for programs, by the Model Context Protocol over HTTP. Needs the package `mcp`.

Not Gradio's own: that one calls the page through its own address, where all callers would be one client, reports no
steps, and knows neither ranges nor required parameters.
"""

from __future__ import annotations

import base64
import json
import logging
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Any

from gradio.route_utils import get_root_url
from mcp import types
from mcp.server.lowlevel import Server
from mcp.server.streamable_http_manager import StreamableHTTPSessionManager
from starlette.requests import Request
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from components import messages
from components.domain.job import Job
from components.domain.person import Person
from components.errors import PlaygroundError
from components.ui.http.allowlist import MCP_PATH
from components.ui.http.client_address import client_address
from components.ui.http.lent_gpu import on_share_of
from components.ui.identity import user_of
from components.ui.programs.picture_calls import CallFailed, PictureCalls, Report
from components.ui.programs.progress_text import progress_text
from components.ui.programs.tool_list import TOOLS, input_schema
from components.ui.programs.tools import PictureResult, ProgramTools, ToolCaller, ToolResult, Values

_log = logging.getLogger(__name__)
_LEAST_STEP = 0.001
"""Progress must grow with every report, also while nothing is known of it."""


class McpServer:
    """Server of the tools; its routes answer while `running` is entered. No session is kept: each call is whole."""

    def __init__(self, title: str, calls: PictureCalls) -> None:
        self._tools = ProgramTools(calls)
        self._server: Server[Any, Any] = Server(title)
        self._server.list_tools()(self._listed)
        # Without the library's decorator, which checks values with messages of its own, and logs names that are sent.
        self._server.request_handlers[types.CallToolRequest] = self._called
        self._sessions = StreamableHTTPSessionManager(self._server, stateless=True)
        # POST alone: without sessions there is no stream to open or to end.
        self.routes = [Route(path, _Endpoint(self._sessions), methods=["POST"]) for path in (MCP_PATH, f"{MCP_PATH}/")]

    @asynccontextmanager
    async def running(self) -> AsyncGenerator[None]:
        """Answer calls while the context is open."""
        async with self._sessions.run():
            yield

    async def _listed(self) -> list[types.Tool]:
        family = self._tools.playground.backend.family
        return [
            types.Tool(
                name=tool.name,
                title=tool.title,
                description=tool.description,
                inputSchema=input_schema(tool, family),
                annotations=types.ToolAnnotations(readOnlyHint=tool.is_read_only, openWorldHint=False),
            )
            for tool in TOOLS.values()
        ]

    async def _called(self, request: types.CallToolRequest) -> types.ServerResult:
        return types.ServerResult(await self._answered(request.params.name, request.params.arguments or {}))

    async def _answered(self, name: str, arguments: Values) -> types.CallToolResult:
        try:
            return await self._result(name, arguments)
        except CallFailed as error:
            return _refusal(str(error))
        except PlaygroundError as error:
            return _refusal(messages.in_full(error.message, is_free=True))
        except Exception:  # noqa: BLE001 - logged in full, and answered by a message; the library would tell its text
            _log.exception("a tool failed")
            return _refusal(messages.in_full(messages.OUR_FAULT, is_free=self._tools.playground.backend.free))

    async def _result(self, name: str, arguments: Values) -> types.CallToolResult:
        if (tool := TOOLS.get(name)) is None:
            return _refusal(f"There is no tool {name[:100]}. These exist: {', '.join(TOOLS)}.")
        known = input_schema(tool, self._tools.playground.backend.family)["properties"]
        if arguments.keys() - known.keys():
            return _refusal(f"{name} takes these parameters and no others: {', '.join(known) or 'none'}.")
        caller = self._caller()
        if name == "generate":
            with on_share_of(self._server.request_context.request):
                return _picture(await self._tools.generate(arguments, caller, self._report()))
        answer = {"price": self._tools.price, "recent": self._tools.recent, "balance": self._tools.balance}[name]
        return _answer(await answer(arguments, caller))

    def _caller(self) -> ToolCaller:
        request = self._server.request_context.request
        assert isinstance(request, Request), "the transport over HTTP gives its request"
        root = get_root_url(request, request.url.path, None)
        return ToolCaller(Person.program(user_of(request)), client_address(request.scope), root)

    def _report(self) -> Report | None:
        """Return how the client of the current call wants to hear of its progress; None when it does not."""
        context = self._server.request_context
        token = context.meta.progressToken if context.meta else None
        if token is None:
            return None
        reached = 0.0

        async def report(job: Job) -> None:
            nonlocal reached
            reached = max(float(job.step or 0), reached + _LEAST_STEP)
            await context.session.send_progress_notification(
                token, reached, job.steps, progress_text(job), related_request_id=str(context.request_id)
            )

        return report


class _Endpoint:
    """ASGI app of the sessions; as a class, since Starlette takes a function for one that returns its answer."""

    def __init__(self, sessions: StreamableHTTPSessionManager) -> None:
        self._sessions = sessions

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self._sessions.handle_request(scope, receive, send)


def _picture(made: PictureResult) -> types.CallToolResult:
    data = base64.b64encode(made.content).decode()
    image = types.ImageContent(type="image", data=data, mimeType=made.media_type)
    return types.CallToolResult(content=[image, _text(made.details)], structuredContent=made.details)


def _answer(values: ToolResult) -> types.CallToolResult:
    return types.CallToolResult(content=[_text(values)], structuredContent=values)


def _text(values: ToolResult) -> types.TextContent:
    return types.TextContent(type="text", text=json.dumps(values, ensure_ascii=False, indent=1))


def _refusal(text: str) -> types.CallToolResult:
    return types.CallToolResult(content=[types.TextContent(type="text", text=text)], isError=True)
