"""The files of `assets/` as the page uses them."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path

FOLDER = Path(__file__).resolve().parents[2] / "assets"
SERVED = ("js", "examples", "loras", "styles", "host")
"""The folders that browsers may read."""


def text(name: str) -> str:
    """Return a text file of the folder."""
    return (FOLDER / name).read_text(encoding="utf-8")


@cache
def version() -> str:
    """Return a short name for the content of all served files: their address changes when one of them does."""
    digest = hashlib.sha256()
    for folder in SERVED:
        for path in sorted((FOLDER / folder).rglob("*")):
            if path.is_file():
                digest.update(path.name.encode() + path.read_bytes())
    return digest.hexdigest()[:12]


def address(name: str) -> str:
    """Return where browsers find a served file, relative to the page."""
    return f"playground/assets/{version()}/{name}"


def mount(name: str, messages: Mapping[str, Mapping[str, str]]) -> str:
    """Return the `js_on_load` of a component: it mounts a served module and hands it the messages it may say."""
    return text(f"js/{name}").replace("ASSETS", address("js")).replace("MESSAGES", json.dumps(messages))


def hook(module: str, function: str) -> str:
    """Return the `js=` of a listener that runs a function of a served module, whether it is loaded yet or not."""
    return text("js/hook.js").replace("ASSETS", address("js")).replace("MODULE", module).replace("FUNCTION", function)
