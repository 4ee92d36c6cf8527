"""Where the page's script brings pictures to start from, and has them fitted. Who asks stands in a header."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from components import messages
from components.errors import InvalidRequest, PlaygroundError
from components.generation import SourceImage, is_whole
from components.lora_check import LoraChecker
from components.outpaint import Room
from components.person import NOBODY, Person
from components.playground import Playground
from components.recipe_files import text_of
from components.recipe_reader import restore
from components.schema import Schema
from components.source_pictures import Placement, Way, match_size
from components.ui.rows import told
from components.ui.who import person_of, values_of

PATH = "/playground/sources"
VISITOR = "X-Playground-Visitor"
"""The header with the browser's token. No page of another site may send it."""
_PRIVATE = {"Cache-Control": "no-store"}
_LONGEST_ORDER = 1000
"""Bytes of what asks for a fit or a result."""
_SIDES = range(64, 4097)
"""Pixels that may be asked for; which of them a model takes is checked when something is made."""

Work = Callable[[Playground, Person, Request, bytes], Awaitable[dict[str, Any]]]


def source_routes(playground: Playground) -> list[BaseRoute]:
    """Return the routes, to be added to Gradio's."""
    posted: dict[str, Work] = {"": _take, "/fit": _fit, "/mask/{name}": _take_mask, "/result": _use_result}
    posted["/room"] = _add_room
    return [Route(PATH + tail, _answered(playground, work), methods=["POST"]) for tail, work in posted.items()]


def shown(image: SourceImage, placement: Placement | None = None) -> dict[str, Any]:
    """Return a kept picture as the page's script knows it."""
    found: dict[str, Any] = {"name": image.name, "src": f"playground/pictures/{image.name}"}
    found |= {"width": image.width, "height": image.height}
    if placement:
        place = {"x": placement.x, "y": placement.y, "width": placement.width, "height": placement.height}
        found["placement"] = place
    return found


def _taken(playground: Playground, image: SourceImage) -> dict[str, Any]:
    """Return a kept picture, and the size that fits its shape best."""
    width, height = match_size(image.width, image.height, playground.backend.schema)
    return shown(image) | {"match": {"width": width, "height": height}}


async def _take(playground: Playground, person: Person, request: Request, body: bytes) -> dict[str, Any]:
    """Keep a picture file: the body is the file. The settings in it are told beside."""
    del request
    taken = _taken(playground, await playground.sources.take(person, body))
    recipe = await asyncio.to_thread(_recipe, body, playground.backend.schema, playground.lora_checker)
    return taken | ({"recipe": recipe} if recipe else {})


def _recipe(body: bytes, schema: Schema, checker: LoraChecker) -> dict[str, Any] | None:
    found = restore(text_of(body), schema, checker.shelf)
    if found is None:
        return None
    return {"settings": found.settings, "left_out": [told(one, is_free=True) for one in found.left_out]}


async def _take_mask(playground: Playground, person: Person, request: Request, body: bytes) -> dict[str, Any]:
    """Keep the mask of a fitted picture: the body is the file."""
    return shown(await playground.sources.take_mask(person, request.path_params["name"], body))


async def _fit(playground: Playground, person: Person, request: Request, body: bytes) -> dict[str, Any]:
    """Bring a kept picture to a size: `{name, width, height, way}`."""
    del request
    order = _order(body)
    name, width, height = str(order.get("name"))[:64], order.get("width"), order.get("height")
    if not is_whole(width) or not is_whole(height) or width not in _SIDES or height not in _SIDES:
        raise InvalidRequest("width", messages.NOT_A_NUMBER)
    fitted = await playground.sources.fit(person, name, width, height, _way(order.get("way")))
    return shown(fitted.image, fitted.placement)


async def _add_room(playground: Playground, person: Person, request: Request, body: bytes) -> dict[str, Any]:
    """Make a fitted picture wider or taller: `{name, left, top, right, bottom}`, pixels to add."""
    del request
    order = _order(body)
    sides = [order.get(side, 0) for side in ("left", "top", "right", "bottom")]
    if not all(is_whole(side) and 0 <= side <= _SIDES[-1] for side in sides):
        raise InvalidRequest("image", messages.NOT_A_NUMBER)
    name = str(order.get("name"))[:64]
    made = await playground.sources.add_room(person, name, Room(*sides), playground.backend.schema)
    size = {"width": made.image.width, "height": made.image.height}
    return shown(made.image) | {"match": size, "kept": made.kept, "is_smaller": made.is_smaller}


async def _use_result(playground: Playground, person: Person, request: Request, body: bytes) -> dict[str, Any]:
    """Take a finished picture of one's own: `{job, index}`."""
    del request
    order = _order(body)
    index = order.get("index")
    if not is_whole(index):
        raise InvalidRequest("image", messages.SOURCE_GONE)
    return _taken(playground, await playground.sources.use_result(person, str(order.get("job"))[:64], index))


def _answered(playground: Playground, work: Work) -> Callable[[Request], Awaitable[Response]]:
    async def answered(request: Request) -> Response:
        person = person_of({"visitor": request.headers.get(VISITOR)}, request)
        if person.board == NOBODY:
            return _refused(InvalidRequest("image", messages.PAGE_NOT_READY), 403)
        try:
            return JSONResponse(await work(playground, person, request, await request.body()), headers=_PRIVATE)
        except PlaygroundError as error:
            return _refused(error, _status(error))

    return answered


def _status(error: PlaygroundError) -> int:
    if error.sentence == messages.SOURCE_GONE:
        return 404
    return 422 if isinstance(error, InvalidRequest) else 503


def _refused(error: PlaygroundError, status: int) -> Response:
    return JSONResponse({"refused": told(error.sentence, is_free=True)}, status, headers=_PRIVATE)


def _order(body: bytes) -> dict[str, Any]:
    """Return what was asked for, an empty order for what is none."""
    try:
        return dict(values_of(json.loads(body))) if len(body) <= _LONGEST_ORDER else {}
    except (ValueError, RecursionError):
        return {}


def _way(text: Any) -> Way:
    try:
        return Way(text)
    except ValueError as error:
        raise InvalidRequest("image", messages.NO_SUCH_FIT) from error
