"""Image inspection: format, size and integrity of an image file, from its content. Reads the file, nothing else."""

from __future__ import annotations

from dataclasses import dataclass
from typing import BinaryIO

from PIL import Image, UnidentifiedImageError

from components import messages
from components.errors import ImageUnavailable
from components.images.decoding import open_image
from components.images.structure import TooSlow

FORMATS = ("PNG", "JPEG", "WEBP")
PIXEL_LIMIT = 40_000_000
"""Width times height; larger images are refused before they are decoded."""


@dataclass(frozen=True, slots=True)
class ImageFacts:
    """Facts about a readable image file."""

    format: str
    """One of FORMATS."""
    width: int
    """Pixels."""
    height: int
    """Pixels."""
    size: int
    """Bytes."""

    @property
    def suffix(self) -> str:
        """Return the suffix of the file name with its dot."""
        return {"PNG": ".png", "JPEG": ".jpg", "WEBP": ".webp"}[self.format]


def inspect(file: BinaryIO) -> ImageFacts:
    """Decode the whole image once, so that a truncated file is detected, and return its facts.

    Raises ImageUnavailable for what is no sound image, and OSError when the disk fails.
    """
    try:
        return _inspect(file)
    except TooSlow as error:
        raise ImageUnavailable(messages.TOO_SLOW_TO_READ) from error
    except Image.DecompressionBombError as error:
        raise ImageUnavailable(messages.TOO_MANY_PIXELS) from error
    except UnidentifiedImageError as error:
        raise ImageUnavailable(messages.NOT_A_PICTURE) from error
    except (OSError, SyntaxError, ValueError) as error:
        # Pillow raises OSError for damaged images too, without an errno. One with an errno is the disk's: delayed
        # writes may fail as late as here.
        if isinstance(error, OSError) and error.errno is not None:
            raise
        raise ImageUnavailable(messages.DAMAGED) from error


def _inspect(file: BinaryIO) -> ImageFacts:
    file.seek(0)
    content = file.read()
    with open_image(content, FORMATS) as image:
        if image.width * image.height > PIXEL_LIMIT:
            raise ImageUnavailable(messages.TOO_MANY_PIXELS)
        image.load()
        return ImageFacts(str(image.format), image.width, image.height, len(content))
