"""Every row of the fault table has a scenario with its number."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

ROWS = tuple(range(1, 36))
"""F1 to F35."""


def scenarios() -> list[str]:
    """Return the names of all tests in this folder."""
    trees = [ast.parse(path.read_text(encoding="utf-8")) for path in Path(__file__).parent.glob("test_*.py")]
    found = [node for tree in trees for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)]
    return [node.name for node in found if node.name.startswith("test_")]


@pytest.mark.parametrize("row", ROWS)
def test_a_row_has_a_scenario(row: int) -> None:
    assert [name for name in scenarios() if name.startswith(f"test_f{row:02}_")]
