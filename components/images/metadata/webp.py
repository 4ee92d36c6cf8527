"""WebP metadata: a recipe in EXIF data. Raises ValueError, LookupError or struct.error if damaged.

Source: WebP container specification (RFC 9649).
"""

from __future__ import annotations

import struct
from collections.abc import Iterable, Iterator
from contextlib import suppress

from components.images.metadata.exif import BROKEN, exif_texts, orientation_of, with_comment
from components.images.metadata.pixels import pixel_texts
from components.images.metadata.xmp import xmp_texts
from components.images.structure import MAX_PARTS

_HEAD = struct.Struct("<4sI")
_EXIF_PREFIX = b"Exif\0\0"
# Flags in the first byte of a VP8X chunk.
_HAS_EXIF, _HAS_XMP, _HAS_ALPHA = 0x08, 0x04, 0x10
_ESSENTIAL = (b"ICCP", b"ANIM", b"ANMF", b"ALPH", b"VP8 ", b"VP8L")
"""Chunks without which the image would look different."""
Chunk = tuple[bytes, bytes]
"""FourCC and content."""


def write_text(data: bytes, text: str) -> bytes:
    """Return the file with `text` as its EXIF comment, in the extended format (VP8X), which EXIF data requires."""
    chunks = [*_chunks(data)]
    exif = with_comment(_exif_in(chunks), text).removeprefix(_EXIF_PREFIX)
    others = [chunk for chunk in chunks if chunk[0] not in (b"VP8X", b"EXIF", b"XMP ")]
    last = [chunk for chunk in chunks if chunk[0] == b"XMP "]
    return _file([(b"VP8X", _features(chunks, add=_HAS_EXIF)), *others, (b"EXIF", exif), *last])


def strip(data: bytes) -> bytes:
    """Return the file without metadata, except for colour profile and orientation."""
    chunks = [*_chunks(data)]
    essential = [chunk for chunk in chunks if chunk[0] in _ESSENTIAL]
    if chunks[0][0] != b"VP8X":
        return _file(essential)
    orientation = orientation_of(_exif_in(chunks)).removeprefix(_EXIF_PREFIX)
    features = _features(chunks, add=_HAS_EXIF if orientation else 0, drop=_HAS_EXIF | _HAS_XMP)
    return _file([(b"VP8X", features), *essential, *([(b"EXIF", orientation)] if orientation else [])])


def read_texts(data: bytes) -> list[str]:
    """Return the texts in EXIF data, in XMP data, or in the pixels."""
    chunks = [*_chunks(data)]
    texts: list[str] = []
    with suppress(*BROKEN):
        texts += exif_texts(exif) if (exif := _exif_in(chunks)) else []
    texts += [text for kind, body in chunks if kind == b"XMP " for text in xmp_texts(body)]
    return texts or pixel_texts(data)


def _exif_in(chunks: Iterable[Chunk]) -> bytes:
    return next((body for kind, body in chunks if kind == b"EXIF"), b"")


def _chunks(data: bytes) -> Iterator[Chunk]:
    size = struct.unpack_from("<I", data, 4)[0]
    if data[8:12] != b"WEBP" or size + 8 > len(data):
        raise ValueError
    start = 12
    for _ in range(MAX_PARTS):
        if start >= size + 8:
            return
        kind, length = _HEAD.unpack_from(data, start)
        body = data[start + _HEAD.size : start + _HEAD.size + length]
        if len(body) < length:
            raise ValueError
        yield kind, body
        start += _HEAD.size + length + length % 2  # chunks are padded to an even length
    raise ValueError


def _file(chunks: Iterable[Chunk]) -> bytes:
    content = b"".join(_HEAD.pack(kind, len(body)) + body + b"\0" * (len(body) % 2) for kind, body in chunks)
    return _HEAD.pack(b"RIFF", len(content) + 4) + b"WEBP" + content


def _features(chunks: list[Chunk], *, add: int = 0, drop: int = 0) -> bytes:
    """Return the content of a VP8X chunk: feature flags and canvas size, from the old one or from the image data."""
    kind, body = chunks[0]
    if kind == b"VP8X":
        return bytes([body[0] & ~drop | add]) + body[1:]
    width, height, has_alpha = _lossless_size(body) if kind == b"VP8L" else _lossy_size(body)
    flags = add | (_HAS_ALPHA if has_alpha else 0)
    return bytes([flags, 0, 0, 0]) + (width - 1).to_bytes(3, "little") + (height - 1).to_bytes(3, "little")


def _lossless_size(body: bytes) -> tuple[int, int, bool]:
    """Return width, height and alpha flag of a VP8L bitstream: 14, 14 and 1 bits behind the signature byte."""
    (bits,) = struct.unpack_from("<I", body, 1)
    return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1, bool(bits >> 28 & 1)


def _lossy_size(body: bytes) -> tuple[int, int, bool]:
    """Return width and height of a VP8 key frame (RFC 6386); the two upper bits of each are a scale."""
    width, height = struct.unpack_from("<HH", body, 6)
    return width & 0x3FFF, height & 0x3FFF, False
