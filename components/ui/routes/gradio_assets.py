"""Route of Gradio's own scripts and style sheets: cached by browsers as ours are, and encoded once."""

from __future__ import annotations

import re
from pathlib import Path

from gradio.route_utils import BUILD_PATH_LIB
from starlette.requests import Request
from starlette.responses import FileResponse, Response
from starlette.routing import Route

from components import messages
from components.ui.gradio_files import FirstFiles
from components.ui.http.encoded_text import EncodedTexts
from components.ui.http.responses import refusal

_NAME = re.compile(r"[\w.-]{1,120}")
_HASHED = re.compile(r".+-[\w-]{8,}\.\w+")
"""Name with a hash of the content, as Gradio's build gives it."""
_TYPES = {".js": "text/javascript; charset=utf-8", ".css": "text/css; charset=utf-8"}
_IMMUTABLE = "public, max-age=31536000, immutable"


def gradio_assets_route(first: FirstFiles) -> Route:
    """Return the route, which takes the place of Gradio's own; `first` has the style sheets that are served as one."""
    texts, folder = EncodedTexts(), Path(BUILD_PATH_LIB)
    joined, joined_name = first.style(), first.style_name()

    async def serve(request: Request) -> Response:
        name: str = request.path_params["name"]
        path = folder / name
        is_joined = name == joined_name
        if not _NAME.fullmatch(name) or not (is_joined or path.is_file()):
            return refusal(request.scope, 404, messages.NO_SUCH_FILE)
        caching = {"Cache-Control": _IMMUTABLE if _HASHED.fullmatch(name) else "no-cache"}
        if path.suffix not in _TYPES:
            return FileResponse(path, headers=caching)
        # Gradio's files are not changed while the app runs.
        text = joined if is_joined else path.read_text(encoding="utf-8")
        return await texts.response(name, text, request.headers, {**caching, "Content-Type": _TYPES[path.suffix]})

    return Route("/assets/{name}", serve)
