"""Feed route: a long poll for the changes of a browser's jobs. The visitor's token is in a header, as with uploads.

A route of its own: through Gradio's `component_server` an answer costs more than twice the processor time.
"""

from __future__ import annotations

import time

from starlette.datastructures import QueryParams
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from components.services.playground import Playground
from components.ui.gallery.job_json import changes_json
from components.ui.identity import number_field, person_of
from components.ui.routes.source_images import VISITOR

PATH = "/playground/feed"
# Below the 60 s after which nginx, by default, ends a request without an answer.
MAX_POLL_SECONDS = 20.0
"""Seconds that a poll waits for a change."""


def feed_route(playground: Playground) -> Route:
    """Return the route: `epoch` and `version` of the last answer, and `wait`, the seconds until one without a change.

    Whatever is not understood counts as empty: the answer is the first page of the jobs then.
    """

    async def serve(request: Request) -> Response:
        query = request.query_params
        visitor = person_of({"visitor": request.headers.get(VISITOR)}, request).visitor_id
        wait = min(max(_number(query, "wait"), 0.0), MAX_POLL_SECONDS)
        found = await playground.jobs.changes(
            visitor, query.get("epoch", "")[:32], int(_number(query, "version")), wait
        )
        answer = changes_json(found, playground, time.time())
        if found.is_whole:
            answer["has_bin"] = await playground.store.bin_count(visitor) > 0
        return JSONResponse(answer, headers={"Cache-Control": "no-store"})

    return Route(PATH, serve)


def _number(query: QueryParams, name: str) -> float:
    try:
        return number_field({name: float(query.get(name, "")[:20])}, name)
    except ValueError:
        return 0.0
