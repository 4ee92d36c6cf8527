"""PNG metadata: a recipe in a text chunk. Raises ValueError, LookupError, zlib.error or struct.error if damaged."""

from __future__ import annotations

import json
import struct
import zlib
from collections.abc import Iterator, Mapping
from contextlib import suppress

from components.images.metadata.exif import BROKEN, exif_texts, orientation_of
from components.images.metadata.pixels import pixel_texts
from components.images.metadata.xmp import xmp_texts
from components.images.structure import MAX_PARTS

_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_HEAD = struct.Struct(">I4s")
_KEYWORD = b"parameters"
"""Keyword under which A1111 writes its infotext."""
_KEYWORDS = (
    *(_KEYWORD, b"prompt", b"sui_image_params", b"invokeai_metadata", b"sd-metadata", b"Dream", b"generation_data"),
    b"workflow",
)
"""Keywords of A1111, ComfyUI, SwarmUI, InvokeAI and tensor.art, the likeliest first."""
_NOVELAI = (b"Title", b"Description", b"Software", b"Source", b"Comment")
_EASY_DIFFUSION = (
    *(b"prompt", b"negative_prompt", b"seed", b"width", b"height", b"num_inference_steps", b"guidance_scale"),
    *(b"prompt_strength", b"use_lora_model", b"lora_alpha", b"use_stable_diffusion_model", b"sampler_name"),
    *(b"scheduler_name", b"use_vae_model", b"clip_skip", b"tiling", b"use_upscale", b"use_face_correction"),
    *(b"use_controlnet_model", b"use_embeddings_model", b"use_hypernetwork_model"),
)
_EASY_DIFFUSION_TITLES = (
    *(b"Prompt", b"Negative Prompt", b"Seed", b"Width", b"Height", b"Steps", b"Guidance Scale", b"Prompt Strength"),
    *(b"LoRA model", b"LoRA Strength", b"Stable Diffusion model", b"Sampler", b"Scheduler", b"VAE model"),
    *(b"Clip Skip", b"Seamless Tiling", b"Use Upscaling", b"Use Face Correction", b"ControlNet model"),
    *(b"Embedding models", b"Hypernetwork model"),
)
"""Keywords of Easy Diffusion, which writes one for each setting, in one of two spellings."""
_APART = ((_EASY_DIFFUSION, b"num_inference_steps"), (_EASY_DIFFUSION_TITLES, b"Steps"))
_XMP = b"XML:com.adobe.xmp"
_READ = frozenset((*_KEYWORDS, *_NOVELAI, *_EASY_DIFFUSION, *_EASY_DIFFUSION_TITLES, _XMP))
_EXIF, _EXIF_PREFIX = b"eXIf", b"Exif\0\0"  # a PNG file has EXIF data without the prefix that JPEG files have
_TEXTS = (b"tEXt", b"zTXt", b"iTXt")
_ESSENTIAL = frozenset(
    b"IHDR PLTE IDAT IEND tRNS gAMA cHRM sRGB iCCP cICP sBIT bKGD pHYs mDCV cLLI acTL fcTL fdAT".split()
)
"""Chunks without which the image would look different: palette, colour space, transparency, animation.

Sources: PNG specification (third edition), which includes APNG and the HDR chunks.
"""
_MAX_TEXT_BYTES = 4 * 1024 * 1024 + 1
"""Bytes of one text after decompression: a small chunk may expand to gigabytes."""


def write_text(data: bytes, text: str) -> bytes:
    """Return the file with `text` under the keyword `parameters`, right behind IHDR; an older one is replaced."""
    head, *others = [whole for kind, body, whole in _chunks(data) if not _is_recipe(kind, body)]
    return b"".join((_SIGNATURE, head, _text_chunk(text), *others))


def strip(data: bytes) -> bytes:
    """Return the file without metadata, except for colours and orientation."""
    chunks = [*_chunks(data)]
    exif = next((body for kind, body, _ in chunks if kind == _EXIF), b"")
    orientation = orientation_of(exif).removeprefix(_EXIF_PREFIX)
    head, *others = [whole for kind, _, whole in chunks if kind in _ESSENTIAL]
    return b"".join((_SIGNATURE, head, *([_chunk(_EXIF, orientation)] if orientation else []), *others))


