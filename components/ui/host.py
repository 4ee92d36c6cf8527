"""The page for the host alone: who spent what of the host's money, and the switch that stops it."""

from __future__ import annotations

import hmac
import json
import secrets
from typing import Any

from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, PlainTextResponse, Response
from starlette.routing import BaseRoute, Route

from components.errors import PlaygroundError
from components.fence import Limits
from components.money import Micros, dollars
from components.playground import HostReport, Playground
from components.spendings import Spending
from components.ui import assets
from components.ui.who import user_of

PATH = "/playground/host"
PEOPLE_SHOWN = 200
"""The dearest so many people are listed; the rest is counted."""
LONGEST_ORDER = 100
"""Bytes of what the switch is sent."""
REFUSED = "This page is for the host alone: open it by the link that was printed when the app was started."
REFUSED_ON_SPACE = "This page is for the host alone: sign in as the Space's owner, or use the link in the Space's log."
NO_ORDER = 'The switch takes the JSON {"stop": true} or {"stop": false}, and nothing else.'
_PRIVATE = {"Cache-Control": "no-store"}


class HostPage:
    """Owns the page, its answers and the token that opens them. Where no money is the host's there is no such page."""

    def __init__(self, playground: Playground) -> None:
        self._playground = playground
        self._is_offered = playground.till is not None
        self._token = secrets.token_hex(32)

    @property
    def routes(self) -> list[BaseRoute]:
        """Return the routes, to be added to Gradio's."""
        if not self._is_offered:
            return []
        return [
            Route(PATH, self._page),
            Route(f"{PATH}/report", self._report),
            Route(f"{PATH}/switch", self._switch, methods=["POST"]),
        ]

    def invitation(self, address: str) -> str:
        """Return the line that says where the page is, "" where there is none.

        The token stands in the fragment, which browsers send to no server: it gets into no log and no Referer.
        """
        if not self._is_offered:
            return ""
        if owner := self._playground.house.owner:
            return f"* Page for the host: add {PATH}#{self._token} to this Space's own address, or sign in as {owner}."
        return f"* Page for the host: {address.rstrip('/')}{PATH}#{self._token}"

    async def _page(self, _: Request) -> Response:
        """Serve the page, which holds nothing: its script asks for the report."""
        can_sign_in = self._playground.house.can_sign_in
        page = assets.text("host/page.html").replace("VERSION", assets.version())
        return HTMLResponse(page.replace("CAN_SIGN_IN", "yes" if can_sign_in else "no"), headers=_PRIVATE)

    async def _report(self, request: Request) -> Response:
        """Answer who spent what."""
        if not self._is_host(request):
            return self._refusal()
        try:
            report = await self._playground.spendings()
        except PlaygroundError as error:
            return _said(str(error), 503)
        return JSONResponse(_shown(report), headers=_PRIVATE)

    async def _switch(self, request: Request) -> Response:
        """Turn the switch."""
        if not self._is_host(request):
            return self._refusal()
        is_json = request.headers.get("content-type", "").startswith("application/json")
        is_on = _order(await _beginning(request)) if is_json else None
        if is_on is None:
            return _said(NO_ORDER, 422)
        try:
            await self._playground.stop_spending(is_on=is_on)
        except PlaygroundError as error:
            return _said(str(error), 503)
        return JSONResponse({"stop": is_on}, headers=_PRIVATE)

    def _is_host(self, request: Request) -> bool:
        """Tell whether the Space's owner asks, or somebody who brings the token; no page of another site ever does."""
        if request.headers.get("sec-fetch-site", "same-origin") != "same-origin":
            return False
        owner = self._playground.house.owner.lower()
        return self._brings_token(request) or (owner != "" and user_of(request).lower() == owner)

    def _brings_token(self, request: Request) -> bool:
        given = request.headers.get("authorization", "")
        return hmac.compare_digest(given.encode(), f"Bearer {self._token}".encode())

    def _refusal(self) -> Response:
        return _said(REFUSED_ON_SPACE if self._playground.house.owner else REFUSED, 403)


def _said(sentence: str, status: int) -> Response:
    return PlainTextResponse(sentence, status_code=status, headers=_PRIVATE)


async def _beginning(request: Request) -> bytes:
    """Return a request's body, no further than it can be an order."""
    body = b""
    async for part in request.stream():
        body += part
        if len(body) > LONGEST_ORDER:
            break
    return body


def _order(body: bytes) -> bool | None:
    """Return what the switch is to be, None for what is no order."""
    try:
        order = json.loads(body) if len(body) <= LONGEST_ORDER else None
    except ValueError:
        return None
    stop = order.get("stop") if isinstance(order, dict) and len(order) == 1 else None
    return stop if isinstance(stop, bool) else None


def _shown(report: HostReport) -> dict[str, Any]:
    """Return what the page's script draws: amounts as people read them, and how full the bars are."""
    limits, spent = report.limits, report.spent
    return {
        "stop": {"is_on": spent.is_stopped, "is_forced": limits.is_stopped},
        "today": _against(spent.today, limits.per_day),
        "month": _against(spent.this_month, limits.per_month),
        "under_way": dollars(spent.unsettled) if spent.unsettled else "",
        "balance": {
            "left": "" if report.balance is None else dollars(report.balance),
            "floor": dollars(limits.min_balance),
            "is_low": report.balance is not None and report.balance - spent.unsettled <= limits.min_balance,
        },
        "allowed": _allowed(limits),
        "people": [_person(spending) for spending in report.people[:PEOPLE_SHOWN]],
        "others": max(0, len(report.people) - PEOPLE_SHOWN),
    }


def _against(spent: Micros, cap: Micros) -> dict[str, Any]:
    return {"spent": dollars(spent), "cap": dollars(cap), "share": min(1.0, spent / cap) if cap else 1.0}


def _allowed(limits: Limits) -> dict[str, Any]:
    return {
        "access": limits.access.value,
        "users": sorted(limits.users),
        "pictures_per_hour": limits.pictures_per_hour,
        "per_person_day": dollars(limits.per_person_day),
    }


def _person(spending: Spending) -> dict[str, Any]:
    """Return a line of the table. Of a browser only as much of its name as tells it from others."""
    kind, _, name = spending.person.partition(" ")
    return {
        "kind": kind if name else "programs",
        "name": name[:8] if kind == "browser" else name,
        "pictures": spending.pictures,
        "today": dollars(spending.today),
        "month": dollars(spending.this_month),
    }
