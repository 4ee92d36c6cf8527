"""JSON payload, parsed strictly: no value that JSON (RFC 8259), UTF-8 or a database cannot represent."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping
from math import isfinite
from typing import Any, NoReturn

from gradio.utils import get_upload_folder

from components.domain.request import is_text

MAX_DEPTH = 16
"""Levels of nested lists and objects; Gradio copies values by recursion."""
MAX_VALUES = 10_000
"""Values and keys in a body. The page's largest, a list of 500 jobs, has a few more than 500."""
_MAX_SIGNS = 60_000
"""Commas and opening brackets in a body, those in texts too: two prompts, four LoRAs, two lists have at most 32,000.

They are counted in a moment, where a megabyte of `[],` would hold up the event loop.
"""
_FILE_FIELDS = {"meta", "url", "orig_name", "mime_type", "is_stream"}
"""Keys besides `path` that Gradio's description of a file may have; the `{path, scale}` of a LoRA has none."""

_TOO_MANY = "The body holds too many values."

JsonObject = Mapping[str, Any]


class InvalidPayload(Exception):
    """A request body that is not accepted; `str()` is the sentence for the answer."""


def parse(raw: bytes) -> JsonObject:
    """Return the JSON object in a body. Raises InvalidPayload."""
    if sum(map(raw.count, (b",", b"[", b"{"))) > _MAX_SIGNS:
        raise InvalidPayload(_TOO_MANY)
    try:
        # Python reads NaN and Infinity, which JSON does not have.
        value: object = json.loads(raw.decode(), parse_constant=_no_constant)
    except (ValueError, RecursionError):
        raise InvalidPayload("The body must be JSON.") from None
    if not isinstance(value, dict):
        raise InvalidPayload("The body must be a JSON object.")
    for number, part in enumerate(_parts(value)):
        if number >= MAX_VALUES:
            raise InvalidPayload(_TOO_MANY)
        _check_part(part)
    return value


def _parts(value: object) -> Iterator[object]:
    """Yield a value, all values inside it and the keys of objects. Raises InvalidPayload beyond MAX_DEPTH."""
    level = [value]
    for _ in range(MAX_DEPTH):
        yield from level
        inside: list[object] = []
        for part in level:
            if isinstance(part, dict):
                inside += [*part.keys(), *part.values()]
            elif isinstance(part, list):
                inside += part
        if not inside:
            return
        level = inside
    raise InvalidPayload("The body holds lists or objects too deep inside each other.")


def _check_part(part: object) -> None:
    # Lone surrogates: JSON may escape them, UTF-8 and SQLite cannot store them.
    if isinstance(part, str) and not is_text(part):
        raise InvalidPayload("A text holds half a character.")
    # `1e400` is valid JSON, and infinite in Python.
    if isinstance(part, float) and not isfinite(part):
        raise InvalidPayload("A number is too large.")
    if isinstance(part, dict) and "path" in part and _FILE_FIELDS & part.keys() and not _is_upload(part):
        raise InvalidPayload("A file must be uploaded first; paths and links are not opened.")


def _is_upload(file: Mapping[Any, Any]) -> bool:
    """Return whether a file description has Gradio's form and lies in its upload folder; it need not exist.

    In Gradio 6.31 a `path` without `meta` skips the upload folder check of gr.Image and gr.Gallery.
    """
    path, has_meta = file["path"], isinstance(file.get("meta", {}), dict)
    return has_meta and isinstance(path, str) and "\0" not in path and is_below(path, get_upload_folder())


def is_below(path: str, folder: str) -> bool:
    """Return whether an absolute path lies inside a folder, after `..` is resolved; symbolic links are not."""
    inside = os.path.abspath(folder)  # noqa: PTH100 - `Path.resolve` reads the disk, which would block the event loop
    return os.path.isabs(path) and os.path.abspath(path).startswith(inside + os.sep)  # noqa: PTH100, PTH117


def _no_constant(name: str) -> NoReturn:
    raise ValueError(name)
