"""A repainted picture as it is kept: with the original outside its mask, to the pixel."""

from __future__ import annotations

import io
from dataclasses import replace
from pathlib import Path
from typing import BinaryIO

from PIL import Image

from components import messages
from components.errors import PictureTrouble
from components.generation import GenerationRequest
from components.inpainting import put_back
from components.job import Picture
from components.store import Store


def restored(store: Store, request: GenerationRequest, received: Picture) -> tuple[Picture, bool]:
    """Put the original back around what a task repainted; returns the picture made so, and whether it is on disk.

    The picture as received stays beside it. Raises PictureTrouble when one of the three is not here any more.
    """
    if not request.image or not request.mask:
        return received, True
    original = _opened(store.content(request.image.name))
    mask = _opened(store.content(request.mask.name))
    painted = _opened(store.picture(received.name))
    target = io.BytesIO()
    put_back(original, painted, mask.convert("L"), request.feather).save(target, "PNG")
    kept, is_on_disk = store.keep(_landed(store, target.getvalue()), nsfw=received.nsfw)
    return replace(kept, received=received.name), is_on_disk


def _landed(store: Store, content: bytes) -> BinaryIO:
    landing = store.landing()
    try:
        landing.write(content)
    except OSError:
        store.clear(landing)
        return io.BytesIO(content)
    return landing


def _opened(kept: Path | bytes | None) -> Image.Image:
    if kept is None:
        raise PictureTrouble(messages.NOT_PUT_BACK)
    try:
        picture = Image.open(io.BytesIO(kept) if isinstance(kept, bytes) else kept)
        picture.load()
    except (OSError, SyntaxError, ValueError) as error:
        raise PictureTrouble(messages.NOT_PUT_BACK) from error
    return picture
