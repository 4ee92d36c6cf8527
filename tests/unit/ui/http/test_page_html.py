"""What is put into the HTML that Gradio serves, tried on the template of the installed version."""

from __future__ import annotations

import gzip
import json
import re
from html import escape
from html.parser import HTMLParser
from pathlib import Path

import gradio
import pytest
from PIL import Image

from components.messages.catalogue import text
from components.ui.gradio_files import FirstFiles
from components.ui.http.page_html import PageHtml
from components.ui.labels import Labels, label
from components.ui.opening import Opening
from components.ui.shell import page_html
from tests.support.asgi import scope_of
from tests.support.paths import ASSETS

OPENING = Opening("A <title>", is_priced=True, is_practice=False, needs_key=False)
LABELS = Labels({"label": str(label("page.generate"))})
TEMPLATE = (Path(gradio.__file__).parent / "templates" / "frontend" / "index.html").read_bytes()
SETTINGS = (
    b'<script>window.gradio_config = {"css": "<script data-x><meta property=\\"og:title\\"><gradio-app>", "labels": '
    + LABELS.as_json("en")
    + b"};</script>"
)
GRADIO = re.sub(rb"<script>window\.gradio_config.*?</script>", lambda _: SETTINGS, TEMPLATE, count=1)

FIRST_PACKETS = 14_000
"""Bytes that a server may send before the browser has confirmed any (RFC 6928: ten packets)."""


class Tags(HTMLParser):
    """Tags of a page with their attributes."""

    def __init__(self, html: bytes) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.feed(html.decode())

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))

    def metas(self) -> dict[str, list[str | None]]:
        named: dict[str, list[str | None]] = {}
        for tag, values in self.found:
            if tag == "meta" and (name := values.get("property") or values.get("name")):
                named.setdefault(name, []).append(values.get("content"))
        return named

    def links(self, rel: str) -> list[str | None]:
        return [values.get("href") for tag, values in self.found if tag == "link" and values.get("rel") == rel]


def served(*headers: tuple[str, str], root_path: str = "", language: str = "en") -> bytes:
    scope = {**scope_of("/", headers=headers or [("host", "play.test")]), "root_path": root_path}
    pieces = page_html(OPENING, FirstFiles((), ()), LABELS)
    return pieces(language).put_into(GRADIO, scope)


def test_a_shared_link_is_described_once_and_in_our_words():
    metas = Tags(served()).metas()
    sharing = {name: contents for name, contents in metas.items() if name.startswith(("og:", "twitter:"))}
    assert [name for name, contents in sharing.items() if len(contents) != 1] == []
    assert sharing["og:title"] == ["A <title>"]
    assert sharing["og:url"] == ["http://play.test/"]
    assert sharing["twitter:card"] == ["summary_large_image"]
    assert metas["description"] == sharing["og:description"]
    assert 50 < len(str(metas["description"][0])) < 180
    assert "Gradio" not in str(sharing) and b"Click to try" not in served()


@pytest.mark.parametrize(
    ("headers", "root_path", "root"),
    [
        ([("host", "a.test:7860")], "", "http://a.test:7860/"),
        (
            [("host", "inner"), ("x-forwarded-host", "a.hf.space"), ("x-forwarded-proto", "https")],
            "",
            "https://a.hf.space/",
        ),
        ([("host", "a.test")], "/sub", "http://a.test/sub/"),
    ],
)
def test_its_addresses_are_the_public_ones(headers, root_path, root):
    metas = Tags(served(*headers, root_path=root_path)).metas()
    assert metas["og:url"] == [root]
    image = str(metas["og:image"][0])
    assert re.fullmatch(re.escape(root) + r"playground/assets/[0-9a-f]{12}/icons/share\.jpg", image)


def test_a_forged_host_is_no_markup():
    assert b'"><b' not in served(("host", 'x"><b'))


def test_the_picture_of_a_shared_link_has_the_size_that_is_named():
    metas = Tags(served()).metas()
    path = ASSETS / "icons" / "share.jpg"
    with Image.open(path) as image:
        assert [[str(side)] for side in image.size] == [metas["og:image:width"], metas["og:image:height"]]
        assert image.size == (1200, 630)
    assert path.stat().st_size < 150_000


