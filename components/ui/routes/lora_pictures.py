"""LoRA pictures: small ones of LoRAs that a search has found, by their repository."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from components import messages
from components.errors import TooBusy
from components.services.lora_finder import LoraFinder
from components.ui.http.client_address import client_address
from components.ui.http.csp import HEADER, OF_ASSETS
from components.ui.http.responses import refusal

_HEADERS = {"Cache-Control": "private, max-age=86400", HEADER: OF_ASSETS}


def lora_picture_route(finder: LoraFinder) -> Route:
    """Return the route. It is no proxy: it serves nothing but what a search of this server has named."""

    async def serve(request: Request) -> Response:
        path = f"{request.path_params['owner']}/{request.path_params['name']}"
        try:
            picture = await finder.picture(path, client_address(request.scope))
        except TooBusy as error:
            return refusal(request.scope, 503, error.message)
        if picture is None:
            return refusal(request.scope, 404, messages.NO_SUCH_FILE)
        return Response(picture, media_type="image/webp", headers=_HEADERS)

    return Route("/playground/lora-pictures/{owner}/{name}", serve)
