"""Pseudo-languages: the English catalogue accented and 40 % longer, and the same from right to left.

What stays in plain English on a page is no text of the catalogue, and what is cut lacks a bracket. They are offered
under the names of languages that Gradio knows: it ignores any other.
"""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path
from typing import Any

from components.messages.catalogue import ENGLISH, FOLDER

ACCENTED, MIRRORED = "de", "ar"
_PLACEHOLDER = re.compile(r"(\{\w+(?:, \w+)?\})")
_LETTERS = str.maketrans(
    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ",
    "åƀçðéƒĝĥîĵķļɱñöþǫŕšţûṽŵẋýžÅƁÇÐÉƑĜĤÎĴĶĻṀÑÖÞǪŔŠŢÛṼŴẊÝŽ",
)


def write_pseudo_languages(assets: Path) -> None:
    """Write the folder `assets` with a copy of the app's own assets and the pseudo-languages beside English."""
    shutil.copytree(FOLDER.parent, assets)  # links would lead out of the folder that the app serves
    locales = assets / FOLDER.name
    english = (locales / f"{ENGLISH}.json").read_text(encoding="utf-8")
    for name in (ACCENTED, MIRRORED):
        pseudo = _translated(json.loads(english), is_mirrored=name == MIRRORED)
        pseudo["language"] |= {"name": name, "direction": "rtl" if name == MIRRORED else "ltr"}
        (locales / f"{name}.json").write_text(json.dumps(pseudo, ensure_ascii=False), encoding="utf-8")


def _translated(branch: dict[str, Any], *, is_mirrored: bool) -> dict[str, Any]:
    return {
        name: _translated(value, is_mirrored=is_mirrored) if isinstance(value, dict) else pseudo(value, is_mirrored)
        for name, value in branch.items()
    }


def pseudo(text: str, is_mirrored: bool = False) -> str:
    """Return a text accented, in brackets, 40 % longer; mirrored: its letters run from right to left."""
    parts = _PLACEHOLDER.split(text)
    accented = "".join(part if part.startswith("{") else part.translate(_LETTERS) for part in parts)
    padding = "·" * round(0.4 * len(text))
    longer = f"⟦{accented}{padding}⟧"
    return f"\u202e{longer}\u202c" if is_mirrored else longer
