"""Pictures that a program sends to `/generate`: an uploaded file or a data URI. Paths and links are not opened."""

from __future__ import annotations

import asyncio
import base64
import binascii
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from gradio.utils import get_upload_folder

from components import messages
from components.errors import InvalidRequest
from components.person import Person
from components.playground import Playground
from components.source_pictures import BYTE_LIMIT, Way
from components.ui.posted import is_below

NAMES = ("image", "mask_image")
_WITH_IMAGE = {"mask_image", "prompt_strength"}
"""What says nothing without an image."""
_DATA = re.compile(r"data:image/[a-z+.-]{1,20};base64,")


async def pictures_of(playground: Playground, program: Person, wanted: Mapping[str, Any]) -> dict[str, Any]:
    """Return the fields of a request that a program's pictures decide, fitted to its size by cropping.

    Raises InvalidRequest.
    """
    for name in NAMES:
        if name in wanted and name not in playground.backend.family.fields:
            raise InvalidRequest(name, messages.not_offered(name))
    if "image" not in wanted and wanted.keys() & _WITH_IMAGE:
        raise InvalidRequest("mask_image", messages.MASK_WITHOUT_IMAGE)
    if "image" not in wanted:
        return {}
    size = wanted.get("width", 1024), wanted.get("height", 1024)
    playground.backend.schema.check_size(*size)
    sources = playground.sources
    master = await sources.take(program, await asyncio.to_thread(_content, "image", wanted["image"]))
    found = {"image": (await sources.fit(program, master.name, *size, Way.CROP)).image}
    if "mask_image" in wanted:
        mask = await asyncio.to_thread(_content, "mask_image", wanted["mask_image"])
        found["mask"] = await sources.fit_mask(program, mask, master.size, size)
    return found


def _content(name: str, value: Any) -> bytes:
    """Return a picture's file. Raises InvalidRequest for what is neither an upload nor a data URI."""
    if isinstance(value, dict) and isinstance(value.get("path"), str) and is_below(value["path"], get_upload_folder()):
        path = Path(value["path"]).resolve()
        if is_below(str(path), str(Path(get_upload_folder()).resolve())) and path.is_file():
            return _read(path)
    head = _DATA.match(value) if isinstance(value, str) else None
    if head and len(value) <= BYTE_LIMIT * 4 // 3 + 100:
        try:
            return base64.b64decode(value[head.end() :], validate=True)
        except (binascii.Error, ValueError):
            pass
    raise InvalidRequest(name, messages.picture_must_be_sent(name))


def _read(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(BYTE_LIMIT + 1)  # one more than is taken, so that too large is told
