"""Infotext: the settings of a request as A1111's text format. Pure."""

from __future__ import annotations

import re

from components.domain.field import Field, Kind
from components.domain.fields import FIELDS
from components.domain.request import GenerationRequest, LoraWeight
from components.recipes.infotext_parts import NEGATIVE, VERSION, parse_infotext, quote, quote_whole

EXACT_KEYS = {"prompt": "Original prompt", "negative_prompt": "Original negative prompt"}
"""Keys of pairs that are added only when a prompt would not be read back exactly, as with blanks at its end."""


def infotext(request: GenerationRequest, model: str) -> str:
    """Return the settings as text: the prompt, the negative prompt, then one line of `Key: value` pairs.

    An empty negative prompt has its line too: without one ComfyUI reads nothing at all. LoRAs are in the prompt as
    `<lora:name:weight>`, as A1111 writes them, and again with their paths among the pairs. Unknown values (a sampler,
    a hash) are left out.
    """
    pairs = {key: quote(str(value)) for key, value in _pairs(request, model).items()}
    text = _text(request, pairs)
    read = parse_infotext(text)
    restored = {"prompt": read.prompt.removesuffix(inline(request.loras)) if read else None}
    restored["negative_prompt"] = read.negative if read else None
    lost = {EXACT_KEYS[name]: request.value(name) for name, value in restored.items() if value != request.value(name)}
    # Behind the others: other programs know the line by its first key.
    return _text(request, pairs | {key: quote_whole(prompt) for key, prompt in lost.items()}) if lost else text


def inline(loras: tuple[LoraWeight, ...]) -> str:
    """Return LoRAs as the tags that are appended to the prompt."""
    return "".join(f" <lora:{_short_name(lora.path)}:{_number(lora.scale)}>" for lora in loras)


def _text(request: GenerationRequest, pairs: dict[str, str]) -> str:
    negative = _without_keys(request.negative_prompt)
    lines = [
        _without_keys(request.prompt) + inline(request.loras),
        f"{NEGATIVE} {negative}" if negative else NEGATIVE,
        ", ".join(f"{key}: {value}" for key, value in (pairs | {"Version": VERSION}).items()),
    ]
    return "\n".join(lines)


def _without_keys(prompt: str) -> str:
    """Return a prompt in which no program finds a key of the format: a blank before a colon changes no picture."""
    return _KEYS.sub(r"\1 :", prompt)


_KEYS = re.compile(rf"(?m)({NEGATIVE[:-1]}|^Steps|^(?:Negative )?Template):")
"""Keys that some program looks for in front of the settings: Civitai the negative prompt's anywhere."""


def _pairs(request: GenerationRequest, model: str) -> dict[str, object]:
    texts = {field.recipe_key: _pair_text(request, field) for field in _FIELDS}
    pairs: dict[str, object] = {key: text for key, text in texts.items() if text is not None}
    pairs |= {"Size": f"{request.width}x{request.height}", "Model": model}
    ordered = {key: pairs[key] for key in _FIRST_KEYS} | pairs
    loras = enumerate(request.loras, start=1)
    return ordered | {f"LoRA {number}": f"{lora.path}@{_number(lora.scale)}" for number, lora in loras}


def _pair_text(request: GenerationRequest, field: Field) -> str | None:
    """Return the value of a field's pair, None when the recipe needs none."""
    value, is_default = request.effective_value(field), request.has_default(field.name)
    if field.kind is Kind.CHOICE:
        chosen = request.plain_value(field.name)
        return None if is_default or chosen == field.neutral else _REFINER if field.name == "refine" else chosen
    # A default is written where the API gets it too: that of another program may be another one.
    is_written = field.is_always_sent or not is_default or (field.used_with and field.api_names)
    if value is None or not is_written or not request.uses(field):
        return None
    return str(value) if field.is_whole else _number(value)


_FIELDS = [field for field in FIELDS if field.recipe_key]
_FIRST_KEYS = ("Steps", "CFG scale", "Seed", "Size", "Model")
"""Keys of the pairs that A1111 writes first."""
_REFINER = "sd_xl_refiner_1.0"
"""File name of the refiner, by which other programs name it."""


def _number(value: float) -> str:
    """Return the shortest text that is read back as the same number."""
    short = f"{value:g}"
    return short if float(short) == value else repr(float(value))


def _short_name(path: str) -> str:
    """Return a LoRA's name for a tag: the last path segment without suffix and a tag's special characters."""
    name = path.rstrip("/").rpartition("/")[2].removesuffix(".safetensors")
    return "".join("_" if character in ":<>" or not character.isprintable() else character for character in name)
