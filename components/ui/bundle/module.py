"""Module of the page's scripts: what it imports, fetches later and exports, and its text as a part of a bundle."""

from __future__ import annotations

import json
import posixpath
import re
from dataclasses import dataclass
from functools import cached_property

from components.ui.bundle import source_text

_STATIC = re.compile(r'^import (?:\{(?P<names>[^}]*)\}|\* as (?P<all>\w+)) from "(?P<path>[^"]+)";\n?', re.MULTILINE)
_LAZY = re.compile(r'\bimport\("(?P<path>[^"]+)"\)')
_EXPORT = re.compile(r"^export (?P<kind>(?:async )?(?:const|function|class)) (?P<name>\w+)", re.MULTILINE)
_LEFT = re.compile(r"^(?:import|export)\b.*|\bimport\(.*|\bimport\.meta\.(?!url\b).*", re.MULTILINE)
_OWN_URL = re.compile(r"\bimport\.meta\.url\b")


@dataclass(frozen=True)
class Module:
    """Script of `assets/ui` by its path there; an ES module with named imports and exports only."""

    name: str
    source: str

    @cached_property
    def text(self) -> str:
        """Return the source without comments."""
        return source_text.script(self.source)

    @cached_property
    def imports(self) -> tuple[str, ...]:
        """Return the modules that it needs before it runs."""
        return tuple(dict.fromkeys(self._resolved(found["path"]) for found in _STATIC.finditer(self.text)))

    @cached_property
    def fetches(self) -> frozenset[str]:
        """Return the modules that it fetches when they are needed."""
        return frozenset(self._resolved(found["path"]) for found in _LAZY.finditer(self.text))

    @cached_property
    def exports(self) -> tuple[str, ...]:
        """Return the names that it exports."""
        return tuple(found["name"] for found in _EXPORT.finditer(self.text))

    def as_block(self) -> str:
        """Return it as a block of a bundle, see `shell/bundle.js`. Raises ValueError for a form that is not known.

        The block is its scope. Its imports are read, and its exports stored, in the table `$modules`.
        """
        body = _STATIC.sub(self._import, self.text)
        body = _LAZY.sub(lambda found: f"$load({json.dumps(self._resolved(found['path']))})", body)
        body = _EXPORT.sub(lambda found: f"{found['kind']} {found['name']}", body)
        body = _OWN_URL.sub(f"$at({json.dumps(self.name)})", body)
        if left := _LEFT.search(body):
            raise ValueError(f"{self.name}: no form of an import or export that bundles know: {left[0][:80]}")
        return f"{{\n{body.strip()}\n$modules[{json.dumps(self.name)}] = {{ {', '.join(self.exports)} }};\n}}\n"

    def _import(self, found: re.Match[str]) -> str:
        names = found["all"] or "{" + re.sub(r"\s+as\s+", ": ", found["names"]) + "}"
        return f"const {names} = $modules[{json.dumps(self._resolved(found['path']))}];\n"

    def _resolved(self, path: str) -> str:
        return posixpath.normpath(posixpath.join(posixpath.dirname(self.name), path))
