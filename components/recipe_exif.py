"""The recipe in EXIF, where JPEG and WebP hold it: a comment in UTF-16BE, as A1111 writes it. Pillow for the rest."""

from __future__ import annotations

import struct
import warnings
import zlib

from PIL import Image

BROKEN = (
    OSError,
    SyntaxError,
    ValueError,
    TypeError,
    LookupError,
    EOFError,
    OverflowError,
    struct.error,
    zlib.error,
    Warning,
)
"""What reading a file that is cut off or forged may raise."""
_IFD, _COMMENT = 0x8769, 0x9286
_ROTATION = 0x0112
_CAMERA = (0x0110, 0x010F)
"""Where ComfyUI writes its graph, as `prompt:{...}`."""
_UNICODE, _ASCII = b"UNICODE\0", b"ASCII\0\0\0"
_LONG = 30_000
"""Characters from which plain letters take one byte each: a JPEG file has room for 64 kB of EXIF data."""


def with_comment(exif: bytes, text: str) -> bytes:
    """Return EXIF data with a comment; what it held besides stays. It begins with `Exif`, 0, 0."""
    found = _loaded(exif)
    found.get_ifd(_IFD)[_COMMENT] = _encoded(text)
    return found.tobytes()


def without_comment(exif: bytes) -> bytes:
    """Return EXIF data without its comment; empty where there is no other."""
    found = _loaded(exif)
    rest = found.get_ifd(_IFD)
    rest.pop(_COMMENT, None)
    if not rest:
        found.pop(_IFD, None)
    return found.tobytes() if len(found) else b""


def rotation_in(exif: bytes) -> bytes:
    """Return EXIF data that tell how the picture is turned and nothing else; empty where it stands upright."""
    try:
        turned = _loaded(exif).get(_ROTATION, 1)
    except BROKEN:
        return b""
    if turned not in range(2, 9):
        return b""
    bare = Image.Exif()
    bare[_ROTATION] = turned
    return bare.tobytes()


def text_in(exif: bytes) -> str:
    """Return the recipe in EXIF data; empty where there is none."""
    found = _loaded(exif)
    comment = found.get_ifd(_IFD).get(_COMMENT)
    if comment:
        return _decoded(comment if isinstance(comment, bytes) else str(comment).encode())
    texts = [str(found.get(tag, "")) for tag in _CAMERA]
    return next((text.removeprefix("prompt:") for text in texts if text.startswith("prompt:")), "")


def _loaded(exif: bytes) -> Image.Exif:
    found = Image.Exif()
    with warnings.catch_warnings():
        warnings.simplefilter("error")  # Pillow warns of what is broken and goes on without it
        found.load(exif)
        found.get_ifd(_IFD)
    return found


def _encoded(text: str) -> bytes:
    if len(text) > _LONG and text.isascii():
        return _ASCII + text.encode()
    return _UNICODE + text.encode("utf-16-be")


def _decoded(comment: bytes) -> str:
    if not comment.startswith(_UNICODE):
        return comment.removeprefix(_ASCII).removeprefix(b"\0" * 8).decode("utf-8", "replace").strip("\0")
    text = comment.removeprefix(_UNICODE)  # ends in a plain letter, by which its order is known
    is_little = text.startswith(b"\xff\xfe") or (text[-1:] == b"\0" and text[-2:] != b"\0\0")
    return (
        text.decode("utf-16-le", "replace").removeprefix("\ufeff")
        if is_little
        else text.decode("utf-16-be", "replace")
    )
