"""Names: private metaphors that were replaced by standard terms do not come back.

Checked is where a name is declared: modules, classes, functions, methods, attributes, parameters and variables. The
old names are in replaced_names.ini.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from configparser import ConfigParser
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest

from tests.support.paths import ROOT

ALLOWED = {
    ("components/server/tasks/image_files.py", "put"): "a class of the same name as the one whose method was renamed",
    ("components/server/tasks/worker.py", "GIVEN_UP"): "given up, not given values",
}
"""Exceptions as (file, name), each with its reason: stored keys, JSON keys and public parameters keep their names."""


def _tables() -> ConfigParser:
    parser = ConfigParser(delimiters=("=",), interpolation=None)
    # Its default makes keys lower case.
    parser.optionxform = str  # type: ignore[assignment,method-assign]
    parser.read(Path(__file__).with_name("replaced_names.ini"), encoding="utf-8")
    return parser


TABLES = _tables()


@dataclass(frozen=True, slots=True)
class Declared:
    """A name and the line where it is declared; `owner` is its class or module."""

    name: str
    line: int
    owner: str = ""

    @property
    def words(self) -> set[str]:
        """Return the words of a name in snake case or camel case."""
        return {word.lower() for word in re.findall(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+", self.name)}


def rule_broken(declared: Declared, kind: str) -> str | None:
    """Return the old name that is declared again, with its standard term; None for none. `kind`: python or scripts."""
    owned = f"{declared.owner}.{declared.name}"
    for old in (declared.name, declared.name.lstrip("_"), owned):
        if old in TABLES[kind]:
            return f"{old} -> {TABLES[kind][old]}"
    return next(
        (f"{word} -> {TABLES['words'][word]}" for word in sorted(declared.words) if word in TABLES["words"]), None
    )


def names_in_python(source: str, module: str = "") -> Iterator[Declared]:
    """Yield the names that a module declares; those of its imports are declared elsewhere."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.ClassDef):
            yield from _members(node)
        if isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            yield Declared(node.name, node.lineno, module)
        elif isinstance(node, ast.arg):
            yield Declared(node.arg, node.lineno, module)
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            yield Declared(node.id, node.lineno, module)
        elif isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store):
            yield Declared(node.attr, node.lineno, module)
        elif isinstance(node, ast.ExceptHandler | ast.MatchAs) and node.name:
            yield Declared(node.name, node.lineno, module)


def _members(node: ast.ClassDef) -> Iterator[Declared]:
    for statement in node.body:
        if isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef):
            yield Declared(statement.name, statement.lineno, node.name)
        targets = statement.targets if isinstance(statement, ast.Assign) else [getattr(statement, "target", None)]
        for target in targets:
            if isinstance(target, ast.Name):
                yield Declared(target.id, target.lineno, node.name)
    for inner in ast.walk(node):
        if isinstance(inner, ast.Attribute) and isinstance(inner.ctx, ast.Store):
            yield Declared(inner.attr, inner.lineno, node.name)


_COMMENT = re.compile(r"/\*.*?\*/|(?<![:\w\"'`])//[^\n]*", re.DOTALL)
_SCRIPT_NAMES = (
    re.compile(r"\b(?:const|let|var|class|function\*?)\s+(\w+)"),
    re.compile(r"\b(?:const|let|var)\s+[{\[]([^;]*?)[}\]]\s*="),
    re.compile(r"^\s*(?:(?:static|async|get|set)\s+)*\*?#?(\w+)\([^()]*\)\s*\{", re.MULTILINE),
    re.compile(r"\bthis\.#?(\w+)\s*=[^=]"),
    re.compile(r"^\s*(?:static\s+)?#?(\w+)\s*(?:=[^=>]|;)", re.MULTILINE),
    re.compile(r"(?:\bfunction\*?\s*\w*|^\s*(?:(?:static|async|get|set)\s+)*\*?#?\w+)\(([^()]*)\)\s*\{", re.MULTILINE),
    re.compile(r"\(([^()]*)\)\s*=>"),
    re.compile(r"(?<![\w.])(\w+)\s*=>"),
)
"""Variables, functions and classes; destructured variables; methods; fields; parameters of each form."""


def names_in_script(source: str) -> Iterator[Declared]:
    """Yield the names that a script declares, as regular expressions find them."""
    code = _COMMENT.sub(lambda found: re.sub(r"[^\n]", " ", found[0]), source)
    for pattern in _SCRIPT_NAMES:
        for found in pattern.finditer(code):
            line = code.count("\n", 0, found.start(1)) + 1
            # `key: name` and `name = default`: the declared name is the one after the colon, before the sign.
            parts = (re.sub(r"=.*", "", part).rpartition(":")[2].strip(" .{}[]\n") for part in found[1].split(","))
            yield from (Declared(part, line) for part in parts if re.fullmatch(r"\w+", part))


