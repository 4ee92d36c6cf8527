"""`<lora:name:weight>` in a prompt, as other programs write it: taken out, and made a LoRA of the request."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable

from components.generation import LoraWeight
from components.lora_sites import LoraLink

_TAG = re.compile(r"(?i)<\s*lora:[^<>]*>")
_GAP = re.compile(r"[ \t]*,(?:[ \t]*,)*")
_BLANKS = re.compile(r"[ \t]{2,}")


def take_tags(prompt: str, to_send: Callable[[str, str], LoraLink]) -> tuple[str, tuple[LoraWeight, ...]]:
    """Return the prompt without its tags, and the LoRAs that they named. Raises InvalidRequest at the prompt."""
    tags = tags_of(prompt)
    if not tags:
        return prompt, ()
    links = [to_send(tag, "prompt") for tag in tags]
    loras = [LoraWeight(link.path, 1.0 if link.weight is None else link.weight) for link in links]
    return without_tags(prompt), merged((), loras)


def merged(loras: tuple[LoraWeight, ...], more: Iterable[LoraWeight]) -> tuple[LoraWeight, ...]:
    """Return what was given as it stands, and of the others those that name another path, each once."""
    known = {lora.path for lora in loras}
    others = {lora.path: lora for lora in reversed([*more]) if lora.path not in known}
    return (*loras, *reversed(others.values()))


def tags_of(prompt: str) -> list[str]:
    """Return the tags in a prompt, as they stand there."""
    return _TAG.findall(prompt)


def without_tags(prompt: str) -> str:
    """Return a prompt without its tags, and without the commas and blanks they leave."""
    rest = _GAP.sub(",", _TAG.sub("", prompt))
    return _BLANKS.sub(" ", rest).strip(" ,\t\n")
