"""Program: the modules that one page runs, as one file for the first paint and one for each later part.

A part is a module that others fetch by `import()`, with what only it needs. What several parts need, and the first
file does not have, is a file of its own, which each of them imports. So every module is in one file, and runs once.
"""

from __future__ import annotations

import json
import posixpath
from collections.abc import Collection, Iterator, Mapping

from components.ui.bundle.module import Module

_COMMON = "parts"
"""Folder of the files that several parts share."""

_END = "$end();\n"
"""Last line of the first file, see `shell/bundle.js`."""


class Program:
    """Files of a page that begins with the modules `entries`; the first file has the name of the first entry."""

    def __init__(self, modules: Mapping[str, Module], entries: Collection[str], head: str) -> None:
        """`head`: the text of `shell/bundle.js`. Raises ValueError for modules that need one another in a circle."""
        self._modules, self._head, self._entry = modules, head, next(iter(entries))
        self._first = tuple(self._in_order(entries))
        self._file_of = self._placed()

    def files(self) -> dict[str, str]:
        """Return the text of each file by its path below `assets/ui`."""
        members: dict[str, list[str]] = {}
        for module, file in self._file_of.items():
            members.setdefault(file, []).append(module)
        return {file: self._text(file, found) for file, found in members.items()}

    def _placed(self) -> dict[str, str]:
        """Return the file of each module, those of a file in the order in which they run."""
        placed = dict.fromkeys(self._first, self._entry)
        users: dict[str, list[str]] = {}
        for part in self._parts():
            for module in self._in_order([part]):
                if module not in placed:
                    users.setdefault(module, []).append(part)
        names: dict[tuple[str, ...], str] = {}
        for module, parts in users.items():
            shared = names.setdefault(tuple(parts), f"{_COMMON}/{module}")
            placed[module] = module if parts == [module] else parts[0] if len(parts) == 1 else shared
        # A part that others need too is found by its own name, and so is a file of its own.
        return placed | {part: part for part in self._parts() if part not in self._first}

    def _parts(self) -> list[str]:
        """Return the modules that are fetched later, however far from the first file."""
        found, waiting = dict[str, None](), list(self._first)
        while waiting:
            for part in sorted(self._modules[waiting.pop()].fetches - found.keys()):
                found[part] = None
                waiting += self._in_order([part])
        return sorted(found)

    def _in_order(self, wanted: Collection[str]) -> Iterator[str]:
        """Yield modules and all that they need, each after what it needs."""
        done, open_ones = dict[str, None](), set[str]()

        def visit(name: str) -> None:
            if name in done:
                return
            if name in open_ones:
                raise ValueError(f"a circle of modules through {name}")
            open_ones.add(name)
            for other in self._modules[name].imports:
                visit(other)
            done[name] = None

        for name in wanted:
            visit(name)
        return iter(done)

    def _moved(self) -> dict[str, str]:
        """Return the files of modules that are in a later file of another name, by the module."""
        return {module: file for module, file in self._file_of.items() if file not in (module, self._entry)}

    def _text(self, file: str, members: list[str]) -> str:
        blocks = "".join(self._modules[name].as_block() for name in members)
        up = posixpath.relpath(".", posixpath.dirname(file) or ".") + "/"
        if file == self._entry:
            return self._head.replace("UP_TO_UI", up).replace("FILES_OF", json.dumps(self._moved())) + blocks + _END
        needed = {self._file_of[other] for name in members for other in self._modules[name].imports}
        others = "".join(f"import {json.dumps(up + one)};\n" for one in sorted(needed - {file, self._entry}))
        return f"import {{ $modules, $at, $load }} from {json.dumps(up + self._entry)};\n{others}{blocks}"
