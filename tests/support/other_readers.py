"""Readers of other programs: by which rules each takes our files and texts apart, in code of our own.

Sources: AUTOMATIC1111/stable-diffusion-webui and its Forge (modules/infotext_utils.py, modules/images.py),
Comfy-Org/ComfyUI_frontend (src/scripts/pnginfo.ts, src/scripts/metadata/png.ts), and civitai/civitai
(src/utils/metadata/automatic.metadata.ts, src/utils/encoding-helpers.ts).
"""

from __future__ import annotations

import io
import json
import re
import struct
from dataclasses import dataclass
from typing import Any

from PIL import Image

_EXIF_IFD, _USER_COMMENT = 0x8769, 0x9286
NEGATIVE = "Negative prompt:"


@dataclass(frozen=True)
class Reading:
    """What a program found."""

    prompt: str
    negative: str
    pairs: dict[str, Any]


# --- A1111 and Forge ---

_A1111_PAIR = re.compile(r'\s*(\w[\w \-/]+):\s*("(?:\\.|[^\\"])+"|[^,]*)(?:,|$)')
_A1111_TAG = re.compile(r"<(\w+):([^>]+)>")


def a1111_text(data: bytes) -> str:
    """Return the text in a file as Pillow and piexif hand it over: a comment counts before a PNG's text."""
    with Image.open(io.BytesIO(data)) as image:
        comment = image.getexif().get_ifd(_EXIF_IFD).get(_USER_COMMENT) if "exif" in image.info else None
        if not comment:
            return image.info.get("parameters", "")
    code, text = comment[:8], comment[8:]
    return text.decode({b"UNICODE\0": "utf-16-be", b"ASCII\0\0\0": "ascii"}[code])


def read_by_a1111(text: str) -> Reading:
    """Read line by line: the last is the settings, a line that begins with the key begins the negative prompt."""
    *lines, last = text.strip().split("\n")
    found = _A1111_PAIR.findall(last)
    if len(found) < 3:
        lines, found = [*lines, last], []
    parts: tuple[list[str], list[str]] = ([], [])
    is_negative = False
    for line in map(str.strip, lines):
        if line.startswith(NEGATIVE):
            is_negative, line = True, line.removeprefix(NEGATIVE).strip()
        part = parts[is_negative]
        part += [line] if line or part else []
    pairs: dict[str, Any] = {}
    for key, value in found:
        size = re.fullmatch(r"(\d+)x(\d+)", value)
        pairs |= {f"{key}-1": size[1], f"{key}-2": size[2]} if size else {key: _unquoted(value)}
    return Reading("\n".join(parts[0]), "\n".join(parts[1]), pairs)


def a1111_loras(prompt: str) -> list[tuple[str, float]]:
    tags = [rest.split(":") for kind, rest in _A1111_TAG.findall(prompt) if kind == "lora"]
    return [(name, float(weight)) for name, weight in tags]


def _unquoted(value: str) -> str:
    if value[:1] == '"' == value[-1:]:
        try:
            return json.loads(value)
        except ValueError:
            pass
    return value


# --- ComfyUI ---

_COMFY_PAIR = re.compile(r'\s*([^:]+:\s*([^"{\n].*?|".*?"|\{.*?\}))\s*(?:,|$)')
_COMFY_TAG = re.compile(r"<lora:([^:]+):([^>]+)>")


def comfy_text(png: bytes) -> str:
    """Return the text under `parameters`: every text chunk is read as UTF-8. Of other files it reads graphs alone."""
    at, found = 8, ""
    while at < len(png):
        length, kind = struct.unpack_from(">I4s", png, at)
        keyword, _, text = png[at + 8 : at + 8 + length].partition(b"\0")
        if kind == b"iTXt":
            text = text[2:].split(b"\0", 2)[2]
        if kind in (b"tEXt", b"iTXt") and keyword == b"parameters":
            found = text.decode("utf-8", "replace")
        at += 12 + length
    return found


