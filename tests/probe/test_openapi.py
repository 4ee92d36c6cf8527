"""Schemathesis on the app's own descriptions of itself: what fits the schema and what just does not."""

from __future__ import annotations

from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis.errors import Unsatisfiable
from schemathesis import APIOperation, Case, GenerationMode
from schemathesis.core.result import Err, Ok

from tests.probe.stranger import PATIENCE, Stranger, a_new_address, is_told_plainly

UNENDING = ("/gradio_api/upload_progress",)
"""Waits 3 s for an upload that it does not know; probed by `test_routes.py`."""


def operations_of(description: dict[str, Any]) -> list[APIOperation]:
    """Return all operations of a description."""
    schema = schemathesis.openapi.from_dict(description)
    found = list(schema.get_all_operations())
    assert [wrong for wrong in found if isinstance(wrong, Err)] == []
    return [operation.ok() for operation in found if isinstance(operation, Ok)]


def probe(stranger: Stranger, operation: APIOperation, mode: GenerationMode, examples: int) -> bool:
    """Send examples of an operation; False where nothing of it can be of the wrong type."""

    @seed(1)
    @given(case=operation.as_strategy(generation_mode=mode))
    @settings(
        max_examples=examples,
        deadline=None,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=[HealthCheck.filter_too_much, HealthCheck.too_slow, HealthCheck.data_too_large],
    )
    def answers_plainly(case: Case) -> None:
        answer = case.call(base_url=stranger.app.url, headers={"X-Forwarded-For": a_new_address()}, timeout=PATIENCE)
        assert is_told_plainly(answer.status_code, answer.text), answer.text

    try:
        answers_plainly()
    except Unsatisfiable:
        return False
    return True


@pytest.mark.parametrize("mode", list(GenerationMode))
def test_s06_what_programs_are_told_of(stranger: Stranger, mode: GenerationMode) -> None:
    operations = operations_of(stranger.http.get("/gradio_api/openapi.json").json())
    assert {operation.path for operation in operations} == {
        "/gradio_api/upload",
        "/gradio_api/call/v2/generate",
        "/gradio_api/call/generate/{event_id}",
    }
    assert all(probe(stranger, operation, mode, examples=12) for operation in operations if operation.body)


@pytest.mark.parametrize("mode", list(GenerationMode))
def test_s06_all_routes_by_their_own_description(
    stranger: Stranger, atlas: dict[str, Any], mode: GenerationMode
) -> None:
    operations = [operation for operation in operations_of(atlas["openapi"]) if operation.path not in UNENDING]
    assert len(operations) > 70
    if mode is GenerationMode.NEGATIVE:  # a text in a path cannot be of the wrong type
        operations = [operation for operation in operations if operation.body or operation.query]
    probed = [probe(stranger, operation, mode, examples=2) for operation in operations]
    assert sum(probed) > (70 if mode is GenerationMode.POSITIVE else 25)
