"""Texts where programs put them in an image file, in the encodings that they write.

Sources: AsuraAce/ambit#195, Ruben2776/PicView#359 (UNICODE and UTF-8), metadata-extractor#699, Exiv2#2867 (UTF-16),
civitai/civitai `controlnets/test-image-1.jpg` (a text in exchanged bytes), zanllp/infinite-image-browsing#798 and
MajoorWaldi/ComfyUI-Majoor-AssetsManager#5 (WAS, save-image-extended),
LykosAI/StabilityMatrix#1535 (UTF-8 in tEXt), sd-prompt-reader (Draw Things' XMP, NovelAI, stealth alpha).
"""

from __future__ import annotations

import gzip
import io
import json
import struct
import zlib
from typing import Any

import pytest
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from components.images.metadata import MAX_TEXT_LENGTH, read_text, read_texts, write_text
from tests.support.comfy_graphs import RESTORED as GRAPH_RESTORED
from tests.support.comfy_graphs import graph, restored
from tests.support.program_samples import (
    A1111,
    DRAW_THINGS,
    EARLIER_INVOKE,
    EASY,
    EASY_TITLES,
    INVOKE,
    LORA,
    NOVELAI,
    RESTORED,
    SHELF,
    TENSOR_ART,
    xmp,
)

COMMENT, MAKE, MODEL, DESCRIPTION = 0x9286, 0x010F, 0x0110, 0x010E
SIZE = (64, 400)


def file(kind: str, image: Image.Image | None = None, **saving: Any) -> bytes:
    stream = io.BytesIO()
    (image or Image.new("RGB", SIZE)).save(stream, kind, **saving)
    return stream.getvalue()


def png(**texts: str) -> bytes:
    info = PngInfo()
    for keyword, text in texts.items():
        info.add_text(keyword.replace("_", "-") if keyword == "sd_metadata" else keyword, text)
    return file("PNG", pnginfo=info)


def with_exif(kind: str, comment: bytes = b"", **tags: str) -> bytes:
    exif = Image.Exif()
    exif[0x0112] = 1  # without a tag beside the comment Pillow writes none into a PNG file
    if comment:
        exif.get_ifd(0x8769)[COMMENT] = comment
    for name, text in tags.items():
        exif[{"make": MAKE, "model": MODEL, "description": DESCRIPTION}[name]] = text
    return file(kind, exif=exif)


EXCHANGED = A1111.encode("utf-16-be").decode("utf-16-le")
"""What a re-encoder makes that reads UTF-16 in the wrong order and writes UTF-8."""
COMMENTS = {
    "UNICODE, UTF-16, big": b"UNICODE\0" + A1111.encode("utf-16-be"),
    "UNICODE, UTF-16, little": b"UNICODE\0" + A1111.encode("utf-16-le"),
    "UNICODE, UTF-16, with a mark": b"UNICODE\0\xff\xfe" + A1111.encode("utf-16-le"),
    "UNICODE, UTF-16, big, with a mark": b"UNICODE\0\xfe\xff" + A1111.encode("utf-16-be"),
    "UNICODE, UTF-16, little, ends in zeros": b"UNICODE\0" + f"{A1111}\0\0".encode("utf-16-le"),
    "UNICODE, UTF-16, big, ends in zeros": b"UNICODE\0" + f"{A1111}\0\0".encode("utf-16-be"),
    "UNICODE, UTF-8": b"UNICODE\0" + A1111.encode(),
    "UNICODE, UTF-8, ends in a zero": b"UNICODE\0" + A1111.encode() + b"\0",
    "ASCII": b"ASCII\0\0\0" + A1111.encode(),
    "ASCII, with UTF-16": b"ASCII\0\0\0" + A1111.encode("utf-16-le"),
    "JIS": b"JIS\0\0\0\0\0" + A1111.encode(),
    "undefined": b"\0" * 8 + A1111.encode(),
    "no code": A1111.encode(),
    "no code, UTF-16": A1111.encode("utf-16-le"),
    "undefined, UTF-8 of exchanged bytes": b"\0" * 8 + EXCHANGED.encode(),
    "UNICODE, UTF-8 of exchanged bytes": b"UNICODE\0" + EXCHANGED.encode(),
}


