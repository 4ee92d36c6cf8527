"""Payload validation: JSON posted to Gradio's routes is checked before Gradio reads it. One ASGI middleware."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial

import gradio as gr
from starlette.datastructures import Headers
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from components.domain.request import is_whole
from components.ui.http.payload import InvalidPayload, JsonObject, parse
from components.ui.http.responses import program_refusal
from components.ui.http.sessions import PAYLOAD_KEY

UPLOAD = "/gradio_api/upload"


class PayloadValidation:
    """ASGI middleware: JSON of its route's schema and multipart uploads pass, all else that is posted gets 415 or 422.

    Gradio itself would answer many of them with a 500 and a traceback in the log.
    """

    def __init__(self, app: ASGIApp, schema: PayloadSchema) -> None:
        self._app, self._schema = app, schema

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one ASGI connection."""
        if scope["type"] != "http" or scope["method"] != "POST" or not scope["path"].startswith("/gradio_api/"):
            await self._app(scope, receive, send)
        elif refused := _wrong_media_type(scope):
            await refused(scope, receive, send)
        elif scope["path"] == UPLOAD:
            await self._app(scope, receive, send)
        else:
            await self._checked(scope, receive, send)

    async def _checked(self, scope: Scope, receive: Receive, send: Send) -> None:
        limit = _max_bytes(scope["path"])
        raw = await _read_body(receive, limit)
        if len(raw) > limit:
            await program_refusal(scope, 413, f"This address takes up to {limit:,} bytes.")(scope, receive, send)
            return
        try:
            payload = parse(raw)
            self._schema.check_of(scope["path"])(payload)
        except InvalidPayload as error:
            await program_refusal(scope, 422, str(error))(scope, receive, send)
            return
        # The body is read, so the app gets it again; Sessions finds it parsed.
        await self._app({**scope, PAYLOAD_KEY: payload}, _replaying(raw, receive), send)


def _wrong_media_type(scope: Scope) -> Response | None:
    required = "multipart/form-data" if scope["path"] == UPLOAD else "application/json"
    media_type = Headers(scope=scope).get("content-type", "").partition(";")[0].strip().lower()
    return None if media_type == required else program_refusal(scope, 415, f"This address takes {required}.")


def _max_bytes(path: str) -> int:
    """Return how many bytes of a body a route reads; RateLimit before this middleware has the limit of all."""
    route = _route(path)
    if route in ("queue/join", "mcp") or route.startswith("call/"):
        return _PROGRAM_BYTES
    return _FORM_BYTES if route == "component_server" else _PLAIN_BYTES


def _route(path: str) -> str:
    return path.removeprefix("/gradio_api/").rstrip("/")


async def _read_body(receive: Receive, limit: int) -> bytes:
    """Return the body, of one above `limit` a little more than that; RateLimit before this one limits its time."""
    raw = bytearray()
    while True:
        message = await receive()
        # Read to its end, and dropped: a client that still sends would lose the answer.
        if len(raw) <= limit:
            raw += message.get("body", b"")
        if not message.get("more_body", False):
            return bytes(raw)


def _replaying(raw: bytes, receive: Receive) -> Receive:
    """Return a `receive` that first returns a body that was read already."""
    pending: list[Message] = [{"type": "http.request", "body": raw, "more_body": False}]

    async def receive_again() -> Message:
        return pending.pop() if pending else await receive()

    return receive_again


_PROGRAM_BYTES = 1024 * 1024
"""A program may send its images as data URIs."""
_FORM_BYTES = 256 * 1024
"""A form with two prompts and four LoRAs of the most characters, of four bytes each, has about 120,000."""
_PLAIN_BYTES = 16 * 1024
_SESSION = re.compile(r"[A-Za-z0-9_-]{1,64}")
_UNUSED = ("event_id", "oauth_token", "simple_format", "batched")
"""Fields of Gradio's request body that only its own code sets, or that are not used here: they must be empty."""

