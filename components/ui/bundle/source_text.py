"""Source text as it is served: without comments, indentation and blank lines. Literals stay as they are."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

_SCRIPT = re.compile(
    r"""(?P<comment>/\*.*?\*/|//[^\n]*)
    |(?P<literal>"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'
      |(?<=[(,=:!&|?{;\[>])\s*/(?![*/])(?:\\.|\[(?:\\.|[^\]\\])*\]|[^/\\\n\[])+/[a-z]*)
    |(?P<tick>`)|(?P<open>\{)|(?P<close>\})
    |(?P<space>[ ]*\n\s*)
    |(?P<other>[\w$.)\]]+|.)""",
    re.DOTALL | re.VERBOSE,
)
"""A regular expression is one where an operator or bracket stands before it: after `return` it would be a division."""
_STYLE = re.compile(
    r"""(?P<comment>/\*.*?\*/)|(?P<literal>"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*')|(?P<space>\s*\n\s*)|(?P<other>[^/"'\n]+|.)""",
    re.DOTALL,
)
_TEMPLATE_TEXT = re.compile(r"(?:\\.|\$(?!\{)|[^`\\$])*(?P<end>`|\$\{|\Z)", re.DOTALL)


def script(source: str) -> str:
    """Return a script without what only its readers need. Raises ValueError for a literal without an end."""
    return _joined(_script_parts(source))


def style(source: str) -> str:
    """Return a style sheet without what only its readers need."""
    return _joined(_trimmed(one.lastgroup, one[0]) for one in _STYLE.finditer(source))


def _script_parts(source: str) -> Iterator[str]:
    position, open_braces = 0, list[bool]()
    while found := _SCRIPT.match(source, position):
        kind, position = found.lastgroup, found.end()
        yield _trimmed(kind, found[0])
        if kind == "open":
            open_braces.append(False)
        # True: the brace ends an expression inside a template literal, whose text goes on behind it.
        if kind == "tick" or (kind == "close" and open_braces and open_braces.pop()):
            text = _TEMPLATE_TEXT.match(source, position)
            if not text or not text["end"]:
                raise ValueError("a template literal without an end")
            yield text[0]
            position = text.end()
            if text["end"] == "${":
                open_braces.append(True)


def _trimmed(kind: str | None, text: str) -> str:
    if kind == "comment":
        return "\n" if "\n" in text else ""
    return "\n" if kind == "space" else text


def _joined(parts: Iterable[str]) -> str:
    joined: list[str] = []
    for part in parts:
        if part and not (part == "\n" and (not joined or joined[-1] == "\n")):
            joined.append(part)
    return "".join(joined)
