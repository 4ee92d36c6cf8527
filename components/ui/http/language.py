"""Language of a visitor: the one that was chosen on the page, else the first of the browser's that has a catalogue.

The page's scripts have no rule of their own: they take the language in which the page was sent.
"""

from __future__ import annotations

from collections.abc import Mapping

from starlette.datastructures import Headers, QueryParams
from starlette.requests import cookie_parser
from starlette.types import Scope

from components.messages.catalogue import ENGLISH, languages

COOKIE = "playground-language"
"""Cookie with the choice; assets/ui/shell/own_language.js sets it."""
PARAMETER = "lang"
"""Parameter of the page's address with the choice, where the browser has just made it or sends no cookie."""
VARY = "accept-language, cookie"
"""Headers that a response in a visitor's language depends on, beside its address."""


def language_of(headers: Mapping[str, str]) -> str:
    """Return the language of the catalogue that a browser's headers ask for; English without any."""
    return _first_offered(_chosen(headers), *_accepted(headers))


def page_language(scope: Scope) -> str:
    """Return the language of a response that has an address in the page: its parameter is above the headers."""
    headers = Headers(scope=scope)
    requested = QueryParams(scope["query_string"]).get(PARAMETER, "").lower()
    return _first_offered(requested, _chosen(headers), *_accepted(headers))


def _first_offered(*tags: str) -> str:
    return next(filter(None, map(_offered_for, tags)), ENGLISH)


def _offered_for(tag: str) -> str:
    """Return the catalogue for a tag such as `pt-PT`: the same, else one of the same primary language, else ""."""
    primary = tag.partition("-")[0]
    exact = {language.lower(): language for language in languages()}
    near = (language for language in languages() if language.partition("-")[0] == primary)
    return exact.get(tag) or exact.get(primary) or next(near, "")


def _chosen(headers: Mapping[str, str]) -> str:
    return cookie_parser(headers.get("cookie", "")).get(COOKIE, "").lower()


def _accepted(headers: Mapping[str, str]) -> list[str]:
    """Return the tags of `Accept-Language`, those of higher weight first (RFC 9110, 12.5.4)."""
    weights: dict[str, float] = {}
    for one in headers.get("accept-language", "").lower().split(","):
        tag, _, parameter = one.partition(";")
        weights.setdefault(tag.strip(), _weight(parameter))
    return sorted((tag for tag, weight in weights.items() if weight > 0), key=lambda tag: -weights[tag])


def _weight(parameter: str) -> float:
    """Return the weight in a parameter such as `q=0.8`; 1 without one, 0 for one that is no weight."""
    name, _, value = parameter.replace(" ", "").partition("=")
    try:
        return min(1.0, float(value)) if name == "q" else 1.0
    except ValueError:
        return 0.0