def read_by_comfy(text: str) -> Reading | None:
    """Read from the last line that begins with the steps upward; without a negative prompt nothing is read at all."""
    steps = text.rfind("\nSteps:")
    negative = text.rfind(f"\n{NEGATIVE}", 0, max(steps, 0) + len(NEGATIVE) + 1)
    if steps < 0 or negative < 0:
        return None
    entries = [found[0].split(":") for found in _COMFY_PAIR.findall(text[steps:].split("\n")[1])]
    pairs = {entry[0].strip().lower(): entry[1].removesuffix(",").strip() for entry in entries}
    start = negative + len(NEGATIVE) + 2
    return Reading(text[:negative].strip(), text[min(start, steps) : max(start, steps)].strip(), pairs)


def comfy_loras(prompt: str) -> list[tuple[str, float]]:
    return [(name, float(weight.split(":")[0])) for name, weight in _COMFY_TAG.findall(prompt)]


# --- Civitai ---

_CIVITAI_TAG = re.compile(r"<lora:([a-zA-Z0-9_.\-]+):([0-9.]+)>")
_CIVITAI_CUTS = ("Resources: ", "Hashed prompt: ", "Hashed Negative prompt: ")
_CIVITAI_JSON = (", Hashes: ", ", Civitai metadata: ")


def civitai_text(data: bytes) -> str:
    """Return the text of a PNG, else of a comment, in the order of bytes that has fewer zeros in the wrong places."""
    with Image.open(io.BytesIO(data)) as image:
        if "parameters" in image.info:
            return image.info["parameters"]
        comment = image.getexif().get_ifd(_EXIF_IFD)[_USER_COMMENT]
    if comment.startswith(b"ASCII"):
        return comment[8:].decode("ascii")
    text = comment[8:]
    is_little = text[1:1000:2].count(0) > text[:1000:2].count(0)
    return text.decode("utf-16-le" if is_little else "utf-16-be").replace("\0", "")


def read_by_civitai(text: str) -> Reading:
    """Read the first line that begins with the steps as the settings; what is left is cut at the key, anywhere."""
    lines = _without_templates([line for line in text.split("\n") if line.strip()])
    details = next(line for line in lines if line.startswith("Steps: "))
    lines.remove(details)
    for key in _CIVITAI_CUTS:
        details = details.split(key)[0]
    assert not any(f"{prefix}{{" in details for prefix in _CIVITAI_JSON)  # it would have to be JSON
    prompt, *negative = (part.strip() for part in "\n".join(lines).split(NEGATIVE))
    return Reading(prompt, " ".join(negative).strip(), _civitai_pairs(details))


def civitai_loras(prompt: str) -> list[tuple[str, float]]:
    return [(name, float(weight)) for name, weight in _CIVITAI_TAG.findall(prompt)]


def _without_templates(lines: list[str]) -> list[str]:
    for key in ("Template: ", "Negative Template: "):
        at = next((number for number, line in enumerate(lines) if line.startswith(key)), None)
        if at is not None:
            del lines[at]
            while at < len(lines) and not re.search(r"[\w\s]+: ", lines[at]):
                del lines[at]
    return lines


def _civitai_pairs(line: str) -> dict[str, Any]:
    """Return the pairs; a quoted value, in which no sign is escaped, is a line of pairs itself."""
    pairs: dict[str, Any] = {}
    key, value, is_quoted = "", "", False
    for sign in line:
        if sign == '"':
            if is_quoted:
                pairs[key], key = _civitai_pairs(value.strip()), ""
            is_quoted = not is_quoted
        elif sign == ":" and not is_quoted:
            key, value = value.strip(), ""
        elif sign == "," and not is_quoted:
            pairs |= {key: value.strip()} if key else {}
            key, value = "", ""
        else:
            value += sign
    return pairs | ({key: value.strip()} if key else {})
