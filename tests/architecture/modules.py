"""Modules of the project and what each imports, read from the source by `ast`."""

from __future__ import annotations

import ast
from functools import cache
from pathlib import Path

from tests.support.paths import ROOT


def name_of(path: Path) -> str:
    """Return a file's dotted name below `components`, `app` for app.py: `jobs.sender`."""
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(part for part in parts if part not in ("components", "__init__")) or "components"


FILES = {name_of(path): path for path in (ROOT / "app.py", *sorted((ROOT / "components").rglob("*.py")))}


@cache
def tree_of(name: str) -> ast.Module:
    """Return the syntax tree of a module."""
    return ast.parse(FILES[name].read_text(encoding="utf-8"))


@cache
def imported(name: str) -> frozenset[str]:
    """Return the full dotted names of everything that a module imports, however deep in it."""
    found: set[str] = set()
    for node in ast.walk(tree_of(name)):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{name}: a relative import"
            found |= {f"{node.module}.{alias.name}" for alias in node.names} | {str(node.module)}
    return frozenset(found)


@cache
def dependencies(name: str) -> frozenset[str]:
    """Return the modules of the project that a module imports."""
    tails = {full.removeprefix("components.") for full in imported(name) if full.startswith("components.")}
    return frozenset({tail if tail in FILES else tail.rpartition(".")[0] for tail in tails} - {"", name})


def importers(library: str) -> set[str]:
    """Return the modules that import a library."""
    return {name for name in FILES if any(full.split(".")[0] == library for full in imported(name))}
