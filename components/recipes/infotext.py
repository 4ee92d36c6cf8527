"""Infotext: A1111's text format of settings, written and read. Pure.

The prompt, `Negative prompt: ...`, and a last line of `Key: value` pairs, separated by commas; a value with a comma,
colon or line break is quoted as JSON.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Any, cast

from components.domain.field import Field, Kind
from components.domain.fields import FIELDS
from components.domain.request import GenerationRequest, LoraWeight
from components.errors import InvalidRequest
from components.loras.link import read_tag
from components.loras.tags import tags_of, without_tags
from components.recipes.parsed import ParsedLora, ParsedRecipe, integer, number, number_of, size, text_value

NEGATIVE = "Negative prompt:"
# Repetitions are bounded because texts come from untrusted files: unbounded ones would backtrack in quadratic time.
_KEY = re.compile(r"\s{0,20}(\w[\w \-/]{1,60}):\s{0,20}")
_QUOTED = re.compile(r'"(?:\\.|[^\\"])*"(?=\s{0,20}(?:,|$))')
# Three is A1111's own rule for telling settings from a prompt.
_MIN_PAIRS, _MAX_PAIRS = 3, 200
"""Number of pairs in a last line; with fewer it belongs to the prompt, and pairs beyond the limit are ignored."""


@dataclass(frozen=True, slots=True)
class InfotextParts:
    """Parts of an infotext."""

    prompt: str
    negative: str
    pairs: dict[str, Any]
    """A value is text, or the value of JSON in its place."""


def parse_infotext(text: str) -> InfotextParts | None:
    """Return the parts of an infotext; None for a text without a last line of pairs."""
    *lines, last = text.strip().split("\n")
    pairs = _split_pairs(last)
    if len(pairs) < _MIN_PAIRS:
        return None
    start = next((number for number, line in enumerate(lines) if line.strip().startswith(NEGATIVE)), len(lines))
    negative = "\n".join(lines[start:]).strip().removeprefix(NEGATIVE)
    return InfotextParts("\n".join(lines[:start]).strip(), negative.strip(), pairs)


def quote(value: str) -> str:
    """Return a value as `parse_infotext` reads it back: quoted as JSON where it needs to be."""
    is_plain = bool(value) and not any(character in value for character in ',:\n"{[') and value == value.strip()
    return value if is_plain else json.dumps(value, ensure_ascii=False)


def _split_pairs(text: str) -> dict[str, Any]:
    pairs: dict[str, Any] = {}
    at = found = 0
    # Counted with those of one name: JSON that does not end is looked through to the end of the text.
    while at < len(text) and found < _MAX_PAIRS:
        key = _KEY.match(text, at)
        if key:
            found += 1
            pairs[key[1].strip()], at = _value(text, key.end())
        at = (text.find(",", at) + 1) or len(text)
    return pairs


def _value(text: str, start: int) -> tuple[Any, int]:
    """Return the value that begins at `start`, and the position behind it."""
    if text[start : start + 1] in ("{", "["):  # Civitai writes its resources as JSON without quotes
        try:
            return json.JSONDecoder().raw_decode(text, start)
        except (ValueError, RecursionError):
            pass
    if quoted := _QUOTED.match(text, start):
        try:
            return json.loads(quoted[0]), quoted.end()
        except (ValueError, RecursionError):
            return quoted[0], quoted.end()
    end = text.find(",", start)
    end = len(text) if end < 0 else end
    return text[start:end].strip(), end


VERSION = "SDXL LoRA Playground"
EXACT_KEYS = {"prompt": "Original prompt", "negative_prompt": "Original negative prompt"}
"""Keys of pairs that are added only when a prompt would not be read back exactly, as with blanks at its end."""


def infotext(request: GenerationRequest, model: str) -> str:
    """Return the settings as text: the prompt, the negative prompt if any, then one line of `Key: value` pairs.

    LoRAs are in the prompt as `<lora:name:weight>`, as A1111 writes them, and again with their paths among the pairs.
    Unknown values (a sampler, a hash) are left out.
    """
    pairs = _pairs(request, model)
    text = _text(request, pairs)
    read = parse_infotext(text)
    restored = {"prompt": read.prompt.removesuffix(inline(request.loras)) if read else None}
    restored["negative_prompt"] = read.negative if read else None
    lost = {EXACT_KEYS[name]: request.value(name) for name, value in restored.items() if value != request.value(name)}
    return _text(request, lost | pairs) if lost else text


def inline(loras: tuple[LoraWeight, ...]) -> str:
    """Return LoRAs as the tags that are appended to the prompt."""
    return "".join(f" <lora:{_short_name(lora.path)}:{_number(lora.scale)}>" for lora in loras)


def _text(request: GenerationRequest, pairs: dict[str, object]) -> str:
    lines = [request.prompt + inline(request.loras)]
    if request.negative_prompt:
        lines.append(f"{NEGATIVE} {request.negative_prompt}")
    lines.append(", ".join(f"{key}: {quote(str(value))}" for key, value in pairs.items()))
    return "\n".join(lines)


def _pairs(request: GenerationRequest, model: str) -> dict[str, object]:
    texts = {field.recipe_key: _pair_text(request, field) for field in _FIELDS}
    pairs: dict[str, object] = {key: text for key, text in texts.items() if text is not None}
    pairs |= {"Size": f"{request.width}x{request.height}", "Model": model}
    ordered = {key: pairs[key] for key in _FIRST_KEYS} | pairs
    loras = enumerate(request.loras, start=1)
    ordered |= {f"LoRA {number}": f"{lora.path}@{_number(lora.scale)}" for number, lora in loras}
    return ordered | {"Version": VERSION}


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


_LORA_KEY = re.compile(r"LoRA \d{1,2}")
_OWN_KEYS = ("Model", "Preset")
"""Keys with a meaning only where the app itself wrote them."""
_USED_KEYS = {field.recipe_key for field in _FIELDS}.difference(_OWN_KEYS) | {
    *("Size", "Version", "Created Date", "Civitai resources", "Civitai metadata"),
    *EXACT_KEYS.values(),
}
# Keys of image-to-image and inpainting.
_IMAGE_KEYS = frozenset(("Mask blur", "Init image hash", "Mask mode", "Masked content", "Inpaint area"))


def read_infotext(text: str) -> ParsedRecipe | None:
    """Return the recipe in an infotext; None for any other text."""
    parts = parse_infotext(text)
    if parts is None:
        return None
    pairs = parts.pairs
    is_own = pairs.get("Version") == VERSION
    loras = _own_loras(pairs) if is_own else _foreign_loras(parts)
    return ParsedRecipe(
        prompt=_own_prompt(parts, loras) if is_own else text_value(without_tags(parts.prompt)),
        negative=text_value(pairs.get(EXACT_KEYS["negative_prompt"], parts.negative)),
        numbers={field.name: number_of(field, pairs.get(field.recipe_key)) for field in _FIELDS if field.is_number},
        size=size(pairs.get("Size")),
        refiner=text_value(pairs.get("Refiner")),
        preset=text_value(pairs.get("Preset")) if is_own else "",
        loras=loras,
        is_from_image=bool(_IMAGE_KEYS & set(pairs)) or _has_image_strength(pairs),
        unused=tuple(key for key in pairs if not _is_used(key, is_own=is_own)),
    )


def _has_image_strength(pairs: dict[str, Any]) -> bool:
    """Return whether a denoising strength belongs to a source image, and not to A1111's `Hires. fix`."""
    return "Denoising strength" in pairs and not any(key.startswith("Hires") for key in pairs)


