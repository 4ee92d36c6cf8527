"""Host page: spending of the host's money by person, the switch that stops it, and what SDXL of our own computes on.

Open to the host only.
"""

from __future__ import annotations

import hmac
import json
import secrets
from collections.abc import Sequence
from typing import Any

from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, PlainTextResponse, Response
from starlette.routing import BaseRoute, Route

from components import messages
from components.budget.account_level import (
    BRONZE_AT_ONCE,
    BRONZE_PER_MINUTE,
    SILVER_PER_MINUTE,
    SILVER_TOP_UP,
    Slowdown,
)
from components.budget.limits import BudgetLimits, DaySpending, PersonSpending
from components.domain.forgotten_task import ForgottenTask
from components.domain.machine import Machine
from components.domain.money import Micros, dollars
from components.errors import PlaygroundError
from components.messages.message import Message
from components.services.backend import SDXL
from components.services.playground import Playground
from components.services.spending_report import SpendingReport
from components.ui import assets
from components.ui.http.language import page_language
from components.ui.identity import user_of
from components.ui.message_json import message_json
from components.ui.shell import root_attributes

PATH = "/playground/host"
PEOPLE_SHOWN = 200
"""Persons in the table, those with the highest spending first; the others are counted."""
FORGOTTEN_SHOWN = 50
"""Forgotten tasks in their table, the latest; the others are counted."""
MAX_BODY_BYTES = 100
"""Largest body of a request to the switch."""
NOTED_DEVIATION = 0.05
"""Share of what was expected from which on the page says that the service billed something else."""
INVALID_SWITCH = 'The switch takes the JSON {"stop": true} or {"stop": false}, and nothing else.'
_GIBIBYTE = 1 << 30
_PRIVATE = {"Cache-Control": "no-store"}


class HostPage:
    """Routes of the host page and the token that opens them; none where the host has neither costs nor a machine."""

    def __init__(self, playground: Playground) -> None:
        self._playground = playground
        self._is_paid = playground.quotes is not None
        self._is_offered = self._is_paid or playground.backend.name == SDXL
        self._token = secrets.token_hex(32)

    @property
    def routes(self) -> list[BaseRoute]:
        """Return the routes, which Gradio's app serves besides its own."""
        if not self._is_offered:
            return []
        return [
            Route(PATH, self._page),
            Route(f"{PATH}/report", self._report),
            *([Route(f"{PATH}/switch", self._switch, methods=["POST"])] if self._is_paid else []),
        ]

    def invitation(self, address: str) -> str:
        """Return the log message with the URL of the page, "" where there is none.

        The token is in the fragment, which browsers do not send (RFC 3986, 3.5): it is in no access log or Referer.
        """
        if not self._is_offered:
            return ""
        if owner := self._playground.config.owner:
            return f"* Page for the host: add {PATH}#{self._token} to this Space's own address, or sign in as {owner}."
        return f"* Page for the host: {address.rstrip('/')}{PATH}#{self._token}"

    async def _page(self, request: Request) -> Response:
        """Serve the page, open to all: it has no data, its script requests the report with the token."""
        language = page_language(request.scope)
        fills = {
            "VERSION": assets.version(),
            "LOCALE": language,
            "ATTRIBUTES": root_attributes(language),
            "CAN_SIGN_IN": "yes" if self._playground.config.can_sign_in else "no",
            "IS_PAID": "yes" if self._is_paid else "no",
        }
        return HTMLResponse(assets.template("ui/host/page.html", fills, language=language), headers=_PRIVATE)

    async def _report(self, request: Request) -> Response:
        """Serve the report as JSON."""
        if not self._is_host(request):
            return self._not_the_host()
        try:
            report = await self._playground.owner_report()
        except PlaygroundError as error:
            return _refusal(error.message, 503)
        spending = _spending_json(report.spending) if report.spending else {}
        return JSONResponse(spending | {"machine": _machine_json(report.machine)}, headers=_PRIVATE)

    async def _switch(self, request: Request) -> Response:
        """Turn the switch that stops spending on or off."""
        if not self._is_host(request):
            return self._not_the_host()
        # Pages of other sites cannot send this type without a preflight, which OriginCheck refuses.
        is_json = request.headers.get("content-type", "").startswith("application/json")
        is_on = _switch_value(await _read_start(request)) if is_json else None
        if is_on is None:
            return PlainTextResponse(INVALID_SWITCH, status_code=422, headers=_PRIVATE)
        try:
            await self._playground.jobs.stop_spending(is_on=is_on)
        except PlaygroundError as error:
            return _refusal(error.message, 503)
        return JSONResponse({"stop": is_on}, headers=_PRIVATE)

    def _is_host(self, request: Request) -> bool:
        """Return whether a request has the token or the owner's sign-in, and comes from no other site's page."""
        # Missing from programs, and from browsers over plain http: those need the token or the sign-in all the same.
        if request.headers.get("sec-fetch-site", "same-origin") != "same-origin":
            return False
        owner = self._playground.config.owner.lower()
        return self._has_token(request) or (owner != "" and user_of(request).lower() == owner)

    def _has_token(self, request: Request) -> bool:
        credentials = request.headers.get("authorization", "")
        # In constant time. As bytes: of texts compare_digest takes ASCII alone, and a header may hold anything.
        return hmac.compare_digest(credentials.encode(), f"Bearer {self._token}".encode())

    def _not_the_host(self) -> Response:
        return _refusal(messages.HOST_ONLY_ON_SPACE if self._playground.config.owner else messages.HOST_ONLY, 403)


