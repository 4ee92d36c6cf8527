"""LoRA tags: `<lora:name:weight>` in a prompt, A1111's syntax, moved from the prompt to the request's LoRAs. Pure.

Of LyCORIS files some programs write `<lyco:name:weight>`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable

from components import messages
from components.domain.fields import MAX_LORAS
from components.domain.request import LoraWeight
from components.errors import InvalidRequest
from components.loras.sites import LoraRef

_TAG = re.compile(r"(?i)<\s*(?:lora|lyco):[^<>]*>")
# Not from within blanks: each of them would be looked through to its end, in quadratic time.
_GAP = re.compile(r"(?<![ \t])[ \t]*,(?:[ \t]*,)*")
_BLANKS = re.compile(r"[ \t]{2,}")
_MAX_TAGS = 4 * MAX_LORAS
"""Different tags in a prompt; several may name one LoRA."""


def take_tags(prompt: str, resolve: Callable[[str, str], LoraRef]) -> tuple[str, tuple[LoraWeight, ...]]:
    """Return the prompt without its tags, and their LoRAs, with weight 1 unless a tag has one.

    `resolve` returns the LoRA of a tag; its second argument is the field of its errors. Raises InvalidRequest.
    """
    tags = tags_of(prompt)
    if not tags:
        return prompt, ()
    # Each is looked up in the host's folder, and a request has a few LoRAs.
    if len(set(tags)) > _MAX_TAGS:
        raise InvalidRequest("prompt", messages.too_many_loras(MAX_LORAS))
    links = [resolve(tag, "prompt") for tag in tags]
    loras = [LoraWeight(link.path, 1.0 if link.weight is None else link.weight) for link in links]
    return without_tags(prompt), merged((), loras)


def merged(loras: tuple[LoraWeight, ...], more: Iterable[LoraWeight]) -> tuple[LoraWeight, ...]:
    """Return `loras` unchanged, then those of `more` with other paths; of several with one path the first counts."""
    paths = {lora.path for lora in loras}
    # Reversed, since of several values for one key a dict has the last.
    added = {lora.path: lora for lora in reversed([*more]) if lora.path not in paths}
    return (*loras, *reversed(added.values()))


def tags_of(prompt: str) -> list[str]:
    """Return the tags in a prompt, with their brackets."""
    return _TAG.findall(prompt)


def without_tags(prompt: str) -> str:
    """Return the prompt without its tags, and without the commas and blanks that they leave."""
    text = _GAP.sub(",", _TAG.sub("", prompt))
    return _BLANKS.sub(" ", text).strip(" ,\t\n")
