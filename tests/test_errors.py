from __future__ import annotations

import ast
import inspect
import re
from pathlib import Path

import pytest

from components import errors
from components.errors import Charge, PlaygroundError

COMPONENTS = Path(errors.__file__).parent
RAISABLE = [kind for _, kind in inspect.getmembers(errors, inspect.isclass) if issubclass(kind, Exception)]


def make(kind: type[PlaygroundError]) -> PlaygroundError:
    return kind("It happened.", "Do this.")


def test_every_error_hangs_off_the_one_root():
    assert all(issubclass(kind, PlaygroundError) for kind in RAISABLE)


def test_the_tree_drawn_in_the_docstring_is_the_real_one():
    drawn, line_of = {}, {}
    for line in (errors.__doc__ or "").splitlines():
        if found := re.match(r"([│ ├└─]*)([A-Z]\w+)(?: |$)", line):
            depth = len(found[1]) // 4
            if found[2] == "PlaygroundError" or found[1]:
                line_of[depth] = found[2]
                drawn[found[2]] = line_of[depth - 1] if depth else "Exception"
    assert drawn == {kind.__name__: kind.__base__.__name__ for kind in RAISABLE if kind.__base__}


@pytest.mark.parametrize("kind", RAISABLE)
def test_its_text_is_its_sentence(kind):
    error = make(kind)
    assert error.sentence.happened
    if kind is not errors.InvalidRequest:
        assert str(error) == "It happened. Do this."
    else:
        assert str(error) == "Do this."


@pytest.mark.parametrize(
    ("kind", "charge"),
    [
        (errors.InvalidRequest, Charge.NONE),
        (errors.NotAccepted, Charge.NONE),
        (errors.Busy, Charge.NONE),
        (errors.NothingSent, Charge.NONE),
        (errors.UntrustedService, Charge.NONE),
        (errors.TooMany, Charge.NONE),
        (errors.SubmissionUnknown, Charge.MAYBE),
        (errors.WatchTrouble, Charge.MAYBE),
        (errors.TaskGone, Charge.MAYBE),
        (errors.TaskFailed, Charge.REFUNDED),
        (errors.PictureTrouble, Charge.SPENT),
    ],
)
def test_each_tells_whether_money_may_be_gone(kind, charge):
    assert make(kind).sentence.charge is charge


def sentences() -> list[tuple[str, str]]:
    """Each text that an error or a Sentence of the core is made of; what is filled in stands as {}."""
    names = {kind.__name__ for kind in RAISABLE} | {"Sentence"}
    found = []
    for path in sorted(COMPONENTS.glob("*.py")):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in names:
                found += [(f"{path.stem}:{node.lineno}", text) for part in node.args if (text := text_of(part))]
    return found


def text_of(node: ast.expr) -> str | None:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    if isinstance(node, ast.JoinedStr):
        return "".join(str(part.value) if isinstance(part, ast.Constant) else "{}" for part in node.values)
    return None


def test_an_invalid_request_names_its_field():
    assert errors.InvalidRequest("width", "Too wide.").field == "width"


def test_no_message_holds_a_placeholder_a_tag_or_an_unfinished_word():
    found = sentences()
    assert len(found) > 40
    for place, text in found:
        assert not re.search(r"%s|%d|\{\w+\}|TODO|XXX|FIXME|<\w|\.\.\.|Traceback", text), (place, text)


def test_every_sentence_ends_as_one():
    for place, text in sentences():
        if " " in text:
            assert text.endswith((".", "?", "!", "{}")), (place, text)