def read_texts(data: bytes) -> list[str]:
    """Return the texts under the keywords of programs, then those in EXIF and XMP data, or in the pixels.

    Of several texts with one keyword the first counts.
    """
    texts: dict[bytes, str] = {}
    exif = b""
    for kind, body, _ in _chunks(data):
        keyword = body[:80].partition(b"\0")[0]  # 1 to 79 bytes by the specification
        if kind in _TEXTS and keyword in _READ and keyword not in texts:
            texts[keyword] = _decode_text(kind, body[len(keyword) + 1 :])
        elif kind == _EXIF:
            exif = body
    found = _of_easy_diffusion(texts) or [texts[keyword] for keyword in _KEYWORDS if keyword in texts]
    found += _of_novelai({keyword.decode(): texts[keyword] for keyword in _NOVELAI if keyword in texts})
    with suppress(*BROKEN):
        found += exif_texts(_EXIF_PREFIX + exif) if exif else []
    found += xmp_texts(texts[_XMP].encode()) if _XMP in texts else []
    return found or pixel_texts(data)


def _of_novelai(texts: dict[str, str]) -> list[str]:
    """Return NovelAI's texts in one object, as it writes them into pixels; its settings are JSON under `Comment`."""
    return [json.dumps(texts)] if texts.get("Comment", "").lstrip().startswith("{") else []


def _of_easy_diffusion(texts: Mapping[bytes, str]) -> list[str]:
    """Return Easy Diffusion's settings in one object, as it writes them into JPEG and WebP files."""
    for keywords, steps in _APART:
        if keywords[0] in texts and steps in texts:
            return [json.dumps({keyword.decode(): texts[keyword] for keyword in keywords if keyword in texts})]
    return []


def _chunks(data: bytes) -> Iterator[tuple[bytes, bytes, bytes]]:
    """Yield type, content and the whole of each chunk up to IEND; bytes behind it are dropped."""
    start = len(_SIGNATURE)
    for _ in range(MAX_PARTS):
        length, kind = _HEAD.unpack_from(data, start)
        end = start + _HEAD.size + length + 4  # the CRC, which is not verified
        if end > len(data) or (start == len(_SIGNATURE)) != (kind == b"IHDR"):
            raise ValueError
        yield kind, data[start + _HEAD.size : end - 4], data[start:end]
        if kind == b"IEND":
            return
        start = end
    raise ValueError


def _is_recipe(kind: bytes, body: bytes) -> bool:
    return kind in _TEXTS and body.startswith(_KEYWORD + b"\0")


def _text_chunk(text: str) -> bytes:
    # tEXt is Latin-1 by the specification and UTF-8 for ComfyUI: it has what is the same in both. Any other text needs
    # iTXt (UTF-8, here with compression flag and method 0, and without language and translated keyword).
    if text.isascii():
        return _chunk(b"tEXt", _KEYWORD + b"\0" + text.encode())
    return _chunk(b"iTXt", _KEYWORD + b"\0\0\0\0\0" + text.encode())


def _chunk(kind: bytes, body: bytes) -> bytes:
    return _HEAD.pack(len(body), kind) + body + struct.pack(">I", zlib.crc32(kind + body))


def _decode_text(kind: bytes, body: bytes) -> str:
    if kind == b"tEXt":
        return _decoded(body[:_MAX_TEXT_BYTES])
    if kind == b"zTXt":
        return _decoded(_inflate(body[1:]))  # the first byte names the compression method, always 0
    is_compressed, text = body[0], body[2:].split(b"\0", 2)[2]
    return (_inflate(text) if is_compressed else text[:_MAX_TEXT_BYTES]).decode("utf-8", "replace")


def _decoded(text: bytes) -> str:
    """Return a text that is Latin-1 by the specification, and UTF-8 by many programs: that is hardly by chance."""
    try:
        return text.decode()
    except UnicodeDecodeError:
        return text.decode("latin-1")


def _inflate(compressed: bytes) -> bytes:
    return zlib.decompressobj().decompress(compressed, _MAX_TEXT_BYTES)
