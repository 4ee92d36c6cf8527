"""Source image routes: upload, fit, mask and extend images to start from. The visitor's token is in a header."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from components import messages
from components.domain.person import ANONYMOUS, Person
from components.domain.request import SourceImage, is_whole
from components.domain.schema import ModelSchema
from components.errors import InvalidRequest, PlaygroundError, TooBusy
from components.images.fit import FitMode, Placement, match_size
from components.images.metadata import read_texts
from components.images.outpaint import Padding
from components.loras.checker import LoraChecker
from components.recipes.restore import restore_first
from components.services.playground import Playground
from components.services.source_images import FittedImage
from components.threads import optional_threads
from components.ui.http.upload_body import read_upload
from components.ui.identity import as_object, person_of
from components.ui.message_json import message_json

PATH = "/playground/sources"
VISITOR = "X-Playground-Visitor"
"""Header with the browser's token. Pages of other sites need a preflight for it, which OriginCheck refuses."""
_PRIVATE = {"Cache-Control": "no-store"}
_MAX_BODY_BYTES = 1000
"""Largest JSON body."""
_MAX_ADDED = 4096
"""Pixels that may be added at one side; the whole becomes as large as the model takes."""

Work = Callable[[Playground, Person, Request, bytes], Awaitable[dict[str, Any]]]
"""Handles a request of a person with this body; returns the JSON answer."""


def source_routes(playground: Playground) -> list[BaseRoute]:
    """Return the routes, which Gradio's app serves besides its own."""
    handlers: dict[str, Work] = {"": _add, "/fit": _fit, "/mask/{name}": _add_mask, "/result": _add_result}
    handlers |= {"/room": _extend, "/mask-file/{name}": _add_mask_file}
    return [Route(PATH + tail, _endpoint(playground, work), methods=["POST"]) for tail, work in handlers.items()]


def source_json(image: SourceImage, placement: Placement | None = None) -> dict[str, Any]:
    """Return a stored image as the page's script reads it. `placement`: where a fitted image lies, in pixels."""
    found: dict[str, Any] = {"name": image.name, "src": f"playground/pictures/{image.name}"}
    found |= {"width": image.width, "height": image.height}
    if placement:
        place = {"x": placement.x, "y": placement.y, "width": placement.width, "height": placement.height}
        found["placement"] = place
    return found


def _added_json(playground: Playground, image: SourceImage) -> dict[str, Any]:
    """Return a stored image, with the model's size that is nearest to its aspect ratio."""
    width, height = match_size(image.width, image.height, playground.backend.schema)
    return source_json(image) | {"match": {"width": width, "height": height}}


async def _add(playground: Playground, person: Person, request: Request, body: bytes) -> dict[str, Any]:
    """Store an image file, which is the body; return it, with the settings found in its metadata."""
    del request
    added = _added_json(playground, await playground.source_images.add(person, body))
    with suppress(TooBusy):  # the image is stored, with its settings or without
        recipe = await optional_threads().run(_recipe, body, playground.backend.schema, playground.lora_checker)
        return added | ({"recipe": recipe} if recipe else {})
    return added


def _recipe(body: bytes, schema: ModelSchema, checker: LoraChecker) -> dict[str, Any] | None:
    restored = restore_first(read_texts(body), schema, checker.known_names)
    if restored is None:
        return None
    warnings = [message_json(message, is_free=True) for message in restored.left_out]
    return {"settings": restored.settings, "left_out": warnings}


async def _add_mask(playground: Playground, person: Person, request: Request, body: bytes) -> dict[str, Any]:
    """Store the mask of a fitted image; the body is the file."""
    return source_json(await playground.source_images.add_mask(person, request.path_params["name"], body))


async def _add_mask_file(playground: Playground, person: Person, request: Request, body: bytes) -> dict[str, Any]:
    """Store what a mask file, the body, marks in an image fitted as the query says: `width`, `height`, `way`."""
    name, query = request.path_params["name"], request.query_params
    width, height = (_whole_number(query.get(side, "")) for side in ("width", "height"))
    fitted = await _fitted(playground, person, name, width, height, query.get("way"))
    mask, is_certain = await playground.source_images.add_mask_file(person, body, name, fitted)
    return source_json(mask) | {"is_certain": is_certain}


