"""No text for visitors stands in the code: all are in the catalogue. What only others read is listed here."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from tests.support.catalogue_uses import PYTHON, tree_of
from tests.support.paths import ROOT

PROGRAM = "only a program, or an attacker, gets it"
PROTOCOL = "the v3 protocol of our own server, whose clients are programs; a visitor's text has its code beside it"
TERMINAL = "the host's terminal, at a start that fails"
FORMAT = "keys of A1111's infotext format, which programs read"
NAME = "a proper name, the same in every language"
ALLOWED = {
    "components/engines/sdxl/engine.py": TERMINAL,
    "components/engines/sdxl/settings.py": TERMINAL,
    "components/loras/link.py": NAME,
    "components/loras/safetensors_header.py": NAME,
    "components/loras/sites.py": NAME,
    "components/recipes/infotext.py": FORMAT,
    "components/server/": PROTOCOL,
    "components/server/__main__.py": TERMINAL,
    "components/server/assembly.py": TERMINAL,
    "components/server/process/": TERMINAL,
    "components/settings.py": TERMINAL,
    "components/domain/fields.py": "descriptions for programs: /generate's parameters and our server's models list",
    "components/storage/migrations.py": "SQL",
    "components/sqlite/table_schema.py": TERMINAL,
    "components/storage/folder_lock.py": TERMINAL,
    "components/ui/http/exceptions.py": PROGRAM,
    "components/ui/http/payload.py": PROGRAM,
    "components/ui/http/payload_schema.py": PROGRAM,
    "components/ui/http/security.py": PROGRAM,
    "components/ui/http/sign_in.py": PROGRAM,
    "components/ui/launch.py": NAME,
    "components/ui/page.py": NAME,
    "components/ui/routes/host.py": PROGRAM,
}
"""Files, or folders, with texts that no visitor sees, each with the reason."""
_WORDS = re.compile(r"[A-Z].* .*", re.DOTALL)
_SQL = re.compile(
    r"(SELECT|INSERT|UPDATE|DELETE|CREATE|ALTER|PRAGMA|BEGIN|WITH|WHERE|FROM|ORDER|GROUP|AND|ON|SET) ?[\w(*'\s$]"
)
_LOGGERS = ("log", "_log")


def is_text(value: str) -> bool:
    """Return whether a string has words for a person: a capital letter first, a blank, no SQL and no Python type."""
    words = value.strip()
    has_words = _WORDS.fullmatch(words) is not None and re.search(r"[a-z]{2}", words) is not None
    return has_words and not _SQL.match(words) and not words.startswith("Mapping[")


def texts_in(path: Path) -> Iterator[tuple[int, str]]:
    """Yield the texts of a file with their lines, but for docstrings and log messages."""
    tree = tree_of(path)
    unread = {id(part) for node in ast.walk(tree) if is_unread(node) for part in ast.walk(node)}
    for node in ast.walk(tree):
        value = node.value if isinstance(node, ast.Constant) and id(node) not in unread else None
        if isinstance(node, ast.Constant) and isinstance(value, str) and is_text(value):
            yield node.lineno, value


def is_unread(node: ast.AST) -> bool:
    """Return whether what is in a node is read by no visitor: a docstring, a log call."""
    if isinstance(node, ast.Expr):
        return isinstance(node.value, ast.Constant)
    owner = node.func.value if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) else None
    return isinstance(owner, ast.Name) and owner.id in _LOGGERS


def reason_for(name: str) -> str:
    """Return why a file may have texts: the reason of the longest entry; empty for none."""
    entries = [entry for entry in ALLOWED if name == entry or (entry.endswith("/") and name.startswith(entry))]
    return ALLOWED[max(entries, key=len)] if entries else ""


def test_no_text_for_visitors_stands_in_the_code():
    for path in PYTHON:
        name = str(path.relative_to(ROOT))
        assert reason_for(name) or not list(texts_in(path)), name


def test_no_file_is_excused_without_need():
    for entry in ALLOWED:
        files = [path for path in PYTHON if str(path.relative_to(ROOT)).startswith(entry)]
        assert any(True for path in files for _ in texts_in(path)), entry


def test_what_is_a_text_and_what_is_not():
    assert is_text("The service is busy.")
    assert is_text("Reset to defaults")
    for other in ("loras", "SELECT id FROM jobs", "Mapping[str, Any]", "AND ended < ? AND NOT is_favourite", "X-Y"):
        assert not is_text(other), other
