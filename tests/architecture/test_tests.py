"""Rules of the tests: none imports another, short files, mirrored folders, known markers, no fixed waits."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.paths import ROOT

TESTS = ROOT / "tests"
MOST_LINES = 300
OUTSIDE_OF_PACKAGES = {
    "conftest.py",
    "test_errors.py",
    "test_linear_parsers.py",
    "test_public_names.py",
    "test_settings.py",
    "test_settings_budget.py",
    "test_threads.py",
}
BUILT_IN_MARKERS = {"parametrize", "skip", "skipif", "xfail", "usefixtures", "filterwarnings", "asyncio"}
WAITING_IS_THE_SUBJECT = {
    "browser/person.py": "two presses closer than 0.4 s count as one",
    "browser/test_outpaint.py": "margins are applied a moment after the last key",
    "browser/test_press.py": "a script that loads late, and a key that repeats",
    "browser/test_prompt_length.py": "the page counts only when typing has paused",
    "browser/test_queue.py": "an API that answers after two seconds",
    "faults/fast_clock.py": "the accelerated clock itself, and time in which something must not happen",
    "faults/faults.py": "servers that never answer, or a byte at a time",
    "faults/page_visitor.py": "two presses closer than 0.4 s count as one",
    "faults/test_presses.py": "a key that repeats, and two presses a second apart",
    "process/test_crash.py": "a kill at a random moment",
    "process/test_set_back.py": "the store's open jobs, of whose end no event tells",
    "sdxl/test_serving.py": "polls the server",
    "sdxl/test_speed_page.py": "the draft is written when typing has paused",
    "support/killable_app.py": "clicks at random moments",
    "support/lane_engines.py": "an engine whose steps take time",
    "support/raw_server.py": "a server that sends slowly",
    "support/tiny_engines.py": "an engine that takes a minute",
    "support/v3_service.py": "a bill that takes long",
    "support/waiting.py": "the polling helper itself",
    "unit/loras/test_checker_limits.py": "a site that sends slowly",
}
"""Files in which time is waited for, and why; everything else polls by tests/support/waiting.py."""


def files(*folders: Path) -> list[Path]:
    """Return the Python files of folders."""
    return sorted(path for folder in folders for path in folder.rglob("*.py"))


def short(path: Path) -> str:
    """Return a path below the project's root."""
    return path.relative_to(ROOT).as_posix()


def tree_of(path: Path) -> ast.Module:
    """Return the syntax tree of a file."""
    return ast.parse(path.read_text(encoding="utf-8"))


def imports_of(path: Path) -> Iterator[str]:
    """Yield the dotted names that a file imports, wherever in it."""
    for node in ast.walk(tree_of(path)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from (f"{node.module or ''}.{alias.name}" for alias in node.names)


def test_no_test_is_imported() -> None:
    found = {
        f"{short(path)}: {name}"
        for path in files(TESTS)
        for name in imports_of(path)
        if any(part.startswith("test_") for part in name.split(".")[:-1] or [name])
    }
    assert not found, "what tests share lies in tests/support"


def test_no_file_is_long() -> None:
    lengths = {short(path): len(path.read_text(encoding="utf-8").splitlines()) for path in code()}
    assert {name: lines for name, lines in lengths.items() if lines > MOST_LINES} == {}


def code() -> list[Path]:
    """Return the project's own Python files."""
    return [ROOT / "app.py", *files(ROOT / "components", TESTS)]


def test_unit_tests_lie_as_the_packages_do() -> None:
    names = {path.name for path in (TESTS / "unit").iterdir() if path.name != "__pycache__"}
    folders = {name for name in names if (TESTS / "unit" / name).is_dir()}
    packages = {path.parent.relative_to(ROOT / "components") for path in files(ROOT / "components")}
    nested = {path.relative_to(TESTS / "unit") for path in (TESTS / "unit").rglob("*") if path.is_dir()}
    assert names - folders == OUTSIDE_OF_PACKAGES
    assert {path for path in nested if path.name != "__pycache__"} <= packages, "a folder of no package"
    assert {path.parts[0] for path in packages if path.parts} <= folders, "a package without unit tests"


def test_every_marker_is_registered(pytestconfig: pytest.Config) -> None:
    registered = {str(line).split(":")[0].split("(")[0] for line in pytestconfig.getini("markers")}
    used = {
        (node.attr, short(path))
        for path in files(TESTS)
        for node in ast.walk(tree_of(path))
        if isinstance(node, ast.Attribute) and ast.unparse(node.value) in ("pytest.mark", "mark")
    }
    assert {(name, where) for name, where in used if name not in registered | BUILT_IN_MARKERS} == set()


def waits(path: Path) -> bool:
    """Return whether a file sleeps for longer than one turn of the event loop."""
    calls = (node for node in ast.walk(tree_of(path)) if isinstance(node, ast.Call) and node.args)
    slept = [call for call in calls if ast.unparse(call.func) in SLEEPS or is_page_wait(call)]
    return any(ast.unparse(call.args[0]) != "0" for call in slept)


SLEEPS = ("time.sleep", "asyncio.sleep", "sleep")


def is_page_wait(call: ast.Call) -> bool:
    """Return whether a call is Playwright's fixed wait."""
    return isinstance(call.func, ast.Attribute) and call.func.attr == "wait_for_timeout"


def test_only_what_is_about_time_waits() -> None:
    found = {path.relative_to(TESTS).as_posix() for path in files(TESTS) if waits(path) and "bench" not in path.parts}
    assert found == set(WAITING_IS_THE_SUBJECT)
