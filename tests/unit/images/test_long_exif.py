"""EXIF data of a JPEG that fills several APP1 segments, as ExifTool writes it, and several blocks of EXIF data.

Sources: exiftool/exiftool (writes it, "multi-segment EXIF"), Exiv2's feature 1232 (what Adobe and ExifTool write),
python-pillow/Pillow `src/PIL/JpegImagePlugin.py` (joins them), enslo/sd-metadata `samples` (Save Image Plus).
"""

from __future__ import annotations

import io
import json
import struct

import pytest
from PIL import Image

from components.images.metadata import read_text, read_texts, strip, write_text

_PREFIX, _COMMENT, _MODEL, _ORIENTATION = b"Exif\0\0", 0x9286, 0x0110, 0x0112
LONG = json.dumps({"3": {"class_type": "KSampler", "inputs": {"text": "a canary, " * 12_000}}})


def exif(comment: str = "", **tags: str) -> bytes:
    found = Image.Exif()
    found[_ORIENTATION] = 6
    for text in tags.values():
        found[_MODEL] = text
    if comment:
        found.get_ifd(0x8769)[_COMMENT] = b"ASCII\0\0\0" + comment.encode()
    return found.tobytes()


def jpeg(*bodies: bytes) -> bytes:
    """Return a JPEG with APP1 segments of these contents behind its JFIF segment."""
    plain = io.BytesIO()
    Image.new("RGB", (16, 8), "red").save(plain, "JPEG")
    data = plain.getvalue()
    at = 4 + struct.unpack_from(">H", data, 4)[0]
    return data[:at] + b"".join(struct.pack(">BBH", 0xFF, 0xE1, len(body) + 2) + body for body in bodies) + data[at:]


def parts(whole: bytes, size: int = 65_000) -> list[bytes]:
    rest = whole.removeprefix(_PREFIX)
    return [_PREFIX + rest[start : start + size] for start in range(0, len(rest), size)]


def exif_segments(data: bytes) -> int:
    return data.count(b"\xff\xe1")


def test_a_text_over_several_segments_is_read() -> None:
    data = jpeg(*parts(exif(LONG)))
    assert exif_segments(data) == 2
    assert read_text(data) == LONG


def test_no_segment_of_them_is_left_in_a_clean_copy() -> None:
    bare = strip(jpeg(*parts(exif(LONG))))
    assert b"canary" not in bare
    with Image.open(io.BytesIO(bare)) as image:
        assert dict(image.getexif()) == {_ORIENTATION: 6}


@pytest.mark.parametrize("text", ["a fox\nSteps: 1, Seed: 2", "狐" * 60_000 + "\nSteps: 1, Seed: 2, CFG scale: 3"])
def test_a_text_that_is_written_takes_its_place_and_leaves_the_other_tags(text: str) -> None:
    camera = "a camera " * 9_000
    changed = write_text(jpeg(*parts(exif(LONG, model=camera))), text)
    assert read_texts(changed)[0] == text
    assert b"canary" not in changed
    with Image.open(io.BytesIO(changed)) as image:
        assert image.getexif()[_MODEL] == camera
    assert write_text(changed, "a short one") != changed
    assert read_text(write_text(changed, "a short one")) == "a short one"


def test_blocks_of_their_own_are_not_joined_and_each_is_read() -> None:
    data = jpeg(exif(model="prompt:{}"), b"http://ns.adobe.com/xap/1.0/\0<x/>", exif("a fox\nSteps: 1, Seed: 2"))
    assert read_texts(data) == ("{}", "a fox\nSteps: 1, Seed: 2")
    assert exif_segments(strip(data)) == 1
    damaged = jpeg(_PREFIX + b"MM\0*\0\0", exif("a fox\nSteps: 1, Seed: 2"))
    assert read_texts(damaged) == ("a fox\nSteps: 1, Seed: 2",)


@pytest.mark.parametrize("kind", ["JPEG", "WEBP"])
def test_a_comment_among_the_first_tags_is_read(kind: str) -> None:
    """Where `Save Image Plus` of Goktug/comfyui-saveimage-plus writes it."""
    graph = '{"prompt": {"3": {"class_type": "KSampler", "inputs": {}}}}'
    target, found = io.BytesIO(), Image.Exif()
    found[_COMMENT] = graph
    Image.new("RGB", (16, 8)).save(target, kind, exif=found)
    assert read_texts(target.getvalue()) == (graph,)
