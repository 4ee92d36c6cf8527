"""A further optional number in a copy of the table of fields, and the app's modules imported anew with it."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Callable, Generator
from contextlib import contextmanager
from typing import Any

NAME = "clip_skip"
PACKAGES = ("components", "tests.support")


def add_row() -> None:
    """Add the number to the table of fields. Only modules that are imported afterwards know of it."""
    field: Any = importlib.import_module("components.domain.field")
    table: Any = importlib.import_module("components.domain.fields")
    row = field.Field(
        name=NAME,
        kind=field.Kind.WHOLE,
        api_names=(NAME, "clipskip"),
        minimum=1,
        maximum=12,
        recipe_key="Clip skip",
        affects_price=True,
        is_compared=True,
        in_grid=True,
        parameter_text="layers of the text encoder to leave out, {range}",
        description="How many of the text encoder's last layers are left out.",
    )
    table.FIELDS = (*table.FIELDS, row)


@contextmanager
def modules_with_further_field() -> Generator[Callable[[str], Any]]:
    """Yield a function that imports a module by name, with the further field in every module of the app."""
    before = {name: module for name, module in sys.modules.items() if _is_ours(name)}
    for name in before:
        del sys.modules[name]
    try:
        add_row()
        yield importlib.import_module
    finally:
        for name in [name for name in sys.modules if _is_ours(name)]:
            del sys.modules[name]
        sys.modules.update(before)


def _is_ours(name: str) -> bool:
    return name != __name__ and any(name == package or name.startswith(f"{package}.") for package in PACKAGES)
