"""Manifest route: what a browser needs to install the page as an app. Gradio's own has one icon for all purposes."""

from __future__ import annotations

import json
from string import Template

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from components.messages.catalogue import text
from components.ui import assets
from components.ui.http.language import VARY, page_language

PATH = "/manifest.json"
_HEADERS = {"Cache-Control": "no-cache", "Vary": VARY}


def manifest_route(title: str) -> Route:
    """Return the route of the manifest of a page with this title. Browsers ask for it without cookies."""

    async def serve(request: Request) -> Response:
        manifest = _manifest(title, page_language(request.scope))
        return Response(manifest, media_type="application/manifest+json", headers=_HEADERS)

    return Route(PATH, serve)


def _manifest(title: str, language: str) -> str:
    values = {
        "title": title,
        "language": language,
        "direction": text("language.direction", language=language),
        "description": text("shell.description", language=language),
        "icons": assets.address("icons"),
    }
    escaped = {name: json.dumps(value)[1:-1] for name, value in values.items()}
    return Template(assets.text("ui/shell/manifest.json")).substitute(escaped)
