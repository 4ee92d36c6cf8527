"""Code samples of a request: the same values in curl, in Python, in JavaScript, and for programs that speak MCP."""

from __future__ import annotations

import json
import shlex
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from components.api.encode import ImageLinks, encode
from components.domain.field import Kind
from components.domain.fields import FIELDS, NOT_INLINE, SIZE
from components.domain.model_family import STANDARD_NAMES, Model
from components.domain.request import GenerationRequest

FOLDER = Path(__file__).resolve().parents[2] / "assets" / "code_samples"
INDENT = "    "
IMAGE_VARIABLES = {field.name: field.name.upper() for field in FIELDS if field.kind is Kind.IMAGE}
"""Images are not part of a sample: a variable stands for each, defined in the templates."""

Write = Callable[[Any], str]
"""Serialises a text, a number or a variable in some language."""


class Variable(str):
    """The name of a variable of the sample, where other values are literals."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class SampleHosts:
    """Addresses that the samples send to."""

    base_url: str
    """Of the API."""
    page: str
    """Of this page, which is an API too."""
    mcp: str = ""
    """Of this page's MCP server; empty without one."""


def code_samples(request: GenerationRequest, model: Model, hosts: SampleHosts) -> dict[str, str]:
    """Return the request in each language, by template name; no sample contains a key or an image."""
    body = encode(request, model.field_names, _variables(request))
    submit = f"{hosts.base_url}/api/v3/{model.id}"
    results = f"{hosts.base_url}/api/v3/predictions/"
    shell = {"submit": submit, "result": f"{results}ID/result"}
    script = {"submit": submit, "results": results}
    values: dict[str, dict[str, str]] = {
        "curl": {name: shlex.quote(value) for name, value in shell.items()} | {"body": _in_shell(body)},
        "wavespeed": {
            "base": _python(hosts.base_url),
            "model": _python(model.id),
            "body": _object(body, _python),
        },
        "gradio": {"page": _python(hosts.page), "arguments": _arguments(request)},
        "javascript": {name: _script(value) for name, value in script.items()} | {"body": _object(body, _script)},
        "gradio_javascript": {"page": _script(hosts.page), "body": _object(_own_body(request), _script)},
        **(_mcp(request, hosts.mcp) if hosts.mcp else {}),
    }
    has_images = {f"has_{part}": request.value(part) is not None for part in IMAGE_VARIABLES}
    return {name: _render(name, {**fields, **has_images}) for name, fields in values.items()}


def _variables(request: GenerationRequest) -> ImageLinks:
    return ImageLinks(
        **{name: Variable(variable) for name, variable in IMAGE_VARIABLES.items() if request.value(name)}
    )


def _render(name: str, values: Mapping[str, str | bool]) -> str:
    return _templates().get_template(f"{name}.jinja").render(values)


@cache
def _templates() -> Environment:
    """Return the templates' environment. Nothing is escaped: each value is serialised for its language already."""
    loader = FileSystemLoader(FOLDER, encoding="utf-8")
    # StrictUndefined: a name that a template misspells is an error, not a gap in the code.
    return Environment(loader=loader, autoescape=False, undefined=StrictUndefined, trim_blocks=True, auto_reload=False)


def _arguments(request: GenerationRequest) -> str:
    lines = (f"{INDENT}{name}={_nested(value, _python, INDENT)}," for name, value in _own_body(request).items())
    return "\n".join(lines)


def _own_body(request: GenerationRequest) -> dict[str, Any]:
    """Return the parameters of the page's own endpoint: the API's names, except for the size and for images."""
    body = encode(request, STANDARD_NAMES, _variables(request))
    own = {name: value for name, value in body.items() if name not in (SIZE, NOT_INLINE)}
    return own | {field.parameter: request.value(field.name) for field in FIELDS if field.kind is Kind.SIDE}


def _mcp(request: GenerationRequest, address: str) -> dict[str, dict[str, str]]:
    """Return the values of the samples for MCP: a call in Python, and the files in which apps list their servers."""
    # Without encryption the bridge between a command and a server asks for a word on it.
    plain = "allow_http" if address.startswith("http://") else ""
    return {
        "mcp_python": {"server": _python(address), "arguments": _object(_own_body(request), _python)},
        # The command stands in a comment, which a line break would end.
        "mcp_apps": {
            "server": _json(address),
            "command": shlex.quote("".join(address.split())),
            "allow_http": plain,
        },
    }


def _object(fields: Mapping[str, Any], write: Write) -> str:
    """Return an object with one line for each field."""
    lines = ",\n".join(f"{INDENT}{write(name)}: {_nested(value, write, INDENT)}" for name, value in fields.items())
    return f"{{\n{lines}\n}}"


def _nested(value: Any, write: Write, before: str) -> str:
    """Return a value; of a list of objects each is on a line of its own, indented by `before` and one step."""
    if not isinstance(value, list):
        return write(value)
    lines = ",\n".join(f"{before}{INDENT}{_on_one_line(one, write)}" for one in value)
    return f"[\n{lines}\n{before}]"


def _on_one_line(fields: Mapping[str, Any], write: Write) -> str:
    return "{" + ", ".join(f"{write(name)}: {write(value)}" for name, value in fields.items()) + "}"


def _python(value: Any) -> str:
    if isinstance(value, Variable):
        return str(value)
    # repr prefers single quotes. Without quotes in the text, what it escapes is valid between double ones too.
    has_quotes = not isinstance(value, str) or "'" in value or '"' in value
    return repr(value) if has_quotes else f'"{repr(value)[1:-1]}"'


def _json(value: Any) -> str:
    """Return JSON with letters unescaped and every character that cannot be seen escaped."""
    # A direction mark in a prompt would display code in another order than it runs ("Trojan Source").
    text = json.dumps(value, ensure_ascii=False)
    return "".join(sign if sign.isprintable() else json.dumps(sign)[1:-1] for sign in text)


def _script(value: Any) -> str:
    """Return JavaScript that is safe inside an HTML page: nothing in it ends or comments out a script element."""
    if isinstance(value, Variable):
        return str(value)
    return _json(value).replace("</", "<\\/").replace("<!--", "\\u003c!--")


_BREAK = "\0"
"""Separates variables from text until the shell's quotes are added. JSON escapes it, so no text contains it."""


def _in_shell(body: Mapping[str, Any]) -> str:
    """Return a body as one shell word: its text in quotes that expand nothing, and variables between."""
    text = _object(body, lambda value: f'"{_BREAK}{value}{_BREAK}"' if isinstance(value, Variable) else _json(value))
    pieces: Sequence[str] = text.split(_BREAK)
    return "".join(f'"${piece}"' if at % 2 else shlex.quote(piece) for at, piece in enumerate(pieces))
