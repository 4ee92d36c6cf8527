"""Gradio's files that the page needs first, as the installed version names them."""

from __future__ import annotations

from pathlib import Path

import pytest
from gradio.route_utils import BUILD_PATH_LIB
from starlette.applications import Starlette
from starlette.testclient import TestClient

from components.ui import gradio_files
from components.ui.gradio_files import FirstFiles
from components.ui.routes.gradio_assets import gradio_assets_route

FOLDER = Path(BUILD_PATH_LIB)
FIRST = FirstFiles.of(["html", "textbox"])


@pytest.fixture
def web():
    return TestClient(Starlette(routes=[gradio_assets_route(FIRST)]))


def test_they_are_found_and_exist():
    assert len(FIRST.scripts) > 10 and len(FIRST.styles) > 5
    assert [name for name in (*FIRST.scripts, *FIRST.styles) if not (FOLDER / name).is_file()] == []
    prefixes = {name.partition("-")[0] for name in FIRST.scripts}
    assert {"index", "core", "Blocks", "Index"} <= prefixes


def test_a_component_brings_its_own():
    more = FirstFiles.of(["html", "textbox", "slider"])
    assert set(FIRST.scripts) < set(more.scripts)
    assert FirstFiles.of(["html", "textbox", "no such component"]) == FIRST


def test_their_style_sheets_are_one_and_gradio_finds_links_to_all(web):
    links = FIRST.style_links()
    assert links.count(" disabled ") == len(FIRST.styles)
    answer = web.get(f"/assets/{FIRST.style_name()}")
    assert answer.text == FIRST.style()
    assert answer.headers["content-type"].startswith("text/css")
    assert "immutable" in answer.headers["cache-control"]


def test_without_what_is_looked_for_gradio_loads_its_files_itself(tmp_path, monkeypatch):
    (tmp_path / "frontend" / "assets").mkdir(parents=True)
    monkeypatch.setattr(gradio_files, "BUILD_PATH_LIB", str(tmp_path / "frontend" / "assets"))
    for html in (None, "<html>", '<script type="module" src="./assets/index-x.js">'):
        if html is not None:
            (tmp_path / "frontend" / "index.html").write_text(html)
        found = FirstFiles.of(["html"])
        assert (found, found.style_links(), found.preloads(), found.style_name()) == (FirstFiles((), ()), "", "", "")


def test_files_with_a_hash_are_kept_for_ever_and_encoded(web):
    script = FIRST.scripts[0]
    answer = web.get(f"/assets/{script}", headers={"Accept-Encoding": "br"})
    assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert answer.headers["content-encoding"] == "br"
    assert answer.text == (FOLDER / script).read_text(encoding="utf-8")
    assert answer.headers["content-type"].startswith("text/javascript")


@pytest.mark.parametrize("name", ["no-such-0123abcd.js", "..%2findex.html", "%2e%2e", "a%00b.js", "x" * 200])
def test_nothing_else_is_served(web, name):
    assert web.get(f"/assets/{name}").status_code == 404