def _is_used(key: str, *, is_own: bool) -> bool:
    return key in _USED_KEYS or key in _IMAGE_KEYS or (is_own and (key in _OWN_KEYS or bool(_LORA_KEY.fullmatch(key))))


def _own_prompt(parts: InfotextParts, loras: tuple[ParsedLora, ...]) -> str:
    """Return the prompt without the tags that `infotext` appended; tags that the prompt itself has stay."""
    if (exact := parts.pairs.get(EXACT_KEYS["prompt"])) is not None:
        return text_value(exact)
    weights = tuple(LoraWeight(lora.name, lora.scale) for lora in loras if lora.name.strip())
    return text_value(parts.prompt.removesuffix(inline(weights)))


def _own_loras(pairs: dict[str, Any]) -> tuple[ParsedLora, ...]:
    # From the right: an address may have an `@` in its path.
    values = [text_value(value).rpartition("@") for key, value in pairs.items() if _LORA_KEY.fullmatch(key)]
    return tuple(ParsedLora(path, scale) for path, _, end in values if (scale := number(end)) is not None)


def _foreign_loras(parts: InfotextParts) -> tuple[ParsedLora, ...]:
    """Return the LoRAs from Civitai's list, which has exact versions; from the tags when those are more."""
    tagged = tuple(lora for tag in tags_of(parts.prompt) if (lora := _lora_of_tag(tag)))
    listed = _civitai_loras(parts.pairs.get("Civitai resources"))
    return listed if len(listed) >= len(tagged) else tagged


def _lora_of_tag(tag: str) -> ParsedLora | None:
    try:
        name, weight = read_tag(tag)
    except InvalidRequest:  # a negative or invalid weight
        return ParsedLora(tag, 1.0)
    return ParsedLora(text_value(name), 1.0 if weight is None else weight)


def _civitai_loras(resources: Any) -> tuple[ParsedLora, ...]:
    """Return the LoRAs in the value of `Civitai resources`: by AIR, else by version, else by name."""
    loras: list[ParsedLora] = []
    for entry in cast("list[Any]", resources) if isinstance(resources, list) else []:
        resource = cast("dict[str, Any]", entry) if isinstance(entry, dict) else {}
        version, weight = integer(resource.get("modelVersionId")), number(resource.get("weight", 1))
        if str(resource.get("type")).lower() in ("lora", "lycoris", "locon", "dora") and weight is not None:
            fallback = f"civitai:0@{version}" if version else text_value(resource.get("modelName"))
            loras.append(ParsedLora(text_value(resource.get("air")) or fallback, weight))
    return tuple(loras)
