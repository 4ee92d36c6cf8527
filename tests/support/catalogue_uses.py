"""Uses of the text catalogue in the source: messages and texts that Python makes, and keys that scripts name."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from tests.support.paths import ROOT

PYTHON = tuple(sorted((ROOT / "components").rglob("*.py")))
SCRIPTS = tuple(sorted((ROOT / "assets" / "ui").rglob("*.js")))
TEMPLATES = tuple(sorted((ROOT / "assets" / "ui").rglob("*.html")))
_MAKERS = ("Message", "Text", "text", "label")
"""Functions whose first argument is a code or key."""


@dataclass(frozen=True, slots=True)
class Use:
    """Call of Message, Text, text or label with a code or key that is constant, or computed in part."""

    maker: str
    key: str
    """Code or key; `*` stands for each computed part of it."""
    params: frozenset[str] | None
    """Names of the parameters; none without a dict, None where they are computed."""
    place: str
    """File and line."""

    def matches(self, key: str) -> bool:
        """Return whether a key is this one, or may be computed as it."""
        pattern = re.escape(self.key).replace(r"\*", r"(\w+)")
        return re.fullmatch(pattern, key) is not None


@cache
def tree_of(path: Path) -> ast.Module:
    """Return the syntax tree of a file."""
    return ast.parse(path.read_text(encoding="utf-8"))


@cache
def uses() -> tuple[Use, ...]:
    """Return every use in components."""
    return tuple(use for path in PYTHON for use in _uses_in(path))


def _uses_in(path: Path) -> Iterator[Use]:
    for node in ast.walk(tree_of(path)):
        if not isinstance(node, ast.Call) or not node.args:
            continue
        maker = node.func.id if isinstance(node.func, ast.Name) else ""
        key = _constant(node.args[0]) if maker in _MAKERS else None
        # `assets.text` takes the path of a file.
        if key is not None and "/" not in key:
            # A label has its parameters as keywords.
            labelled = frozenset(keyword.arg for keyword in node.keywords if keyword.arg) if maker == "label" else None
            params = _params(node) if labelled is None else labelled
            yield Use(maker, key, params, f"{path.relative_to(ROOT)}:{node.lineno}")


def _constant(node: ast.expr) -> str | None:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    if isinstance(node, ast.JoinedStr):
        return "".join(str(part.value) if isinstance(part, ast.Constant) else "*" for part in node.values)
    return None


def _params(call: ast.Call) -> frozenset[str] | None:
    named = [keyword.value for keyword in call.keywords if keyword.arg == "params"]
    params = next(iter(call.args[1:2] or named), None)
    if params is None:
        return frozenset()
    if not isinstance(params, ast.Dict):
        return None
    names = [_constant(name) if name else None for name in params.keys]
    return None if None in names else frozenset(name for name in names if name)


@cache
def strings() -> frozenset[str]:
    """Return every string constant of components."""
    nodes = (node for path in PYTHON for node in ast.walk(tree_of(path)))
    return frozenset(node.value for node in nodes if isinstance(node, ast.Constant) and isinstance(node.value, str))


@cache
def script_strings() -> frozenset[str]:
    """Return the quoted texts of the page's scripts and templates that may be keys or codes."""
    files = (*SCRIPTS, *TEMPLATES)
    found = (re.findall(r"""["'`]([a-z][\w.]*)["'`]""", path.read_text(encoding="utf-8")) for path in files)
    return frozenset(text for texts in found for text in texts)
