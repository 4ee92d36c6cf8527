"""Texts that are served in the encoding a browser takes: encoded once, where Gradio does it for each answer."""

from __future__ import annotations

import asyncio
import gzip
from collections import OrderedDict
from collections.abc import Mapping

import brotli
from starlette.datastructures import Headers
from starlette.responses import Response

from components.threads import optional_threads
from components.ui.http.csp import HEADER, OF_ASSETS

MOST_BYTES = 16 * 1024 * 1024
"""Bytes of encoded texts in memory; beyond it those that were not asked for longest are dropped."""
_QUICK, _SMALL = 5, 11
"""Qualities of brotli: that of a first answer, and the best, which takes 15 times as long for 8 % fewer bytes."""


class EncodedTexts:
    """Texts by a name that stands for their content, in one or several encodings."""

    def __init__(self, most_bytes: int = MOST_BYTES) -> None:
        self._most_bytes, self._bytes = most_bytes, 0
        self._encoded = OrderedDict[tuple[str, str], bytes]()
        self._requested_again = set[tuple[str, str]]()
        self._improving = set[asyncio.Task[None]]()

    async def response(self, name: str, text: str, accepted: Headers, headers: Mapping[str, str]) -> Response:
        """Return the response for a text; `headers` has its type, and how it is cached."""
        encoding, common = _best(accepted.get("accept-encoding", "")), {"Vary": "Accept-Encoding", HEADER: OF_ASSETS}
        if not encoding:
            return Response(text, headers={**headers, **common})
        content = await self._content((name, encoding), text)
        return Response(content, headers={**headers, **common, "Content-Encoding": encoding})

    async def _content(self, key: tuple[str, str], text: str) -> bytes:
        known = self._encoded.get(key)
        if known is None:
            content = await optional_threads().run(_encode, text, key[1], _QUICK)
            self._store(key, content)
            return content
        self._encoded.move_to_end(key)
        if key not in self._requested_again:
            self._requested_again.add(key)
            self._improve(key, text)
        return known

    def _improve(self, key: tuple[str, str], text: str) -> None:
        """Have a text that is asked for a second time made as small as it gets, beside the answers."""

        async def improve() -> None:
            self._store(key, await optional_threads().run(_encode, text, key[1], _SMALL))

        task = asyncio.create_task(improve())
        self._improving.add(task)
        task.add_done_callback(self._improving.discard)

    def _store(self, key: tuple[str, str], content: bytes) -> None:
        self._bytes += len(content) - len(self._encoded.pop(key, b""))
        self._encoded[key] = content
        while self._bytes > self._most_bytes:
            dropped, old = self._encoded.popitem(last=False)
            self._bytes -= len(old)
            self._requested_again.discard(dropped)


def _best(accepted: str) -> str:
    """Return the encoding to use for an `Accept-Encoding`, "" for none."""
    offered = {one.partition(";")[0].strip().lower() for one in accepted.split(",") if not _is_refused(one)}
    return "br" if "br" in offered else "gzip" if "gzip" in offered else ""


def _is_refused(one: str) -> bool:
    return one.replace(" ", "").lower().endswith((";q=0", ";q=0.0"))


def _encode(text: str, encoding: str, quality: int) -> bytes:
    content = text.encode()
    if encoding == "br":
        return brotli.compress(content, mode=brotli.MODE_TEXT, quality=quality)
    # Without the time, which would make two answers differ.
    return gzip.compress(content, 6 if quality == _QUICK else 9, mtime=0)
