"""Plural categories: which of a text's forms goes with a count, by the rules of Unicode's CLDR.

In the browser `Intl.PluralRules` has them, for all languages; here are those of the languages that have a catalogue.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

OTHER = "other"
"""Category that every language has."""
_MILLION = 1_000_000

_Rule = Callable[[float], bool]
"""Whether a category goes with a count of 0 or more; the first that does is the one."""


def plural_category(language: str, count: float) -> str:
    """Return the category of a count, such as `one` or `few`; `other` for a language that is not in the table."""
    rules = _RULES.get(language.partition("-")[0], {})
    return next((category for category, holds in rules.items() if holds(abs(count))), OTHER)


def plural_categories(language: str) -> frozenset[str]:
    """Return all categories of a language."""
    return frozenset({OTHER, *_RULES.get(language.partition("-")[0], {})})


def _is_whole(count: float) -> bool:
    return count == int(count)


def _is_one(count: float) -> bool:
    return count == 1


def _is_below_two(count: float) -> bool:
    return int(count) in (0, 1)


def _is_million(count: float) -> bool:
    return _is_whole(count) and count != 0 and count % _MILLION == 0


def _ends(count: float, low: int, high: int, modulus: int) -> bool:
    return _is_whole(count) and low <= count % modulus <= high


def _ends_alone(count: float, low: int, high: int) -> bool:
    """Return whether the last digit is in a range, and the last two are not 11 to 14."""
    return _ends(count, low, high, 10) and not _ends(count, 11, 14, 100)


_RULES: Mapping[str, Mapping[str, _Rule]] = MappingProxyType(
    {
        "ar": {
            "zero": lambda count: count == 0,
            "one": _is_one,
            "two": lambda count: count == 2,
            "few": lambda count: _ends(count, 3, 10, 100),
            "many": lambda count: _ends(count, 11, 99, 100),
        },
        "de": {"one": _is_one},
        "en": {"one": _is_one},
        "es": {"one": _is_one, "many": _is_million},
        "fr": {"one": _is_below_two, "many": _is_million},
        "hi": {"one": lambda count: count <= 1},
        "it": {"one": _is_one, "many": _is_million},
        "pt": {"one": _is_below_two, "many": _is_million},
        "uk": {
            "one": lambda count: _ends_alone(count, 1, 1),
            "few": lambda count: _ends_alone(count, 2, 4),
            "many": _is_whole,
        },
    }
)
"""Rules by primary language; one that is not here has `other` alone, as Chinese, Japanese and Korean have."""
