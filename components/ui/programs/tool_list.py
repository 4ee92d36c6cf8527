"""List of the tools for programs that speak MCP: names, descriptions and parameters."""

from __future__ import annotations

from dataclasses import dataclass

from components.domain.model_family import ModelFamily
from components.ui.programs.images import IMAGE_PARAMETERS
from components.ui.programs.parameter_schemas import JsonSchema, parameters_schema
from components.ui.programs.tools import MOST_RECENT, REQUEST_ID


@dataclass(frozen=True, slots=True)
class Tool:
    """A tool as clients, and the models behind them, read it."""

    name: str
    title: str
    description: str
    is_read_only: bool = True
    """False where a call may cost money."""


TOOLS = {
    tool.name: tool
    for tool in (
        Tool(
            "generate",
            "Make a picture",
            "Make a picture with SDXL and LoRAs, and wait for it. It may cost the page's host money: call it once"
            " for each picture that is wanted. Returns the picture as WebP, the link to its file as it was made, and"
            " its seed, model and recipe.",
            is_read_only=False,
        ),
        Tool(
            "price", "Price of a picture", "Return what a picture with these settings would cost, without making it."
        ),
        Tool("recent", "Recent pictures", "List the latest pictures of this caller, with their settings and links."),
        Tool(
            "balance", "What is left", "Return for how many further pictures of this caller the page's host pays now."
        ),
    )
}


def input_schema(tool: Tool, family: ModelFamily) -> JsonSchema:
    """Return the JSON Schema of a tool's parameters."""
    schema = parameters_schema(family)
    match tool.name:
        case "generate":
            return {**schema, "properties": schema["properties"] | {REQUEST_ID: _REQUEST_ID}}
        case "price":
            # Without images: they would be stored for a picture that nobody wants yet.
            known = {name: one for name, one in schema["properties"].items() if name not in IMAGE_PARAMETERS}
            return {**schema, "properties": known}
        case "recent":
            return _object({"count": _COUNT})
        case _:
            return _object({})


def _object(properties: JsonSchema) -> JsonSchema:
    return {"type": "object", "properties": properties, "additionalProperties": False}


_REQUEST_ID: JsonSchema = {
    "type": "string",
    "minLength": 8,
    "maxLength": 100,
    "description": "an id of your own for this one picture, such as a new UUID; a call that is repeated with the same"
    " id and settings returns the same picture and is not paid for again",
}
_COUNT: JsonSchema = {
    "type": "integer",
    "minimum": 1,
    "maximum": MOST_RECENT,
    "default": 10,
    "description": f"how many, 1 to {MOST_RECENT}",
}
