"""Image files that decoders read for long: many scans, chunks or tags in few bytes."""

from __future__ import annotations

import io
import struct
import zlib
from typing import Any

from PIL import Image, ImageCms


def saved(kind: str, size: tuple[int, int] = (40, 24), **options: Any) -> bytes:
    """Return a file of one color."""
    file = io.BytesIO()
    Image.new("RGB", size, "red").save(file, kind, **options)
    return file.getvalue()


def jpeg_of_scans(count: int, size: tuple[int, int] = (40, 24)) -> bytes:
    """Return a progressive JPEG of `count` scans, ten at least: its last one is repeated."""
    whole = saved("JPEG", size, progressive=True)
    last = whole[whole.rfind(b"\xff\xda") : -2]
    return whole[:-2] + last * (count - whole.count(b"\xff\xda")) + whole[-2:]


def png_chunk(name: bytes, body: bytes = b"") -> bytes:
    """Return one chunk."""
    return struct.pack(">I4s", len(body), name) + body + struct.pack(">I", zlib.crc32(name + body))


def png_of_chunks(count: int) -> bytes:
    """Return a PNG with `count` empty chunks behind its header."""
    whole = saved("PNG")
    return whole[:33] + png_chunk(b"noNe") * count + whole[33:]


def webp_of_chunks(count: int) -> bytes:
    """Return a WebP with `count` empty chunks at its end."""
    body = saved("WEBP", exif=exif_of_equal_values(1, 100))[8:] + struct.pack("<4sI", b"noNe", 0) * count
    return b"RIFF" + struct.pack("<I", len(body)) + body


def exif_of_equal_values(tags: int, size: int) -> bytes:
    """Return EXIF data of `size` bytes in which `tags` tags name almost all of its bytes each."""
    named = size - 12 * tags - 14
    rows = b"".join(struct.pack(">HHII", 0x9000 + tag, 1, named, 12 * tags + 14) for tag in range(tags))
    return b"Exif\0\0" + (b"MM\0*" + struct.pack(">IH", 8, tags) + rows + bytes(4)).ljust(size, b"\0")


def profile_of_steps(count: int) -> bytes:
    """Return a color profile that converts in `count` steps, all of which are the same bytes."""
    plain = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    (count_of_tags,) = struct.unpack_from(">I", plain, 128)
    rows = [struct.unpack_from(">4sII", plain, 132 + 12 * row) for row in range(count_of_tags)]
    step = b"matf" + struct.pack(">4xHH12f", 3, 3, 0.9, 0, 0, 0, 0.9, 0, 0, 0, 0.9, 0, 0, 0)
    places = struct.pack(">II", 16 + 8 * count, len(step)) * count
    tags = {name: plain[start : start + size] for name, start, size in rows}
    tags[b"D2B0"] = b"mpet" + struct.pack(">4xHHI", 3, 3, count) + places + step
    table, body = struct.pack(">I", len(tags)), b""
    for name, content in tags.items():
        table += struct.pack(">4sII", name, 132 + 12 * len(tags) + len(body), len(content))
        body += content + bytes(-len(content) % 4)
    return struct.pack(">I", 128 + len(table + body)) + plain[4:8] + b"\x04\x30\0\0" + plain[12:128] + table + body
