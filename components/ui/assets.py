"""Assets: files of `assets/` as the page uses them, and the snippets that connect Gradio to its scripts."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from functools import cache
from html import escape
from pathlib import Path
from string import Template
from types import MappingProxyType
from typing import Any

from components.messages import catalogue
from components.ui.bundle import source_text
from components.ui.bundle.module import Module
from components.ui.bundle.program import Program

FOLDER = Path(__file__).resolve().parents[2] / "assets"
SERVED = ("ui", "locales", "examples", "icons", "loras", "prompt_styles")
"""Folders that browsers may read."""
ENTRY, HOST_ENTRY = "main.js", "host/page.js"
"""Scripts of `ui` that begin the page and the host's page."""
TEMPLATES = ("shared/gradio_hook.js", "shared/gradio_mount.js", "shared/gradio_server.js")
"""Texts of the `js=` and `js_on_load` of Gradio's components, in `ui`; no modules."""
BUNDLE_HEAD = "shell/bundle.js"
"""Begin of a bundle, in `ui`."""
EAGER_STYLES = (
    "page",
    "shared/sheet",
    "shared/buttons",
    "shared/folds",
    "shape/shape",
    "form/form",
    "form/numbers",
    "loras/loras",
    "gallery/gallery",
    "gallery/notice",
    "gallery/tile",
    "gallery/card",
    "gallery/card_actions",
    "form/examples",
    "viewer/viewer",
    "account/account",
    "language/picker",
    "grid/grid",
    "form/price",
    "source_image/source_image",
    "prompt/prompt",
    "prompt/notes",
)
"""Style sheets of `ui` that are loaded with the page, in this order; scripts load the others when needed."""
FIRST_STYLES, FRAME_STYLES = ("tokens", "shell/shell", "form/examples", "shell/ideas"), ("frame", "controls")
"""Style sheets of `ui` that stand in the page's HTML, before and after Gradio's own."""
_TEXT_OF = re.compile(r'<[^<>]*\bdata-text="([\w.-]+)"[^<>]*>')
_LABEL_OF = re.compile(r'\bdata-label="([\w.-]+)"')
INLINE_SCRIPTS = (
    "shell/own_language.js",
    "shared/frame_loop.js",
    "shell/own_origin.js",
    "shell/not_loaded.js",
    "shell/opening.js",
    "shell/entry.js",
)
"""Scripts of `ui` that stand in the page's HTML, where they run before those of Gradio; no modules."""


def text(name: str) -> str:
    """Return the content of a text file in `assets/`."""
    return (FOLDER / name).read_text(encoding="utf-8")


def template(name: str, fills: Mapping[str, str] = MappingProxyType({}), *, language: str = catalogue.ENGLISH) -> str:
    """Return a HTML template in `assets/` with its texts in a language; `fills` replaces placeholders first.

    An element names its text by `data-text` and its accessible name by `data-label`. Those of Gradio's components are
    in English, the same for all visitors: assets/ui/shared/template.js fills in the page's language.
    """

    def text_of(found: re.Match[str]) -> str:
        return catalogue.text(found[1], language=language)

    source = _replaced(text(name), fills)
    with_texts = _TEXT_OF.sub(lambda found: found[0] + escape(text_of(found), quote=False), source)
    return _LABEL_OF.sub(lambda found: f'{found[0]} aria-label="{escape(text_of(found))}"', with_texts)


def fragment(name: str, values: Mapping[str, object], **html: str) -> str:
    """Return a file of HTML in `assets/` with its placeholders filled: `values` are escaped, `html` stands as it is.

    Raises KeyError for a placeholder without a value.
    """
    escaped = {key: escape(str(value)) for key, value in values.items()}
    return Template(text(name)).substitute(escaped, **html)


@cache
def version() -> str:
    """Return a short hash of all served files, part of their URL, so that browsers may cache them for ever."""
    digest = hashlib.sha256()
    for folder in SERVED:
        for path in sorted((FOLDER / folder).rglob("*")):
            if path.is_file():
                digest.update(path.name.encode() + path.read_bytes())
    for name, script in sorted(scripts().items()):
        digest.update(name.encode() + script.encode())
    return digest.hexdigest()[:12]


