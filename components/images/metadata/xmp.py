"""XMP data: the user comment, in which Draw Things writes its settings as JSON. Searched, and not parsed as XML."""

from __future__ import annotations

import html

_START, _END = "<exif:UserComment>", "</exif:UserComment>"
_ITEM, _ITEM_END = "<rdf:li", "</rdf:li>"
_MAX_BYTES = 4 * 1024 * 1024


def xmp_texts(xmp: bytes) -> list[str]:
    """Return the user comment in XMP data; an empty list without one."""
    text = xmp[:_MAX_BYTES].decode("utf-8", "replace")
    start = text.find(_START)
    end = text.find(_END, start)
    item = text.find(_ITEM, start, end)
    if start < 0 or end < 0 or item < 0:
        return []
    content = text[text.find(">", item) + 1 : text.find(_ITEM_END, item)]
    return [html.unescape(content).strip()]
