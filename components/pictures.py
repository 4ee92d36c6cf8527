"""What a picture file really is, found from its content. Pure but for reading the file it is given."""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from pathlib import Path

from PIL import Image, UnidentifiedImageError

from components.errors import PictureTrouble

FORMATS = ("PNG", "JPEG", "WEBP")
PIXEL_LIMIT = 40_000_000
_TOO_LARGE = "The picture is larger than 40 megapixels and was not opened."


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


def inspect(path: Path) -> PictureFacts:
    """Read the whole picture once, so that a cut-off file is found. Raises PictureTrouble."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # Pillow warns of size before we have refused it
            return _inspect(path)
    except Image.DecompressionBombError as error:
        raise PictureTrouble(_TOO_LARGE) from error
    except UnidentifiedImageError as error:
        raise PictureTrouble("What the service sent is not a picture this page can show.") from error
    except (OSError, SyntaxError, ValueError) as error:
        raise PictureTrouble("The picture arrived damaged.") from error


def _inspect(path: Path) -> PictureFacts:
    with Image.open(path, formats=FORMATS) as image:
        if image.width * image.height > PIXEL_LIMIT:
            raise PictureTrouble(_TOO_LARGE)
        image.load()
        return PictureFacts(str(image.format), image.width, image.height, path.stat().st_size)