@cache
def scripts() -> dict[str, str]:
    """Return the files of the page's scripts by their path below `ui`: one for the first paint, others for later.

    Of the page's modules those that no other fetches begin it: its entry, and what Gradio's components call.
    """
    folder = FOLDER / "ui"
    paths = {path.relative_to(folder).as_posix(): path for path in sorted(folder.rglob("*.js"))}
    modules = {
        name: Module(name, text(f"ui/{name}"))
        for name in paths
        if name not in (*TEMPLATES, *INLINE_SCRIPTS, BUNDLE_HEAD)
    }
    used = {other for module in modules.values() for other in (*module.imports, *module.fetches)}
    entries = [ENTRY, *sorted(modules.keys() - used - {ENTRY, HOST_ENTRY})]
    head = source_text.script(text(f"ui/{BUNDLE_HEAD}"))
    return {**Program(modules, entries, head).files(), **Program(modules, [HOST_ENTRY], head).files()}


def served_file(name: str) -> Path | None:
    """Return the path of a file that browsers may read, by its path below `assets`; None without one."""
    # Resolved before it is compared: `..` and symbolic links would lead out of the folder.
    path = (FOLDER / name).resolve()
    return path if path.is_file() and any(path.is_relative_to(FOLDER / one) for one in SERVED) else None


@cache
def _served_texts() -> dict[str, str]:
    """Return the texts that are served otherwise than they are stored, by their path below `assets`."""
    found = {f"ui/{name}": script for name, script in scripts().items()}
    for path in (path for folder in SERVED for path in (FOLDER / folder).rglob("*")):
        name, source = path.relative_to(FOLDER).as_posix(), path.read_bytes() if path.is_file() else b""
        if path.suffix == ".css":
            found[name] = source_text.style(source.decode())
        elif path.suffix == ".json":
            found[name] = json.dumps(json.loads(source), ensure_ascii=False, separators=(",", ":"))
    return found


def served_text(name: str) -> str | None:
    """Return the text of a script, style sheet or data file as it is served; None without one, and for other files.

    Scripts are served as the files of a bundle alone: a module that is fetched by itself would run a second time.
    """
    return _served_texts().get(name)


def address(name: str) -> str:
    """Return the URL of a served file, relative to the page."""
    return f"playground/assets/{version()}/{name}"


def eager_styles() -> str:
    """Return the style sheets that are loaded with the page, as one."""
    return "".join(source_text.style(text(f"ui/{name}.css")) for name in EAGER_STYLES)


def inline_styles(names: Sequence[str]) -> str:
    """Return the HTML of style sheets."""
    return f"<style>{''.join(source_text.style(text(f'ui/{name}.css')) for name in names)}</style>"


def inline_script(name: str) -> str:
    """Return the HTML of one of INLINE_SCRIPTS."""
    return text("ui/shell/inline_script.html").replace("SCRIPT", source_text.script(text(f"ui/{name}")))


def mount(module: str, function: str, messages: Mapping[str, Mapping[str, Any]], events: Sequence[str] = ()) -> str:
    """Return the `js_on_load` of a gr.HTML: it calls a function of a served module with the element.

    `module` is a path below assets/ui without its suffix, `messages` is an argument of the function, `events` are
    the component's own: Gradio 6.31 offers an event only where its quoted name stands in this text.
    """
    names = ", ".join(json.dumps(event) for event in events) or "none"
    # MESSAGES last: its texts may contain a word that is a placeholder.
    fills = {"EVENTS": names, "MODULE": module, "FUNCTION": function, "MESSAGES": json.dumps(messages)}
    return _filled("ui/shared/gradio_mount.js", fills)


def hook(module: str, function: str, *arguments: Any, inputs: Sequence[str] = (), outputs: Sequence[str] = ()) -> str:
    """Return the `js=` of a listener that runs a function of a served module, whether it is loaded yet or not.

    The function gets `arguments`, values of JSON, before an object with the values of the listener's inputs, and
    returns one with those of its outputs: `inputs` and `outputs` are their names, in the listener's order.
    """
    names = {"INPUTS": json.dumps(list(inputs)), "OUTPUTS": json.dumps(list(outputs))}
    fills = {"MODULE": module, "FUNCTION": function, "ARGUMENTS": json.dumps(arguments), **names}
    return _filled("ui/shared/gradio_hook.js", fills)


def _filled(template: str, fills: Mapping[str, str]) -> str:
    return _replaced(text(template).replace("ASSETS", address("ui")), fills)


def _replaced(source: str, fills: Mapping[str, str]) -> str:
    for name, value in fills.items():
        source = source.replace(name, value)
    return source