Check = Callable[[JsonObject], None]
"""Raises InvalidPayload for a body that its route does not accept."""


@dataclass(frozen=True, slots=True)
class PayloadSchema:
    """Functions behind the page that a browser or program may call, read from the Blocks."""

    events: Mapping[int, int]
    """Number of input values by event number (`fn_index`)."""
    programs: Mapping[str, int]
    """Number of input values by name of a public endpoint."""
    server_functions: Mapping[int, frozenset[str]]
    """Names of server functions by number of their component."""

    @classmethod
    def of(cls, blocks: gr.Blocks) -> PayloadSchema:
        """Read the schema from a page, without listeners that run a script in the browser only."""
        functions = {number: function for number, function in blocks.fns.items() if function.fn}
        public = [function for function in functions.values() if function.api_visibility == "public"]
        components = {number: getattr(block, "server_fns", []) for number, block in blocks.blocks.items()}
        return cls(
            events={number: len(function.inputs) for number, function in functions.items()},
            programs={str(function.api_name): len(function.inputs) for function in public},
            server_functions={
                number: frozenset(function.__name__ for function in found) for number, found in components.items()
            },
        )

    def check_of(self, path: str) -> Check:
        """Return the check of a route's body; routes without a schema accept any JSON object."""
        route = _route(path)
        if route.startswith("call"):
            return self._check_of_call(route)
        checks: dict[str, Check] = {
            "queue/join": self._check_event,
            "component_server": self._check_server_function,
            "cancel": _check_cancel,
        }
        return checks.get(route, _any_object)

    def _check_of_call(self, route: str) -> Check:
        kind, _, program = route.rpartition("/")
        if kind not in ("call", "call/v2") or program not in self.programs:
            return _unknown_endpoint
        # v2 takes named parameters, which Gradio checks itself.
        return partial(self._check_program, program) if kind == "call" else _any_object

    def _check_event(self, body: JsonObject) -> None:
        session_of(body)
        number = body.get("fn_index")
        if not is_whole(number) or number not in self.events:
            raise InvalidPayload("This page has no such event.")
        if body.get("trigger_id") is not None and not is_whole(body["trigger_id"]):
            raise InvalidPayload("trigger_id must be a whole number.")
        _check_values(body, self.events[number])

    def _check_server_function(self, body: JsonObject) -> None:
        session_of(body)
        number = body.get("component_id")
        if not is_whole(number) or body.get("fn_name") not in [*self.server_functions.get(number, ())]:
            raise InvalidPayload("This page has no such function.")
        if not isinstance(body.get("data"), dict):
            raise InvalidPayload("data must be an object.")

    def _check_program(self, name: str, body: JsonObject) -> None:
        if body.get("session_hash") is not None:
            session_of(body)
        _check_values(body, self.programs[name])


def session_of(body: JsonObject) -> str:
    """Return the session hash in a body. Raises InvalidPayload."""
    session = body.get("session_hash")
    if not isinstance(session, str) or not _SESSION.fullmatch(session):
        raise InvalidPayload("session_hash must be a text of up to 64 letters, digits, - and _.")
    return session


def _check_values(body: JsonObject, count: int) -> None:
    values = body.get("data")
    if not isinstance(values, list) or len(values) != count:
        raise InvalidPayload(f"data must be a list of {count} values.")
    if any(body.get(name) for name in _UNUSED):
        raise InvalidPayload(f"These are not used here: {', '.join(_UNUSED)}.")


def _check_cancel(body: JsonObject) -> None:
    session_of(body)
    if not isinstance(body.get("event_id"), str) or not is_whole(body.get("fn_index")):
        raise InvalidPayload("cancel takes session_hash, event_id and fn_index.")


def _unknown_endpoint(_: JsonObject) -> None:
    raise InvalidPayload("There is no such endpoint. See the page's footer, Use via API.")


def _any_object(_: JsonObject) -> None:
    """Accept any JSON object."""
