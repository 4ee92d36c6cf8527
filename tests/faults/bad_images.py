"""Invalid, oversized and mislabelled image files."""

from __future__ import annotations

import io
import struct
import zlib
from functools import cache

from PIL import Image

SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>window.hacked = 1</script></svg>'
HTML = b"<!doctype html><script>window.hacked = 1</script><h1>hello</h1>"
JSON = b'{"detail": "no such picture"}'


@cache
def picture(kind: str, size: int = 64) -> bytes:
    """Return a valid image of a format, `size` pixels square."""
    target = io.BytesIO()
    Image.effect_noise((size, size), 60).convert("RGB").save(target, kind)
    return target.getvalue()


def pixel_bomb(width: int = 20_000, height: int = 20_000) -> bytes:
    """Return a small PNG whose header declares 400 megapixels."""
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    chunks = _chunk(b"IHDR", header) + _chunk(b"IDAT", zlib.compress(bytes(1_000_000))) + _chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + chunks


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
