"""Display P3: its color profile, as phones and Macs write it, and files that name it by numbers in place of one.

The profile has its primaries and white adapted to D50, and sRGB's curve.
"""

from __future__ import annotations

import struct

# Primaries 12 and transfer 13 of ITU-T H.273: in PNG's chunk cICP (before the image data) and AVIF's box `colr`.
_PNG, _PNG_NUMBERS, _PNG_PIXELS = b"\x89PNG", b"\0\0\0\4cICP\x0c\x0d", b"IDAT"
_AVIF, _AVIF_NUMBERS, _AVIF_PIXELS = b"ftyp", b"colrnclx\0\x0c\0\x0d", b"mdat"


def _fixed(*values: float) -> bytes:
    return b"".join(struct.pack(">i", round(value * 65536)) for value in values)


def _profile() -> bytes:
    text = b"Display P3".decode().encode("utf-16-be")
    name = b"mluc" + struct.pack(">4xII2s2sII", 1, 12, b"en", b"US", len(text), 28) + text
    curve = b"para" + struct.pack(">4xHH", 3, 0) + _fixed(2.4, 1 / 1.055, 0.055 / 1.055, 1 / 12.92, 0.04045)
    xyz = {
        b"wtpt": (0.96420, 1.0, 0.82491),
        b"rXYZ": (0.51512, 0.24120, -0.00105),
        b"gXYZ": (0.29198, 0.69225, 0.04189),
        b"bXYZ": (0.15710, 0.06657, 0.78407),
    }
    tags = {b"desc": name, b"cprt": name, **{tag: b"XYZ " + bytes(4) + _fixed(*place) for tag, place in xyz.items()}}
    tags |= dict.fromkeys((b"rTRC", b"gTRC", b"bTRC"), curve)
    table, body = struct.pack(">I", len(tags)), b""
    start = 128 + 4 + 12 * len(tags)
    for tag, content in tags.items():
        table += struct.pack(">4sII", tag, start + len(body), len(content))
        body += content + bytes(-len(content) % 4)
    head = struct.pack(">4x4sI4s4s4s12x4s4s", b"lcms", 0x04000000, b"mntr", b"RGB ", b"XYZ ", b"acsp", b"APPL")
    head = head.ljust(68, b"\0") + _fixed(0.96420, 1.0, 0.82491)
    return struct.pack(">I", 128 + len(table + body)) + head.ljust(128, b"\0")[4:] + table + body


DISPLAY_P3 = _profile()


def has_numbers_of_p3(data: bytes) -> bool:
    """Return whether a PNG or AVIF file names Display P3 by numbers; those of HDR have no one picture in sRGB."""
    if data.startswith(_PNG):
        return data.find(_PNG_NUMBERS, 0, data.find(_PNG_PIXELS)) > 0
    return data.startswith(_AVIF, 4) and data.find(_AVIF_NUMBERS, 0, data.find(_AVIF_PIXELS)) > 0
