"""Templates: what a search engine's crawler needs of them."""

from __future__ import annotations

import re

from tests.support.paths import ASSETS


def test_every_link_has_an_address() -> None:
    templates = [path.read_text(encoding="utf-8") for path in ASSETS.rglob("*.html")]
    links = [link for template in templates for link in re.findall(r"<a\b[^>]*>", template)]
    assert links
    assert [link for link in links if " href=" not in link] == []
