"""A request as programs write it: the same values in four languages, each made by a serialiser of its own. Pure."""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from components.family import Model
from components.generation import GenerationRequest
from components.wire import STANDARD, Links, encode

FOLDER = Path(__file__).resolve().parents[1] / "assets" / "code"
INDENT = "    "
PARTS = {"image": "IMAGE", "mask": "MASK"}
"""Pictures stay where they are: a variable stands for each, named in the templates too."""

Write = Callable[[Any], str]
"""Writes a text, a number or a variable in some language."""


class Variable(str):
    """The name of a variable of the sample, where other values stand for themselves."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class Services:
    """Where the samples send to."""

    base_url: str
    """Of the API."""
    page: str
    """This page's address: it is an API too."""


def code_samples(request: GenerationRequest, model: Model, services: Services) -> dict[str, str]:
    """Return the request in each language, by the names of the templates; none of them holds a key or a picture."""
    body = encode(request, model.dialect, _variables(request))
    submit = f"{services.base_url}/api/v3/{model.id}"
    results = f"{services.base_url}/api/v3/predictions/"
    shell = {"submit": submit, "result": f"{results}ID/result"}
    script = {"submit": submit, "results": results}
    fills: dict[str, dict[str, str]] = {
        "curl": {name: shlex.quote(value) for name, value in shell.items()} | {"body": _in_shell(body)},
        "wavespeed": {
            "base": _python(services.base_url),
            "model": _python(model.id),
            "body": _laid_out(body, _python),
        },
        "gradio": {"page": _python(services.page), "arguments": _arguments(request)},
        "javascript": {name: _script(value) for name, value in script.items()} | {"body": _laid_out(body, _script)},
    }
    return {name: _filled(name, fill, request) for name, fill in fills.items()}


def _variables(request: GenerationRequest) -> Links:
    return Links(*(Variable(name if getattr(request, part) else "") for part, name in PARTS.items()))


def _filled(name: str, fill: Mapping[str, str], request: GenerationRequest) -> str:
    """Return a template with its places filled, all at once: what is put in is not looked through again."""
    lines = [_kept(line, request) for line in _template(name)]
    text = "\n".join(line for line in lines if line is not None)
    return re.sub(r"@(\w+)@", lambda place: fill[place[1]], text)


def _kept(line: str, request: GenerationRequest) -> str | None:
    """Return a line of a template; `?image ` before it: only with a picture, `!image `: only without one."""
    condition = re.match(r"([?!])(image|mask) ", line)
    if condition is None:
        return line
    is_wanted = (getattr(request, condition[2]) is not None) == (condition[1] == "?")
    return line[condition.end() :] if is_wanted else None


@cache
def _template(name: str) -> list[str]:
    return (FOLDER / f"{name}.txt").read_text(encoding="utf-8").splitlines()


def _arguments(request: GenerationRequest) -> str:
    """Return the arguments of the page's own endpoint: the API's names, but for the size and how pictures come."""
    body = encode(request, STANDARD, _variables(request))
    own = {name: value for name, value in body.items() if name not in ("size", "enable_base64_output")}
    size = {"width": request.width, "height": request.height}
    return "\n".join(f"{INDENT}{name}={_nested(value, _python, INDENT)}," for name, value in (own | size).items())


def _laid_out(fields: Mapping[str, Any], write: Write) -> str:
    lines = ",\n".join(f"{INDENT}{write(name)}: {_nested(value, write, INDENT)}" for name, value in fields.items())
    return f"{{\n{lines}\n}}"


def _nested(value: Any, write: Write, before: str) -> str:
    """Return a value; of a list of objects each has a line of its own."""
    if not isinstance(value, list):
        return write(value)
    lines = ",\n".join(f"{before}{INDENT}{_in_line(one, write)}" for one in value)
    return f"[\n{lines}\n{before}]"


def _in_line(fields: Mapping[str, Any], write: Write) -> str:
    return "{" + ", ".join(f"{write(name)}: {write(value)}" for name, value in fields.items()) + "}"


def _python(value: Any) -> str:
    if isinstance(value, Variable):
        return str(value)
    has_quotes = not isinstance(value, str) or "'" in value or '"' in value
    return repr(value) if has_quotes else f'"{repr(value)[1:-1]}"'


def _json(value: Any) -> str:
    """Return JSON in which letters are letters, and what cannot be seen is spelled out."""
    text = json.dumps(value, ensure_ascii=False)
    return "".join(sign if sign.isprintable() else json.dumps(sign)[1:-1] for sign in text)


def _script(value: Any) -> str:
    """Return JavaScript that may also stand inside a page: nothing in it ends or comments out a script there."""
    if isinstance(value, Variable):
        return str(value)
    return _json(value).replace("</", "<\\/").replace("<!--", "\\u003c!--")


_BREAK = "\0"
"""Parts variables from text until the shell has its quotes: JSON spells it out, so no text holds it."""


def _in_shell(body: Mapping[str, Any]) -> str:
    """Return a body as one word of the shell: its text in quotes in which nothing is run, and variables between."""
    text = _laid_out(body, lambda value: f'"{_BREAK}{value}{_BREAK}"' if isinstance(value, Variable) else _json(value))
    pieces: Sequence[str] = text.split(_BREAK)
    return "".join(f'"${piece}"' if at % 2 else shlex.quote(piece) for at, piece in enumerate(pieces))
