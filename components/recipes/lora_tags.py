"""LoRA tags in the texts of other programs: `<lora:name:weight>` and `<lyco:...>`. Pure."""

from __future__ import annotations

from components.errors import InvalidRequest
from components.loras.link import read_tag
from components.loras.tags import tags_of, without_tags
from components.recipes.parsed import ParsedLora, text_value


def loras_in(text: str) -> tuple[ParsedLora, ...]:
    """Return the LoRAs that a text names by tags."""
    return tuple(_of_tag(tag) for tag in tags_of(text))


def without_tags_if_any(text: str) -> str:
    """Return a text without its tags; one without tags stays as it is."""
    return without_tags(text) if tags_of(text) else text


def _of_tag(tag: str) -> ParsedLora:
    try:
        name, weight = read_tag(tag)
    except InvalidRequest:  # a negative or invalid weight
        return ParsedLora(tag, 1.0)
    return ParsedLora(text_value(name), 1.0 if weight is None else weight)
