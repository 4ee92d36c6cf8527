"""The code of a request: a button below the form, and a component that answers its dialog."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import gradio as gr

from components import messages
from components.code_samples import Services, code_samples
from components.errors import InvalidRequest, Sentence
from components.family import Model
from components.generation import GenerationRequest, SourceImage
from components.person import Person
from components.playground import Playground
from components.ui import assets
from components.ui.fields import number_of
from components.ui.loras import ROWS
from components.ui.who import key_token, values_of

_LONGEST_ADDRESS = 500
_A_PROGRAM = Person("", "", is_program=True)

RequestOf = Callable[[Mapping[str, Any]], tuple[GenerationRequest, int]]
"""Reads what a press sends, but for its picture; returns the request, and how many pictures."""


class CodePanel:
    """Owns the component; its script is assets/js/code.js."""

    def __init__(self, playground: Playground, request_of: RequestOf) -> None:
        async def code(ask: Any) -> dict[str, Any]:
            """Return the form's request as programs write it, or why it is none. Nothing is sent or kept."""
            values = values_of(ask)
            try:
                request, pictures = request_of(_of_panels(values))
                request = _with_pictures(request, values)
                model, note = _model(playground, key_token(values), request)
            except InvalidRequest as error:
                return {"refused": {"field": error.field, "sentence": str(error)}}
            services = Services(playground.own_backend.endpoint.base_url, _address(values))
            return {
                "samples": code_samples(request, model, services),
                "service": _said(note),
                "page": _said(playground.obstacle(_A_PROGRAM)),
                "several": _said(messages.code_of_several(pictures)) if pictures > 1 else "",
            }

        gr.HTML(
            "",
            html_template="",
            js_on_load=assets.text("js/mount_code.js"),
            elem_id="code",
            apply_default_css=False,
            padding=False,
            server_functions=[code],
        )


def _of_panels(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return the form as the page's script reads it (assets/js/form_values.js) by the names of the panels' inputs."""
    loras = values.get("loras")
    rows = [values_of(one) for one in loras[:ROWS]] if isinstance(loras, list) else []
    found = dict(values)
    for number, row in enumerate(rows, start=1):
        name = f"lora_{number}"
        found |= {name: row.get("path"), f"{name}_scale": row.get("scale"), f"{name}_on": row.get("on", True)}
    return found


def _with_pictures(request: GenerationRequest, values: Mapping[str, Any]) -> GenerationRequest:
    """Return the request with pictures that nobody names: variables stand for them."""
    if values.get("has_picture") is not True:
        return request
    picture = SourceImage("", "", request.width, request.height)
    mask = picture if values.get("has_mask") is True else None
    strength = number_of(values.get("prompt_strength"), "prompt_strength")
    return replace(request, image=picture, mask=mask, prompt_strength=strength)


def _model(playground: Playground, token: str, request: GenerationRequest) -> tuple[Model, Sentence | None]:
    """Return the model that a program asks, and what is to be known of it. Raises InvalidRequest.

    Our own server is there for the page alone: programs are shown the hosted API in its place.
    """
    backend = playground.backend_for(token)
    model = backend.family.choose(request)
    if not backend.free:
        return model, None
    hosted = playground.own_backend.family
    try:
        return hosted.choose(request), messages.CODE_FOR_THE_SERVICE
    except InvalidRequest:
        return replace(hosted.first, dialect=model.dialect), messages.CODE_NOT_TAKEN_THERE


def _address(values: Mapping[str, Any]) -> str:
    address = values.get("page")
    return address[:_LONGEST_ADDRESS] if isinstance(address, str) else ""


def _said(sentence: Sentence | None) -> str:
    return messages.in_full(sentence, is_free=True) if sentence else ""
