"""A PNG file as its chunks. Every function raises ValueError or what zlib and struct raise for a damaged file."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator

from components.recipe_exif import rotation_in

_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_HEAD = struct.Struct(">I4s")
_KEYWORD = b"parameters"
_GRAPH = b"prompt"
_EXIF, _EXIF_PREFIX = b"eXIf", b"Exif\0\0"
_TEXTS = (b"tEXt", b"zTXt", b"iTXt")
_PICTURE = frozenset(
    b"IHDR PLTE IDAT IEND tRNS gAMA cHRM sRGB iCCP cICP sBIT bKGD pHYs mDCV cLLI acTL fcTL fdAT".split()
)
"""Chunks without which the picture would look otherwise."""
_MOST_BYTES = 4 * 65_536
"""Of one text, unpacked."""


def with_text(data: bytes, text: str) -> bytes:
    """Return the file with a text under `parameters`, right behind its header; an older one is replaced."""
    head, *rest = [whole for kind, body, whole in _chunks(data) if not _is_recipe(kind, body)]
    return b"".join((_SIGNATURE, head, _text_chunk(text), *rest))


def clean(data: bytes) -> bytes:
    """Return the file without metadata but how it is turned."""
    chunks = [*_chunks(data)]
    exif = next((body for kind, body, _ in chunks if kind == _EXIF), b"")
    turned = rotation_in(exif).removeprefix(_EXIF_PREFIX)
    head, *rest = [whole for kind, _, whole in chunks if kind in _PICTURE]
    return b"".join((_SIGNATURE, head, *([_chunk(_EXIF, turned)] if turned else []), *rest))


def text_of(data: bytes) -> str:
    """Return the text under `parameters`, or else ComfyUI's graph; empty without both."""
    found: dict[bytes, str] = {}
    for kind, body, _ in _chunks(data):
        keyword = body[:80].partition(b"\0")[0]
        if kind in _TEXTS and keyword in (_KEYWORD, _GRAPH) and keyword not in found:
            found[keyword] = _text_in(kind, body[len(keyword) + 1 :])
    return found.get(_KEYWORD) or found.get(_GRAPH, "")


def _chunks(data: bytes) -> Iterator[tuple[bytes, bytes, bytes]]:
    """Go through kind, content and the whole of each chunk up to the end of the picture."""
    place, kind = len(_SIGNATURE), b""
    while kind != b"IEND":
        length, kind = _HEAD.unpack_from(data, place)
        end = place + _HEAD.size + length + 4
        if end > len(data) or (place == len(_SIGNATURE)) != (kind == b"IHDR"):
            raise ValueError
        yield kind, data[place + _HEAD.size : end - 4], data[place:end]
        place = end


def _is_recipe(kind: bytes, body: bytes) -> bool:
    return kind in _TEXTS and body.startswith(_KEYWORD + b"\0")


def _text_chunk(text: str) -> bytes:
    try:
        kind, body = b"tEXt", _KEYWORD + b"\0" + text.encode("latin-1")
    except UnicodeEncodeError:
        kind, body = b"iTXt", _KEYWORD + b"\0\0\0\0\0" + text.encode()
    return _chunk(kind, body)


def _chunk(kind: bytes, body: bytes) -> bytes:
    return _HEAD.pack(len(body), kind) + body + struct.pack(">I", zlib.crc32(kind + body))


def _text_in(kind: bytes, body: bytes) -> str:
    if kind == b"tEXt":
        return body[:_MOST_BYTES].decode("latin-1")
    if kind == b"zTXt":
        return _unpacked(body[1:]).decode("latin-1")
    is_packed, rest = body[0], body[2:].split(b"\0", 2)[2]
    return (_unpacked(rest) if is_packed else rest[:_MOST_BYTES]).decode("utf-8", "replace")


def _unpacked(packed: bytes) -> bytes:
    return zlib.decompressobj().decompress(packed, _MOST_BYTES)
