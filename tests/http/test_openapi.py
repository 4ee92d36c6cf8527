"""Schemathesis on the app's OpenAPI descriptions: values that fit the schema, and values that almost fit."""

from __future__ import annotations

from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis.errors import Unsatisfiable
from schemathesis import APIOperation, Case, GenerationMode
from schemathesis.core.result import Err, Ok
from schemathesis.specs.openapi.schemas import OpenApiSchema

from tests.http.raw_client import TIMEOUT, RawClient, a_new_address, is_clean
from tests.support.full_run import cases, examples

UNENDING = ("/gradio_api/upload_progress",)
"""Route that waits 3 s for an unknown upload; covered by `test_routes.py`."""


def operations_of(description: dict[str, Any]) -> list[APIOperation]:
    """Return all operations of an OpenAPI description."""
    schema: OpenApiSchema = schemathesis.openapi.from_dict(description)
    found = list(schema.get_all_operations())
    assert [wrong for wrong in found if isinstance(wrong, Err)] == []
    return [operation.ok() for operation in found if isinstance(operation, Ok)]


def probe(client: RawClient, operation: APIOperation, mode: GenerationMode, most: int) -> bool:
    """Send up to `most` examples of an operation; return False if it has no value of a wrong type."""

    @seed(1)
    @given(case=operation.as_strategy(generation_mode=mode))
    @settings(
        max_examples=most,
        deadline=None,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=[HealthCheck.filter_too_much, HealthCheck.too_slow, HealthCheck.data_too_large],
    )
    def responds_cleanly(case: Case) -> None:
        answer = case.call(base_url=client.app.url, headers={"X-Forwarded-For": a_new_address()}, timeout=TIMEOUT)
        text = answer.content.decode(errors="replace")  # pictures, too
        assert is_clean(answer.status_code, text), text

    try:
        responds_cleanly()
    except Unsatisfiable:
        return False
    return True


@pytest.mark.parametrize("mode", cases(GenerationMode, 1))
def test_s06_what_programs_are_told_of(client: RawClient, mode: GenerationMode) -> None:
    operations = operations_of(client.http.get("/gradio_api/openapi.json").json())
    assert {operation.path for operation in operations} == {
        "/gradio_api/upload",
        "/gradio_api/call/v2/generate",
        "/gradio_api/call/generate/{event_id}",
    }
    assert all(
        probe(client, operation, mode, most=examples(12, usual=5)) for operation in operations if operation.body
    )


@pytest.mark.parametrize("mode", cases(GenerationMode, 1))
def test_s06_all_routes_by_their_own_description(
    client: RawClient, route_map: dict[str, Any], mode: GenerationMode
) -> None:
    operations = [operation for operation in operations_of(route_map["openapi"]) if operation.path not in UNENDING]
    assert len(operations) > 70
    if mode is GenerationMode.NEGATIVE:  # a text in a path cannot be of the wrong type
        operations = [operation for operation in operations if operation.body or operation.query]
    probed = [probe(client, operation, mode, most=2) for operation in operations]
    assert sum(probed) > (70 if mode is GenerationMode.POSITIVE else 25)
