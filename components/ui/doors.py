"""Which addresses are open to anybody: a list of what is used, so that what a new Gradio brings is closed."""

from __future__ import annotations

from urllib.parse import parse_qs

from gradio.utils import get_upload_folder
from starlette.types import Scope

from components.ui.posted import is_below

FILES = "/gradio_api/file="
_OPEN = {
    "/",
    "/config",
    "/config/",
    "/theme.css",
    "/favicon.ico",
    "/robots.txt",
    "/manifest.json",
    "/login/huggingface",
    "/login/callback",
    "/logout",
    "/gradio_api/app_id",
    "/gradio_api/cancel",
    "/gradio_api/component_server",
    "/gradio_api/component_server/",
    "/gradio_api/info",
    "/gradio_api/info/",
    "/gradio_api/openapi.json",
    "/gradio_api/queue/data",
    "/gradio_api/queue/join",
    "/gradio_api/reset",
    "/gradio_api/startup-events",
    "/gradio_api/upload",
    "/gradio_api/upload_progress",
}
_OPEN_BELOW = ("/assets/", "/gradio_api/call/", FILES, "/playground/", "/static/")
"""What the page, signing in and Gradio's clients use.

All else that Gradio has is closed: links that hold everybody's inputs, fetches of other sites, statistics, runs past
the queue, video editing, development tools.
"""
_LONGEST_NAME = 255
"""Bytes of a file's name; a longer one is an error of the file system."""


def is_open(scope: Scope) -> bool:
    """Tell whether an address leads anywhere."""
    path = scope["path"]
    if path == "/":
        return not _names_a_page(scope)
    if path in _OPEN:
        return True
    prefix = next((prefix for prefix in _OPEN_BELOW if path.startswith(prefix)), None)
    return prefix is not None and _leads_below(prefix, path.removeprefix(prefix))


def _names_a_page(scope: Scope) -> bool:
    """Tell whether one of several pages is asked for: there is one, and Gradio fails at any name."""
    asked = parse_qs(scope["query_string"].decode("latin-1"))
    return any(asked.get("page", ()))


def _leads_below(prefix: str, name: str) -> bool:
    """Tell whether a name can be a file's; of Gradio's files those that were uploaded or made here."""
    if not name.isprintable() or any(len(part.encode()) > _LONGEST_NAME for part in name.split("/")):
        return False
    return prefix != FILES or is_below(name, get_upload_folder())
