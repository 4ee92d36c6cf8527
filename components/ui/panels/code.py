"""Code panel: the form's request as code samples, for the dialog of the "Show the code" button."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import gradio as gr

from components import messages
from components.api.code_samples import SampleHosts, code_samples
from components.domain.model_family import Model
from components.domain.person import Person
from components.domain.request import GenerationRequest, SourceImage
from components.errors import InvalidRequest
from components.messages.message import Message
from components.services.playground import Playground
from components.ui import assets
from components.ui.http.allowlist import MCP_PATH
from components.ui.identity import as_object, session_key
from components.ui.message_json import message_json
from components.ui.panels.loras import ROWS
from components.ui.widgets import number_of

_MAX_ADDRESS_LENGTH = 500
_PROGRAM = Person("", "", is_program=True)

RequestOf = Callable[[Mapping[str, Any]], tuple[GenerationRequest, int]]
"""Reads the values of a press, all but its source image; returns the request and the number of images."""


class CodePanel:
    """Component with the server function; its script is assets/ui/code/code.js."""

    def __init__(self, playground: Playground, request_of: RequestOf) -> None:
        async def code(payload: Any) -> dict[str, Any]:
            """Return the form's request as code samples, or `{refused}`. Nothing is sent or stored."""
            # In a thread: it reads the host's folder of LoRAs, and long texts.
            return await asyncio.to_thread(samples_of, as_object(payload))

        def samples_of(values: Mapping[str, Any]) -> dict[str, Any]:
            try:
                request, image_count = request_of(_panel_values(values))
                request = _with_images(request, values)
                model, note = _model(playground, session_key(values), request)
            except InvalidRequest as error:
                return {"refused": {"field": error.field, "message": message_json(error.message, is_free=True)}}
            page = _address(values)
            mcp = f"{page.rstrip('/')}{MCP_PATH}/" if playground.config.has_mcp_server else ""
            hosts = SampleHosts(playground.visitor_backend.endpoint.base_url, page, mcp)
            return {
                "samples": code_samples(request, model, hosts),
                "service": _note_json(note),
                "page": _note_json(playground.access_problem(_PROGRAM)),
                "several": _note_json(messages.code_of_several(image_count)) if image_count > 1 else None,
            }

        gr.HTML(
            "",
            html_template="",
            js_on_load=assets.text("ui/shared/gradio_server.js"),
            elem_id="code",
            apply_default_css=False,
            padding=False,
            server_functions=[code],
        )


def _panel_values(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return the values of assets/ui/form/values.js under the names of the panels' inputs."""
    loras = values.get("loras")
    rows = [as_object(row) for row in loras[:ROWS]] if isinstance(loras, list) else []
    panel_values = dict(values)
    for number, row in enumerate(rows, start=1):
        name = f"lora_{number}"
        panel_values |= {name: row.get("path"), f"{name}_scale": row.get("scale"), f"{name}_on": row.get("on", True)}
    return panel_values


def _with_images(request: GenerationRequest, values: Mapping[str, Any]) -> GenerationRequest:
    """Return the request with nameless images where the form has some: in code, variables stand for them."""
    if values.get("has_picture") is not True:
        return request
    image = SourceImage("", "", request.width, request.height)
    mask = image if values.get("has_mask") is True else None
    strength = number_of(values.get("prompt_strength"), "prompt_strength")
    return replace(request, image=image, mask=mask, prompt_strength=strength)


def _model(playground: Playground, token: str, request: GenerationRequest) -> tuple[Model, Message | None]:
    """Return the model for a program's request, and a note about it or None. Raises InvalidRequest.

    Our own server listens on loopback with a random key, for the page alone: its samples show the hosted API.
    """
    backend = playground.backend_for(token)
    model = backend.family.choose(request)
    if not backend.free:
        return model, None
    hosted = playground.visitor_backend.family
    try:
        return hosted.choose(request), messages.CODE_FOR_THE_SERVICE
    except InvalidRequest:
        # With this backend's names for the fields that the hosted model lacks: the code still shows the whole request.
        return replace(hosted.preferred, field_names=model.field_names), messages.CODE_NOT_TAKEN_THERE


def _address(values: Mapping[str, Any]) -> str:
    address = values.get("page")
    return address[:_MAX_ADDRESS_LENGTH] if isinstance(address, str) else ""


def _note_json(message: Message | None) -> dict[str, Any] | None:
    return message_json(message, is_free=True) if message else None