async def _fit(playground: Playground, person: Person, request: Request, body: bytes) -> dict[str, Any]:
    """Fit a stored image to a size in pixels: `{name, width, height, way}`."""
    del request
    payload = _payload(body)
    name, sides = str(payload.get("name"))[:64], (payload.get("width"), payload.get("height"))
    fitted = await _fitted(playground, person, name, *sides, payload.get("way"))
    return source_json(fitted.image, fitted.placement)


async def _fitted(playground: Playground, person: Person, name: str, width: Any, height: Any, way: Any) -> FittedImage:
    if not is_whole(width) or not is_whole(height):
        raise InvalidRequest("width", messages.NOT_A_NUMBER)
    # A larger one would be of no use, and be stored for days.
    playground.backend.schema.check_size(width, height)
    return await playground.source_images.fit(person, name, width, height, _fit_mode(way))


async def _extend(playground: Playground, person: Person, request: Request, body: bytes) -> dict[str, Any]:
    """Extend a fitted image (outpainting): `{name, left, top, right, bottom}`, pixels to add."""
    del request
    payload = _payload(body)
    sides = [payload.get(side, 0) for side in ("left", "top", "right", "bottom")]
    if not all(is_whole(side) and 0 <= side <= _MAX_ADDED for side in sides):
        raise InvalidRequest("image", messages.NOT_A_NUMBER)
    name = str(payload.get("name"))[:64]
    extended = await playground.source_images.extend(person, name, Padding(*sides), playground.backend.schema)
    size = {"width": extended.image.width, "height": extended.image.height}
    return source_json(extended.image) | {"match": size, "kept": extended.original, "is_smaller": extended.is_smaller}


async def _add_result(playground: Playground, person: Person, request: Request, body: bytes) -> dict[str, Any]:
    """Store a copy of an image of the visitor's own job: `{job, index}`."""
    del request
    payload = _payload(body)
    index = payload.get("index")
    if not is_whole(index):
        raise InvalidRequest("image", messages.SOURCE_GONE)
    return _added_json(
        playground, await playground.source_images.add_result(person, str(payload.get("job"))[:64], index)
    )


def _endpoint(playground: Playground, work: Work) -> Callable[[Request], Awaitable[Response]]:
    async def endpoint(request: Request) -> Response:
        person = person_of({"visitor": request.headers.get(VISITOR)}, request)
        if person.visitor_id == ANONYMOUS:
            return _refusal(InvalidRequest("image", messages.PAGE_NOT_READY), 403)
        try:
            return JSONResponse(await work(playground, person, request, await read_upload(request)), headers=_PRIVATE)
        except PlaygroundError as error:
            return _refusal(error, _status(error))

    return endpoint


def _status(error: PlaygroundError) -> int:
    if error.message == messages.SOURCE_GONE:
        return 404
    if isinstance(error, TooBusy):
        return 429
    return 422 if isinstance(error, InvalidRequest) else 503


def _refusal(error: PlaygroundError, status: int) -> Response:
    return JSONResponse({"refused": message_json(error.message, is_free=True)}, status, headers=_PRIVATE)


def _payload(body: bytes) -> dict[str, Any]:
    """Return a JSON body as an object; empty for anything else, and for a body of more than 1,000 bytes."""
    try:
        return dict(as_object(json.loads(body))) if len(body) <= _MAX_BODY_BYTES else {}
    # RecursionError: json.loads of deeply nested lists.
    except (ValueError, RecursionError):
        return {}


def _whole_number(text: str) -> int | None:
    """Return a whole number of up to five digits; None for any other text."""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 5 else None


def _fit_mode(text: Any) -> FitMode:
    try:
        return FitMode(text)
    except ValueError as error:
        raise InvalidRequest("image", messages.NO_SUCH_FIT) from error
