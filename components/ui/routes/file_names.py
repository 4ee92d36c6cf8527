"""File names: downloads named by their prompt and seed, safe on every system."""

from __future__ import annotations

import re
import unicodedata
from urllib.parse import quote

from components.domain.request import GenerationRequest
from components.messages.catalogue import ENGLISH, text

_MAX_LENGTH, _MAX_BYTES = 60, 120
"""Characters and UTF-8 bytes of the words in a name: file systems take 255 bytes for the whole."""
REMOVAL_PROMPT = "empty background, seamless continuation of the surroundings, nothing else"
"""Prompt that the page sends to remove a part: assets/ui/shared/removal.js has it, for the model alone."""
_ARTICLE = re.compile(r"^(?:an?|the)-(?=.)")


def picture_stem(request: GenerationRequest, language: str = ENGLISH) -> str:
    """Return the name of an image file without its suffix: the first words of the prompt, and the seed.

    Letters, digits and hyphens alone, letters of any script: `red-fox-in-the-snow-1234567`. A removal is named as the
    page names it in that language.
    """
    seed = str(request.seed) if request.seed >= 0 else ""
    return "-".join(part for part in (_words(caption(request, language)), seed) if part) or "picture"


def caption(request: GenerationRequest, language: str = ENGLISH) -> str:
    """Return what a picture was asked for, in words of the visitor's: the prompt, but of a removal the page's text."""
    return text("shared.part_removed", language=language) if request.prompt == REMOVAL_PROMPT else request.prompt


def attachment(name: str) -> str:
    """Return the value of `Content-Disposition` for a download of that name (RFC 6266)."""
    if name.isascii():
        return f'attachment; filename="{name}"'
    return f"attachment; filename*=UTF-8''{quote(name)}"


def _words(prompt: str) -> str:
    # A prompt may have 10,000 characters.
    text = unicodedata.normalize("NFKC", prompt[: 4 * _MAX_LENGTH]).lower()
    # By letters and digits of Unicode and not by `\w`, which has the underscore and no marks of Indic scripts.
    allowed = "".join(one if unicodedata.category(one)[0] in "LNM" else "-" for one in text)
    name = _ARTICLE.sub("", re.sub(r"-+", "-", allowed).strip("-"), count=1)
    return _cut(name) if len(name) > _MAX_LENGTH or len(name.encode()) > _MAX_BYTES else name


def _cut(name: str) -> str:
    """Return the whole words that fit; of a single long one as much as fits."""
    short = name[:_MAX_LENGTH].encode()[:_MAX_BYTES].decode(errors="ignore")
    return short.rpartition("-")[0] or short
