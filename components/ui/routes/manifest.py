"""Manifest route: what a browser needs to install the page as an app. Gradio's own has one icon for all purposes."""

from __future__ import annotations

import json
from string import Template

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from components.messages import catalogue
from components.ui import assets

PATH = "/manifest.json"


def manifest_route(title: str) -> Route:
    """Return the route of the manifest of a page with this title."""
    values = {"title": title, "description": catalogue.text("shell.description"), "icons": assets.address("icons")}
    escaped = {name: json.dumps(text)[1:-1] for name, text in values.items()}
    manifest = Template(assets.text("ui/shell/manifest.json")).substitute(escaped)

    async def serve(_: Request) -> Response:
        return Response(manifest, media_type="application/manifest+json", headers={"Cache-Control": "no-cache"})

    return Route(PATH, serve)
