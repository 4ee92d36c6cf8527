"""Health route: what a container's check or a load balancer sees."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from components.ui.routes.health import health_route


@pytest.mark.parametrize(
    ("is_on_disk", "status", "said"),
    [(True, 200, "ok"), (False, 503, "the data folder cannot be written")],
)
def test_it_says_whether_pictures_can_be_kept(is_on_disk, status, said):
    store: Any = SimpleNamespace(is_on_disk=is_on_disk)
    answer = TestClient(Starlette(routes=[health_route(store)])).get("/playground/health")
    assert (answer.status_code, answer.json()) == (status, {"status": said})
    assert answer.headers["cache-control"] == "no-store"
