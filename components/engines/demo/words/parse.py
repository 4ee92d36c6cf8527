"""Prompt parser: the words of a prompt as a scene, with its things, place and light."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache

from components.engines.demo.words import vocabulary
from components.engines.demo.words.drawings import Drawing, catalogue

LONGEST_NAME = 3
"""Words of the longest known name, "hot air balloon"."""
MOST_SUBJECTS = 7
MOST_OF_ONE = 9
MANY = 3
"""Number of things that a plural without a number stands for."""
WHOLE = frozenset({"sky", "landscape", "scenery", "space", "galaxy", "nebula"})
"""Places that a colour before them tints as a whole; a green hill does not make the sky green."""
IRREGULAR = frozenset({"geese", "mice", "people", "children", "cattle", "men", "women", "cacti"})
ARTICLES = frozenset({"a", "an", "one", "ein", "eine", "einen", "un", "une", "una"})
BREAKS = frozenset({"and", "with", "on", "in", "under", "over", "by", "und", "et", "y"})
"""Words that end the search for a number before a thing."""
SMALL = frozenset(
    [
        "a",
        "an",
        "the",
        "some",
        "of",
        "very",
        "his",
        "her",
        "its",
        "my",
        "their",
        "our",
        "wooden",
        "little",
        "small",
        "tiny",
        "big",
        "huge",
        "giant",
        "old",
    ]
)
"""Words that may stand between a relation or a number and its thing."""


@dataclass(frozen=True, slots=True)
class Subject:
    """One kind of thing in the prompt, and its number."""

    drawing: Drawing
    count: int = 1
    colour: str | None = None
    """A key of vocabulary.COLOURS."""
    rides: str | None = None
    """The name of the drawing that carries it."""


@dataclass(frozen=True, slots=True)
class Scene:
    """Content of a prompt, without what the negative prompt names."""

    subjects: tuple[Subject, ...] = ()
    place: str | None = None
    backdrops: frozenset[str] = frozenset()
    """All places in the prompt, the chosen one included."""
    light: str | None = None
    weathers: frozenset[str] = frozenset()
    features: frozenset[str] = frozenset()
    colours: tuple[str, ...] = ()
    """Colours that belong to no thing: they tint the picture."""
    banned: frozenset[str] = frozenset()
    """Names of drawings, places, lights, weathers, features and colours to keep out."""

    @property
    def known(self) -> bool:
        """Return whether any word was recognized."""
        return bool(self.subjects or self.place or self.light or self.weathers or self.features or self.colours)


@dataclass(frozen=True, slots=True)
class Match:
    """Known word or name in the prompt."""

    kind: str
    value: str
    start: int
    """Index of its first word."""
    end: int
    """Index after its last word."""
    plural: bool


@lru_cache(maxsize=1)
def _lexicon() -> dict[str, tuple[tuple[str, str], ...]]:
    """Return the (kind, value) pairs of every known name, in lower case with single spaces."""
    known: dict[str, list[tuple[str, str]]] = {}

    def add(name: str, kind: str, value: str) -> None:
        known.setdefault(name.replace("-", " "), []).append((kind, value))

    for drawing in catalogue().values():
        for word in (*drawing.words, drawing.emoji):
            add(word, "thing", drawing.name)
    for kind, table in (
        ("place", vocabulary.PLACES),
        ("light", vocabulary.LIGHTS),
        ("weather", vocabulary.WEATHERS),
        ("feature", vocabulary.FEATURES),
    ):
        for value, words in table.items():
            for word in words.split():
                add(word, kind, value)
    for value, (_, words) in vocabulary.COLOURS.items():
        for word in words.split():
            add(word, "colour", value)
    known.pop("", None)
    return {name: tuple(meanings) for name, meanings in known.items()}


@lru_cache(maxsize=1)
def _emoji() -> re.Pattern[str]:
    pictures = sorted((d.emoji for d in catalogue().values() if d.emoji), key=len, reverse=True)
    return re.compile("|".join(map(re.escape, pictures)))


def _tokens(text: str) -> list[str]:
    spaced = _emoji().sub(_apart, text.lower())
    return re.findall(rf"{_emoji().pattern}|[^\W_]+", spaced.replace("'s ", " "))


def _apart(match: re.Match[str]) -> str:
    return f" {match.group()} "


def _singulars(name: str) -> Iterator[str]:
    """Yield the forms that a plural may come from."""
    for ending, instead in (("ies", "y"), ("ves", "f"), ("es", ""), ("s", ""), ("n", "")):
        if len(name) > len(ending) + 2 and name.endswith(ending):
            yield name[: -len(ending)] + instead


def _meanings(name: str) -> tuple[tuple[tuple[str, str], ...], bool]:
    """Return the meanings of a name, and whether it is the plural of a known one."""
    lexicon = _lexicon()
    if name in lexicon:
        return lexicon[name], name in IRREGULAR or _is_plural(name, lexicon[name])
    for singular in _singulars(name):
        if singular in lexicon:
            return lexicon[singular], True
    return (), False


def _is_plural(name: str, meanings: tuple[tuple[str, str], ...]) -> bool:
    """Return whether a known name is a plural of another of the same thing; "cherries" is a drawing of several."""
    if any(value == name for _, value in meanings):
        return False
    lexicon = _lexicon()
    return any(meanings[0] in lexicon.get(singular, ()) for singular in _singulars(name))


def _found(tokens: list[str]) -> list[Match]:
    found: list[Match] = []
    position = 0
    while position < len(tokens):
        for length in range(LONGEST_NAME, 0, -1):
            name = " ".join(tokens[position : position + length])
            meanings, plural = _meanings(name)
            if meanings:
                end = min(len(tokens), position + length)
                found += [Match(kind, value, position, end, plural) for kind, value in meanings]
                position = end - 1
                break
        position += 1
    return found


def _count(before: list[str], plural: bool) -> int:
    """Return the number in the words right before a thing, the nearest first."""
    for word in reversed(before):
        if word.isdecimal() and len(word) < 3:
            return max(1, min(MOST_OF_ONE, int(word)))
        if word in vocabulary.NUMBERS:
            return vocabulary.NUMBERS[word]
        if word in ARTICLES:
            return 1
        if word in BREAKS:
            break
    return MANY if plural else 1


def _colour_of(thing: Match, by_end: Mapping[int, Match]) -> Match | None:
    """Return the colour right before a thing, at most one word apart; `by_end` has the colours by where they end."""
    return by_end.get(thing.start) or by_end.get(thing.start - 1)


def _carrier(thing: Match, following: Match | None, tokens: list[str]) -> str | None:
    """Return the thing that carries this one: "an astronaut riding a horse"."""
    if following is None or following.value not in vocabulary.CARRIERS:
        return None
    linking = tokens[thing.end : following.start]
    words = [word for word in linking if word not in SMALL]
    is_riding = any(word in vocabulary.RIDES for word in words)
    return following.value if is_riding and len(words) <= 4 and thing.value != following.value else None


def _subjects(found: list[Match], tokens: list[str]) -> tuple[list[Subject], list[str]]:
    """Return the things with their colours, and the colours of no thing."""
    things = [item for item in found if item.kind == "thing"]
    colours = [item for item in found if item.kind == "colour"]
    by_end = {colour.end: colour for colour in colours}
    subjects: dict[str, Subject] = {}
    used: set[Match] = set()
    starts = {item.start for item in things}
    for index, thing in enumerate(things):
        colour = _colour_of(thing, by_end)
        if colour is not None:
            used.add(colour)
        before = max(things[index - 1].end if index else 0, thing.start - 4)
        following = things[index + 1] if index + 1 < len(things) else None
        subject = Subject(
            catalogue()[thing.value],
            _count(tokens[before : thing.start], thing.plural),
            colour.value if colour else None,
            _carrier(thing, following, tokens),
        )
        if thing.value not in subjects and len(subjects) < MOST_SUBJECTS:
            subjects[thing.value] = subject
    starts |= {item.start for item in found if item.kind == "place" and tokens[item.start] not in WHOLE}
    loose = [c.value for c in colours if c not in used and c.start not in starts and c.end not in starts]
    return list(subjects.values()), loose


def _without_carrier(subject: Subject, banned: frozenset[str]) -> Subject:
    return replace(subject, rides=None) if subject.rides in banned else subject


def _place(places: list[str]) -> str | None:
    """Return the place that contains the others: a table stands in a room, a room has a view of a city."""
    for place in vocabulary.PLACES:
        if place in places:
            return place
    return None


def read_scene(prompt: str, negative_prompt: str = "") -> Scene:
    """Return the scene of a prompt; what the negative prompt names is left out."""
    banned = frozenset(item.value for item in _found(_tokens(negative_prompt)))
    tokens = _tokens(prompt)
    found = [item for item in _found(tokens) if item.kind == "thing" or item.value not in banned]
    named: dict[str, list[str]] = {}
    for item in found:
        named.setdefault(item.kind, []).append(item.value)
    # Banned things are dropped only after parsing: their colour and number must not go to the next thing.
    subjects, loose = _subjects(found, tokens)
    subjects = [_without_carrier(one, banned) for one in subjects if one.drawing.name not in banned]
    places = named.get("place", [])
    lights = named.get("light", [])
    return Scene(
        subjects=tuple(subjects),
        place=_place(places),
        backdrops=frozenset(places),
        light=lights[0] if lights else None,
        weathers=frozenset(named.get("weather", [])),
        features=frozenset(named.get("feature", [])),
        colours=tuple(dict.fromkeys(loose))[:2],
        banned=banned,
    )
