"""Allowlist of URL paths: routes that a new version of Gradio brings are closed until they are listed here."""

from __future__ import annotations

from urllib.parse import parse_qs

from gradio.utils import get_upload_folder
from starlette.types import Scope

from components.ui.http.payload import is_below

FILES = "/gradio_api/file="
"""Prefix of the route with which Gradio serves uploads and cached files."""
MCP_PATH = "/gradio_api/mcp"
"""Path of the MCP server: that of Gradio's own, which clients know."""
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
    MCP_PATH,
    f"{MCP_PATH}/",
    "/gradio_api/openapi.json",
    "/gradio_api/queue/data",
    "/gradio_api/queue/join",
    "/gradio_api/reset",
    "/gradio_api/startup-events",
    "/gradio_api/upload",
    "/gradio_api/upload_progress",
}
_OPEN_BELOW = ("/assets/", "/gradio_api/call/", FILES, "/playground/", "/static/")
"""Prefixes of paths that the page, signing in and Gradio's clients use."""
# Closed so, among Gradio 6.31's routes: deep links (with the inputs of a session), `proxy=` (fetches from other
# sites), monitoring, `run` and `api` (calls past the queue), the heartbeat (one connection for each tab, of the six
# that a browser opens to a host), recordings and the development tools.
_MAX_NAME_BYTES = 255
"""Longest file name of common file systems, in bytes: a longer one would raise OSError in Gradio's routes."""


def is_open(scope: Scope) -> bool:
    """Return whether the path of an ASGI scope is open."""
    path = scope["path"]
    if path == "/":
        return not _selects_page(scope)
    if path in _OPEN:
        return True
    prefix = next((prefix for prefix in _OPEN_BELOW if path.startswith(prefix)), None)
    return prefix is not None and _is_file_name(prefix, path.removeprefix(prefix))


def _selects_page(scope: Scope) -> bool:
    """Return whether the query names one of several pages: there is only one, and Gradio fails at any name."""
    query = parse_qs(scope["query_string"].decode("latin-1"))
    return any(query.get("page", ()))


def _is_file_name(prefix: str, name: str) -> bool:
    """Return whether a path below a prefix may be served; of Gradio's files only those in its upload folder."""
    if not name.isprintable() or any(len(part.encode()) > _MAX_NAME_BYTES for part in name.split("/")):
        return False
    return prefix != FILES or is_below(name, get_upload_folder())
