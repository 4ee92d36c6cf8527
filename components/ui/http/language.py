"""Language of a response that is shown as it is, without the page's scripts, which have the texts."""

from __future__ import annotations

from collections.abc import Mapping

from components.messages.catalogue import ENGLISH, languages


def language_of(headers: Mapping[str, str]) -> str:
    """Return the language of the catalogue that a browser asks for first; English without any.

    As in assets/ui/shared/language.js only the first of its languages counts, so that all texts are in one language.
    """
    first = headers.get("accept-language", "").split(",")[0].partition(";")[0].strip().lower()
    by_tag = {language.lower(): language for language in languages()}
    return by_tag.get(first) or by_tag.get(first.partition("-")[0]) or ENGLISH
