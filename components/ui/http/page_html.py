"""HTML of the page: what Gradio serves, with the app's own head, early scripts and first paint put into it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from html import escape

from gradio.route_utils import get_root_url
from starlette.requests import Request
from starlette.types import Scope

# Gradio 6.31 has two sets of them, the first of which calls every app "Gradio".
_SHARING = re.compile(rb'<meta\s+(?:property="og:|name="twitter:)[^>]*>\s*')
_MANIFEST = b'<link rel="manifest" href="/manifest.json" />'
"""Wrong under a subpath; the app's own link is in `head`."""
_ENTRY_STYLE = re.compile(rb'<link rel="stylesheet" crossorigin href="\./assets/index-[\w-]+\.css">\s*')
_ENTRY = re.compile(rb'<script type="module" crossorigin src="(\./assets/index-[\w-]+\.js)"></script>')
_CONFIG = b"<script>window.gradio_config"
_AFTER_CONFIG = b"<script data-gradio-mode>"
_END_OF_HEAD = b"</head>"
_APP = b"<gradio-app"
_ROOT_ELEMENT = re.compile(rb'<html\s+lang="en"')
_FRAME_SCRIPT = b"document.head.appendChild(script);"
_WHERE_FRAMED = b"if (window.parent !== window) "
"""Condition of Gradio's script that tells the page around it how high it is: 6 kB that no other page needs."""


@dataclass(frozen=True, slots=True)
class PageHtml:
    """Pieces of HTML that are put into Gradio's: ROOT in them is the app's public address, without a slash."""

    head: str = ""
    """Before the first script."""
    after_config: str = ""
    """After the script with Gradio's settings, before all that read them."""
    first_paint: str = ""
    """Before Gradio's scripts and the element that they fill: what is seen until they have run."""
    entry: str = ""
    """In place of the element of Gradio's first script: ENTRY in it is the script's address."""
    attributes: str = 'lang="en"'
    """Attributes of the root element in place of Gradio's `lang="en"`."""
    labels: tuple[bytes, bytes] = (b"", b"")
    """Labels of Gradio's widgets as they stand in its HTML, and those in the page's language to put in their place."""
    has_styles: bool = False
    """Whether `first_paint` loads Gradio's style sheets: the head, before which nothing is painted, then has none."""

    def put_into(self, html: bytes, scope: Scope) -> bytes:
        """Return Gradio's HTML with the pieces in it."""
        root = escape(get_root_url(Request(scope), "/", scope.get("root_path")))
        head, after_config, first_paint = (
            piece.replace("ROOT", root).encode() for piece in (self.head, self.after_config, self.first_paint)
        )
        # Only before the scripts: the settings in them hold HTML too.
        top, script, rest = html.partition(b"<script")
        html = _SHARING.sub(b"", top) + head + script + rest
        html = _ROOT_ELEMENT.sub(f"<html {self.attributes}".encode(), html, count=1).replace(*self.labels, 1)
        html = html.replace(_AFTER_CONFIG, after_config + _AFTER_CONFIG, 1)
        html = html.replace(_FRAME_SCRIPT, _WHERE_FRAMED + _FRAME_SCRIPT, 1)
        html = html.replace(_MANIFEST, b"", 1)
        if self.entry:
            html = _ENTRY.sub(lambda found: self.entry.encode().replace(b"ENTRY", found[1]), html, count=1)
        if self.has_styles:
            html = _ENTRY_STYLE.sub(b"", html, count=1)
        return _paint_first(html, first_paint)


def _paint_first(html: bytes, first_paint: bytes) -> bytes:
    """Return the page with the first paint in it, and behind that the scripts of Gradio's head from its settings on.

    The settings are 230 kB, before which nothing would be painted.
    """
    head, begin, rest = html.partition(_CONFIG)
    scripts, end, body = rest.rpartition(_END_OF_HEAD)
    if not end:
        head, begin, scripts, body = b"", b"", b"", html
    before, app, after = body.rpartition(_APP)
    return head + end + before + first_paint + begin + scripts + app + after
