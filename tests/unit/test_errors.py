from __future__ import annotations

import ast
import inspect
import re
from pathlib import Path

import pytest

from components import errors, messages
from components.api import error_codes
from components.errors import PlaygroundError
from components.messages.message import Charge, Message, literal

COMPONENTS = Path(errors.__file__).parent
APART = ("ui", "server", "engines")
CORE = [path for path in sorted(COMPONENTS.rglob("*.py")) if path.relative_to(COMPONENTS).parts[0] not in APART]
RAISABLE = [kind for _, kind in inspect.getmembers(errors, inspect.isclass) if issubclass(kind, Exception)]


def make(kind: type[PlaygroundError], told: Message) -> PlaygroundError:
    if kind is errors.InvalidRequest:
        return errors.InvalidRequest("width", told)
    if kind is errors.NotProvided:
        return errors.NotProvided(told, is_offered=True)
    if kind is errors.SetupError:
        return errors.SetupError(told.happened, told.advice)
    return kind(told)


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
    told = literal("It happened.", "Do this.")
    error = make(kind, told)
    assert error.message == told
    assert str(error) == "It happened. Do this."


@pytest.mark.parametrize("kind", [errors.EngineError, errors.ImageUnavailable])
def test_one_sentence_may_be_enough(kind):
    assert str(kind("It happened.")) == "It happened."


CHARGES = {
    "InvalidRequest": {Charge.NONE},
    "BudgetDenied": {Charge.NONE},
    "TooManyJobs": {Charge.NONE},
    "KeyForgotten": {Charge.NONE},
    "SubmitRejected": {Charge.NONE},
    "Unauthorized": {Charge.NONE},
    "InsufficientCredit": {Charge.NONE},
    "ModelNotFound": {Charge.NONE},
    "RateLimited": {Charge.NONE},
    "ConnectionFailed": {Charge.NONE},
    "CertificateError": {Charge.NONE},
    "NotProvided": {Charge.NONE},
    "StorageError": {Charge.NONE},
    "SubmissionUnknown": {Charge.MAYBE},
    "PollFailed": {Charge.MAYBE},
    "PollUnauthorized": {Charge.MAYBE},
    "TaskNotFound": {Charge.MAYBE},
    "ImageUnavailable": {Charge.SPENT},
}
"""What each kind may say of money."""


def charges_of(node: ast.expr) -> set[Charge]:
    """What a `messages.NAME`, a `messages.name(...)`, or a choice of two of them says of money."""
    if isinstance(node, ast.IfExp):
        return charges_of(node.body) | charges_of(node.orelse)
    found = node.func if isinstance(node, ast.Call) else node
    if not (isinstance(found, ast.Attribute) and isinstance(found.value, ast.Name) and found.value.id == "messages"):
        return set()
    told = getattr(messages, found.attr)
    if not isinstance(told, Message):
        wanted = inspect.signature(told).parameters.values()
        told = told(*[9 if one.annotation == "int" else "nine" for one in wanted])
    return {told.charge}


def test_each_kind_tells_whether_money_may_be_gone():
    told: dict[str, set[Charge]] = {}
    for path in CORE:
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in CHARGES:
                told.setdefault(node.func.id, set()).update(*map(charges_of, node.args))
    assert len(told) > 10
    for kind, charges in told.items():
        assert charges <= CHARGES[kind], kind
    for kind in ("SubmissionUnknown", "PollFailed", "TaskNotFound", "ImageUnavailable"):
        assert told[kind] == CHARGES[kind]


def test_a_refusal_of_the_api_is_never_said_to_be_charged():
    assert {told.charge for _, told in error_codes._REFUSALS.values()} == {Charge.NONE}


def test_the_ends_of_a_task_that_are_refunded_say_so():
    told = [messages.CANCELLED, messages.TIMED_OUT, messages.DELETED, messages.failed(""), messages.failed("x")]
    assert {one.charge for one in told} == {Charge.REFUNDED}


def sentences() -> list[tuple[str, str]]:
    """Each text of the core that an error is made of; what is filled in stands as {}."""
    names = {kind.__name__ for kind in RAISABLE}
    found = []
    for path in CORE:
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in names:
                place = f"{path.relative_to(COMPONENTS)}:{node.lineno}"
                found += [(place, text) for part in node.args if (text := text_of(part))]
    return found


def text_of(node: ast.expr) -> str | None:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    if isinstance(node, ast.JoinedStr):
        return "".join(str(part.value) if isinstance(part, ast.Constant) else "{}" for part in node.values)
    return None


def test_an_invalid_request_names_its_field():
    assert errors.InvalidRequest("width", messages.not_on_grid("width")).field == "width"


def test_no_message_holds_a_placeholder_a_tag_or_an_unfinished_word():
    found = sentences()
    assert len(found) > 10
    for place, text in found:
        assert not re.search(r"%s|%d|\{\w+\}|TODO|XXX|FIXME|<\w|\.\.\.|Traceback", text), (place, text)


def test_only_what_stops_the_app_at_its_start_stands_in_the_code():
    """It is said to the host at his terminal; tests/unit/messages look at the texts for visitors."""
    told = {place.partition(":")[0] for place, text in sentences() if " " in text}
    at_the_start = {"settings.py", "domain/backend_choice.py", "domain/setting_values.py", "net/page_address.py"}
    assert told == at_the_start | {"storage/folder_lock.py", "sqlite/table_schema.py"}


def test_every_sentence_ends_as_one():
    for place, text in sentences():
        if " " in text:
            assert text.endswith((".", "?", "!", "{}")), (place, text)
