"""What a picture file really is, found from its content. Pure but for reading the file it is given."""

from __future__ import annotations

import os
import warnings
from dataclasses import dataclass
from typing import BinaryIO

from PIL import Image, UnidentifiedImageError

from components import messages
from components.errors import PictureTrouble

FORMATS = ("PNG", "JPEG", "WEBP")
PIXEL_LIMIT = 40_000_000


@dataclass(frozen=True, slots=True)
class PictureFacts:
    """What a readable picture is."""

    format: str
    """One of FORMATS."""
    width: int
    height: int
    size: int
    """Bytes."""

    @property
    def suffix(self) -> str:
        """Return the file name's ending, with its dot."""
        return {"PNG": ".png", "JPEG": ".jpg", "WEBP": ".webp"}[self.format]


def inspect(file: BinaryIO) -> PictureFacts:
    """Read the whole picture once, so that a cut-off file is found.

    Raises PictureTrouble, and OSError when it is the disk that fails: what was written last may fail only now.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # Pillow warns of size before we have refused it
            return _inspect(file)
    except Image.DecompressionBombError as error:
        raise PictureTrouble(messages.TOO_MANY_PIXELS) from error
    except UnidentifiedImageError as error:
        raise PictureTrouble(messages.NOT_A_PICTURE) from error
    except (OSError, SyntaxError, ValueError) as error:
        if isinstance(error, OSError) and error.errno is not None:
            raise
        raise PictureTrouble(messages.DAMAGED) from error


def _inspect(file: BinaryIO) -> PictureFacts:
    file.seek(0)
    with Image.open(file, formats=FORMATS) as image:
        if image.width * image.height > PIXEL_LIMIT:
            raise PictureTrouble(messages.TOO_MANY_PIXELS)
        image.load()
        return PictureFacts(str(image.format), image.width, image.height, file.seek(0, os.SEEK_END))
