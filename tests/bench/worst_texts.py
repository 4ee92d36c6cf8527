"""Texts and images that cost careless parsers the most time, from the attacks that were tried on this app."""

from __future__ import annotations

import io
import json
import struct
import zlib
from collections.abc import Mapping

from PIL import Image

_PATTERNS: Mapping[str, str] = {
    "blanks": " ",
    "tabs": "\t",
    "lines": "\n",
    "commas": ", ",
    "open brackets": "(",
    "square brackets": "[",
    "brackets": "((a:1.1), ",
    "open tags": "<lora:",
    "tags": "<lora:a:1>",
    "quotes": '"',
    "backslashes": "\\",
    "digits": "9",
    "pairs": "a: b, ",
    "addresses": "http://",
    "slashes": "a/",
    "emoji": "\N{FOX FACE}",
    "accents": "e\u0301",
    "words": "red fox ",
    "one word": "a",
    "nul": "\0",
    "ranges": "1-9, ",
    "dots": ".",
    "percent": "%41",
}


def worst_texts(size: int) -> dict[str, str]:
    """Return texts by name, each of about `size` bytes in JSON."""
    texts = {
        name: part * (size // (len(json.dumps(part, ensure_ascii=False).encode()) - 2))
        for name, part in _PATTERNS.items()
    }
    texts["a tag, then blanks"] = "<lora:nerijs/pixel-art-xl:1>" + " " * (size - 100)
    texts["blanks between words"] = "fox," + " " * (size - 100) + "x,"
    return texts


def worst_images() -> dict[str, bytes]:
    """Return image files by name, each below 20 MB."""
    return {
        "progressive JPEG of 4,000 scans": _scans(4000),
        "JPEG of 0xFF": b"\xff\xd8" + b"\xff" * 18_000_000,
        "PNG of 1.5 million chunks": _png(b"".join([_chunk(b"tEXt", b"")] * 1_500_000)),
        "PNG, blanks in zTXt": _png(
            _chunk(b"zTXt", b"parameters\0\0" + zlib.compress(b"<lora:a:1>" + b" " * 900_000))
        ),
        "PNG, 300 MB in zTXt": _png(_chunk(b"zTXt", b"parameters\0\0" + _zeros(300_000_000))),
        "PNG, brackets in tEXt": _png(_chunk(b"tEXt", b"parameters\0" + b"(" * 900_000)),
        "PNG, pairs in tEXt": _png(_chunk(b"tEXt", b"parameters\0a\nSteps: 1, " + b"a: b, " * 150_000)),
        "PNG, JSON in tEXt": _png(_chunk(b"tEXt", b"prompt\0" + b'{"a":' * 150_000)),
        "PNG of 60 megapixels": _plain(10_000, 6_000),
    }


def _scans(count: int) -> bytes:
    """Return a progressive JPEG of 24 megapixels whose last scan, a few bytes of a plain area, is repeated."""
    file = io.BytesIO()
    Image.new("RGB", (6000, 4000), "gray").save(file, "JPEG", progressive=True)
    data = file.getvalue()
    last = data.rindex(b"\xff\xda")
    return data[:last] + data[last:-2] * count + data[-2:]


def _png(extra: bytes) -> bytes:
    file = io.BytesIO()
    Image.new("RGB", (64, 64)).save(file, "PNG")
    data = file.getvalue()
    place = data.index(b"IDAT") - 4
    return data[:place] + extra + data[place:]


def _chunk(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))


def _zeros(count: int) -> bytes:
    packer = zlib.compressobj()
    block = bytes(1_000_000)
    return b"".join(packer.compress(block) for _ in range(count // len(block))) + packer.flush()


def _plain(width: int, height: int) -> bytes:
    file = io.BytesIO()
    Image.new("1", (width, height)).save(file, "PNG")
    return file.getvalue()
