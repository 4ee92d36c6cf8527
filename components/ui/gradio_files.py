"""Files of Gradio's frontend that a page needs at first, read from the files themselves.

Gradio asks for them one after another, as each names the next, and for 25 style sheets of 1 kB on average. The page
names the scripts at once and brings the style sheets as one. In a version of Gradio whose files are written otherwise
nothing is found, and all is as Gradio does it.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path

from gradio.route_utils import BUILD_PATH_LIB

_ENTRY = re.compile(r'<script type="module"[^>]* src="\./assets/([\w.-]+\.js)"')
_TABLE = re.compile(r"m\.f=(\[[^\]]*\])")
_FETCH = re.compile(r"import\(`\./([\w.-]+)`\)[^`]{0,80}?__vite__mapDeps\(\[([\d,]*)\]\)")
_COMPONENT = re.compile(r"[,{](\w+):\{(?=\w+:\(\)=>\w+\(\(\)=>import\()((?:[^{}]|\{[^{}]*\})*)\}")
_RENDERED = re.compile(r"\bcomponent:\(\)=>\w+\(\(\)=>(import\(.*)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class FirstFiles:
    """Names of files in Gradio's folder of assets."""

    scripts: tuple[str, ...]
    styles: tuple[str, ...]

    @classmethod
    def of(cls, components: Collection[str]) -> FirstFiles:
        """Return the files of a page with components of these types; none where Gradio's are not understood."""
        try:
            names = dict.fromkeys(_first(Path(BUILD_PATH_LIB), components))
        except (OSError, LookupError, ValueError):
            return cls((), ())
        return cls(*(tuple(name for name in names if name.endswith(suffix)) for suffix in (".js", ".css")))

    def style(self) -> str:
        """Return all style sheets as one."""
        return "\n".join((Path(BUILD_PATH_LIB) / name).read_text(encoding="utf-8") for name in self.styles)

    def style_name(self) -> str:
        """Return the name under which `style` is served, with a hash of it; "" without any."""
        return f"first-{hashlib.sha256(self.style().encode()).hexdigest()[:12]}.css" if self.styles else ""

    def preloads(self) -> str:
        """Return the HTML that has the scripts fetched at once, but behind what is seen at first."""
        kind = 'rel="modulepreload" fetchpriority="low" crossorigin'
        return "".join(f'<link {kind} href="./assets/{name}">' for name in self.scripts)

    def style_links(self) -> str:
        """Return the HTML that loads `style`, and keeps Gradio from loading the sheets that are in it.

        Gradio loads a sheet where no link to it is there: one that is disabled is, and loads nothing.
        """
        if not self.styles:
            return ""
        unused = "".join(f'<link rel="stylesheet" disabled href="./assets/{name}">' for name in self.styles)
        return f'<link rel="stylesheet" crossorigin href="./assets/{self.style_name()}">{unused}'


def _first(folder: Path, components: Collection[str]) -> Iterator[str]:
    """Yield the names in the order in which Gradio asks for them. Raises LookupError where one is not found."""
    entry = _ENTRY.findall((folder.parent / "index.html").read_text(encoding="utf-8"))[0]
    yield entry
    fetched = _fetches(folder, entry)
    app = _named("Index-", fetched)
    yield from fetched[app]
    blocks = _fetches(folder, app)
    yield from blocks[_named("Blocks-", blocks)]
    core = _named("core-", fetched)
    source = (folder / core).read_text(encoding="utf-8")
    table = _table(source)
    loaders = dict(_COMPONENT.findall(source))
    for component in components:
        rendered = _RENDERED.search(loaders.get(component, ""))
        found = _FETCH.match(rendered[1]) if rendered else None
        if found:
            yield from _listed(table, found[2])


def _fetches(folder: Path, name: str) -> dict[str, list[str]]:
    """Return what a script imports when needed, each with all files that it needs itself."""
    source = (folder / name).read_text(encoding="utf-8")
    table = _table(source)
    return {found[1]: _listed(table, found[2]) for found in _FETCH.finditer(source)}


def _table(source: str) -> list[str]:
    return [str(name).removeprefix("./") for name in json.loads(_TABLE.findall(source)[0])]


def _listed(table: list[str], places: str) -> list[str]:
    return [table[int(place)] for place in places.split(",") if place]


def _named(prefix: str, names: Collection[str]) -> str:
    found = [name for name in names if name.startswith(prefix)]
    if len(found) != 1:
        raise LookupError(prefix)
    return found[0]
