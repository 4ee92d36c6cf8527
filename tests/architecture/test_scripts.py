"""Scripts of the page: imports point downwards between features, nothing is dead, and every name exists."""

from __future__ import annotations

import re

import pytest

from components.ui import assets
from tests.architecture.drawing import circle_in, floors_of
from tests.architecture.scripts import (
    SCRIPTS,
    UI,
    dependencies,
    entries,
    exports,
    feature_of,
    files,
    import_count,
    known_import_count,
    lazy_names,
    static_imports,
)
from tests.support.paths import ROOT

FLOORS = """
8  main
7  history
6  gallery  viewer
5  code  grid  language  presets
4  form  keys
3  prompt  source_image
2  press  account  compare  loras  host
1  refiner  speed  shape
0  shared  shell
"""
"""A feature imports only from floors below its own: layout of assets/ui."""
FLOOR = floors_of(FLOORS)
WITHOUT_FOLDER = {
    "form_links": "form",
    "price": "form",
    "sampler": "form",
    "sampling": "form",
    "sign_in": "account",
    "styles": "prompt",
    "tools": "form",
}
"""Panels whose script belongs to another feature; the parts of a panel begin with its name: `lora_rows`."""
MAX_LINES = 300


def test_every_import_is_understood() -> None:
    for name in SCRIPTS:
        assert import_count(name) == known_import_count(name), name


@pytest.mark.parametrize("name", SCRIPTS)
def test_imports_and_exports_exist(name: str) -> None:
    for other in dependencies(name):
        assert other in SCRIPTS, f"{name} imports {other}"
    for other, names in (*static_imports(name).items(), *lazy_names(name).items()):
        assert set(names) <= exports(other), f"{name} imports {set(names) - exports(other)} from {other}"


def test_the_page_calls_functions_that_exist() -> None:
    for script, functions in entries().items():
        assert functions <= exports(script), f"{script}: {functions - exports(script)}"


def test_no_circle_between_scripts() -> None:
    assert circle_in({name: dependencies(name) for name in SCRIPTS}) == []


@pytest.mark.parametrize("name", SCRIPTS)
def test_a_feature_imports_only_from_floors_below(name: str) -> None:
    own = feature_of(name) or "main"
    for other in dependencies(name):
        theirs = feature_of(other)
        assert theirs == own or FLOOR[theirs] < FLOOR[own], f"{name} imports {other}"


def test_no_script_is_dead() -> None:
    reached, waiting = set[str](), list(entries())
    while waiting:
        name = waiting.pop()
        if name not in reached:
            reached.add(name)
            waiting += dependencies(name)
    assert set(SCRIPTS) - reached == set()


def test_no_export_is_dead() -> None:
    """A name after a dot counts as used (`import * as account`), and so does one that a test of the scripts calls."""
    used = {(script, function) for script, functions in entries().items() for function in functions}
    for name in SCRIPTS:
        for other, names in (*static_imports(name).items(), *lazy_names(name).items()):
            used |= {(other, one) for one in names}
    texts = "\n".join(path.read_text(encoding="utf-8") for path in files(".js"))
    dead = {(name, one) for name in SCRIPTS for one in exports(name) if (name, one) not in used}
    tested = "\n".join(path.read_text(encoding="utf-8") for path in (ROOT / "tests" / "browser").glob("*.py"))
    assert {(name, one) for name, one in dead if f".{one}" not in texts and one not in tested} == set()


def test_no_file_is_long() -> None:
    lengths = {path: len(path.read_text(encoding="utf-8").splitlines()) for path in files(".js", ".css", ".html")}
    assert [path.relative_to(UI) for path, length in lengths.items() if length > MAX_LINES] == []


def test_every_style_sheet_is_loaded() -> None:
    texts = "\n".join(path.read_text(encoding="utf-8") for path in files(".js", ".html"))
    for path in files(".css"):
        name = path.relative_to(UI).with_suffix("").as_posix()
        assert (
            name in (*assets.EAGER_STYLES, *assets.FIRST_STYLES, *assets.FRAME_STYLES) or f"/{path.name}" in texts
        ), name


def test_every_panel_has_the_folder_of_its_name() -> None:
    folders = {path.name for path in UI.iterdir() if path.is_dir()}
    assert folders == set(FLOOR) - {"main"}
    for path in (ROOT / "components" / "ui" / "panels").glob("[!_]*.py"):
        panel = WITHOUT_FOLDER.get(path.stem, path.stem)
        assert any(panel == folder or panel.startswith((f"{folder}_", f"{folder[:-1]}_")) for folder in folders), panel


def test_controls_are_found_by_their_ids() -> None:
    """Labels and placeholders are texts for visitors: a translation would break a script that searches by them.

    Browsers translate them too: adrianroselli.com/2019/11/aria-label-does-not-translate.html
    """
    by_label = re.compile(r"\[(?:aria-label|placeholder|title)[~|^$*]?=")
    assert [name for name in SCRIPTS if by_label.search(SCRIPTS[name].read_text(encoding="utf-8"))] == []


def test_every_template_is_filled_in() -> None:
    source = (ROOT / "components" / "ui" / "assets.py").read_text(encoding="utf-8")
    panels = "\n".join(path.read_text(encoding="utf-8") for path in (ROOT / "components" / "ui").rglob("*.py"))
    assert [name for name in assets.TEMPLATES if f"ui/{name}" not in source + panels] == []
