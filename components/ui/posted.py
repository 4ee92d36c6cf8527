"""JSON that a stranger posted, read strictly: nothing in it that JSON, UTF-8 or a database cannot hold."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping
from math import isfinite
from typing import Any, NoReturn

from gradio.utils import get_upload_folder

from components.generation import is_text

DEEPEST = 16
"""Levels of lists and objects inside each other; Gradio copies values by recursion."""
_FILE_MARKS = {"meta", "url", "orig_name", "mime_type", "is_stream"}
"""What Gradio's description of a file has besides its path; the `{path, scale}` of a LoRA has none of it."""

Posted = Mapping[str, Any]


class Misshapen(Exception):
    """What was sent is not what is taken here. `str()` is a sentence for whoever sent it."""


def parse(raw: bytes) -> Posted:
    """Return the JSON object in a body. Raises Misshapen."""
    try:
        value: object = json.loads(raw.decode(), parse_constant=_no_constant)
    except (ValueError, RecursionError):
        raise Misshapen("The body must be JSON.") from None
    if not isinstance(value, dict):
        raise Misshapen("The body must be a JSON object.")
    for part in _parts(value):
        _check_part(part)
    return value


def _parts(value: object) -> Iterator[object]:
    """Yield a value, all values inside it, and the names of objects. Raises Misshapen for one that is too deep."""
    level = [value]
    for _ in range(DEEPEST):
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
    raise Misshapen("The body holds lists or objects too deep inside each other.")


def _check_part(part: object) -> None:
    if isinstance(part, str) and not is_text(part):
        raise Misshapen("A text holds half a character.")
    if isinstance(part, float) and not isfinite(part):
        raise Misshapen("A number is too large.")
    if isinstance(part, dict) and "path" in part and _FILE_MARKS & part.keys() and not _is_upload(part):
        raise Misshapen("A file must be uploaded first; paths and links are not opened.")


def _is_upload(file: Mapping[Any, Any]) -> bool:
    """Tell whether a file is described as Gradio does, in the place of uploads. Gradio says whether it exists."""
    path, has_meta = file["path"], isinstance(file.get("meta", {}), dict)
    return has_meta and isinstance(path, str) and "\0" not in path and is_below(path, get_upload_folder())


def is_below(path: str, folder: str) -> bool:
    """Tell whether an absolute path leads into a folder, dots followed."""
    inside = os.path.abspath(folder)  # noqa: PTH100 - no file is looked at: that would block the event loop
    return os.path.isabs(path) and os.path.abspath(path).startswith(inside + os.sep)  # noqa: PTH100, PTH117


def _no_constant(name: str) -> NoReturn:
    raise ValueError(name)
