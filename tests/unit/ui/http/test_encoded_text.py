"""Texts in the encoding that a browser takes, each encoded once."""

from __future__ import annotations

import asyncio
import gzip
from pathlib import Path

import brotli
import pytest
from starlette.datastructures import Headers

from components.ui.http import encoded_text
from components.ui.http.encoded_text import EncodedTexts

TEXT = "é\n" + Path(encoded_text.__file__).read_text(encoding="utf-8")
HEADERS = {"Cache-Control": "max-age=1", "Content-Type": "text/javascript"}


async def answered(texts: EncodedTexts, accepted: str, name: str = "a.js", text: str = TEXT):
    return await texts.response(name, text, Headers({"accept-encoding": accepted}), HEADERS)


@pytest.mark.parametrize(
    ("accepted", "encoding", "decoded"),
    [
        ("gzip, deflate, br, zstd", "br", brotli.decompress),
        ("BR", "br", brotli.decompress),
        ("gzip;q=1.0, br;q=0", "gzip", gzip.decompress),
        ("identity", None, bytes),
        ("", None, bytes),
        ("broken", None, bytes),
    ],
)
async def test_the_encoding_is_one_that_the_browser_takes(accepted, encoding, decoded):
    answer = await answered(EncodedTexts(), accepted)
    assert answer.headers.get("content-encoding") == encoding
    assert decoded(bytes(answer.body)).decode() == TEXT
    assert answer.headers["vary"] == "Accept-Encoding"
    assert answer.headers["cache-control"] == "max-age=1"
    assert int(answer.headers["content-length"]) == len(answer.body)


async def test_a_text_is_encoded_once_and_smaller_when_it_is_asked_for_again(monkeypatch):
    qualities: list[int] = []
    encode = encoded_text._encode

    def counted(text: str, encoding: str, quality: int) -> bytes:
        qualities.append(quality)
        return encode(text, encoding, quality)

    monkeypatch.setattr(encoded_text, "_encode", counted)
    texts = EncodedTexts()
    first = await answered(texts, "br")
    await answered(texts, "br")
    while texts._improving:
        await asyncio.gather(*texts._improving)
    for _ in range(3):
        assert len((await answered(texts, "br")).body) <= len(first.body)
    assert qualities == [5, 11]


async def test_memory_is_bounded_and_the_oldest_goes_first(monkeypatch):
    monkeypatch.setattr(encoded_text, "_encode", lambda text, encoding, quality: text.encode())
    texts = EncodedTexts(most_bytes=250)
    for name in ("a", "b"):
        await answered(texts, "br", name, name * 100)
    await answered(texts, "br", "a", "a" * 100)
    await answered(texts, "br", "c", "c" * 100)
    assert [name for name, _ in texts._encoded] == ["a", "c"]
    assert texts._bytes == 200
