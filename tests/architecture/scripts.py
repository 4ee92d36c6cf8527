"""Scripts of the page and what each imports and exports, read from their text."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

from components.ui import assets
from tests.support.paths import ROOT

UI = ROOT / "assets" / "ui"
TEMPLATES = (*assets.TEMPLATES, assets.BUNDLE_HEAD)
"""Scripts that are no modules: components/ui/assets.py fills them in."""
SCRIPTS = {
    name: path for path in sorted(UI.rglob("*.js")) if (name := path.relative_to(UI).as_posix()) not in TEMPLATES
}

_COMMENT = re.compile(r"/\*.*?\*/|^\s*//.*?$", re.DOTALL | re.MULTILINE)
_STATIC = re.compile(r'^import (?:\{([^}]*)\}|\* as (\w+)) from "([^"]+)";$', re.MULTILINE)
_LAZY = re.compile(r'import\("([^"]+)"\)')
_LAZY_NAMES = re.compile(r'\{([^{}]*)\} = (?:\(?await )?import\("([^"]+)"\)')
_THEN_NAMES = re.compile(r'import\("([^"]+)"\)\.then\(\(\{([^}]*)\}\)')
_ALL = re.compile(r"\[((?:\{[^{}]*\},? ?)+)\] = await Promise\.all\(\s*\[([^\]]*)\]")
_EXPORT = re.compile(r"^export (?:async )?(?:const|let|function|class) (\w+)", re.MULTILINE)
_ANY_IMPORT = re.compile(r"^import\b|\bimport\(", re.MULTILINE)


@cache
def source_of(name: str) -> str:
    """Return a script without its comments."""
    return _COMMENT.sub("", SCRIPTS[name].read_text(encoding="utf-8"))


def resolved(name: str, path: str) -> str:
    """Return the name below assets/ui of a path that a script imports."""
    target = (SCRIPTS[name].parent / path).resolve()
    return target.relative_to(UI).as_posix() if target.is_relative_to(UI) else str(target)


@cache
def static_imports(name: str) -> dict[str, tuple[str, ...]]:
    """Return the names that a script imports from each other script before it runs; none of `import *`."""
    return {resolved(name, path): _names(names) for names, _, path in _STATIC.findall(source_of(name))}


@cache
def lazy_imports(name: str) -> frozenset[str]:
    """Return the scripts that a script fetches when they are needed."""
    return frozenset(resolved(name, path) for path in _LAZY.findall(source_of(name)))


@cache
def lazy_names(name: str) -> dict[str, set[str]]:
    """Return the names that a script takes from each script that it fetches."""
    text, found = source_of(name), dict[str, set[str]]()
    pairs = [*_LAZY_NAMES.findall(text), *((names, path) for path, names in _THEN_NAMES.findall(text))]
    for names, imports in _ALL.findall(text):
        pairs += zip(re.findall(r"\{([^{}]*)\}", names), _LAZY.findall(imports), strict=True)
    for names, path in pairs:
        found.setdefault(resolved(name, path), set()).update(_names(names))
    return found


@cache
def exports(name: str) -> frozenset[str]:
    """Return the names that a script exports."""
    return frozenset(_EXPORT.findall(source_of(name)))


def dependencies(name: str) -> set[str]:
    """Return the scripts that a script imports, at once or when needed."""
    return {*static_imports(name), *lazy_imports(name)}


def import_count(name: str) -> int:
    """Return how many imports a script holds, however they are written."""
    return len(_ANY_IMPORT.findall(source_of(name)))


def known_import_count(name: str) -> int:
    """Return how many of them this module understands."""
    return len(_STATIC.findall(source_of(name))) + len(_LAZY.findall(source_of(name)))


def feature_of(name: str) -> str:
    """Return the folder of a script, "" for the entry."""
    return name.rpartition("/")[0].split("/")[0]


def entries() -> dict[str, set[str]]:
    """Return the functions of each script that the page calls: hooks and mounts in components/ui, and head.html."""
    found: dict[str, set[str]] = {name: set() for name in ("main.js", "host/page.js", *assets.INLINE_SCRIPTS)}
    call = re.compile(r'(?:mount\(|hook\(|listen\([^"()]+,)\s*"([\w/]+)", "(\w+)"')
    table = re.compile(r'"([a-z_]+/[a-z_]+)", "(\w+)"\),')
    for path in sorted((ROOT / "components" / "ui").rglob("*.py")):
        text = path.read_text(encoding="utf-8")
        for module, function in [*call.findall(text), *table.findall(text)]:
            found.setdefault(f"{module}.js", set()).add(function)
    return found


def _names(text: str) -> tuple[str, ...]:
    parts = (part.strip() for part in text.split(","))
    return tuple(re.split(r" as |:", part)[0].strip() for part in parts if part)


def files(*suffixes: str) -> list[Path]:
    """Return the files of assets/ui with these endings."""
    return [path for path in sorted(UI.rglob("*")) if path.suffix in suffixes]