@pytest.mark.parametrize("kind", ["JPEG", "WEBP", "PNG"])
@pytest.mark.parametrize("name", COMMENTS)
def test_r10_a_comment_in_each_encoding(name, kind):
    assert restored(read_text(with_exif(kind, COMMENTS[name]))).agrees(RESTORED)


@pytest.mark.parametrize("ending", ["狐", "für 狐", "🦊", "x"])
@pytest.mark.parametrize("encoding", ["utf-16-be", "utf-16-le", "utf-8"])
def test_r10_the_last_word_does_not_matter(encoding, ending):
    text = f"{A1111}, Note: {ending}"
    assert read_text(with_exif("JPEG", b"UNICODE\0" + text.encode(encoding))) == text


TAGS = {
    "ComfyUI": {"model": f"prompt:{graph()}", "make": "workflow:{}"},
    "WAS": {"make": f"Prompt:{graph()}", "description": "Workflow:{}"},
    "save-image-extended": {"description": f"prompt:{graph()}"},
    "beside a comment of a camera": {"comment": b"ASCII\0\0\0OLYMPUS", "make": f"Prompt:{graph()}"},
}


@pytest.mark.parametrize("kind", ["JPEG", "WEBP"])
@pytest.mark.parametrize("name", TAGS)
def test_r11_a_graph_in_a_tag(name, kind):
    tags: dict[str, Any] = TAGS[name]
    texts = read_texts(with_exif(kind, **tags))
    assert graph() in texts
    assert restored(next(text for text in texts if text.startswith("{"))).agrees(GRAPH_RESTORED)


LISTS = {"LoRA model": "['pixel-art-xl', 'x']", "LoRA Strength": "[0.8, 0.0]"}


@pytest.mark.parametrize("settings", [EASY, EASY_TITLES, EASY_TITLES | LISTS], ids=["names", "titles", "lists"])
def test_r15_a_keyword_for_each_setting(settings):
    """As easydiffusion/sdkit writes them into PNG files: Python's texts of the values."""
    info = PngInfo()
    for keyword, value in settings.items():
        info.add_text(keyword, str(value))
    (found,) = read_texts(file("PNG", pnginfo=info))
    assert restored(found, SHELF).agrees(RESTORED | LORA)
    assert not {"Use vae model", "Vae model", "Clip skip", "Tiling"} & set(restored(found, SHELF).names)


def test_r15_a_keyword_of_another_program_is_not_one_of_many():
    assert read_texts(png(Prompt="a fox", Title="a photo", Seed="5")) == ()


def chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


@pytest.mark.parametrize("prompt", ["一只狐狸", "für", "Ã¼", "🦊"])
@pytest.mark.parametrize("is_packed", [False, True])
def test_r12_utf_8_in_a_chunk_for_latin_1(prompt, is_packed):
    body = f"{prompt}\n{A1111}".encode()
    kind, packed = (b"zTXt", b"\0" + zlib.compress(body)) if is_packed else (b"tEXt", body)
    plain = file("PNG")
    data = plain[:33] + chunk(kind, b"parameters\0" + packed) + plain[33:]
    assert read_text(data) == body.decode()
    latin = plain[:33] + chunk(b"tEXt", b"parameters\0" + "für".encode("latin-1")) + plain[33:]
    assert read_text(latin) == "für"


def test_r12_our_own_text_that_looks_like_utf_8_comes_back():
    assert read_text(write_text(file("PNG"), "Ã¼")) == "Ã¼"


CHUNKS = {
    "SwarmUI": png(parameters=json.dumps({"sui_image_params": {"prompt": "a fox", "seed": 5}})),
    "InvokeAI": png(invokeai_metadata=json.dumps(INVOKE)),
    "InvokeAI 2": png(sd_metadata=json.dumps(EARLIER_INVOKE)),
    "InvokeAI 1": png(Dream='"a fox [blurry]" -s 30 -S 5 -W 832 -H 1216 -C 8 -A k_lms'),
    "NovelAI": png(**NOVELAI),
    "tensor.art": png(generation_data=json.dumps(TENSOR_ART)),
    "Draw Things": png(**{"XML:com.adobe.xmp": xmp(json.dumps(DRAW_THINGS))}),
    "Draw Things' JPEG": file("JPEG", xmp=xmp(json.dumps(DRAW_THINGS)).encode()),
    "Draw Things' WebP": file("WEBP", xmp=xmp(json.dumps(DRAW_THINGS)).encode()),
}


