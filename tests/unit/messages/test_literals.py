"""No text for visitors stands in the code: all are in the catalogue. What only others read is listed here."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.catalogue_uses import PYTHON, tree_of
from tests.support.paths import ROOT

PROGRAM = "only a program, or an attacker, gets it"
SCHEMA = "descriptions for programs in our server's list of models"
TERMINAL = "the host's terminal, at a start that fails"
FORMAT = "keys and values of other programs' formats"
CLASS = "a part of a class's name"
NAME = "a proper name, the same in every language"
ALLOWED = {
    "components/domain/backend_choice.py": TERMINAL,
    "components/recipes/comfy/broadcasts.py": FORMAT,
    "components/recipes/comfy/searge.py": FORMAT,
    "components/engines/by_name.py": TERMINAL,
    "components/engines/ray/cluster.py": "a value of Ray's",
    "components/engines/ray/engine.py": TERMINAL,
    "components/engines/ray/settings.py": TERMINAL,
    "components/engines/sdxl/cards.py": TERMINAL,
    "components/engines/sdxl/engine.py": TERMINAL,
    "components/engines/sdxl/pipeline/run.py": CLASS,
    "components/engines/sdxl/pipeline/samplers.py": NAME,
    "components/domain/request.py": NAME,
    "components/engines/sdxl/settings.py": TERMINAL,
    "components/engines/sdxl/zerogpu.py": "words of another library's error",
    "components/images/decoding.py": FORMAT,
    "components/images/metadata/png.py": FORMAT,
    "components/loras/link.py": NAME,
    "components/loras/model_names.py": NAME,
    "components/loras/safetensors_header.py": NAME,
    "components/loras/sites.py": NAME,
    **{
        f"components/recipes/{name}.py": FORMAT
        for name in (
            *("comfy/graph", "comfy/joined_text", "comfy/loras", "comfy/parts", "comfy/read", "comfy/values"),
            *("comfy/widgets", "comfy/workflow", "json_loras", "json_settings", "read"),
        )
    },
    "components/net/page_address.py": TERMINAL,
    "components/ui/programs/mcp_server.py": PROGRAM,
    "components/ui/programs/tool_list.py": PROGRAM,
    "components/recipes/infotext.py": FORMAT,
    "components/recipes/infotext_parts.py": FORMAT,
    "components/recipes/infotext_recipe.py": FORMAT,
    "components/server/__main__.py": TERMINAL,
    "components/server/http/models.py": SCHEMA,
    "components/server/http/openapi.py": SCHEMA,
    "components/server/process/child.py": TERMINAL,
    "components/server/process/serve.py": TERMINAL,
    "components/server/tasks/database_file.py": TERMINAL,
    "components/server/tasks/fields.py": SCHEMA,
    "components/settings.py": TERMINAL,
    "components/domain/fields.py": "descriptions for programs: /generate's parameters and our server's models list",
    "components/storage/data_place.py": NAME,
    "components/storage/migrations.py": "SQL",
    "components/sqlite/table_schema.py": TERMINAL,
    "components/storage/folder_lock.py": TERMINAL,
    "components/ui/zerogpu.py": TERMINAL,
    "components/ui/http/exceptions.py": PROGRAM,
    "components/ui/http/payload.py": PROGRAM,
    "components/ui/http/payload_schema.py": PROGRAM,
    "components/ui/http/security.py": PROGRAM,
    "components/ui/http/sign_in.py": PROGRAM,
    "components/ui/launch.py": NAME,
    "components/ui/page.py": NAME,
    "components/ui/routes/host.py": PROGRAM,
}
"""Files with texts that no visitor sees, each with the reason."""
HEADERS = {"Authorization", "Bearer", "Connection", "Range", "Vary"}
"""Names of HTTP headers, and a value of one."""
_WORDS = re.compile(r"[A-Z].* .*|[A-Z][a-z]+[.!?…:]?", re.DOTALL)
_SHOWN = ("label", "info", "placeholder", "title")
"""Parameters of Gradio's widgets, besides the first, that are shown."""
_SQL = re.compile(
    r"(CASE|SELECT|INSERT|UPDATE|DELETE|CREATE|ALTER|PRAGMA|BEGIN|WITH|WHERE|FROM|ORDER|GROUP|AND|ON|SET) ?[\w(*'\s$]"
)
_LOGGERS = ("log", "_log")


