"""Images that a program sends to `/generate`: an uploaded file or a data URI. Paths and links are not opened."""

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
from components.domain.field import Condition, Kind
from components.domain.fields import FIELDS
from components.domain.person import Person
from components.errors import InvalidRequest
from components.images.fit import FitMode
from components.images.source import BYTE_LIMIT
from components.services.playground import Playground
from components.ui.http.payload import is_below

IMAGE_FIELDS = tuple(field.parameter for field in FIELDS if field.kind is Kind.IMAGE)
"""Parameters of `/generate` that take a file."""
_WITH_IMAGE = {"mask_image"} | {field.parameter for field in FIELDS if field.used_with == Condition("image")}
"""Parameters without effect unless there is an image."""
IMAGE_PARAMETERS = {*IMAGE_FIELDS, *_WITH_IMAGE}
"""Parameters of `/generate` that belong to an image."""
_DATA = re.compile(r"data:image/[a-z+.-]{1,20};base64,")


async def image_fields(playground: Playground, program: Person, values: Mapping[str, Any]) -> dict[str, Any]:
    """Return the `image` and `mask` of a request, stored and cropped to its size; empty without an image.

    `values` has the parameters that were sent, without nulls, and the size in pixels. Raises InvalidRequest and
    StorageError.
    """
    for name in IMAGE_FIELDS:
        if name in values and name not in playground.backend.family.fields:
            raise InvalidRequest(name, messages.not_offered(name))
    if "image" not in values and values.keys() & _WITH_IMAGE:
        raise InvalidRequest("mask_image", messages.MASK_WITHOUT_IMAGE)
    if "image" not in values:
        return {}
    size = values.get("width", 1024), values.get("height", 1024)
    playground.backend.schema.check_size(*size)
    sources = playground.source_images
    # The uncropped image is stored first: a mask that was made for it is cropped alike.
    uncropped = await sources.add(program, await asyncio.to_thread(_content, "image", values["image"]))
    fitted = await sources.fit(program, uncropped.name, *size, FitMode.CROP)
    fields = {"image": fitted.image}
    if "mask_image" in values:
        mask = await asyncio.to_thread(_content, "mask_image", values["mask_image"])
        fields["mask"], is_certain = await sources.add_mask_file(program, mask, uncropped.name, fitted)
        if not is_certain:
            raise InvalidRequest("mask_image", messages.MASK_UNCLEAR)
    return fields


def _content(name: str, value: Any) -> bytes:
    """Return the bytes of an image file. Raises InvalidRequest for neither an upload nor a data URI. Blocks."""
    if isinstance(value, dict) and isinstance(value.get("path"), str) and is_below(value["path"], get_upload_folder()):
        # Checked again without symbolic links, which `is_below` does not follow.
        path = Path(value["path"]).resolve()
        if is_below(str(path), str(Path(get_upload_folder()).resolve())) and path.is_file():
            return _read(path)
    head = _DATA.match(value) if isinstance(value, str) else None
    # Base64 takes a third more than the file: a text that is too long is refused before it is decoded.
    if head and len(value) <= BYTE_LIMIT * 4 // 3 + 100:
        try:
            return base64.b64decode(value[head.end() :], validate=True)
        except (binascii.Error, ValueError):
            pass
    raise InvalidRequest(name, messages.picture_must_be_sent(name))


def _read(path: Path) -> bytes:
    with path.open("rb") as file:
        # One byte more than is accepted: what is too large is refused, not cut.
        return file.read(BYTE_LIMIT + 1)
