"""What Gradio's routes take of this page: checked before Gradio sees a value of the wrong type."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial

import gradio as gr

from components.generation import is_whole
from components.ui.posted import Misshapen, Posted

_SESSION = re.compile(r"[A-Za-z0-9_-]{1,64}")
_UNUSED = ("event_id", "oauth_token", "simple_format", "batched")
"""What Gradio's own queue sets, or nobody."""

Check = Callable[[Posted], None]
"""Raises Misshapen for a body that its route does not take."""


@dataclass(frozen=True, slots=True)
class Shapes:
    """The functions behind the page: how many values each takes, and what each component answers."""

    events: Mapping[int, int]
    programs: Mapping[str, int]
    answers: Mapping[int, frozenset[str]]

    @classmethod
    def of(cls, blocks: gr.Blocks) -> Shapes:
        """Read them from the page. Listeners that run in the browser alone have no function here."""
        functions = {number: function for number, function in blocks.fns.items() if function.fn}
        public = [function for function in functions.values() if function.api_visibility == "public"]
        components = {number: getattr(block, "server_fns", []) for number, block in blocks.blocks.items()}
        return cls(
            events={number: len(function.inputs) for number, function in functions.items()},
            programs={str(function.api_name): len(function.inputs) for function in public},
            answers={number: frozenset(answer.__name__ for answer in found) for number, found in components.items()},
        )

    def check_of(self, path: str) -> Check:
        """Return the check of a route's body."""
        route = path.removeprefix("/gradio_api/").rstrip("/")
        if route.startswith("call"):
            return self._check_of_call(route)
        checks: dict[str, Check] = {"queue/join": self._event, "component_server": self._answer, "cancel": _cancel}
        return checks.get(route, _anything)

    def _check_of_call(self, route: str) -> Check:
        kind, _, program = route.rpartition("/")
        if kind not in ("call", "call/v2") or program not in self.programs:
            return _no_program
        return partial(self._program, program) if kind == "call" else _anything  # Gradio checks the parameters' names

    def _event(self, body: Posted) -> None:
        session_of(body)
        number = body.get("fn_index")
        if not is_whole(number) or number not in self.events:
            raise Misshapen("This page has no such event.")
        if body.get("trigger_id") is not None and not is_whole(body["trigger_id"]):
            raise Misshapen("trigger_id must be a whole number.")
        _values(body, self.events[number])

    def _answer(self, body: Posted) -> None:
        session_of(body)
        number = body.get("component_id")
        if not is_whole(number) or body.get("fn_name") not in [*self.answers.get(number, ())]:
            raise Misshapen("This page has no such function.")
        if not isinstance(body.get("data"), dict):
            raise Misshapen("data must be an object.")

    def _program(self, name: str, body: Posted) -> None:
        if body.get("session_hash") is not None:
            session_of(body)
        _values(body, self.programs[name])


def session_of(body: Posted) -> str:
    """Return the session a body names. Raises Misshapen."""
    session = body.get("session_hash")
    if not isinstance(session, str) or not _SESSION.fullmatch(session):
        raise Misshapen("session_hash must be a text of up to 64 letters, digits, - and _.")
    return session


def _values(body: Posted, count: int) -> None:
    values = body.get("data")
    if not isinstance(values, list) or len(values) != count:
        raise Misshapen(f"data must be a list of {count} values.")
    if any(body.get(name) for name in _UNUSED):
        raise Misshapen(f"These are not used here: {', '.join(_UNUSED)}.")


def _cancel(body: Posted) -> None:
    session_of(body)
    if not isinstance(body.get("event_id"), str) or not is_whole(body.get("fn_index")):
        raise Misshapen("cancel takes session_hash, event_id and fn_index.")


def _no_program(_: Posted) -> None:
    raise Misshapen("There is no such endpoint. See the page's footer, Use via API.")


def _anything(_: Posted) -> None:
    """Accept any JSON object."""
