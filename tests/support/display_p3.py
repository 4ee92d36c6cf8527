"""Color profile of Display P3, as phones and Macs write it: its primaries and white adapted to D50, sRGB's curve."""

from __future__ import annotations

import struct


def _fixed(*values: float) -> bytes:
    return b"".join(struct.pack(">i", round(value * 65536)) for value in values)


def _profile() -> bytes:
    text = "Display P3".encode("utf-16-be")
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
