"""LoRA search: the server function with which the page's dialog searches Hugging Face."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import gradio as gr

from components.errors import SiteUnavailable
from components.loras.hub_listing import HUB, HubLora, SearchOrder
from components.services.lora_finder import LoraFinder
from components.ui.http.client_address import address_of
from components.ui.identity import as_object
from components.ui.message_json import message_json

_ORDERS = {order.value: order for order in SearchOrder}


def search_function(finder: LoraFinder) -> Callable[..., Awaitable[Any]]:
    """Return the server function. Gradio sets an attribute on it, so it cannot be a method."""

    async def find_loras(payload: Any, request: gr.Request) -> dict[str, Any]:
        """Return LoRAs by `words` in an `order`, or the reason in `refused`."""
        values = as_object(payload)
        words, order = values.get("words"), _ORDERS.get(str(values.get("order")), SearchOrder.MOST_LIKED)
        try:
            found = await finder.search(words if isinstance(words, str) else "", order, address_of(request))
        except SiteUnavailable as error:
            return {"refused": message_json(error.message, is_free=True)}
        return {"loras": [_lora_json(lora) for lora in found], "refused": None}

    return find_loras


def _lora_json(lora: HubLora) -> dict[str, Any]:
    author, _, name = lora.path.partition("/")
    return {
        "author": author,
        "name": name,
        "page": f"{HUB}/{lora.path}",
        "likes": lora.likes,
        "license": lora.license,
        "words": list(lora.trigger_words),
        "files": [{"name": file, "path": path} for file, path in lora.files],
        "has_picture": bool(lora.picture),
    }
