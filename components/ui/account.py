"""The account panel: who paints and whose key pays, a box for a key of one's own, signing in."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import asdict
from html import escape
from typing import Any

import gradio as gr

from components import messages
from components.errors import PlaygroundError
from components.person import NOBODY, Person
from components.playground import Playground
from components.standing import OwnKeyShown, Standing
from components.ui import assets
from components.ui.rows import told
from components.ui.who import key_token, person_of, values_of


class Account:
    """Owns the title, the panel and the sign-in button.

    The key box is no component of Gradio's: what is typed there is in no event's inputs, no link, no history. The
    panel's script hands it to `use_key` and keeps the token that comes back.
    """

    def __init__(self, title: str, playground: Playground) -> None:
        self._playground = playground
        with gr.Row(elem_id="head"):
            gr.HTML(title, html_template=assets.text("html/title.html"), elem_id="title", apply_default_css=False)
            gr.HTML(
                _first(playground),
                html_template=assets.text("html/account.html"),
                elem_id="account",
                apply_default_css=False,
                js_on_load=assets.mount("mount_account.js", _messages()),
                server_functions=self._answers(),
            )
            if playground.house.can_sign_in:
                # No icon: it would lie among Gradio's own files, which are closed.
                gr.LoginButton(logout_value="Sign out", icon=None, elem_id="sign-in", size="sm", scale=0)

    def _answers(self) -> list[Callable[..., Awaitable[Any]]]:
        """Return what the script may ask; Gradio marks each, so they are functions and not methods."""
        playground = self._playground

        async def standing(ask: Any, request: gr.Request) -> dict[str, Any]:
            """Return what the panel shows."""
            values = values_of(ask)
            person, browser = person_of(values, request), Person.browser(values.get("visitor"))
            return _shown(await playground.standing(person, browser, key_token(values)), playground)

        async def use_key(ask: Any, request: gr.Request) -> dict[str, Any]:
            """Hold a key: `{token, own_key}`, or `{refused}` with the reason."""
            values = values_of(ask)
            try:
                grant = await playground.use_key(person_of(values, request), values.get("text"))
            except PlaygroundError as error:
                return {"refused": told(error.sentence, is_free=True)}
            return {"token": grant.token, "own_key": _own_key(grant.shown, playground)}

        async def forget_key(ask: Any) -> bool:
            """Let go of a key; the answer tells the script that it was heard."""
            playground.visitors.forget_key(key_token(values_of(ask)))
            return True

        async def take_along(ask: Any, request: gr.Request) -> dict[str, Any]:
            """Hand this browser's pictures to the one who signed in: `{taken}`, or `{refused}`."""
            values = values_of(ask)
            person, browser = person_of(values, request), Person.browser(values.get("visitor"))
            try:
                return {"taken": await playground.visitors.take_along(browser, person)}
            except PlaygroundError as error:
                return {"refused": told(error.sentence, is_free=True)}

        return [standing, use_key, forget_key, take_along]


def _first(playground: Playground) -> dict[str, Any]:
    """Return what the panel shows until it has asked: what holds for somebody unknown, so that nothing jumps."""
    told_in_the_way = playground.obstacle(Person(NOBODY))
    obstacle = messages.in_full(told_in_the_way, is_free=True) if told_in_the_way else ""
    can_sign_in = playground.house.can_sign_in
    return {
        # A model's name is the host's to choose.
        "payer": "" if obstacle else escape(playground.backend.introduction),
        "obstacle": escape(obstacle),
        "open": bool(obstacle) and not can_sign_in,
        "certainty": "unsure" if obstacle and can_sign_in else "",
    }


def _messages() -> dict[str, dict[str, str]]:
    """Return what the script says by itself."""
    said = {
        "key_away": messages.KEY_AWAY,
        "key_not_checked": messages.KEY_NOT_CHECKED,
        "key_not_forgotten": messages.KEY_NOT_FORGOTTEN,
    }
    return {name: told(sentence, is_free=True) for name, sentence in said.items()}


def _shown(standing: Standing, playground: Playground) -> dict[str, Any]:
    return {
        "user": standing.user,
        "can_sign_in": standing.can_sign_in,
        "own_key": _own_key(standing.own_key, playground),
        "key_lost": standing.is_key_lost,
        "obstacle": told(standing.obstacle, is_free=True) if standing.obstacle else None,
        "paid_by": standing.paid_by,
        "to_bring": standing.to_bring,
    }


def _own_key(shown: OwnKeyShown | None, playground: Playground) -> dict[str, str] | None:
    """Return a tab's key as its owner sees it, and what it pays for."""
    return asdict(shown) | {"model": playground.own_backend.model} if shown else None
