"""Literals and calls of a script, read from its text: strings, template literals, and the texts that it requests."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

_TOKEN = re.compile(
    r"""(?P<comment>/\*.*?\*/|//[^\n]*)
    |(?P<string>"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*')
    |(?P<regex>(?<=[(,=:!&|?{;\[>])\s*/(?![*/])(?:\\.|\[(?:\\.|[^\]\\])*\]|[^/\\\n\[])+/[a-z]*)
    |(?P<tick>`)
    |(?P<brace>[{}])
    |(?P<other>.)""",
    re.DOTALL | re.VERBOSE,
)
_CALL = re.compile(r"\b(text|pieces)\(")


@dataclass(frozen=True, slots=True)
class Literal:
    """A string, or a template literal with `${}` in place of its expressions."""

    value: str
    start: int
    """Where it begins in the script."""
    before: str
    """The code in front of it, a line at most."""


@dataclass(frozen=True, slots=True)
class Request:
    """Call of `text` or `pieces`: its keys, and the parameters where they are an object written out."""

    keys: tuple[str, ...]
    """Keys and template literals of the first argument; two for `condition ? one : other`."""
    params: frozenset[str] | str
    """Names of the parameters, or the code that makes them."""


def literals(source: str) -> Iterator[Literal]:
    """Yield the literals of a script, those inside of template literals too."""
    yield from _scan(source, 0, len(source))[1]


def code_of(source: str) -> str:
    """Return a script with blanks for its comments, so that places in it stay."""
    tokens = _TOKEN.finditer(source)
    return "".join(re.sub(r"[^\n]", " ", one[0]) if one["comment"] else one[0] for one in tokens)


def requests(source: str) -> Iterator[Request]:
    """Yield the calls of `text` and `pieces` in a script."""
    code = code_of(source)
    for call in _CALL.finditer(code):
        if code[: call.start()].endswith("function "):
            continue
        arguments = list(_arguments(code, call.end()))
        keys = tuple(one.value for one in literals(arguments[0]) if "." in one.value)
        params = arguments[1] if len(arguments) > 1 else "{}"
        is_written_out = params.startswith("{") and "..." not in params
        # `pieces` gets the number of a plural behind the others.
        count = {"count"} if len(arguments) > 2 else set[str]()
        yield Request(keys, _names(params) | count if is_written_out else params)


def _scan(source: str, at: int, end: int, *, in_template: bool = False) -> tuple[int, list[Literal]]:
    """Return where the code ends, at a closing brace within a template literal, and the literals in it."""
    found, depth = list[Literal](), 0
    while at < end and (token := _TOKEN.match(source, at)):
        before = source[source.rfind("\n", 0, at) + 1 : at]
        if token["string"]:
            found.append(Literal(token[0][1:-1], at, before))
        elif token["tick"]:
            at, value, inner = _template(source, at + 1)
            found += [Literal(value, token.start(), before), *inner]
            continue
        elif token["brace"]:
            depth += 1 if token[0] == "{" else -1
            if in_template and depth < 0:
                return at, found
        at = token.end()
    return at, found


def _template(source: str, at: int) -> tuple[int, str, list[Literal]]:
    value, inner = "", list[Literal]()
    while source[at] != "`":
        if source.startswith("${", at):
            at, more = _scan(source, at + 2, len(source), in_template=True)
            inner += more
            value += "${}"
        else:
            value += source[at]
        at += 1
    return at + 1, value, inner


def _arguments(code: str, at: int) -> Iterator[str]:
    """Yield the arguments of a call whose opening bracket ends at `at`."""
    depth, start = 0, at
    while True:
        token = _TOKEN.match(code, at)
        assert token
        if token["tick"]:
            at = _template(code, at + 1)[0]
            continue
        if token[0] in "([{":
            depth += 1
        elif token[0] in ")]}":
            depth -= 1
        if depth < 0 or (token[0] == "," and not depth):
            yield code[start:at].strip()
            if depth < 0:
                return
            start = token.end()
        at = token.end()


def _names(params: str) -> frozenset[str]:
    """Return the property names of an object that is written out."""
    parts = _arguments(f"{params[1:-1]})", 0)
    return frozenset(part.partition(":")[0].strip() for part in parts if part)
