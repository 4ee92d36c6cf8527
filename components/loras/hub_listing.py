"""Hub listing: the LoRAs in an answer of Hugging Face's list of models. Pure; nothing in it is trusted."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

from components import messages
from components.domain.json_values import as_count, as_list, as_mapping
from components.domain.lora_path import is_repository
from components.errors import NotALora, SiteUnavailable
from components.loras.hub_address import is_safe_path
from components.loras.lora_facts import words_of
from components.loras.site_metadata import lora_files
from components.loras.sites import repository_file

HUB = "https://huggingface.co"
SDXL_ADAPTER = "base_model:adapter:stabilityai/stable-diffusion-xl-base-1.0"
"""Tag that Hugging Face gives to a model whose card names SDXL as its base."""
MOST_FOUND = 24
"""LoRAs of one search."""
MOST_FILES = 12
"""Files of a LoRA to choose from; the others are on its page."""
_FIELDS = ("author", "cardData", "gated", "likes", "private", "siblings", "tags")
_ADULT = "not-for-all-audiences"
_PICTURES = (".png", ".jpg", ".jpeg", ".webp")
_OWN_LICENSE = "other"


class SearchOrder(Enum):
    """Order of what is found, as Hugging Face names it."""

    MOST_LIKED = "likes"
    NEWEST = "createdAt"


@dataclass(frozen=True, slots=True)
class HubLora:
    """Public LoRA of SDXL that a search found."""

    path: str
    """`owner/name`."""
    likes: int
    license: str
    """As the card names it, such as `openrail++`; empty: it names none."""
    trigger_words: tuple[str, ...]
    files: tuple[tuple[str, str], ...]
    """Name and path of each file to choose from, at most MOST_FILES; of the only file the path is the repository's."""
    picture: str
    """URL of the first sample at Hugging Face; empty without one."""


def listing_url(words: str, order: SearchOrder) -> str:
    """Return the URL that lists public LoRAs of SDXL whose names contain all the words; all of them without words."""
    query = [("filter", "lora"), ("filter", SDXL_ADAPTER), ("gated", "false"), ("sort", order.value)]
    query += [("limit", str(MOST_FOUND)), *(("expand", field) for field in _FIELDS)]
    query += [("search", words)] if words else []
    return f"{HUB}/api/models?{urlencode(query)}"


def read_listing(content: bytes) -> tuple[HubLora, ...]:
    """Return the LoRAs in an answer that can be used. Raises SiteUnavailable for anything but a JSON array."""
    try:
        data = json.loads(content)
    except (ValueError, RecursionError) as error:
        raise SiteUnavailable(messages.HUB_NO_ANSWER) from error
    if not isinstance(data, list):
        raise SiteUnavailable(messages.HUB_NO_ANSWER)
    return tuple(_found(as_list(data)[:MOST_FOUND]))


def _found(models: Any) -> Iterator[HubLora]:
    for model in map(as_mapping, models):
        path = model.get("id")
        if not isinstance(path, str) or not is_repository(path) or not _is_for_all(model):
            continue
        try:
            files = _files(path, lora_files(model))
        except NotALora:
            continue
        card = as_mapping(model.get("cardData"))
        words = words_of([card.get("instance_prompt")])
        likes = as_count(model.get("likes")) or 0
        yield HubLora(path, likes, _license(card), words, files, _picture(path, model, card))


def _is_for_all(model: Mapping[str, Any]) -> bool:
    is_open = not model.get("gated") and not model.get("private") and not model.get("disabled")
    return is_open and _ADULT not in as_list(model.get("tags"))


def _files(path: str, names: tuple[str, ...]) -> tuple[tuple[str, str], ...]:
    if len(names) == 1:
        return ((names[0], path),)
    return tuple((name, repository_file(path, name).path) for name in names[:MOST_FILES])


def _license(card: Mapping[str, Any]) -> str:
    """Return the license; of one of the author's own its name, where the card has it, and several as a list."""
    named = card.get("license")
    if named == _OWN_LICENSE:
        named = card.get("license_name") or named
    return ", ".join(words_of(as_list(named) or [named]))


def _picture(path: str, model: Mapping[str, Any], card: Mapping[str, Any]) -> str:
    """Return the URL of the first sample of the card's gallery, else of the first picture among the files."""
    samples = (as_mapping(as_mapping(one).get("output")).get("url") for one in as_list(card.get("widget"))[:12])
    files = (as_mapping(one).get("rfilename") for one in as_list(model.get("siblings")))
    named = (one for one in (*samples, *files) if isinstance(one, str) and one.lower().endswith(_PICTURES))
    return next(filter(None, (_at_hub(path, one) for one in named)), "")


def _at_hub(path: str, picture: str) -> str:
    """Return the URL of a picture that a card names; empty for one of another site."""
    if "://" in picture:
        return picture if _is_hub(picture) else ""
    name = picture.removeprefix("./")
    return f"{HUB}/{path}/resolve/main/{quote(name)}" if is_safe_path(name) else ""


def _is_hub(url: str) -> bool:
    try:
        parts = urlsplit(url)
        return parts.scheme == "https" and parts.netloc in ("huggingface.co", "cdn-uploads.huggingface.co")
    except ValueError:
        return False
