"""The lock of CI: every package that is constrained, at that version, and each with hashes."""

from __future__ import annotations

import re
from pathlib import Path

from tests.support.paths import ROOT

CONSTRAINTS, LOCK = ROOT / ".ci" / "constraints.txt", ROOT / ".ci" / "requirements.lock"
PINNED = re.compile(r"(?m)^([A-Za-z0-9_.-]+)==([^\s;\\]+)")


def versions(path: Path) -> dict[str, str]:
    """Return the versions by the name as package indexes compare it."""
    found = PINNED.findall(path.read_text(encoding="utf-8"))
    return {re.sub(r"[-_.]+", "-", name).lower(): version for name, version in found}


def test_the_lock_has_the_versions_that_were_tested() -> None:
    constrained, locked = versions(CONSTRAINTS), versions(LOCK)
    shared = constrained.keys() & locked.keys()
    assert len(shared) > 90
    assert {name: locked[name] for name in shared} == {name: constrained[name] for name in shared}


def test_every_package_of_the_lock_has_hashes_and_no_index_is_named() -> None:
    text = LOCK.read_text(encoding="utf-8")
    parts = re.split(r"(?m)^(?=[A-Za-z0-9])", text)[1:]
    assert len(parts) == len(versions(LOCK))
    assert [part.splitlines()[0] for part in parts if "--hash=sha256:" not in part] == []
    assert "://" not in text