def is_text(value: str) -> bool:
    """Return whether a string has words for a person: a capital letter first, no SQL, Python type or header."""
    words = value.strip()
    has_words = _WORDS.fullmatch(words) is not None and re.search(r"[a-z]{2}", words) is not None
    return has_words and not _SQL.match(words) and not words.startswith("Mapping[") and words not in HEADERS


def texts_in(path: Path) -> Iterator[tuple[int, str]]:
    """Yield the texts of a file with their lines, but for docstrings and log messages."""
    tree = tree_of(path)
    unread = {id(part) for node in ast.walk(tree) if is_unread(node) for part in ast.walk(node)}
    shown = {id(part) for node in ast.walk(tree) for part in shown_by(node)}
    for node in ast.walk(tree):
        if not isinstance(node, ast.Constant) or not isinstance(node.value, str) or id(node) in unread:
            continue
        if is_text(node.value) or (id(node) in shown and re.search("[A-Za-z]", node.value)):
            yield node.lineno, node.value


def shown_by(node: ast.AST) -> list[ast.expr]:
    """Return the arguments that a widget of Gradio, or an error that it shows, has as texts."""
    if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)):
        return []
    if not (isinstance(node.func.value, ast.Name) and node.func.value.id == "gr"):
        return []
    return [*node.args[:1], *(keyword.value for keyword in node.keywords if keyword.arg in _SHOWN)]


def is_unread(node: ast.AST) -> bool:
    """Return whether what is in a node is read by no visitor: a docstring, a log call, the name of a type."""
    if isinstance(node, ast.Expr):
        return isinstance(node.value, ast.Constant)
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in ("TypeVar", "ParamSpec"):
        return True
    owner = node.func.value if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) else None
    return isinstance(owner, ast.Name) and owner.id in _LOGGERS


def reason_for(name: str) -> str:
    """Return why a file may have texts; empty for no reason."""
    return ALLOWED.get(name, "")


def test_no_text_for_visitors_stands_in_the_code():
    for path in PYTHON:
        name = str(path.relative_to(ROOT))
        assert reason_for(name) or not list(texts_in(path)), name


def test_no_file_is_excused_without_need():
    for entry in ALLOWED:
        assert list(texts_in(ROOT / entry)), entry


def test_what_is_a_text_and_what_is_not():
    assert is_text("The service is busy.")
    assert is_text("Reset to defaults")
    assert is_text("Remove") and is_text("Loading…")
    for other in (
        "loras",
        "Authorization",
        "SQLite",
        "A",
        "SELECT id FROM jobs",
        "Mapping[str, Any]",
        "AND ended < ? AND NOT is_favourite",
        "X-Y",
    ):
        assert not is_text(other), other


@pytest.mark.parametrize(
    "source",
    [
        'gr.Button("remove")',
        'gr.Textbox(label="seed")',
        'gr.Slider(info="more")',
        'gr.Error("no")',
        'x = "Remove"',
        'return_ = f"Used {n}"',
        'text = {"a": "Delete it"}',
    ],
)
def test_a_text_is_found_wherever_it_is_shown(source, tmp_path):
    (tmp_path / "module.py").write_text(f'"""Docstring of it."""\nlog.warning("No such file")\n{source}\n')
    assert len(list(texts_in(tmp_path / "module.py"))) == 1


@pytest.mark.parametrize(
    "source", ['gr.Button(label("form.remove"))', 'gr.HTML(elem_id="loras")', 'T = TypeVar("Value")', 'x = "remove"']
)
def test_names_are_no_texts(source, tmp_path):
    (tmp_path / "module.py").write_text(source)
    assert list(texts_in(tmp_path / "module.py")) == []
