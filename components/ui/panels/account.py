"""Account panel: backend and payer, the box for a visitor's own key, and sign-in."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from html import escape
from typing import Any

import gradio as gr

from components import messages
from components.domain.person import ANONYMOUS, Person
from components.errors import PlaygroundError
from components.messages.catalogue import text_record
from components.services.accounts import AccountStatus, VisitorKeyView
from components.services.playground import Playground
from components.ui import assets
from components.ui.http.client_address import address_of
from components.ui.http.csp import SPACES_SITE
from components.ui.identity import as_object, person_of, session_key
from components.ui.message_json import message_json
from components.ui.panels.language import place_language_picker
from components.ui.panels.sign_in import place_sign_in


class AccountPanel:
    """Title, account panel, sign-in button and choice of the language.

    The key box is not a Gradio component, so a key is in no event's inputs, link or run history. The panel's script
    sends it to `use_key` and stores the token that comes back.
    """

    def __init__(self, title: str, playground: Playground, routes: gr.LoginButton | None = None) -> None:
        """`routes`: see `sign_in_routes`; None where sign-in is not offered."""
        self._playground = playground
        with gr.Row(elem_id="head"):
            gr.HTML(title, html_template=assets.text("ui/title.html"), elem_id="title", apply_default_css=False)
            gr.HTML(
                _initial_value(playground),
                html_template=assets.template("ui/account/panel.html"),
                elem_id="account",
                apply_default_css=False,
                js_on_load=assets.mount("account/account", "mount", _messages()),
                server_functions=self._server_functions(),
            )
            if routes:
                place_sign_in(routes)
            place_language_picker()

    def _server_functions(self) -> list[Callable[..., Awaitable[Any]]]:
        """Return the server functions of the script. Gradio sets an attribute on each, so they cannot be methods."""
        playground = self._playground

        async def account_status(payload: Any, request: gr.Request) -> dict[str, Any]:
            """Return the content of the panel."""
            values = as_object(payload)
            person, browser = person_of(values, request), Person.browser(values.get("visitor"))
            return _status_json(await playground.account_status(person, browser, session_key(values)), playground)

        async def use_key(payload: Any, request: gr.Request) -> dict[str, Any]:
            """Check and store a key; return `{token, own_key}`, or `{refused}` with the reason."""
            values = as_object(payload)
            try:
                grant = await playground.use_key(person_of(values, request), values.get("text"), address_of(request))
            except PlaygroundError as error:
                return {"refused": message_json(error.message, is_free=True)}
            return {"token": grant.token, "own_key": _visitor_key_json(grant.view, playground)}

        async def forget_key(payload: Any) -> bool:
            """Delete a key; the script takes True as the confirmation."""
            playground.accounts.forget_key(session_key(as_object(payload)))
            return True

        async def take_along(payload: Any, request: gr.Request) -> dict[str, Any]:
            """Move this browser's jobs to the signed-in user; return `{taken}`, their number, or `{refused}`."""
            values = as_object(payload)
            person, browser = person_of(values, request), Person.browser(values.get("visitor"))
            try:
                return {"taken": await playground.accounts.transfer_jobs(browser, person)}
            except PlaygroundError as error:
                return {"refused": message_json(error.message, is_free=True)}

        return [account_status, use_key, forget_key, take_along]


def _initial_value(playground: Playground) -> dict[str, Any]:
    """Return the panel's content for an unknown visitor, shown until the script has the real one.

    It has the same height, so that the page does not jump.
    """
    problem = playground.access_problem(Person(ANONYMOUS))
    can_sign_in, backend = playground.config.can_sign_in, playground.backend_for("")
    return {
        # Escaped: the template inserts HTML, and the description has the model's name, which the host sets.
        "payer": "" if problem else escape(str(backend.label)),
        "invitation": "account.make_it_real" if backend.is_practice else "account.use_own_key",
        "practice": "yes" if backend.is_practice else "no",
        "open": bool(problem) and not can_sign_in,
        "repository": escape(f"{SPACES_SITE}/spaces/{space}") if (space := playground.config.space) else "",
        "certainty": "unsure" if problem and can_sign_in else "",
    }


def _messages() -> dict[str, dict[str, Any]]:
    """Return the messages that the script shows without an answer of the server."""
    texts = {
        "key_away": messages.KEY_AWAY,
        "key_not_checked": messages.KEY_NOT_CHECKED,
        "key_not_forgotten": messages.KEY_NOT_FORGOTTEN,
    }
    return {name: message_json(message, is_free=True) for name, message in texts.items()}


def _status_json(status: AccountStatus, playground: Playground) -> dict[str, Any]:
    return {
        "user": status.user,
        "can_sign_in": status.can_sign_in,
        "own_key": _visitor_key_json(status.visitor_key, playground),
        "key_lost": status.is_key_lost,
        "obstacle": message_json(status.access_problem, is_free=True) if status.access_problem else None,
        "paid_by": text_record(status.paid_by),
        "to_bring": status.transferable,
        "is_practice": status.is_practice,
    }


def _visitor_key_json(view: VisitorKeyView | None, playground: Playground) -> dict[str, Any] | None:
    """Return a tab's key as the panel shows it, with the model that it pays for; None without a key."""
    if not view:
        return None
    return {"masked": view.masked, "balance": view.balance, "model": playground.visitor_backend.model}