@pytest.mark.parametrize("name", CHUNKS)
def test_r15_a_program_s_own_place(name):
    assert restored(read_text(CHUNKS[name])).agrees({"prompt": "a fox", "seed": 5})


def in_pixels(text: bytes, signature: bytes, kind: str = "PNG", columns: int = SIZE[0]) -> bytes:
    """A file with a text in the lowest bits of its alpha channel, column by column."""
    bits = "".join(f"{byte:08b}" for byte in signature + (8 * len(text)).to_bytes(4, "big") + text)
    alpha = Image.new("L", (columns, SIZE[1]), 255)
    for place, bit in enumerate(bits):
        alpha.putpixel(divmod(place, SIZE[1]), 254 + int(bit))
    image = Image.new("RGB", alpha.size)
    image.putalpha(alpha)
    return file(kind, image, lossless=True) if kind == "WEBP" else file(kind, image)


@pytest.mark.parametrize("kind", ["PNG", "WEBP"])
def test_r15_r21_a_text_in_the_alpha_channel(kind):
    assert read_text(in_pixels(A1111.encode(), b"stealth_pnginfo", kind)) == A1111
    packed = gzip.compress(json.dumps(NOVELAI).encode())
    assert restored(read_text(in_pixels(packed, b"stealth_pngcomp", kind))).agrees(RESTORED)


def in_colors(text: bytes, signature: bytes, mode: str) -> bytes:
    """Return a PNG with a text in its colors, as sd_webui_stealth_pnginfo's mode `rgb` writes it, bit by bit."""
    bits = iter("".join(f"{byte:08b}" for byte in signature + struct.pack(">I", 8 * len(text)) + text))
    (width, height), depth = (60, 80), len(mode)
    values = bytearray(Image.new(mode, (width, height), "gray").tobytes())
    for x in range(width):
        for y in range(height):
            for at in range((y * width + x) * depth, (y * width + x) * depth + 3):
                values[at] = values[at] & ~1 | int(next(bits, values[at] & 1))
    return file("PNG", Image.frombytes(mode, (width, height), bytes(values)))


@pytest.mark.parametrize("mode", ["RGB", "RGBA"])
def test_a_text_in_the_colors(mode):
    assert read_text(in_colors(A1111.encode(), b"stealth_rgbinfo", mode)) == A1111
    packed = gzip.compress(json.dumps(NOVELAI).encode())
    assert restored(read_text(in_colors(packed, b"stealth_rgbcomp", mode))).agrees(RESTORED)
    assert read_texts(in_colors(b"not gzip", b"stealth_rgbcomp", mode)) == ()
    assert read_texts(in_colors(A1111.encode(), b"stealth_pnginfo", mode)) == ()


def test_r21_other_alpha_channels_have_no_text():
    assert read_texts(file("PNG", Image.new("RGBA", (1, 1)))) == ()
    assert read_texts(file("PNG", Image.new("RGBA", SIZE))) == ()
    assert read_texts(in_pixels(b"not gzip", b"stealth_pngcomp")) == ()
    assert read_texts(in_pixels(b"", b"stealth_pnginfo")) == ()


def test_r21_a_packed_text_without_end_is_cut():
    texts = read_texts(in_pixels(gzip.compress(b"x" * (2 * MAX_TEXT_LENGTH)), b"stealth_pngcomp", columns=200))
    assert [len(text) for text in texts] == [MAX_TEXT_LENGTH]


def test_r18_a_large_graph_is_read():
    """xxmjskxx/ComfyUI_SaveImageWithMetaDataUniversal `large-workflow-png.json`: over 65,536 characters."""
    note = {"class_type": "Note", "inputs": {"text": "x" * 1000}}
    nodes = json.loads(graph()) | {f"n{number}": note for number in range(3500)}
    written = json.dumps(nodes)
    assert 3_500_000 < len(written) < MAX_TEXT_LENGTH
    assert restored(read_text(png(prompt=written))).agrees(GRAPH_RESTORED)
