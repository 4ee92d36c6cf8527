"""Mask composite: a generated image with the original's exact pixels outside its mask."""

from __future__ import annotations

import io
from dataclasses import replace
from pathlib import Path
from typing import BinaryIO

from PIL import Image

from components import messages
from components.domain.job import StoredImage
from components.domain.request import GenerationRequest
from components.errors import ImageUnavailable
from components.images.composite import composite
from components.images.decoding import open_image
from components.images.inspect import FORMATS
from components.images.structure import TooSlow
from components.storage.store import Store


def with_original_outside_mask(
    store: Store, request: GenerationRequest, received: StoredImage
) -> tuple[StoredImage, bool]:
    """Return the composite of a received image as a stored PNG, and whether it is on disk. Blocks.

    The received image stays stored beside it. A request without a mask returns `received`. Raises ImageUnavailable
    when the original, the mask or the received image is missing or unreadable.
    """
    if not request.image or not request.mask:
        return received, True
    original = _load(store.image_bytes(request.image.name))
    mask = _load(store.image_bytes(request.mask.name))
    generated = _load(store.image_file(received.name))
    buffer = io.BytesIO()
    composite(original, generated, mask.convert("L"), request.feather).save(buffer, "PNG")
    stored, is_on_disk = store.commit_image(_temp_file(store, buffer.getvalue()), nsfw=received.nsfw)
    return replace(stored, received=received.name), is_on_disk


def _temp_file(store: Store, content: bytes) -> BinaryIO:
    """Return a temporary file of this content; in memory where the disk cannot take it."""
    file = store.open_temp()
    try:
        file.write(content)
    except OSError:
        store.discard(file)
        return io.BytesIO(content)
    return file


def _load(stored: Path | bytes | None) -> Image.Image:
    if stored is None:
        raise ImageUnavailable(messages.NOT_PUT_BACK)
    try:
        image = open_image(stored if isinstance(stored, bytes) else stored.read_bytes(), FORMATS)
        image.load()
    # Pillow's PNG reader raises SyntaxError for a broken chunk.
    except (TooSlow, OSError, SyntaxError, ValueError) as error:
        raise ImageUnavailable(messages.NOT_PUT_BACK) from error
    return image