def violations(path: Path) -> list[str]:
    """Return a line for each old name in a file."""
    file, source = path.relative_to(ROOT).as_posix(), path.read_text(encoding="utf-8")
    is_python = path.suffix == ".py"
    names = [Declared(path.stem, 1), *(names_in_python(source, path.stem) if is_python else names_in_script(source))]
    kind = "python" if is_python else "scripts"
    broken = {(one.line, one.name, rule) for one in names if (rule := rule_broken(one, kind))}
    return [f"{file}:{line}: {name} ({rule})" for line, name, rule in sorted(broken) if (file, name) not in ALLOWED]


@cache
def checked_files() -> tuple[Path, ...]:
    """Return the files whose names are checked."""
    modules = [ROOT / "app.py", *(ROOT / "components").rglob("*.py"), *(ROOT / "tests" / "support").rglob("*.py")]
    return tuple(sorted([*modules, *(ROOT / "assets" / "ui").rglob("*.js")]))


def test_no_replaced_name_is_declared() -> None:
    found = [text for path in checked_files() for text in violations(path)]
    assert not found, "names with a standard term:\n" + "\n".join(found)


def test_no_file_has_a_replaced_name() -> None:
    found = {str(path) for old in TABLES["files"] for path in (ROOT / old).parent.rglob((ROOT / old).name)}
    assert not found


def test_rules_of_members_name_an_owner_that_exists() -> None:
    """A rule for the members of a class or module that was renamed would never match."""
    owners = {old.split(".")[0] for old in TABLES["python"] if "." in old}
    classes = re.compile(r"^class (\w+)", re.MULTILINE)
    python = [path for path in checked_files() if path.suffix == ".py"]
    known = {name for path in python for name in classes.findall(path.read_text(encoding="utf-8"))}
    assert owners <= known | {path.stem for path in python}


def test_exceptions_are_still_needed() -> None:
    for file, name in ALLOWED:
        assert name in (ROOT / file).read_text(encoding="utf-8")


PLANTED = {
    "def f(told): ...": "told",
    "class Ledger:\n    ...": "Ledger",
    "class Job:\n    kind: str": "kind",
    "class JobRepository:\n    def __init__(self):\n        self._passing = 1": "_passing",
    "class Job:\n    def trouble(self): ...": "trouble",
    "_given, other = 1, 2": "_given",
    "for wish in []: ...": "wish",
    "with open('x') as was_held: ...": "was_held",
    "try: ...\nexcept OSError as nobody: ...": "nobody",
    "lambda asked: 1": "asked",
    "async def look_again(): ...": "look_again",
    "match 1:\n    case told: ...": "told",
}


@pytest.mark.parametrize(("source", "name"), PLANTED.items())
def test_an_old_name_is_found_in_python(source: str, name: str) -> None:
    assert name in {declared.name for declared in names_in_python(source) if rule_broken(declared, "python")}


PLANTED_IN_SCRIPTS = {
    "const told = 1;": "told",
    "let { a, row: kept = 2 } = answer;": "kept",
    "const [first, given] = pair;": "given",
    "function takeClick(event) {}": "takeClick",
    "function f(one, asked) {}": "asked",
    "class A {\n  #told(x) {\n  }\n}": "told",
    "class A {\n  async show(saidBefore) {\n  }\n}": "saidBefore",
    "this.#seat = 1;": "seat",
    "rows.map((wish, index) => index);": "wish",
    "rows.map((row) => row).filter(picks => 1);": "picks",
}


@pytest.mark.parametrize(("source", "name"), PLANTED_IN_SCRIPTS.items())
def test_an_old_name_is_found_in_scripts(source: str, name: str) -> None:
    assert name in {declared.name for declared in names_in_script(source) if rule_broken(declared, "scripts")}


def test_names_that_only_resemble_an_old_one_are_free() -> None:
    sources = (
        "titled = 1",
        "class Jobs_: ...",
        "class Other:\n    kind: str",
        "from x import told",
        "d['told']",
        "f(told=1)",
    )
    assert not [one for source in sources for one in names_in_python(source) if rule_broken(one, "python")]
    assert not [
        one for one in names_in_script("// const told = 1;\nuse(row.kept, 'told');") if rule_broken(one, "scripts")
    ]