def _refusal(message: Message, status: int) -> Response:
    return JSONResponse({"refused": message_json(message, is_free=True)}, status, headers=_PRIVATE)


async def _read_start(request: Request) -> bytes:
    """Return the start of a request's body, a little more than MAX_BODY_BYTES at most if it is longer."""
    body = b""
    async for part in request.stream():
        # Stopped here: the general limit of a body, 1 MB, is far above what the switch needs.
        body += part
        if len(body) > MAX_BODY_BYTES:
            break
    return body


def _switch_value(body: bytes) -> bool | None:
    """Return the value of `{"stop": bool}`, None for anything else."""
    try:
        payload = json.loads(body) if len(body) <= MAX_BODY_BYTES else None
    except ValueError:
        return None
    stop = payload.get("stop") if isinstance(payload, dict) and len(payload) == 1 else None
    return stop if isinstance(stop, bool) else None


def _machine_json(machine: Machine | None) -> dict[str, Any] | None:
    """Return the cards, with their memory in GiB."""
    if machine is None:
        return None
    cards = [
        {
            "name": card.name,
            "precision": card.precision,
            "free": round(card.free / _GIBIBYTE, 1),
            "total": round(card.total / _GIBIBYTE, 1),
            "lanes": card.lanes,
        }
        for card in machine.cards
    ]
    known = {"not_ready": [*machine.not_ready], "command": machine.command, "setting": machine.setting}
    return {"cards": cards, **known}


def _spending_json(report: SpendingReport) -> dict[str, Any]:
    """Return the spending as the page's script shows it: amounts in dollars, and shares of the limits from 0 to 1."""
    limits, spent = report.limits, report.spent
    return {
        "stop": {"is_on": spent.is_stopped, "is_forced": limits.is_stopped, "is_unread": report.is_unread},
        "today": _amount_json(spent.today, limits.per_day),
        "month": _amount_json(spent.this_month, limits.per_month),
        "under_way": dollars(spent.unsettled),
        "balance": {
            "left": None if report.balance is None else dollars(report.balance),
            "floor": dollars(limits.min_balance),
            "is_low": report.balance is not None and report.balance - spent.unsettled <= limits.min_balance,
        },
        "allowed": _limits_json(limits),
        "days": [_day_json(day) for day in report.days],
        "deviation": _deviation_json(report.days),
        "people": [_person_json(spending) for spending in report.people[:PEOPLE_SHOWN]],
        "others": max(0, len(report.people) - PEOPLE_SHOWN),
        "forgotten": {
            "count": len(report.forgotten),
            "tasks": [_forgotten_json(task) for task in report.forgotten[:FORGOTTEN_SHOWN]],
        },
        "slowdown": _slowdown_json(report.slowdown) if report.slowdown else None,
        "trouble": report.trouble.code if report.trouble else None,
    }


def _slowdown_json(slowdown: Slowdown) -> dict[str, Any]:
    """Return the recent 429s, the level that the account looks like, and the values of its text."""
    return {
        "count": slowdown.count,
        "sends": slowdown.sends,
        "at_once": slowdown.at_once,
        "level": slowdown.level.value,
        "levels": {
            "bronze": BRONZE_PER_MINUTE,
            "bronze_at_once": BRONZE_AT_ONCE,
            "silver": SILVER_PER_MINUTE,
            "top_up": dollars(SILVER_TOP_UP),
        },
    }


def _amount_json(spent: Micros, limit: Micros) -> dict[str, Any]:
    return {"spent": dollars(spent), "cap": dollars(limit), "share": min(1.0, spent / limit) if limit else 1.0}


def _day_json(day: DaySpending) -> dict[str, Any]:
    """Return what was expected and what was billed on a day; its date as Unix seconds of its start in UTC."""
    return {
        "start": day.day * 86_400,
        "pictures": day.images,
        "expected": dollars(day.expected),
        "billed": dollars(day.counted),
        "difference": dollars(day.counted - day.expected),
        "unbilled": day.unbilled,
    }


def _deviation_json(days: Sequence[DaySpending]) -> dict[str, Any] | None:
    """Return what was expected and billed on all these days; None while the two are about the same."""
    expected, billed = sum(day.expected for day in days), sum(day.counted for day in days)
    if abs(billed - expected) <= NOTED_DEVIATION * expected:
        return None
    direction = "more" if billed > expected else "less"
    return {"direction": direction, "expected": dollars(expected), "billed": dollars(billed)}


def _forgotten_json(task: ForgottenTask) -> dict[str, Any]:
    return {"made": task.made, "cost": dollars(task.cost), "link": task.link}


def _limits_json(limits: BudgetLimits) -> dict[str, Any]:
    return {
        "access": limits.access.value,
        "users": sorted(limits.users),
        "pictures_per_hour": limits.images_per_hour,
        "per_person_day": dollars(limits.per_person_day),
    }


def _person_json(spending: PersonSpending) -> dict[str, Any]:
    """Return a row of the table. A browser's id is cut to 8 characters: enough to distinguish, not to use it."""
    kind, _, name = spending.payer_name.partition(" ")
    return {
        "kind": kind if name else "programs",
        "name": name[:8] if kind == "browser" else name,
        "pictures": spending.images,
        "today": dollars(spending.today),
        "month": dollars(spending.this_month),
    }
