"""Files of a page's modules: each module is in one of them, after what it needs, and runs once."""

from __future__ import annotations

import re

import pytest

from components.ui import assets
from components.ui.bundle.module import Module
from components.ui.bundle.program import Program
from tests.support.paths import ASSETS

PLACED = re.compile(r'^\$modules\["([^"]+)"\] = ', re.MULTILINE)


def program(**sources: str) -> dict[str, str]:
    modules = {name: Module(name, text) for name, text in ((f"{one}.js", text) for one, text in sources.items())}
    return Program(modules, ["main.js"], "HEAD UP_TO_UI FILES_OF\n").files()


def test_what_is_needed_comes_first_and_in_the_first_file():
    files = program(
        main='import { b as d } from "./b.js";\nimport * as c from "./c.js";\nexport function go() { d(c.x); }\n',
        b='import { x } from "./c.js";\nexport const b = () => x;\n',
        c="export const x = 1;\n",
    )
    assert list(files) == ["main.js"]
    assert PLACED.findall(files["main.js"]) == ["c.js", "b.js", "main.js"]
    assert files["main.js"].startswith("HEAD ./ {}\n")
    assert 'const {b: d} = $modules["b.js"];' in files["main.js"].replace("{ ", "{").replace(" }", "}")
    assert 'const c = $modules["c.js"];' in files["main.js"]


def test_what_is_fetched_later_is_a_file_with_what_only_it_needs():
    files = program(
        main='import { x } from "./common.js";\nexport const go = () => import("./later.js");\n',
        later='import { x } from "./common.js";\nimport { y } from "./own.js";\nexport const z = x + y;\n',
        own="export const y = 1;\n",
        common="export const x = 1;\n",
    )
    assert PLACED.findall(files["main.js"]) == ["common.js", "main.js"]
    assert PLACED.findall(files["later.js"]) == ["own.js", "later.js"]
    assert files["later.js"].startswith('import { $modules, $at, $load } from "./main.js";\n')
    assert '$load("later.js")' in files["main.js"]


def test_what_two_of_them_need_runs_once():
    files = program(
        main='export const go = () => [import("./one.js"), import("./two.js")];\n',
        one='import { x } from "./both.js";\nexport const a = x;\n',
        two='import { x } from "./both.js";\nexport const b = x;\n',
        both="export const x = 1;\n",
    )
    assert PLACED.findall(files["parts/both.js"]) == ["both.js"]
    assert files["main.js"].startswith('HEAD ./ {"both.js": "parts/both.js"}\n')
    for name in ("one.js", "two.js"):
        assert 'import "./parts/both.js";' in files[name]
        assert PLACED.findall(files[name]) == [name]


def test_a_part_that_another_part_needs_keeps_its_own_file():
    files = program(
        main='export const go = () => [import("./one.js"), import("./two.js")];\n',
        one="export const a = 1;\n",
        two='import { a } from "./one.js";\nexport const b = a;\n',
    )
    assert PLACED.findall(files["one.js"]) == ["one.js"]
    assert 'import "./one.js";' in files["two.js"]


def test_an_address_beside_a_script_stays_beside_it():
    files = program(main='export const url = new URL("./x.css", import.meta.url);\n')
    assert 'new URL("./x.css", $at("main.js"))' in files["main.js"]


@pytest.mark.parametrize(
    "source",
    [
        "export let a = 1;\n",
        "export default 1;\n",
        'export { a } from "./b.js";\n',
        'import a from "./b.js";\n',
        'import "./b.js";\n',
        "const load = (name) => import(name);\n",
        "const own = import.meta.resolve;\n",
    ],
)
def test_forms_that_a_bundle_would_break_are_refused(source):
    with pytest.raises(ValueError, match="no form of an import or export"):
        Module("a.js", source).as_block()


def test_a_circle_is_refused():
    with pytest.raises(ValueError, match="circle"):
        program(main='import { b } from "./b.js";\n', b='import { m } from "./main.js";\nexport const b = m;\n')


def test_every_module_of_the_page_is_in_one_file_of_it():
    files = assets.scripts()
    placed = [name for file, text in files.items() if file != assets.HOST_ENTRY for name in PLACED.findall(text)]
    assert len(placed) == len(set(placed))
    known = {path.relative_to(ASSETS / "ui").as_posix() for path in (ASSETS / "ui").rglob("*.js")}
    names = re.compile(r"\$(?:modules|at|load)\b")
    assert [name for name in placed if names.search((ASSETS / "ui" / name).read_text(encoding="utf-8"))] == []
    apart = {*assets.TEMPLATES, *assets.INLINE_SCRIPTS, assets.BUNDLE_HEAD, assets.HOST_ENTRY}
    assert set(placed) == known - apart


def test_every_file_that_a_file_asks_for_exists():
    files = assets.scripts()
    asked = {name for text in files.values() for name in re.findall(r'\$load\("([^"]+)"\)', text)}
    placed_first = set(PLACED.findall(files[assets.ENTRY]))
    assert asked - placed_first <= files.keys()


def test_a_module_is_served_as_a_part_of_a_file_only():
    assert assets.served_text("ui/main.js") == assets.scripts()["main.js"]
    assert assets.served_text("ui/shared/texts.js") is None
    assert "/*" not in str(assets.served_text("ui/history/dialog.css"))
    assert "\n" not in str(assets.served_text("locales/en.json"))
