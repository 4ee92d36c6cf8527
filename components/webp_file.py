"""A WebP file as its chunks. Every function raises ValueError, LookupError or struct.error for a damaged file."""

from __future__ import annotations

import struct
from collections.abc import Iterable, Iterator

from components.recipe_exif import rotation_in, text_in, with_comment

_HEAD = struct.Struct("<4sI")
_EXIF_PREFIX = b"Exif\0\0"
_HAS_EXIF, _HAS_XMP, _HAS_ALPHA = 0x08, 0x04, 0x10
_PICTURE = (b"ICCP", b"ANIM", b"ANMF", b"ALPH", b"VP8 ", b"VP8L")
Chunk = tuple[bytes, bytes]


def with_text(data: bytes, text: str) -> bytes:
    """Return the file with a text as its EXIF comment."""
    chunks = [*_chunks(data)]
    made = with_comment(_exif_in(chunks), text).removeprefix(_EXIF_PREFIX)
    others = [chunk for chunk in chunks if chunk[0] not in (b"VP8X", b"EXIF", b"XMP ")]
    last = [chunk for chunk in chunks if chunk[0] == b"XMP "]
    return _file([(b"VP8X", _features(chunks, add=_HAS_EXIF)), *others, (b"EXIF", made), *last])


def clean(data: bytes) -> bytes:
    """Return the file without metadata but how it is turned."""
    chunks = [*_chunks(data)]
    picture = [chunk for chunk in chunks if chunk[0] in _PICTURE]
    if chunks[0][0] != b"VP8X":
        return _file(picture)
    turned = rotation_in(_exif_in(chunks)).removeprefix(_EXIF_PREFIX)
    features = _features(chunks, add=_HAS_EXIF if turned else 0, drop=_HAS_EXIF | _HAS_XMP)
    return _file([(b"VP8X", features), *picture, *([(b"EXIF", turned)] if turned else [])])


def text_of(data: bytes) -> str:
    """Return the recipe in its EXIF data; empty where there is none."""
    exif = _exif_in(_chunks(data))
    return text_in(exif) if exif else ""


def _exif_in(chunks: Iterable[Chunk]) -> bytes:
    return next((body for kind, body in chunks if kind == b"EXIF"), b"")


def _chunks(data: bytes) -> Iterator[Chunk]:
    size = struct.unpack_from("<I", data, 4)[0]
    if data[8:12] != b"WEBP" or size + 8 > len(data):
        raise ValueError
    place = 12
    while place < size + 8:
        kind, length = _HEAD.unpack_from(data, place)
        body = data[place + _HEAD.size : place + _HEAD.size + length]
        if len(body) < length:
            raise ValueError
        yield kind, body
        place += _HEAD.size + length + length % 2


def _file(chunks: Iterable[Chunk]) -> bytes:
    content = b"".join(_HEAD.pack(kind, len(body)) + body + b"\0" * (len(body) % 2) for kind, body in chunks)
    return _HEAD.pack(b"RIFF", len(content) + 4) + b"WEBP" + content


def _features(chunks: list[Chunk], *, add: int = 0, drop: int = 0) -> bytes:
    """Return the content of VP8X: what the file holds, and its size."""
    kind, body = chunks[0]
    if kind == b"VP8X":
        return bytes([body[0] & ~drop | add]) + body[1:]
    width, height, has_alpha = _lossless_size(body) if kind == b"VP8L" else _lossy_size(body)
    flags = add | (_HAS_ALPHA if has_alpha else 0)
    return bytes([flags, 0, 0, 0]) + (width - 1).to_bytes(3, "little") + (height - 1).to_bytes(3, "little")


def _lossless_size(body: bytes) -> tuple[int, int, bool]:
    (bits,) = struct.unpack_from("<I", body, 1)
    return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1, bool(bits >> 28 & 1)


def _lossy_size(body: bytes) -> tuple[int, int, bool]:
    width, height = struct.unpack_from("<HH", body, 6)
    return width & 0x3FFF, height & 0x3FFF, False