def test_the_tab_has_a_title_an_icon_and_a_color_before_any_script_ran():
    html = served()
    assert b"<title>A &lt;title&gt;</title>" in html.partition(b"<script")[0]
    tags = Tags(html)
    (icon,), (touch,) = tags.links("icon"), tags.links("apple-touch-icon")
    for link in (icon, touch):
        assert (ASSETS / str(link).split("/", 4)[4]).is_file()
    assert tags.links("manifest") == ["./manifest.json?lang=en"]
    assert len(tags.metas()["theme-color"]) == 2
    assert {values.get("lang") for tag, values in tags.found if tag == "html"} == {"en"}


def test_all_that_is_seen_first_is_in_the_language_of_the_visitor():
    html = served(language="ar")
    tags = Tags(html)
    (root,) = [values for tag, values in tags.found if tag == "html"]
    assert (root["lang"], root["dir"], root["data-language"]) == ("ar", "rtl", "ar")
    assert tags.metas()["description"] == [text("shell.description", language="ar")]
    assert tags.links("manifest") == ["./manifest.json?lang=ar"]
    assert [str(link).rpartition("/")[2] for link in tags.links("preload")] == ["ar.json"]
    opening = html.partition(b'id="opening"')[2].decode()
    for key in ("field.prompt.help", "page.generate", "shell.getting_ready", "shell.reload"):
        assert escape(text(key, language="ar")) in opening, key


def test_the_labels_of_gradio_s_widgets_are_those_of_one_language():
    html = served(language="ar")
    generate = text("page.generate", language="ar")
    assert f'"labels": {{"en":{{"page.generate":"{generate}"'.encode() in html
    assert b'"Generate"' not in html


def test_the_settings_of_gradio_stay_as_they_are_and_are_followed_by_our_script():
    pieces = PageHtml("<b>head</b>", "<b>after</b>", "<b>paint</b>")
    html = pieces.put_into(GRADIO, scope_of("/", headers=[("host", "play.test")]))
    assert html.index(b"<b>head</b>") < html.index(b"</head>") < html.index(b"<body") < html.index(b"<b>paint</b>")
    assert html.index(SETTINGS) < html.index(b"<b>after</b>") < html.index(b"<script data-gradio-mode>")
    assert html.index(b'<script type="module"') < html.rindex(b"<gradio-app")
    assert all(html.count(piece) == 1 for piece in (b"<b>head</b>", b"<b>after</b>", b"<b>paint</b>"))


def test_what_is_seen_first_comes_before_gradio_s_settings_in_the_first_packets():
    html = served()
    before, _, scripts = html.partition(b"window.gradio_config")
    assert b"</main>" in before and b"</main>" not in scripts
    assert len(gzip.compress(before.partition(b"</main>")[0])) < FIRST_PACKETS


def test_a_page_without_settings_has_the_first_paint_all_the_same():
    html = PageHtml(first_paint="<b>paint</b>").put_into(
        b"<html><head><script></script></head><body><gradio-app></gradio-app></body></html>", scope_of("/")
    )
    assert html.index(b"<body>") < html.index(b"<b>paint</b>") < html.index(b"<gradio-app>")
    assert html.count(b"</head>") == 1


def test_the_script_of_a_frame_is_for_pages_in_a_frame():
    assert b"if (window.parent !== window) document.head.appendChild(script);" in served()


def test_the_manifest_names_icons_that_exist():
    manifest = json.loads((ASSETS / "ui" / "shell" / "manifest.json").read_text())
    for one in manifest["icons"]:
        path = ASSETS / "icons" / one["src"].rpartition("/")[2]
        if one["type"] == "image/png":
            with Image.open(path) as image:
                assert "x".join(map(str, image.size)) == one["sizes"]
    assert {one["purpose"] for one in manifest["icons"]} == {"any", "maskable"}


def test_the_scripts_of_gradio_begin_after_the_first_paint():
    html = served().decode()
    [entry] = re.findall(r'"(\./assets/index-[\w-]+\.js)"', html)
    assert f'src: "{entry}"' in html
    assert 'type="module"' not in html
